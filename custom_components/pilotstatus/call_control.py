"""What can be done with calls, for actions, buttons and players alike.

Every function may raise Refusal before anything is sent, and PilotStatusError after.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
import re
from typing import Any, Final

from .api import (
    ActionResult,
    Call,
    CallDirection,
    CallStatus,
    ConflictError,
    NotConnectedError,
    PilotStatusError,
    RequestRejectedError,
)
from .coordinator import PilotStatusCoordinator
from .errors import Refusal

_SEPARATORS: Final = re.compile(r"[\s().\-/]")
_E164: Final = re.compile(r"\+[1-9]\d{7,14}")


async def find_live_call(coordinator: PilotStatusCoordinator, call_id: str | None) -> str:
    """Return the call that is meant: the named one, or the one that is live.

    Never guesses: refuses where no call is live, or more than one.
    """
    if call_id is not None:
        # Ids are opaque, but these can be none.
        if call_id in {"", ".", ".."}:
            raise Refusal("call_id_invalid")
        return call_id
    if not coordinator.calls.live_calls:
        # It may have begun since the last poll.
        await coordinator.async_refresh_calls()
    live = coordinator.calls.live_calls
    if not live:
        raise Refusal("no_live_call")
    if len(live) > 1:
        calls = ", ".join(f"{call.id} ({str(call.status).lower()})" for call in live)
        raise Refusal("which_call", calls=calls)
    return live[0].id


def phone_number(text: str) -> str:
    """Return a phone number as people write it in the form that is dialled, E.164."""
    number = _SEPARATORS.sub("", text)
    if not _E164.fullmatch(number):
        raise Refusal("phone_invalid")
    return number


async def dial(coordinator: PilotStatusCoordinator, number: str) -> Call:
    """Call a phone number, E.164."""
    call = await acting(coordinator, coordinator.client.start_call(number))
    coordinator.async_take_changes(coordinator.calls.merge([call]))
    return call


async def until(
    coordinator: PilotStatusCoordinator, holds: Callable[[], bool], seconds: float
) -> bool:
    """Wait until something holds of what is known; return if it did in time.

    Cancelling ends only the wait.
    """
    news = asyncio.Event()
    remove_listener = coordinator.async_add_listener(news.set)
    try:
        async with asyncio.timeout(seconds):
            while not holds():
                news.clear()
                await news.wait()
    except TimeoutError:
        return holds()
    finally:
        remove_listener()
    return True


async def until_answered(coordinator: PilotStatusCoordinator, call_id: str, seconds: float) -> bool:
    """Wait until a call was answered or ended, or the time is over; return if answered."""

    def is_settled() -> bool:
        call = coordinator.calls.find(call_id)
        return call is not None and (call.was_answered or call.is_over)

    await until(coordinator, is_settled, seconds)
    call = coordinator.calls.find(call_id)
    return call is not None and call.was_answered


async def wait_for_answer(
    coordinator: PilotStatusCoordinator, call_id: str, seconds: float
) -> bool:
    """Wait for the answer as ``until_answered`` does, asking often; the call goes on."""
    with coordinator.polling_fast():
        answered = await until_answered(coordinator, call_id, seconds)
    if not answered and not coordinator.is_over(call_id):
        # The last news may have been lost; where the server is, too, the log has to do.
        with suppress(PilotStatusError):
            return (await coordinator.async_refresh_call(call_id)).was_answered
    return answered


async def answer(coordinator: PilotStatusCoordinator, call_id: str) -> ActionResult:
    """Answer an incoming call."""
    result = await acting(coordinator, coordinator.client.accept(call_id))
    return _done(coordinator, result)


async def reject(coordinator: PilotStatusCoordinator, call_id: str) -> ActionResult:
    """Decline an incoming call; one that is already over is as good."""
    return await _end(coordinator, call_id, coordinator.client.reject(call_id))


async def hang_up(coordinator: PilotStatusCoordinator, call_id: str) -> ActionResult:
    """End a call; one that is already over is as good."""
    return await _end(coordinator, call_id, coordinator.client.terminate(call_id))


def ringing_call(coordinator: PilotStatusCoordinator) -> Call | None:
    """Return the one live call, where it can be answered or declined."""
    call = the_live_call(coordinator)
    if call and call.status is CallStatus.RINGING and call.direction is CallDirection.INBOUND:
        return call
    return None


def the_live_call(coordinator: PilotStatusCoordinator) -> Call | None:
    """Return the one live call; ``None`` where there is none, or more than one."""
    live = coordinator.calls.live_calls
    return live[0] if len(live) == 1 else None


async def _end(
    coordinator: PilotStatusCoordinator,
    call_id: str,
    request: Coroutine[Any, Any, ActionResult],
) -> ActionResult:
    try:
        result = await acting(coordinator, request)
    except NotConnectedError:
        raise
    except (ConflictError, RequestRejectedError):
        # What the server says of a call that is over is not documented, so the call is asked.
        call = await coordinator.async_refresh_call(call_id)
        if not call.is_over:
            raise
        return ActionResult(call_id=call.id, status=call.status)
    return _done(coordinator, result)


def _done(coordinator: PilotStatusCoordinator, result: ActionResult) -> ActionResult:
    coordinator.async_take_changes(coordinator.calls.apply_answer(result.call_id, result.status))
    return result


async def acting[T](coordinator: PilotStatusCoordinator, request: Coroutine[Any, Any, T]) -> T:
    """Carry out a request that only a number on WhatsApp can, and learn from how it went."""
    try:
        result = await request
    except NotConnectedError:
        coordinator.async_set_connected(connected=False)
        raise
    coordinator.async_set_connected(connected=True)
    return result
