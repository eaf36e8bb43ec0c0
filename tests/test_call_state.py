"""One call by itself; what follows for all of them is tested with the log."""

from datetime import UTC, datetime, timedelta

from custom_components.pilotstatus.api import Call, CallDirection, CallStatus
from custom_components.pilotstatus.call_state import (
    OVER,
    SeenCalls,
    as_data,
    ended,
    is_outdated,
    progress,
    stands_in,
)

NOON = datetime(2026, 7, 3, 12, tzinfo=UTC)


def test_a_call_as_attributes_and_responses_show_it() -> None:
    shown = as_data(
        Call(
            id="call_1",
            status=CallStatus.RINGING,
            direction=CallDirection.INBOUND,
            created_at=NOON,
            duration=7,
        )
    )
    assert {name: value for name, value in shown.items() if value is not None} == {
        "call_id": "call_1",
        "direction": "inbound",
        "status": "ringing",
        "created_at": "2026-07-03T12:00:00+00:00",
        "duration": 7,
    }
    unknown = as_data(Call(id="call_1", status="ON_HOLD"))
    assert (unknown["status"], unknown["direction"]) == ("on_hold", None)
    assert as_data(Call(id="call_1"))["status"] is None


def test_a_call_moves_from_what_is_not_known_to_its_end() -> None:
    states = (None, "ON_HOLD", CallStatus.INITIATED, CallStatus.RINGING, CallStatus.ACCEPTED)
    assert [progress(Call(id="c", status=status)) for status in states] == [-1, 0, 1, 2, 3]
    for status in (CallStatus.MISSED, CallStatus.COMPLETED):
        assert progress(Call(id="c", status=status)) == OVER
    assert progress(Call(id="c", status=CallStatus.RINGING, ended_at=NOON)) == OVER


def test_the_providers_id_can_stand_in_for_an_id() -> None:
    assert stands_in(Call(id="X", external_id="X"))
    assert not stands_in(Call(id="b", external_id="X"))
    assert not stands_in(Call(id="b"))


def test_the_age_counts_from_the_ring_or_from_the_answer() -> None:
    ringing = Call(id="c", status=CallStatus.RINGING, created_at=NOON)
    assert not is_outdated(ringing, NOON + timedelta(minutes=5))
    assert is_outdated(ringing, NOON + timedelta(minutes=5, seconds=1))
    later = Call(id="c", created_at=NOON, started_at=NOON + timedelta(minutes=1))
    assert not is_outdated(later, NOON + timedelta(minutes=6))
    answered = Call(id="c", created_at=NOON, connected_at=NOON + timedelta(minutes=1))
    assert not is_outdated(answered, NOON + timedelta(days=1, minutes=1))
    assert is_outdated(answered, NOON + timedelta(days=1, minutes=1, seconds=1))


def test_an_end_that_nobody_has_told_follows_from_the_answer_and_the_direction() -> None:
    inbound, outbound = CallDirection.INBOUND, CallDirection.OUTBOUND
    assert ended(Call(id="c", direction=inbound)).status is CallStatus.MISSED
    assert ended(Call(id="c", direction=outbound)).status is CallStatus.FAILED
    assert ended(Call(id="c", direction=inbound, duration=0)).status is CallStatus.COMPLETED


def test_how_far_a_call_came_is_kept_for_the_newest() -> None:
    seen = SeenCalls(limit=2)
    seen.add(Call(id="a", external_id="X", status=CallStatus.MISSED))
    seen.add(Call(id="a", external_id="X", status=CallStatus.RINGING))
    assert seen.progress(Call(id="a")) == seen.progress(Call(id="X", external_id="X")) == OVER
    assert seen.progress(Call(id="b", external_id="X")) == -1
    seen.add(Call(id="b", external_id="b", status=CallStatus.RINGING))
    assert seen.progress(Call(id="c", external_id="b")) == 2
    seen.add(Call(id="a", status=None))
    seen.add(Call(id="c", status=CallStatus.RINGING))
    assert [seen.progress(Call(id=call_id)) for call_id in "abc"] == [OVER, -1, 2]
