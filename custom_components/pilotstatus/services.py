"""The actions: their schemas, what they do, and their response data."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any, Final

import voluptuous as vol

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from .action_targets import async_number, async_people, call_id_of, shown
from .announcement import Announcement
from .api import ActionResult, CallStatus
from .call_control import CallControl
from .check import async_check
from .const import (
    ATTR_MEDIA_URL,
    DOMAIN,
    SERVICE_ANNOUNCE,
    SERVICE_ANSWER_CALL,
    SERVICE_CHECK,
    SERVICE_GET_CALLS,
    SERVICE_HANG_UP,
    SERVICE_PLACE_CALL,
    SERVICE_PLAY_AUDIO,
    SERVICE_REJECT_CALL,
)
from .data import PilotStatusData
from .errors import ActionRefusedError
from .media.prepare import async_learn_length
from .media.speech import speech_id
from .schemas import (
    ATTR_BEFORE,
    ATTR_CONTACT,
    ATTR_CONTACTS,
    ATTR_ENGINE,
    ATTR_EVERYONE,
    ATTR_HANG_UP,
    ATTR_LANGUAGE,
    ATTR_LIMIT,
    ATTR_MEDIA,
    ATTR_MESSAGE,
    ATTR_REPEAT,
    ATTR_RING,
    ATTR_ROUNDS,
    ATTR_TIMEOUT,
    ATTR_TO,
    ATTR_WAIT_FOR_ANSWER,
    SCHEMAS,
)

type Handler = Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]
type CallAction = Callable[[CallControl, str], Awaitable[ActionResult]]

_CALL_ACTIONS: Final[Mapping[str, CallAction]] = {
    SERVICE_ANSWER_CALL: CallControl.async_answer,
    SERVICE_REJECT_CALL: CallControl.async_reject,
    SERVICE_HANG_UP: CallControl.async_hang_up,
}
_QUESTIONS: Final = frozenset({SERVICE_CHECK, SERVICE_GET_CALLS})


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions; which number is meant is decided by each call."""
    handlers: dict[str, Handler] = {
        SERVICE_PLAY_AUDIO: _play_audio,
        SERVICE_PLACE_CALL: _place_call,
        SERVICE_ANNOUNCE: _announce,
        SERVICE_GET_CALLS: _get_calls,
        SERVICE_CHECK: _check,
        **{action: _call_handler(action, act) for action, act in _CALL_ACTIONS.items()},
    }
    for action, handler in handlers.items():
        is_question = action in _QUESTIONS
        response = SupportsResponse.ONLY if is_question else SupportsResponse.OPTIONAL
        schema = vol.Schema(SCHEMAS[action])
        hass.services.async_register(DOMAIN, action, handler, schema, supports_response=response)


async def _play_audio(call: ServiceCall) -> ServiceResponse:
    """Play media into a call."""
    number = (await async_number(call, SERVICE_PLAY_AUDIO)).runtime_data
    call_id = call_id_of(call)
    async with number.failures.attempt(SERVICE_PLAY_AUDIO, call_id or "", call.context) as attempt:
        if not (wanted := _wanted(call, number)):
            raise ActionRefusedError("media_missing")
        attempt.call_id = await number.call_control.async_find(call_id)
        then = _hanging_up(call, number) if call.data[ATTR_HANG_UP] else None
        result = await number.player.async_prepare_and_play(wanted, attempt, then)
    return {**_as_response(result), "queued": result.is_unanswered}


async def _place_call(call: ServiceCall) -> ServiceResponse:
    """Call somebody, queue media for the answer, and wait for that if asked to."""
    entry, people = await async_people(
        call, SERVICE_PLACE_CALL, _listed(call, ATTR_CONTACT), _listed(call, ATTR_TO)
    )
    number = entry.runtime_data
    answered = None
    async with number.failures.attempt(SERVICE_PLACE_CALL, context=call.context) as attempt:
        attempt.person = shown(people)
        if not people:
            raise ActionRefusedError("person_missing")
        if len(people) > 1:
            raise ActionRefusedError("person_twice")
        (person,) = people
        wanted, wants_end = _wanted(call, number), call.data[ATTR_HANG_UP]
        if wants_end and not wanted:
            raise ActionRefusedError("media_missing")
        also = async_learn_length if wants_end else None
        playlist = await number.player.async_prepare(wanted, also=also)
        playlist.then = _hanging_up(call, number) if wants_end else None
        try:
            placed = await number.call_control.async_dial(person.phone)
            attempt.call_id, attempt.is_placed = placed.id, True
            if playlist.items:
                await number.player.async_play(playlist, attempt)
        finally:
            number.player.async_release_unplayed(playlist)
        if call.data[ATTR_WAIT_FOR_ANSWER]:
            answered = await number.coordinator.async_wait_for_answer(
                placed.id, call.data[ATTR_TIMEOUT]
            )
    now = number.coordinator.calls.find(placed.id) or placed
    return {"call_id": now.id, "status": _lower(now.status), "answered": answered}


async def _announce(call: ServiceCall) -> ServiceResponse:
    """Call people in turn, play something to them, hang up, and say who was reached."""
    data = call.data
    entry, people = await async_people(call, SERVICE_ANNOUNCE, data[ATTR_CONTACTS], data[ATTR_TO])
    number = entry.runtime_data
    async with number.failures.attempt(SERVICE_ANNOUNCE, context=call.context) as attempt:
        # Until one of them is called.
        attempt.person = shown(people)
        if not people:
            raise ActionRefusedError("person_missing")
        if not (wanted := _wanted(call, number)):
            raise ActionRefusedError("media_missing")
        announcement = Announcement(
            people=people,
            wanted=wanted,
            repeat=data[ATTR_REPEAT],
            ring=data[ATTR_RING],
            rounds=data[ATTR_ROUNDS],
            everyone=data[ATTR_EVERYONE],
        )
        progress = await number.announcer.async_announce(announcement, attempt)
    return progress.as_dict()


def _call_handler(action: str, act: CallAction) -> Handler:
    """Return the handler of an action that needs no more than a call."""

    async def handle(call: ServiceCall) -> ServiceResponse:
        number, call_id = (await async_number(call, action)).runtime_data, call_id_of(call)
        # Without a name the one that rings is meant, if any.
        needs_ringing = action != SERVICE_HANG_UP and call_id is None
        control = number.call_control
        async with control.attempt(
            action, call_id, context=call.context, needs_ringing=needs_ringing
        ) as attempt:
            result = await act(control, attempt.call_id)
        return _as_response(result)

    return handle


async def _get_calls(call: ServiceCall) -> ServiceResponse:
    """Return the calls that the server lists, newest first."""
    number = (await async_number(call, SERVICE_GET_CALLS, is_about_call=False)).runtime_data
    before = call.data.get(ATTR_BEFORE)
    async with number.failures.attempt(SERVICE_GET_CALLS, context=call.context):
        calls = await number.client.list_calls(
            limit=call.data[ATTR_LIMIT],
            before=None if before is None else dt_util.as_utc(before).isoformat(),
        )
    return {"calls": [number.contacts.describe(it) for it in calls]}


async def _check(call: ServiceCall) -> ServiceResponse:
    """Check a number, and call somebody only if asked to."""
    contacts, written = _listed(call, ATTR_CONTACT), _listed(call, ATTR_TO)
    if contacts or written:
        entry, people = await async_people(call, SERVICE_CHECK, contacts, written)
    else:
        entry, people = await async_number(call, SERVICE_CHECK, is_about_call=False), []
    async with entry.runtime_data.failures.attempt(SERVICE_CHECK, context=call.context):
        if len(people) > 1:
            raise ActionRefusedError("person_twice")
        return (await async_check(call.hass, entry, *people)).as_dict()


def _wanted(call: ServiceCall, number: PilotStatusData) -> list[str]:
    """Return what is to be played: of URLs, media and a message one.

    Raises ActionRefusedError if more than one is given, or if nobody can speak the message.
    """
    data = call.data
    message = data.get(ATTR_MESSAGE, "").strip()
    given = [it for it in (data.get(ATTR_MEDIA_URL), data.get(ATTR_MEDIA)) if it]
    if len(given) + bool(message) > 1:
        raise ActionRefusedError("media_twice")
    if not message:
        return given[0] if given else []
    options = number.media.entry.options
    engine, language = data.get(ATTR_ENGINE), data.get(ATTR_LANGUAGE)
    return [speech_id(call.hass, message, engine, language, options)]


def _hanging_up(call: ServiceCall, number: PilotStatusData) -> Callable[[str], Awaitable[None]]:
    """Return what hangs up in the background, and reports if it could not."""
    control = number.call_control

    async def hang_up(call_id: str) -> None:
        # It was reported, and nobody waits for it.
        with suppress(HomeAssistantError):
            async with control.attempt(SERVICE_HANG_UP, call_id, context=call.context) as attempt:
                await control.async_hang_up(attempt.call_id)

    return hang_up


def _listed(call: ServiceCall, field: str) -> list[Any]:
    """Return what one field holds, as a list."""
    return [call.data[field]] if field in call.data else []


def _lower(status: CallStatus | str | None) -> str | None:
    return status and status.lower()


def _as_response(result: ActionResult) -> dict[str, Any]:
    return {"success": True, "call_id": result.call_id, "status": _lower(result.status)}
