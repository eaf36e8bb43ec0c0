"""What the line is doing, and which of several live calls counts."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from custom_components.pilotstatus.api import Call, CallDirection, CallStatus
from custom_components.pilotstatus.line import line_call, line_state, since

NOON = datetime(2026, 7, 3, 12, tzinfo=UTC)
IN, OUT = CallDirection.INBOUND, CallDirection.OUTBOUND
INITIATED, RINGING, ACCEPTED = CallStatus.INITIATED, CallStatus.RINGING, CallStatus.ACCEPTED


def at(minutes: int) -> datetime:
    """Return an instant some minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def call(number: int, status: CallStatus, direction: CallDirection | None, **fields: Any) -> Call:
    """Return a call that began some minutes after noon."""
    return Call(
        id=f"call_{number}", status=status, direction=direction, created_at=at(number), **fields
    )


@pytest.mark.parametrize(
    ("status", "direction", "state"),
    [
        (INITIATED, OUT, "dialing"),
        (INITIATED, IN, "dialing"),
        (INITIATED, None, "dialing"),
        (RINGING, OUT, "dialing"),
        (RINGING, IN, "ringing"),
        (RINGING, None, "ringing"),
        (ACCEPTED, OUT, "in_call"),
        (ACCEPTED, IN, "in_call"),
        (ACCEPTED, None, "in_call"),
    ],
)
def test_the_state_of_the_line_follows_from_its_call(
    status: CallStatus, direction: CallDirection | None, state: str
) -> None:
    assert line_state(call(1, status, direction)) == state


def test_a_line_without_a_call_is_idle_and_an_answer_counts_whatever_the_state_is_called() -> None:
    assert line_state(None) == "idle"
    assert line_call([]) is None
    assert line_state(Call(id="c", status="ON_HOLD", direction=OUT, connected_at=NOON)) == "in_call"


def test_the_answered_call_counts_then_one_that_rings_then_the_newest() -> None:
    answered = call(1, ACCEPTED, OUT)
    older_ring, ring = call(2, RINGING, IN), call(3, RINGING, IN)
    older_dial, dial = call(4, RINGING, OUT), call(5, INITIATED, OUT)
    for calls in permutations([answered, older_ring, ring, older_dial, dial]):
        assert line_call(calls) is answered
    for calls in permutations([older_ring, ring, older_dial, dial]):
        assert line_call(calls) is ring
    for pair in permutations([older_dial, dial]):
        assert line_call(pair) is dial
    newest = call(9, ACCEPTED, IN)
    assert line_call([answered, newest]) is line_call([newest, answered]) is newest


def test_the_state_of_the_line_began_with_the_answer_the_ring_or_the_dial() -> None:
    told = {"started_at": at(2), "connected_at": None}
    assert since(call(1, RINGING, IN, **told)) == at(2)
    assert since(call(1, RINGING, IN)) == at(1)
    # That the called phone rings is no new state.
    assert since(call(1, RINGING, OUT, **told)) == at(1)
    assert since(call(1, ACCEPTED, IN, **told | {"connected_at": at(3)})) == at(3)
    assert since(call(1, ACCEPTED, IN, **told)) == at(1)
