"""What the bounded run leaves out, and what not."""

import pytest

from .actions import ACTIONS, Action
from .selection import selected
from .test_actions import expected, faults_of

TRAP = "http://127.0.0.1:1"


@pytest.mark.parametrize("action", ACTIONS, ids=[it.name for it in ACTIONS])
def test_the_bounded_run_has_a_fault_of_every_kind(action: Action) -> None:
    faults = faults_of(action, TRAP)
    few = selected(faults, ACTIONS.index(action))
    assert {it.kind for it in few} == {it.kind for it in faults}
    assert len(few) < len(faults) / 4
    assert few == selected(faults_of(action, TRAP), ACTIONS.index(action))


def test_another_turn_has_other_faults() -> None:
    faults = faults_of(ACTIONS[0], TRAP)
    assert selected(faults, 0) != selected(faults, 1)


@pytest.mark.parametrize("action", ACTIONS, ids=[it.name for it in ACTIONS])
def test_a_fault_is_named_once_and_something_follows_from_it(action: Action) -> None:
    faults = faults_of(action, TRAP)
    assert len({it.name for it in faults}) == len(faults)
    assert all(expected(action, it) for it in faults)
