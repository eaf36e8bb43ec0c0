"""The actions: their schemas, which number is meant, and their response data."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
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

from .api import MAX_CALLS, ActionResult, CallStatus
from .call_control import CallControl
from .call_state import as_data
from .const import (
    ATTR_CALL_ID,
    ATTR_CONFIG_ENTRY_ID,
    ATTR_MEDIA_URL,
    CALL_OWNERS,
    DOMAIN,
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
from .phone_number import parse_phone

_ATTR_BEFORE: Final = "before"
_ATTR_LIMIT: Final = "limit"
_ATTR_MEDIA: Final = "media"
_ATTR_TIMEOUT: Final = "timeout"
_ATTR_TO: Final = "to"
_ATTR_WAIT_FOR_ANSWER: Final = "wait_for_answer"
_MAX_WAIT: Final = 300


def _urls(value: Any) -> list[str]:
    """Return one URL or several of them as a list."""
    return [cv.string(it) for it in cv.ensure_list(value)]


def _phone(value: Any) -> Any:
    """Return what is dialed: a template's number stays one, so that it is not read as text."""
    return value if isinstance(value, int | float) else cv.string(value)


def _media_ids(value: Any) -> list[str]:
    """Return the media ids that the media selector or a user gives."""
    return [
        cv.string(it.get("media_content_id") if isinstance(it, dict) else it)
        for it in cv.ensure_list(value)
    ]


_NUMBER: Final[dict[vol.Marker, Any]] = {vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}
_CALL: Final[dict[vol.Marker, Any]] = {**_NUMBER, vol.Optional(ATTR_CALL_ID): cv.string}

_MEDIA: Final[dict[vol.Marker, Any]] = {
    vol.Optional(ATTR_MEDIA_URL): _urls,
    vol.Optional(_ATTR_MEDIA): _media_ids,
}

type Handler = Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]
type CallAction = Callable[[CallControl, str], Awaitable[ActionResult]]

_CALL_ACTIONS: Final[Mapping[str, CallAction]] = {
    SERVICE_ANSWER_CALL: CallControl.async_answer,
    SERVICE_REJECT_CALL: CallControl.async_reject,
    SERVICE_HANG_UP: CallControl.async_hang_up,
}


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions; which number is meant is decided by each call."""

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
            vol.Required(_ATTR_TO): _phone,
            vol.Optional(_ATTR_WAIT_FOR_ANSWER, default=False): cv.boolean,
            vol.Optional(_ATTR_TIMEOUT, default=60): vol.All(
                vol.Coerce(float), vol.Range(min=1, max=_MAX_WAIT)
            ),
        },
    )
    for action, act in _CALL_ACTIONS.items():
        register(action, _call_handler(action, act), _CALL)
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
    """Play media into a call."""
    number = await _async_number(call, SERVICE_PLAY_AUDIO)
    call_id = _call_id(call)
    async with number.failures.attempt(SERVICE_PLAY_AUDIO, call_id or "") as attempt:
        wanted = _wanted(call)
        if not wanted:
            raise ActionRefusedError("media_missing")
        attempt.call_id = await number.call_control.async_find(call_id)
        result = await number.player.async_prepare_and_play(wanted, attempt)
    return {**_as_response(result), "queued": result.is_unanswered}


async def _place_call(call: ServiceCall) -> ServiceResponse:
    """Call a phone number, queue media for the answer, and wait for that if asked to."""
    number = await _async_number(call, SERVICE_PLACE_CALL)
    answered = None
    async with number.failures.attempt(SERVICE_PLACE_CALL) as attempt:
        to = parse_phone(call.data[_ATTR_TO], call.hass.config.country)
        playlist = await number.player.async_prepare(_wanted(call))
        try:
            placed = await number.call_control.async_dial(to)
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


def _wanted(call: ServiceCall) -> list[str]:
    """Return what is to be played. Raises ActionRefusedError for URLs and media together."""
    urls, media = call.data.get(ATTR_MEDIA_URL, []), call.data.get(_ATTR_MEDIA, [])
    if urls and media:
        raise ActionRefusedError("media_twice")
    return [*urls, *media]


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
    return {"calls": [as_data(call) for call in calls]}


def _call_id(call: ServiceCall) -> str | None:
    call_id: str | None = call.data.get(ATTR_CALL_ID)
    return None if call_id is None else call_id.strip()


def _lower(status: CallStatus | str | None) -> str | None:
    return status and status.lower()


def _as_response(result: ActionResult) -> dict[str, Any]:
    return {"success": True, "call_id": result.call_id, "status": _lower(result.status)}


async def _async_number(call: ServiceCall, action: str) -> PilotStatusData:
    """Return the number that is meant. Raises a reported HomeAssistantError if there is none."""
    entry = None
    try:
        entry = _find_entry(call)
        _check_ready(entry)
    except ActionRefusedError as err:
        failures = FailureReporter(call.hass, entry)
        raise await failures.async_report(action, err, Attempt(_call_id(call) or "")) from err
    return entry.runtime_data


def _check_ready(entry: PilotStatusConfigEntry) -> None:
    """Raise ActionRefusedError if a number is not set up."""
    if entry.state is not ConfigEntryState.LOADED:
        raise ActionRefusedError("number_not_ready", number=entry.title)


def _find_entry(call: ServiceCall) -> PilotStatusConfigEntry:
    """Return the number that is meant: the named one, the call's, or the only one.

    Raises ActionRefusedError if that is none or more than one.
    """
    entries = call.hass.config_entries
    entry_id, call_id = call.data.get(ATTR_CONFIG_ENTRY_ID), _call_id(call)
    if entry_id is None and call_id is not None:
        owners = call.hass.data.get(CALL_OWNERS, {}).get(call_id, ())
        if len(owners) == 1 and (entry := entries.async_get_entry(*owners)) is not None:
            return entry
    numbers: list[PilotStatusConfigEntry] = entries.async_entries(
        DOMAIN, include_ignore=False, include_disabled=False
    )
    if not numbers:
        raise ActionRefusedError("no_number")
    if entry_id is not None:
        numbers = [entry for entry in numbers if entry.entry_id == entry_id]
        if not numbers:
            raise ActionRefusedError("unknown_number", config_entry_id=entry_id)
    if len(numbers) != 1:
        choices = ", ".join(entry.title for entry in numbers)
        raise ActionRefusedError("which_number", numbers=choices)
    return numbers[0]
