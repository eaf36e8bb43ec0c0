"""Every action with every fault: one set of rules, whatever the fault."""

from collections.abc import Awaitable
from functools import partial

import pytest

from .actions import ACTIONS, Action
from .catalogue import Fault
from .expected import OK, QUESTIONS, outcomes
from .figures import record
from .home import Home
from .runs import assert_rules, broken_by, ordered
from .selection import faults_of, selected
from .trap import Trap

#: How often a question is asked at most: first, and twice more, each time once more by aiohttp if
#: a connection is lost that was kept alive.
_MOST_QUESTIONS = 6


@pytest.mark.timeout(900)
@pytest.mark.parametrize("action", ACTIONS, ids=[it.name for it in ACTIONS])
async def test_a_fault_fails_one_action_and_nothing_else(
    home: Home, trap: Trap, action: Action, request: pytest.FixtureRequest
) -> None:
    faults = faults_of(action.endpoint, trap.url, is_joined=action.is_joined)
    if not request.config.getoption("--all"):
        faults = selected(faults, ACTIONS.index(action))

    def meet(fault: Fault) -> Awaitable[list[str]]:
        trouble = ordered(home, action.endpoint, fault)
        return broken_by(home, action, trouble, expected(action, fault), most(action, fault))

    await assert_rules(home, trap, faults, meet, partial(record, request, action.name))


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
