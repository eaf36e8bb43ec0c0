"""The actions: their schemas, which number is meant, and the data they answer with."""

from collections.abc import Awaitable, Callable, Coroutine
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
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from . import call_control as control
from .api import MAX_CALLS, ActionResult, CallStatus
from .call_log import as_data
from .const import (
    ATTR_CALL_ID,
    ATTR_CONFIG_ENTRY_ID,
    ATTR_MEDIA_URL,
    DOMAIN,
    SERVICE_ANSWER_CALL,
    SERVICE_GET_CALLS,
    SERVICE_HANG_UP,
    SERVICE_PLACE_CALL,
    SERVICE_PLAY_AUDIO,
    SERVICE_REJECT_CALL,
)
from .coordinator import PilotStatusConfigEntry, PilotStatusCoordinator
from .errors import Refusal
from .failures import Attempt
from .playback_state import is_unanswered
from .player import async_play, prepared_media

_ATTR_BEFORE: Final = "before"
_ATTR_LIMIT: Final = "limit"
_ATTR_MEDIA: Final = "media"
_ATTR_TIMEOUT: Final = "timeout"
_ATTR_TO: Final = "to"
_ATTR_WAIT_FOR_ANSWER: Final = "wait_for_answer"
_MAX_WAIT: Final = 300


def _media_content_id(value: Any) -> str:
    """Return what the media selector, or a user by hand, names."""
    return cv.string(value.get("media_content_id") if isinstance(value, dict) else value)


_NUMBER: Final[dict[vol.Marker, Any]] = {vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}
_CALL: Final[dict[vol.Marker, Any]] = {**_NUMBER, vol.Optional(ATTR_CALL_ID): cv.string}

_MEDIA: Final[dict[vol.Marker, Any]] = {
    vol.Optional(ATTR_MEDIA_URL): vol.All(cv.ensure_list, [cv.string]),
    vol.Optional(_ATTR_MEDIA): vol.All(cv.ensure_list, [_media_content_id]),
}

type Handler = Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]
type CallAction = Callable[[PilotStatusCoordinator, str], Awaitable[ActionResult]]


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions; which number is meant is found out when one is called."""

    def register(
        action: str,
        handler: Handler,
        schema: dict[vol.Marker, Any],
        response: SupportsResponse = SupportsResponse.OPTIONAL,
    ) -> None:
        hass.services.async_register(
            DOMAIN, action, handler, vol.Schema(schema), supports_response=response
        )

    register(SERVICE_PLAY_AUDIO, _play_audio, {**_CALL, **_MEDIA})
    register(
        SERVICE_PLACE_CALL,
        _place_call,
        {
            **_NUMBER,
            **_MEDIA,
            vol.Required(_ATTR_TO): cv.string,
            vol.Optional(_ATTR_WAIT_FOR_ANSWER, default=False): cv.boolean,
            vol.Optional(_ATTR_TIMEOUT, default=60): vol.All(
                vol.Coerce(float), vol.Range(min=1, max=_MAX_WAIT)
            ),
        },
    )
    register(SERVICE_ANSWER_CALL, _acting_on_a_call(SERVICE_ANSWER_CALL, control.answer), _CALL)
    register(SERVICE_REJECT_CALL, _acting_on_a_call(SERVICE_REJECT_CALL, control.reject), _CALL)
    register(SERVICE_HANG_UP, _acting_on_a_call(SERVICE_HANG_UP, control.hang_up), _CALL)
    register(
        SERVICE_GET_CALLS,
        _get_calls,
        {
            **_NUMBER,
            vol.Optional(_ATTR_LIMIT, default=25): vol.All(
                vol.Coerce(int), vol.Range(min=1, max=MAX_CALLS)
            ),
            vol.Optional(_ATTR_BEFORE): cv.datetime,
        },
        SupportsResponse.ONLY,
    )


async def _play_audio(call: ServiceCall) -> ServiceResponse:
    """Play audio into a call."""
    async with _attempt(call, SERVICE_PLAY_AUDIO) as attempt:
        coordinator = _find_coordinator(call, attempt)
        wanted = _wanted(call)
        if not wanted:
            raise Refusal("media_missing")
        attempt.call_id = await control.find_live_call(coordinator, attempt.call_id)
        async with prepared_media(attempt, coordinator, wanted) as media:
            result = await async_play(attempt, coordinator, attempt.call_id, media)
    return {**_answer(result), "queued": is_unanswered(result.status)}


async def _place_call(call: ServiceCall) -> ServiceResponse:
    """Call a phone number, queue audio for the answer, and wait for that when asked to."""
    answered = None
    async with _attempt(call, SERVICE_PLACE_CALL) as attempt:
        coordinator = _find_coordinator(call, attempt)
        number = control.phone_number(call.data[_ATTR_TO])
        async with prepared_media(attempt, coordinator, _wanted(call)) as media:
            placed = await control.dial(coordinator, number)
            attempt.call_id = placed.id
            if media:
                await async_play(attempt, coordinator, placed.id, media)
        if call.data[_ATTR_WAIT_FOR_ANSWER]:
            answered = await control.wait_for_answer(
                coordinator, placed.id, call.data[_ATTR_TIMEOUT]
            )
    now = coordinator.calls.find(placed.id) or placed
    return {"call_id": now.id, "status": _lower(now.status), "answered": answered}


def _wanted(call: ServiceCall) -> list[str]:
    """Return what is to be played. Raises Refusal where URLs and media are mixed."""
    urls, media = call.data.get(ATTR_MEDIA_URL, []), call.data.get(_ATTR_MEDIA, [])
    if urls and media:
        raise Refusal("media_twice")
    return [*urls, *media]


def _acting_on_a_call(action: str, act: CallAction) -> Handler:
    """Return the handler of an action that needs no more than a call."""

    async def handle(call: ServiceCall) -> ServiceResponse:
        async with _attempt(call, action) as attempt:
            coordinator = _find_coordinator(call, attempt)
            attempt.call_id = await control.find_live_call(coordinator, attempt.call_id)
            result = await act(coordinator, attempt.call_id)
        return _answer(result)

    return handle


async def _get_calls(call: ServiceCall) -> ServiceResponse:
    """Return calls as the server has them, newest first."""
    before = call.data.get(_ATTR_BEFORE)
    async with _attempt(call, SERVICE_GET_CALLS) as attempt:
        coordinator = _find_coordinator(call, attempt)
        calls = await coordinator.client.list_calls(
            limit=call.data[_ATTR_LIMIT],
            before=None if before is None else dt_util.as_utc(before).isoformat(),
        )
    return {"calls": [as_data(call) for call in calls]}


def _attempt(call: ServiceCall, action: str) -> Attempt:
    call_id = call.data.get(ATTR_CALL_ID)
    stripped = None if call_id is None else call_id.strip()
    return Attempt(call.hass, action, call_id=stripped)


def _lower(status: CallStatus | str | None) -> str | None:
    return status and status.lower()


def _answer(result: ActionResult) -> dict[str, Any]:
    return {"success": True, "call_id": result.call_id, "status": _lower(result.status)}


def _find_coordinator(call: ServiceCall, attempt: Attempt) -> PilotStatusCoordinator:
    """Return the number that is meant: the named one, the only one, or the call's.

    Raises Refusal where that is none or more than one, or is not ready.
    """
    entries: list[PilotStatusConfigEntry] = call.hass.config_entries.async_entries(
        DOMAIN, include_ignore=False, include_disabled=False
    )
    if not entries:
        raise Refusal("no_number")
    if (entry_id := call.data.get(ATTR_CONFIG_ENTRY_ID)) is not None:
        entries = [entry for entry in entries if entry.entry_id == entry_id]
        if not entries:
            raise Refusal("unknown_number", config_entry_id=entry_id)
    meant = entries
    if len(entries) > 1:
        meant = [entry for entry in entries if _knows(entry, attempt.call_id)]
    if len(meant) != 1:
        raise Refusal("which_number", numbers=", ".join(entry.title for entry in entries))
    (attempt.entry,) = meant
    if attempt.entry.state is not ConfigEntryState.LOADED:
        raise Refusal("number_not_ready", number=attempt.entry.title)
    return attempt.entry.runtime_data


def _knows(entry: PilotStatusConfigEntry, call_id: str | None) -> bool:
    return (
        call_id is not None
        and entry.state is ConfigEntryState.LOADED
        and entry.runtime_data.calls.find(call_id) is not None
    )
