"""The actions: their schemas, what they do, and their response data."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any, Final

import voluptuous as vol

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from .announcement import Announcement, Person
from .api import MAX_CALLS, ActionResult, CallStatus
from .call_control import CallControl
from .call_state import as_data
from .const import (
    ATTR_CALL_ID,
    ATTR_CONFIG_ENTRY_ID,
    ATTR_MEDIA_URL,
    DOMAIN,
    SERVICE_ANNOUNCE,
    SERVICE_ANSWER_CALL,
    SERVICE_GET_CALLS,
    SERVICE_HANG_UP,
    SERVICE_PLACE_CALL,
    SERVICE_PLAY_AUDIO,
    SERVICE_REJECT_CALL,
)
from .data import PilotStatusConfigEntry, PilotStatusData
from .errors import ActionRefusedError
from .failures import Attempt, FailureReporter
from .media.prepare import async_learn_length
from .media.speech import speech_id
from .targets import async_find_for_call, async_find_people

_ATTR_BEFORE: Final = "before"
_ATTR_CONTACT: Final = "contact"
_ATTR_CONTACTS: Final = "contacts"
_ATTR_ENGINE: Final = "engine"
_ATTR_EVERYONE: Final = "everyone"
_ATTR_HANG_UP: Final = "hang_up"
_ATTR_LANGUAGE: Final = "language"
_ATTR_LIMIT: Final = "limit"
_ATTR_MEDIA: Final = "media"
_ATTR_MESSAGE: Final = "message"
_ATTR_REPEAT: Final = "repeat"
_ATTR_RING: Final = "ring"
_ATTR_ROUNDS: Final = "rounds"
_ATTR_TIMEOUT: Final = "timeout"
_ATTR_TO: Final = "to"
_ATTR_WAIT_FOR_ANSWER: Final = "wait_for_answer"
_MAX_WAIT: Final = 300
_MAX_TIMES: Final = 5


def _urls(value: Any) -> list[str]:
    """Return one URL or several of them as a list."""
    return [cv.string(it) for it in cv.ensure_list(value)]


def _media_ids(value: Any) -> list[str]:
    """Return the media ids that the media selector or a user gives."""
    return [
        cv.string(it.get("media_content_id") if isinstance(it, dict) else it)
        for it in cv.ensure_list(value)
    ]


def _name_or_number(value: Any) -> str | int:
    """Return a name or a phone number, of which a template may have made an integer."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return cv.string(value)


def _seconds(least: float, most: float) -> vol.All:
    return vol.All(vol.Coerce(float), vol.Range(min=least, max=most))


def _whole(least: int, most: int) -> vol.All:
    return vol.All(vol.Coerce(int), vol.Range(min=least, max=most))


_NUMBER: Final[dict[vol.Marker, Any]] = {
    **cv.ENTITY_SERVICE_FIELDS,
    vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
}
_CALL: Final[dict[vol.Marker, Any]] = {**_NUMBER, vol.Optional(ATTR_CALL_ID): cv.string}

_MEDIA: Final[dict[vol.Marker, Any]] = {
    vol.Optional(ATTR_MEDIA_URL): _urls,
    vol.Optional(_ATTR_MEDIA): _media_ids,
    vol.Optional(_ATTR_MESSAGE): cv.string,
    vol.Optional(_ATTR_ENGINE): cv.string,
    vol.Optional(_ATTR_LANGUAGE): cv.string,
}
_HANG_UP: Final[dict[vol.Marker, Any]] = {vol.Optional(_ATTR_HANG_UP, default=False): cv.boolean}

type Handler = Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]
type CallAction = Callable[[CallControl, str], Awaitable[ActionResult]]

_CALL_ACTIONS: Final[Mapping[str, CallAction]] = {
    SERVICE_ANSWER_CALL: CallControl.async_answer,
    SERVICE_REJECT_CALL: CallControl.async_reject,
    SERVICE_HANG_UP: CallControl.async_hang_up,
}

_SCHEMAS: Final[Mapping[str, dict[vol.Marker, Any]]] = {
    SERVICE_PLAY_AUDIO: {**_CALL, **_MEDIA, **_HANG_UP},
    SERVICE_PLACE_CALL: {
        **_NUMBER,
        **_MEDIA,
        **_HANG_UP,
        vol.Optional(_ATTR_TO): _name_or_number,
        vol.Optional(_ATTR_CONTACT): cv.entity_id,
        vol.Optional(_ATTR_WAIT_FOR_ANSWER, default=False): cv.boolean,
        vol.Optional(_ATTR_TIMEOUT, default=60): _seconds(1, _MAX_WAIT),
    },
    SERVICE_ANNOUNCE: {
        **_NUMBER,
        **_MEDIA,
        vol.Optional(_ATTR_TO, default=[]): vol.All(cv.ensure_list, [_name_or_number]),
        vol.Optional(_ATTR_CONTACTS, default=[]): cv.entity_ids,
        vol.Optional(_ATTR_REPEAT, default=1): _whole(1, _MAX_TIMES),
        vol.Optional(_ATTR_RING, default=45): _seconds(10, 120),
        vol.Optional(_ATTR_ROUNDS, default=1): _whole(1, _MAX_TIMES),
        vol.Optional(_ATTR_EVERYONE, default=False): cv.boolean,
    },
    **dict.fromkeys(_CALL_ACTIONS, _CALL),
    SERVICE_GET_CALLS: {
        **_NUMBER,
        vol.Optional(_ATTR_LIMIT, default=25): _whole(1, MAX_CALLS),
        vol.Optional(_ATTR_BEFORE): cv.datetime,
    },
}


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions; which number is meant is decided by each call."""
    handlers: dict[str, Handler] = {
        SERVICE_PLAY_AUDIO: _play_audio,
        SERVICE_PLACE_CALL: _place_call,
        SERVICE_ANNOUNCE: _announce,
        SERVICE_GET_CALLS: _get_calls,
        **{action: _call_handler(action, act) for action, act in _CALL_ACTIONS.items()},
    }
    only = SupportsResponse.ONLY
    for action, handler in handlers.items():
        response = only if action == SERVICE_GET_CALLS else SupportsResponse.OPTIONAL
        schema = vol.Schema(_SCHEMAS[action])
        hass.services.async_register(DOMAIN, action, handler, schema, supports_response=response)


async def _play_audio(call: ServiceCall) -> ServiceResponse:
    """Play media into a call."""
    number = await _async_number(call, SERVICE_PLAY_AUDIO)
    call_id = _call_id(call)
    async with number.failures.attempt(SERVICE_PLAY_AUDIO, call_id or "") as attempt:
        if not (wanted := _wanted(call, number)):
            raise ActionRefusedError("media_missing")
        attempt.call_id = await number.call_control.async_find(call_id)
        then = _hanging_up(number) if call.data[_ATTR_HANG_UP] else None
        result = await number.player.async_prepare_and_play(wanted, attempt, then)
    return {**_as_response(result), "queued": result.is_unanswered}


async def _place_call(call: ServiceCall) -> ServiceResponse:
    """Call somebody, queue media for the answer, and wait for that if asked to."""
    number, people = await _async_people(
        call, SERVICE_PLACE_CALL, _listed(call, _ATTR_CONTACT), _listed(call, _ATTR_TO)
    )
    answered = None
    async with number.failures.attempt(SERVICE_PLACE_CALL) as attempt:
        if len(people) != 1:
            raise ActionRefusedError("person_twice" if people else "person_missing")
        (person,) = people
        attempt.person = person.shown
        wants_end = call.data[_ATTR_HANG_UP]
        playlist = await number.player.async_prepare(
            _wanted(call, number), also=async_learn_length if wants_end else None
        )
        playlist.then = _hanging_up(number) if wants_end else None
        try:
            placed = await number.call_control.async_dial(person.phone)
            attempt.call_id, attempt.is_placed = placed.id, True
            if playlist.items:
                await number.player.async_play(playlist, attempt)
        finally:
            number.player.async_release_unplayed(playlist)
        if call.data[_ATTR_WAIT_FOR_ANSWER]:
            answered = await number.coordinator.async_wait_for_answer(
                placed.id, call.data[_ATTR_TIMEOUT]
            )
    now = number.coordinator.calls.find(placed.id) or placed
    return {"call_id": now.id, "status": _lower(now.status), "answered": answered}


async def _announce(call: ServiceCall) -> ServiceResponse:
    """Call people in turn, play something to them, hang up, and say who was reached."""
    data = call.data
    number, people = await _async_people(
        call, SERVICE_ANNOUNCE, data[_ATTR_CONTACTS], data[_ATTR_TO]
    )
    async with number.failures.attempt(SERVICE_ANNOUNCE) as attempt:
        if not people:
            raise ActionRefusedError("person_missing")
        if not (wanted := _wanted(call, number)):
            raise ActionRefusedError("media_missing")
        announcement = Announcement(
            people=people,
            wanted=wanted,
            repeat=data[_ATTR_REPEAT],
            ring=data[_ATTR_RING],
            rounds=data[_ATTR_ROUNDS],
            everyone=data[_ATTR_EVERYONE],
        )
        progress = await number.announcer.async_announce(announcement, attempt)
    return progress.as_dict()


def _call_handler(action: str, act: CallAction) -> Handler:
    """Return the handler of an action that needs no more than a call."""

    async def handle(call: ServiceCall) -> ServiceResponse:
        control = (await _async_number(call, action)).call_control
        async with control.attempt(action, _call_id(call)) as attempt:
            result = await act(control, attempt.call_id)
        return _as_response(result)

    return handle


async def _get_calls(call: ServiceCall) -> ServiceResponse:
    """Return the calls that the server lists, newest first."""
    number = await _async_number(call, SERVICE_GET_CALLS)
    before = call.data.get(_ATTR_BEFORE)
    async with number.failures.attempt(SERVICE_GET_CALLS):
        calls = await number.client.list_calls(
            limit=call.data[_ATTR_LIMIT],
            before=None if before is None else dt_util.as_utc(before).isoformat(),
        )
    name_of = number.contacts.name_of
    return {"calls": [{**as_data(it), _ATTR_CONTACT: name_of(it.peer_number)} for it in calls]}


def _wanted(call: ServiceCall, number: PilotStatusData) -> list[str]:
    """Return what is to be played: of URLs, media and a message one.

    Raises ActionRefusedError if more than one is given, or if nobody can speak the message.
    """
    data = call.data
    message = data.get(_ATTR_MESSAGE, "").strip()
    given = [it for it in (data.get(ATTR_MEDIA_URL), data.get(_ATTR_MEDIA)) if it]
    if len(given) + bool(message) > 1:
        raise ActionRefusedError("media_twice")
    if not message:
        return given[0] if given else []
    options = number.media.entry.options
    engine, language = data.get(_ATTR_ENGINE), data.get(_ATTR_LANGUAGE)
    return [speech_id(call.hass, message, engine, language, options)]


def _hanging_up(number: PilotStatusData) -> Callable[[str], Awaitable[None]]:
    """Return what hangs up in the background, and reports if it could not."""

    async def hang_up(call_id: str) -> None:
        # It was reported, and nobody waits for it.
        with suppress(HomeAssistantError):
            async with number.call_control.attempt(SERVICE_HANG_UP, call_id) as attempt:
                await number.call_control.async_hang_up(attempt.call_id)

    return hang_up


def _listed(call: ServiceCall, field: str) -> list[Any]:
    """Return what one field holds, as a list."""
    return [call.data[field]] if field in call.data else []


def _call_id(call: ServiceCall) -> str | None:
    call_id: str | None = call.data.get(ATTR_CALL_ID)
    return None if call_id is None else call_id.strip()


def _lower(status: CallStatus | str | None) -> str | None:
    return status and status.lower()


def _as_response(result: ActionResult) -> dict[str, Any]:
    return {"success": True, "call_id": result.call_id, "status": _lower(result.status)}


async def _async_number(call: ServiceCall, action: str) -> PilotStatusData:
    """Return the number that an action on a call means.

    Raises a reported HomeAssistantError if there is none.
    """
    is_about_call = action != SERVICE_GET_CALLS
    try:
        entry = await async_find_for_call(call, _call_id(call), is_about_call=is_about_call)
    except ActionRefusedError as err:
        raise await _async_refused(call, action, err) from err
    return await _async_ready(call, action, entry)


async def _async_people(
    call: ServiceCall, action: str, contacts: list[str], written: list[str | int]
) -> tuple[PilotStatusData, list[Person]]:
    """Return the number that is to call, and whom.

    Raises a reported HomeAssistantError if either cannot be told.
    """
    try:
        entry, people = await async_find_people(call, contacts, written)
    except ActionRefusedError as err:
        raise await _async_refused(call, action, err) from err
    return await _async_ready(call, action, entry), people


async def _async_ready(
    call: ServiceCall, action: str, entry: PilotStatusConfigEntry
) -> PilotStatusData:
    if entry.state is not ConfigEntryState.LOADED:
        err = ActionRefusedError("number_not_ready", number=entry.title)
        raise await _async_refused(call, action, err, entry)
    return entry.runtime_data


async def _async_refused(
    call: ServiceCall,
    action: str,
    err: ActionRefusedError,
    entry: PilotStatusConfigEntry | None = None,
) -> HomeAssistantError:
    """Report that an action was refused before its number was known; return what to raise."""
    attempt = Attempt(_call_id(call) or "")
    return await FailureReporter(call.hass, entry).async_report(action, err, attempt)
