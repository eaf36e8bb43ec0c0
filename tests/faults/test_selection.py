"""What the bounded run leaves out, and what not."""

import pytest

from .actions import ACTIONS, Action
from .catalogue import Fault
from .selection import faults_of, selected
from .test_actions import expected


def all_faults(action: Action) -> list[Fault]:
    """Return every fault that an action can meet."""
    return faults_of(action.endpoint, "http://127.0.0.1:1", is_joined=action.is_joined)


@pytest.mark.parametrize("action", ACTIONS, ids=[it.name for it in ACTIONS])
def test_the_bounded_run_has_a_fault_of_every_kind(action: Action) -> None:
    faults = all_faults(action)
    few = selected(faults, ACTIONS.index(action))
    assert {it.kind for it in few} == {it.kind for it in faults}
    assert len(few) < len(faults) / 4
    assert few == selected(all_faults(action), ACTIONS.index(action))


def test_another_turn_has_other_faults() -> None:
    faults = all_faults(ACTIONS[0])
    assert selected(faults, 0) != selected(faults, 1)


@pytest.mark.parametrize("action", ACTIONS, ids=[it.name for it in ACTIONS])
def test_a_fault_is_named_once_and_something_follows_from_it(action: Action) -> None:
    faults = all_faults(action)
    assert len({it.name for it in faults}) == len(faults)
    assert all(expected(action, it) for it in faults)
