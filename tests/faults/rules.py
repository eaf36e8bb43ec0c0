"""What holds after every fault, whatever it was."""

import asyncio
from collections.abc import Iterator, Sequence, Set as AbstractSet
from dataclasses import dataclass
from http import HTTPStatus
from logging import LogRecord
from typing import Any, Final

from custom_components.pilotstatus.api import PilotStatusError
from custom_components.pilotstatus.const import DOMAIN
from custom_components.pilotstatus.errors import translation_key
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.json import json_bytes
from simulator.numbers import CALLER, DEMO_KEY

from .actions import Action
from .expected import CORRECTABLE, OK
from .home import TO, Home

_LIVE: Final = frozenset({"INITIATED", "RINGING", "ACCEPTED"})
_LINE: Final = {
    ("RINGING", "INBOUND"): "ringing",
    ("RINGING", "OUTBOUND"): "dialing",
    ("INITIATED", "OUTBOUND"): "dialing",
    ("ACCEPTED", "INBOUND"): "in_call",
    ("ACCEPTED", "OUTBOUND"): "in_call",
}
_MAX_NOTIFICATION: Final = 2048
_MAX_ATTRIBUTES: Final = 4096
#: Seconds that an action may take beside the waits that these tests leave it.
_MAX_SECONDS: Final = 4.0
_SECRETS: Final = (DEMO_KEY, CALLER.removeprefix("+"), TO.removeprefix("+"))


@dataclass(slots=True, kw_only=True)
class Result:
    """How an action ended."""

    response: Any = None
    error: BaseException | None = None
    seconds: float = 0.0

    @property
    def key(self) -> str:
        """The translation key of the failure, ``OK`` for none, or what else was raised."""
        if self.error is None:
            return OK
        key = getattr(self.error, "translation_key", None)
        if key == "placed_without_audio" and isinstance(self.error.__cause__, PilotStatusError):
            # It names the call that was placed, and quotes the failure.
            key = translation_key(self.error.__cause__)
        return str(key or f"{type(self.error).__name__}: {str(self.error)[:120]}")


async def attempt(home: Home, action: Action, call_id: str) -> Result:
    """Run an action to its end, whatever that is."""
    result = Result()
    now = asyncio.get_running_loop().time
    began = now()
    try:
        async with asyncio.timeout(20):
            result.response = await action.run(home, call_id)
    except Exception as err:  # noqa: BLE001 - any but one is a finding
        result.error = err
    result.seconds = now() - began
    return result


def broken_in_result(result: Result, expected: AbstractSet[str], *, silent: bool) -> Iterator[str]:
    """Yield how an action ended wrongly: the failure of the table, as Home Assistant knows it."""
    error, key = result.error, result.key
    if key not in expected and not (silent and key == OK):
        yield f"raised {key}, not {' or '.join(sorted(expected))}"
    elif error is not None:
        if not isinstance(error, HomeAssistantError) or error.translation_domain != DOMAIN:
            yield f"raised {error!r}"
        if isinstance(error, ServiceValidationError) is not (key in CORRECTABLE):
            yield f"raised {key} as {type(error).__name__}"
        if any(secret in _digits(str(error)) for secret in _SECRETS):
            yield f"raised a secret: {error}"
    if result.seconds > _MAX_SECONDS:
        yield f"took {result.seconds:.1f} s"
    try:
        json_bytes(result.response)
    except (TypeError, ValueError) as err:
        yield f"its response is no JSON: {err}"


def broken_in_notifications(home: Home, action: Action, *, failed: bool) -> Iterator[str]:
    """Yield what is wrong with the notifications: one of a failure, none of a success."""
    own = f"{DOMAIN}_{home.entry.entry_id}_{action.reported_as}"
    found = {key: it for key, it in home.notifications.items() if key.startswith(DOMAIN)}
    if sorted(found) != ([own] if failed else []):
        yield f"left {len(found)} notifications: {[key.split('_', 2)[-1] for key in found]}"
    for notification in found.values():
        text = f"{notification['title']}\n{notification['message']}"
        try:
            size = len(text.encode())
        except UnicodeEncodeError:
            yield "left a notification with half a character"
            continue
        if size > _MAX_NOTIFICATION:
            yield f"left a notification of {size} bytes"
        if any(secret in _digits(text) for secret in _SECRETS):
            yield "left a notification with a secret"


def broken_in_log(home: Home, allowed: Sequence[LogRecord] = ()) -> Iterator[str]:
    """Yield what the log has that it should not have."""
    for record in home.errors():
        if record in allowed:
            continue
        cause = record.exc_info[1] if record.exc_info else None
        yield f"logged {record.name} {record.levelname}: {record.getMessage()[:160]} {cause!r:.120}"
    for record in home.caplog.records:
        if any(secret in _digits(record.getMessage()) for secret in _SECRETS):
            yield f"logged a secret: {record.getMessage()[:160]}"


def broken_in_states(home: Home) -> Iterator[str]:
    """Yield the states that Home Assistant cannot show."""
    for state in home.hass.states.async_all():
        try:
            json_bytes(state.as_dict())
            size = len(json_bytes(state.attributes))
        except (TypeError, ValueError) as err:
            yield f"{state.entity_id} is no JSON: {err}"
            continue
        if size > _MAX_ATTRIBUTES:
            yield f"{state.entity_id} has attributes of {size} bytes"


async def broken_over_http(home: Home) -> list[str]:
    """Return whether a frontend cannot read the states."""
    async with home.client.get("/api/states") as response:
        if response.status != HTTPStatus.OK:
            return [f"GET /api/states answers {response.status}"]
        assert await response.json()
    return []


async def broken_after_poll(home: Home) -> list[str]:
    """Poll, and return in what the states differ from the calls of the simulator."""
    await home.poll()
    await home.hass.async_block_till_done()
    found = []
    if not home.entry.runtime_data.coordinator.last_update_success:
        found.append("the poll after it failed")
    calls = await home.phone.calls()
    shown = home.state("sensor", "last_call_status")
    if calls and shown != calls[0]["status"].lower():
        found.append(f"shows the last call as {shown}, not {calls[0]['status'].lower()}")
    live = [call for call in calls if call["status"] in _LIVE]
    line = _LINE[live[0]["status"], live[0]["direction"]] if live else "idle"
    shown = home.state("sensor", "line")
    if shown != line:
        found.append(f"shows the line as {shown}, not {line}")
    return [*found, *broken_in_states(home)]


def _digits(text: str) -> str:
    """Return text without what people put between digits, and what Markdown needs."""
    return text.translate({ord(it): None for it in " .-()\\"})
