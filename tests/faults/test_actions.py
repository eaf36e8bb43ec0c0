"""Every action with every fault: one set of rules, whatever the fault."""

import pytest

from .actions import ACTIONS, Action
from .catalogue import Fault, common_faults
from .expected import OK, QUESTIONS, outcomes
from .fields import field_faults
from .figures import printable, record
from .home import Home
from .runs import broken_by, broken_in_trap, ordered
from .selection import selected
from .trap import Trap

#: How often a question is asked at most: first, and twice more, each time once more by aiohttp if
#: a connection is lost that was kept alive.
_MOST_QUESTIONS = 6


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
    for fault in sorted(faults, key=lambda it: it.is_of_time):
        await home.set_impatient(impatient=fault.is_of_time)
        trouble = ordered(home, action.endpoint, fault)
        broken = await broken_by(
            home, action, trouble, expected(action, fault), most(action, fault)
        )
        if broken := [*broken, *broken_in_trap(trap)]:
            report.append(printable(f"{fault.name}: {'; '.join(broken)}"))
    record(request, action.name, len(faults), len(faults) - len(report))
    assert not report, "\n".join([f"{len(report)} of {len(faults)} faults:", *report])


def faults_of(action: Action, trap: str) -> list[Fault]:
    """Return the faults that an action can meet."""
    is_question = action.endpoint in QUESTIONS
    faults = [*common_faults(trap, is_question=is_question), *field_faults(action.endpoint)]
    # Whose connection is dropped is left to chance when two connect.
    return [it for it in faults if not (action.is_joined and it.order.get("drop") == "before")]


def expected(action: Action, fault: Fault) -> set[str]:
    """Return the translation keys that are right for an action with a fault."""
    keys = set(outcomes(fault.order, action.endpoint))
    # What the fault hides is not there to be found.
    return keys | {"no_live_call"} if action.finds and OK in keys else keys


def most(action: Action, fault: Fault) -> int:
    """Return how often an action may be sent: again only if that can do no harm."""
    if action.endpoint in QUESTIONS:
        return _MOST_QUESTIONS
    return 2 if fault.order.get("status") == 429 else 1
