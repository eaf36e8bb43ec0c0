"""One run: an action while something is wrong, what came of it, and the same without."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence, Set as AbstractSet
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from tests.common import until_asked

from .actions import Action
from .catalogue import Fault
from .expected import OK
from .figures import printable
from .home import IMPATIENT, PATIENT, Home
from .rules import (
    attempt,
    broken_after_poll,
    broken_in_log,
    broken_in_notifications,
    broken_in_result,
    broken_in_states,
    broken_over_http,
)
from .trap import Trap


@asynccontextmanager
async def ordered(home: Home, endpoint: str, fault: Fault) -> AsyncIterator[None]:
    """Have a fault during the block; after it nothing is late, no pause and no flow is left."""

    async def is_answered() -> bool:
        requests = await home.phone.requests(endpoint)
        return all(it["status"] is not None for it in requests)

    await home.phone.fault(endpoint, **fault.order)
    home.hurry.timeout = IMPATIENT if fault.is_of_time else PATIENT
    yield
    await home.phone.clear_faults()
    home.hurry.timeout = PATIENT
    if fault.is_of_time:
        assert await until_asked(is_answered)
    home.abort_flows()
    if fault.order.get("status") == 429 and fault.order["times"] > 1:
        await home.reload()


async def broken_by(
    home: Home,
    action: Action,
    trouble: AbstractAsyncContextManager[None],
    expected: AbstractSet[str],
    most: int,
) -> list[str]:
    """Return the rules that do not hold for an action that meets trouble.

    ``expected`` are the translation keys that are right, ``most`` is how often it may be sent.
    """
    await home.begin()
    call_id = await action.ready(home)
    before = len(await home.phone.requests(action.endpoint))
    async with trouble:
        result = await attempt(home, action, call_id)
    sent = len(await home.phone.requests(action.endpoint)) - before
    silent = action.may_be_silent and OK not in expected
    failed = result.key != OK or silent
    if action.may_be_silent and OK in expected and len(expected) > 1:
        # Either is right, and only its notification says which it was.
        failed = bool(home.notifications)
    broken = [
        *broken_in_result(result, expected, silent=silent),
        *broken_in_notifications(home, action, failed=failed),
        *broken_in_states(home),
        *await broken_over_http(home),
        *([f"was sent {sent} times"] if sent > most else []),
        *await _broken_in_calls(home),
        *await broken_after_poll(home),
        *await _broken_in_the_next(home, action),
        *broken_in_log(home),
    ]
    if broken:
        await home.renew()
    return list(dict.fromkeys(broken))


async def assert_rules(
    home: Home,
    trap: Trap,
    faults: Sequence[Fault],
    broken_by_fault: Callable[[Fault], Awaitable[list[str]]],
    record: Callable[[int, int], None],
) -> None:
    """Meet each fault, and assert that every rule holds; record how many there were and held."""
    report = [
        printable(f"{fault.name}: {'; '.join(broken)}")
        for fault in faults
        if (broken := [*await broken_by_fault(fault), *_broken_in_trap(trap)])
    ]
    record(len(faults), len(faults) - len(report))
    assert not report, "\n".join([f"{len(report)} of {len(faults)} faults:", *report])


def _broken_in_trap(trap: Trap) -> list[str]:
    """Return whether a redirect was followed, and forget it."""
    caught, trap.caught = trap.caught, 0
    return ["followed the redirect"] if caught else []


async def _broken_in_calls(home: Home) -> list[str]:
    """Return what the other party saw twice."""
    calls = await home.phone.calls()
    broken = [f"played {len(it['plays'])} times" for it in calls if len(it["plays"]) > 1]
    return [*broken, *([f"there are {len(calls)} calls"] if len(calls) > 1 else [])]


async def _broken_in_the_next(home: Home, action: Action) -> list[str]:
    """Do the same in another call without trouble, and return what is wrong with that."""
    await home.end_calls()
    call_id = await action.ready(home)
    before = len(await home.phone.requests(action.endpoint))
    result = await attempt(home, action, call_id)
    sent = len(await home.phone.requests(action.endpoint)) - before
    broken = [
        *broken_in_result(result, {OK}, silent=False),
        *broken_in_notifications(home, action, failed=False),
        *([f"was sent {sent} times"] if sent != 1 else []),
    ]
    await home.end_calls()
    return [f"the next one {it}" for it in broken]
