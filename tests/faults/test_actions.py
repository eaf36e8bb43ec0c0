"""Every action with every fault: one set of rules, whatever the fault."""

from collections.abc import Iterator

import pytest

from tests.common import until_asked

from .actions import ACTIONS, Action
from .catalogue import Fault, common_faults
from .expected import OK, QUESTIONS, outcomes
from .fields import field_faults
from .figures import record
from .home import Home
from .rules import (
    attempt,
    broken_after_poll,
    broken_in_log,
    broken_in_notifications,
    broken_in_result,
    broken_in_states,
    broken_over_http,
)
from .selection import selected
from .trap import Trap

#: How often a question is asked at most: first, and twice more, each time once more by aiohttp if
#: a connection is lost that was kept alive.
_MAX_QUESTIONS = 6


@pytest.mark.timeout(900)
@pytest.mark.parametrize("action", ACTIONS, ids=[it.name for it in ACTIONS])
async def test_a_fault_fails_one_action_and_nothing_else(
    home: Home, trap: Trap, action: Action, request: pytest.FixtureRequest
) -> None:
    faults = faults_of(action, trap.url)
    if not request.config.getoption("--all"):
        faults = selected(faults, ACTIONS.index(action))
    report = []
    # Those of time come last, since the number is set up anew for them.
    for fault in sorted(faults, key=is_of_time):
        await home.set_impatient(impatient=is_of_time(fault))
        if broken := await broken_by(home, trap, action, fault):
            report.append(f"{fault.name}: {'; '.join(broken)}")
    record(request, action.name, len(faults), len(faults) - len(report))
    assert not report, "\n".join([f"{len(report)} of {len(faults)} faults:", *report])


def faults_of(action: Action, trap: str) -> list[Fault]:
    """Return the faults that an action can meet."""
    is_question = action.endpoint in QUESTIONS
    faults = [*common_faults(trap, is_question=is_question), *field_faults(action.endpoint)]
    # Whose connection is dropped is left to chance when two connect.
    return [it for it in faults if not (action.is_joined and it.order.get("drop") == "before")]


def is_of_time(fault: Fault) -> bool:
    """Whether a client has to lose patience with a fault."""
    return "delay" in fault.order or fault.order.get("body") == "stalled"


async def broken_by(home: Home, trap: Trap, action: Action, fault: Fault) -> list[str]:
    """Return the rules that do not hold for an action with a fault."""
    expected = set(outcomes(fault.order, action.endpoint))
    if action.finds and OK in expected:
        # What the fault hides is not there to be found.
        expected.add("no_live_call")
    await home.begin()
    call_id = await action.ready(home)
    before = len(await home.phone.requests(action.endpoint))
    await home.phone.fault(action.endpoint, **fault.order)
    result = await attempt(home, action, call_id)
    await home.phone.clear_faults()
    sent = len(await home.phone.requests(action.endpoint)) - before

    silent = action.may_be_silent and OK not in expected
    failed = result.key != OK or silent
    broken = [
        *broken_in_result(result, expected, silent=silent),
        *broken_in_notifications(home, action, failed=failed),
        *broken_in_states(home),
        *await broken_over_http(home),
        *broken_in_requests(action, fault, sent),
        *await broken_in_calls(home),
    ]
    if trap.caught:
        broken.append("followed the redirect")
        trap.caught = 0
    await recover(home, action, fault)
    broken += await broken_after_poll(home)
    broken += await broken_in_the_next(home, action)
    broken += broken_in_log(home)
    if broken:
        await home.renew()
    return list(dict.fromkeys(broken))


def broken_in_requests(action: Action, fault: Fault, sent: int) -> Iterator[str]:
    """Yield whether an action was sent more often than can do no harm."""
    allowed = _MAX_QUESTIONS if action.endpoint in QUESTIONS else 1
    if fault.order.get("status") == 429:
        allowed = max(allowed, 2)
    if sent > allowed:
        yield f"was sent {sent} times"


async def broken_in_calls(home: Home) -> list[str]:
    """Return what the other party saw twice."""
    calls = await home.phone.calls()
    broken = [f"played {len(it['plays'])} times" for it in calls if len(it["plays"]) > 1]
    return [*broken, *([f"there are {len(calls)} calls"] if len(calls) > 1 else [])]


async def recover(home: Home, action: Action, fault: Fault) -> None:
    """Let a fault be over: what is late has come, no pause and no flow is left."""

    async def is_answered() -> bool:
        requests = await home.phone.requests(action.endpoint)
        return all(it["status"] is not None for it in requests)

    if is_of_time(fault):
        assert await until_asked(is_answered)
    home.abort_flows()
    if fault.order.get("status") == 429 and fault.order["times"] > 1:
        await home.reload()


async def broken_in_the_next(home: Home, action: Action) -> list[str]:
    """Do the same in another call without a fault, and return what is wrong with that."""
    await home.end_calls()
    call_id = await action.ready(home)
    before = len(await home.phone.requests(action.endpoint))
    result = await attempt(home, action, call_id)
    sent = len(await home.phone.requests(action.endpoint)) - before
    broken = [f"the next one was sent {sent} times"] if sent != 1 else []
    broken += [f"the next one {it}" for it in broken_in_result(result, {OK}, silent=False)]
    broken += [f"the next one {it}" for it in broken_in_notifications(home, action, failed=False)]
    await home.end_calls()
    return broken
