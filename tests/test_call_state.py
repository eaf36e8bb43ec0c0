"""One call by itself; what follows for all of them is tested with the log."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.pilotstatus.api import Call, CallDirection, CallStatus
from custom_components.pilotstatus.call_state import (
    OVER,
    CallChangeKind,
    SeenCalls,
    adds_nothing,
    as_data,
    change_kind,
    ended,
    is_incoming,
    is_outdated,
    join,
    progress,
    seconds_talked,
    stands_in,
)
from tests.common import short

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


IN, OUT = CallDirection.INBOUND, CallDirection.OUTBOUND


@pytest.mark.parametrize(
    ("status", "incoming", "outgoing", "answered"),
    [
        (None, None, None, None),
        ("ON_HOLD", None, None, None),
        (CallStatus.INITIATED, None, None, None),
        (CallStatus.RINGING, "ringing", "dialing", None),
        (CallStatus.ACCEPTED, "connected", "connected", "connected"),
        # Hanging up stores COMPLETED for unanswered calls, too.
        (CallStatus.COMPLETED, "missed", "unanswered", "ended"),
        (CallStatus.MISSED, "missed", "unanswered", "ended"),
        (CallStatus.FAILED, "missed", "unanswered", "ended"),
        (CallStatus.REJECTED, "declined", "declined", "ended"),
    ],
)
def test_what_is_told_of_a_call_follows_from_its_state_its_direction_and_the_answer(
    status: CallStatus | str | None, incoming: str, outgoing: str, answered: str | None
) -> None:
    told = [change_kind(Call(id="c", status=status, direction=it)) for it in (IN, None, OUT)]
    assert told == [incoming, incoming, outgoing]
    if answered:
        for how in ({"connected_at": NOON}, {"duration": 0}):
            for direction in (IN, None, OUT):
                call = Call(id="c", status=status, direction=direction, **how)
                assert change_kind(call) == answered


def test_a_state_that_is_not_documented_is_told_once_it_has_an_end() -> None:
    over = Call(id="c", status="BUSY", ended_at=NOON, direction=OUT)
    assert change_kind(over) is CallChangeKind.UNANSWERED
    assert [is_incoming(Call(id="c", direction=it)) for it in (IN, None, OUT)] == [
        True,
        True,
        False,
    ]


def test_how_long_a_call_lasted_is_counted_if_the_server_does_not_say() -> None:
    later = NOON + timedelta(seconds=61, milliseconds=900)
    talked = Call(id="c", status=CallStatus.COMPLETED, connected_at=NOON, ended_at=later)
    assert seconds_talked(talked) == 61
    assert as_data(talked)["duration"] == 61
    assert seconds_talked(replace(talked, duration=7)) == 7
    assert seconds_talked(replace(talked, connected_at=later, ended_at=NOON)) == 0
    begun = Call(id="c", status=CallStatus.ACCEPTED, started_at=NOON, ended_at=later)
    assert seconds_talked(begun) == 61
    for unanswered in (replace(talked, connected_at=None), replace(talked, ended_at=None)):
        assert seconds_talked(unanswered) is None


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
    assert ended(Call(id="c")).status is CallStatus.MISSED
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


def test_a_call_of_which_nothing_was_seen_has_not_come_far() -> None:
    seen, stand_in = SeenCalls(), Call(id="X", external_id="X", status=CallStatus.RINGING)
    assert seen.progress(stand_in) == -1
    seen.add(Call(id="a", external_id="X"))
    assert seen.progress(Call(id="a")) == seen.progress(stand_in) == -1


def test_how_far_a_thousand_calls_came_is_kept() -> None:
    seen, calls = SeenCalls(), [Call(id=str(it), status=CallStatus.RINGING) for it in range(1001)]
    for call in calls[:-1]:
        seen.add(call)
    assert seen.progress(calls[0]) == 2
    seen.add(calls[-1])
    assert [seen.progress(call) for call in (calls[0], calls[1], calls[-1])] == [-1, 2, 2]


RINGS = Call(id="a", external_id="X", status=CallStatus.RINGING, created_at=NOON)
ENDS = Call(id="a", external_id="X", status=CallStatus.COMPLETED, ended_at=NOON)


@pytest.mark.parametrize(
    ("known", "incoming", "unless_it_outweighs", "if_it_outweighs"),
    [
        (RINGS, RINGS, True, True),
        (RINGS, Call(id="a"), True, True),
        (RINGS, Call(id="a", status=CallStatus.INITIATED), True, True),
        (RINGS, Call(id="a", status=CallStatus.ACCEPTED), False, False),
        (RINGS, Call(id="a", ended_at=NOON), False, False),
        # What is known counts, unless the other outweighs it.
        (RINGS, Call(id="a", created_at=NOON + timedelta(seconds=1)), True, False),
        (RINGS, Call(id="a", external_id="Y"), True, False),
        (ENDS, Call(id="a", status=CallStatus.MISSED), True, False),
        (ENDS, Call(id="a", status=CallStatus.ACCEPTED), True, True),
        (ENDS, Call(id="a", ended_at=NOON), True, True),
        (Call(id="a", ended_at=NOON), Call(id="a", status=CallStatus.MISSED), False, False),
        # What was not known is new.
        (RINGS, Call(id="a", duration=0), False, False),
        (RINGS, Call(id="a", error_message=""), False, False),
        # Another id may be the one that is not known yet.
        (RINGS, Call(id="X", external_id="X"), False, False),
        (Call(id="X", external_id="X"), Call(id="a", external_id="X"), False, False),
    ],
    ids=short,
)
def test_a_record_adds_nothing_if_all_of_it_is_known_or_counts_less(
    *, known: Call, incoming: Call, unless_it_outweighs: bool, if_it_outweighs: bool
) -> None:
    assert adds_nothing(known, incoming, outweighs=False) is unless_it_outweighs
    assert adds_nothing(known, incoming, outweighs=True) is if_it_outweighs


@pytest.mark.parametrize("outweighs", [True, False])
def test_a_state_that_has_a_name_is_not_lost_to_one_that_has_none(*, outweighs: bool) -> None:
    nameless = Call(id="a", ended_at=NOON)
    for first, second in ((ENDS, nameless), (nameless, ENDS)):
        assert join(first, second, outweighs=outweighs).status is CallStatus.COMPLETED


STATUSES = st.sampled_from((None, "ON_HOLD", "PARKED", *CallStatus))
INSTANTS = st.sampled_from((NOON, NOON + timedelta(seconds=1)))


def records(ids: st.SearchStrategy[str]) -> st.SearchStrategy[Call]:
    """Return a strategy for records of a call, in which anything can be missing or differ."""
    instants = {
        name: st.none() | INSTANTS
        for name in ("created_at", "started_at", "connected_at", "ended_at", "updated_at")
    }
    words = {name: st.sampled_from((None, "", "a")) for name in ("error_code", "error_message")}
    others: dict[str, st.SearchStrategy[Any]] = {**instants, **words}
    return st.builds(
        Call,
        id=ids,
        external_id=st.sampled_from((None, "a", "X")),
        direction=st.sampled_from((None, *CallDirection)),
        status=STATUSES,
        peer_number=st.sampled_from((None, "+551", "+552")),
        duration=st.sampled_from((None, 0, 1)),
        **others,
    )


@st.composite
def two_records(draw: st.DrawFn, ids: st.SearchStrategy[str]) -> tuple[Call, Call]:
    """Draw two records of a call; the second often says what the first does, or less."""
    known, other = draw(records(ids)), draw(records(ids))
    said = {
        name: draw(st.sampled_from((getattr(known, name), getattr(known, name), None, value)))
        for name, value in fields_of(other).items()
    }
    return known, Call(id=other.id, **said)


def fields_of(call: Call) -> dict[str, Any]:
    """Return what a record says but its id."""
    return {it.name: getattr(call, it.name) for it in fields(Call) if it.name != "id"}


@settings(deadline=None, max_examples=300)
@given(records=two_records(st.sampled_from(("a", "X"))), outweighs=st.booleans())
def test_a_record_that_adds_nothing_would_change_nothing(
    *, records: tuple[Call, Call], outweighs: bool
) -> None:
    known, incoming = records
    if adds_nothing(known, incoming, outweighs=outweighs):
        assert join(known, incoming, outweighs=outweighs) == known


@settings(deadline=None, max_examples=300)
@given(records=two_records(st.just("a")), outweighs=st.booleans())
def test_a_record_with_the_same_id_that_would_change_nothing_adds_nothing(
    *, records: tuple[Call, Call], outweighs: bool
) -> None:
    known, incoming = records
    joined = join(known, incoming, outweighs=outweighs)
    assert adds_nothing(known, incoming, outweighs=outweighs) is (joined == known)
