"""Calls by their ids, and which of them are live and last."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.pilotstatus.api import Call, CallStatus
from custom_components.pilotstatus.call_index import CallIndex
from tests.common import short

NOON = datetime(2026, 7, 3, 12, tzinfo=UTC)
RINGING, ACCEPTED = CallStatus.RINGING, CallStatus.ACCEPTED
MISSED, COMPLETED = CallStatus.MISSED, CallStatus.COMPLETED

type Ids = tuple[str, str | None]


def call(
    call_id: str, minutes: int, status: CallStatus | None, external: str | None = None
) -> Call:
    """Return a call that began some minutes after noon."""
    created_at = NOON + timedelta(minutes=minutes)
    return Call(id=call_id, external_id=external, status=status, created_at=created_at)


def index_of(*calls: Call) -> CallIndex:
    """Return an index to which calls were added one after the other."""
    index = CallIndex()
    for it in calls:
        index.replace([], it)
    return index


def live_ids(index: CallIndex) -> str:
    """Return the ids of the live calls, which have one letter each."""
    return "".join(it.id for it in index.live)


def test_an_index_without_calls() -> None:
    index = CallIndex()
    index.remove("a")
    assert (len(index), list(index), list(index.live), index.last) == (0, [], [], None)
    assert "a" not in index
    assert index.find("a") is None
    assert index.find_same(Call(id="a", external_id="X")) == []


SAME: list[tuple[Ids, Ids, bool]] = [
    (("a", None), ("a", "X"), True),
    (("a", "X"), ("a", "Y"), True),
    (("a", "X"), ("b", "X"), False),
    (("X", "X"), ("b", "X"), True),
    (("b", "X"), ("X", None), True),
    (("a", None), ("b", None), False),
    (("a", "X"), ("b", "Y"), False),
]


@pytest.mark.parametrize(
    ("known", "incoming", "is_same"),
    SAME + [(incoming, known, is_same) for known, incoming, is_same in SAME],
    ids=short,
)
def test_a_call_is_the_same_by_its_id_or_by_what_stands_in_for_it(
    *, known: Ids, incoming: Ids, is_same: bool
) -> None:
    entry, another = call(known[0], 0, RINGING, known[1]), call("z", 1, RINGING, "Z")
    index = index_of(entry, another)
    found = index.find_same(call(incoming[0], 0, ACCEPTED, incoming[1]))
    assert found == ([entry] if is_same else [])


def test_a_call_is_found_by_its_id_before_another_that_has_it_as_the_providers_id() -> None:
    a, x = call("a", 9, RINGING, "X"), call("X", 0, MISSED)
    index = index_of(x, a)
    assert index.find("X") == x
    assert index.find("a") == a
    assert index.find("Y") is None
    index.remove("X")
    assert index.find("X") == a


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        (call("a", 1, RINGING, "X"), call("b", 2, MISSED, "X")),
        (call("a", 2, MISSED, "X"), call("b", 1, COMPLETED, "X")),
        (call("a", 2, RINGING, "X"), call("b", 1, ACCEPTED, "X")),
        (call("a", 1, ACCEPTED, "X"), call("b", 1, COMPLETED, "X")),
    ],
    ids=short,
)
def test_of_two_with_one_providers_id_a_live_one_counts_and_then_the_newest(
    *, one: Call, other: Call, turned: bool
) -> None:
    index = index_of(other, one) if turned else index_of(one, other)
    stand_in = call("X", 5, COMPLETED, "X")
    assert index.find("X") == one
    assert index.find_same(stand_in) == [one]
    index.remove("a")
    assert index.find("X") == other
    assert index.find_same(stand_in) == [other]
    index.remove("b")
    assert index.find("X") is None
    assert index.find_same(stand_in) == []


def test_a_call_whose_providers_id_changes_is_found_by_the_new_one_only() -> None:
    before, after = call("a", 0, RINGING, "X"), call("a", 0, RINGING, "Y")
    index = index_of(before, call("b", 0, MISSED, "X"))
    index.replace([before], after)
    assert index.find("Y") == after
    assert index.find("X") == call("b", 0, MISSED, "X")


def test_the_live_calls_are_newest_first_whatever_happens_to_them() -> None:
    b, d = call("b", 2, RINGING), call("d", 4, ACCEPTED)
    index = index_of(b, d, call("a", 1, RINGING), call("c", 3, MISSED))
    assert live_ids(index) == "dba"
    index.replace([], call("e", 3, RINGING))
    assert live_ids(index) == "deba"
    index.replace([b], call("b", 9, ACCEPTED))
    assert live_ids(index) == "bdea"
    index.replace([d], call("d", 4, COMPLETED))
    assert live_ids(index) == "bea"
    index.remove("e")
    index.remove("c")
    assert live_ids(index) == "ba"
    assert [it.status for it in index.live] == [ACCEPTED, RINGING]


def test_the_last_call_is_the_one_that_began_last_live_or_not() -> None:
    index = index_of(call("b", 2, MISSED))
    for newer in (call("a", 1, RINGING), call("c", 3, COMPLETED)):
        index.replace([], newer)
    assert index.last == call("c", 3, COMPLETED)
    index.remove("a")
    assert index.last == call("c", 3, COMPLETED)
    index.remove("c")
    assert index.last == call("b", 2, MISSED)
    index.remove("b")
    assert index.last is None


@pytest.mark.parametrize("order", ["live first", "live last"])
def test_of_two_calls_that_began_at_one_time_the_live_one_is_the_last(order: str) -> None:
    live, over = call("a", 1, RINGING), call("b", 1, MISSED)
    index = index_of(live, over) if order == "live first" else index_of(over, live)
    assert index.last == live
    index.replace([live], call("a", 1, None))
    assert index.last is not None
    index.replace([over], call("b", 1, ACCEPTED))
    assert index.last == call("b", 1, ACCEPTED)


def test_the_last_call_stays_the_last_after_it_has_changed() -> None:
    a, b = call("a", 1, RINGING), call("b", 1, RINGING)
    index = index_of(call("c", 0, RINGING), a, b)
    assert index.last == a
    answered = call("a", 1, ACCEPTED)
    index.replace([a], answered)
    # The other one began at the same time, and comes first now.
    assert list(index)[-2:] == [b, answered]
    assert index.last == answered
    over = call("a", 1, COMPLETED)
    index.replace([answered], over)
    assert index.last == b


def test_a_last_call_that_turns_out_to_have_begun_earlier_may_be_the_last_no_more() -> None:
    last = call("a", 3, RINGING)
    index = index_of(call("b", 2, MISSED), call("c", 1, MISSED), last)
    earlier = call("a", 0, RINGING)
    index.replace([last], earlier)
    assert index.last == call("b", 2, MISSED)
    index.replace([earlier], call("a", 5, RINGING))
    assert index.last == call("a", 5, RINGING)


def test_two_entries_of_one_call_come_in_the_order_of_their_last_change() -> None:
    stand_in, named = call("X", 0, RINGING, "X"), call("b", 1, RINGING)
    both = call("b", 1, ACCEPTED, "X")
    index = index_of(stand_in, named)
    assert index.find_same(both) == [stand_in, named]
    changed = call("X", 0, ACCEPTED, "X")
    index.replace([stand_in], changed)
    assert index.find_same(both) == [named, changed]
    index.replace([named, changed], both)
    assert list(index) == list(index.live) == [both]
    assert index.last == index.find("X") == index.find("b") == both
    assert ("X" in index, "b" in index, len(index)) == (False, True, 1)


def test_calls_can_be_removed_while_they_are_iterated_over() -> None:
    index = index_of(*(call(it, 0, MISSED) for it in "abc"))
    for it in index:
        index.remove(it.id)
    assert len(index) == 0


def began_and_live(it: Call) -> tuple[Any, bool]:
    """Return by what the last call is chosen."""
    return it.created_at, it.is_live


def live_and_began(it: Call) -> tuple[bool, Any]:
    """Return by what one of several calls is chosen."""
    return it.is_live, it.created_at


def assert_is_most(answer: Call | None, calls: list[Call], key: Callable[[Call], Any]) -> None:
    """Assert that an answer is the call that is chosen, any of several, or none."""
    if answer is None:
        assert calls == []
    else:
        assert answer in calls
        assert key(answer) == max(map(key, calls))


def scan(calls: list[Call], call_id: str) -> list[Call]:
    """Return the calls that an id can name."""
    return [it for it in calls if it.id == call_id] or [
        it for it in calls if it.external_id == call_id
    ]


def scan_same(calls: list[Call], incoming: Call) -> list[Call]:
    """Return the entries of the same call in the order of their last change."""
    return [
        it
        for it in calls
        if it.id in (incoming.id, incoming.external_id) or it.external_id == incoming.id
    ]


def assert_answers_as_a_scan(index: CallIndex, calls: list[Call], incoming: Call) -> None:
    """Assert that an index answers each question as if it looked at all calls."""
    assert (list(index), len(index)) == (calls, len(calls))
    assert list(index.live) == sorted(
        (it for it in calls if it.is_live), key=lambda it: it.created_at or NOON, reverse=True
    )
    assert_is_most(index.last, calls, began_and_live)
    for call_id in IDS:
        assert_is_most(index.find(call_id), scan(calls, call_id), live_and_began)
        assert (call_id in index) is any(it.id == call_id for it in calls)
    same, found = scan_same(calls, incoming), index.find_same(incoming)
    if incoming.external_id in (None, incoming.id) and len(same) > 1:
        (one,) = found
        by_id = [it for it in same if it.id == incoming.id and incoming.external_id is None]
        assert_is_most(one, by_id or same, live_and_began)
    else:
        assert found == same


IDS = ("a", "b", "c", "X", "Y")
CALLS = st.builds(
    call,
    st.sampled_from(IDS),
    st.integers(0, 2),
    st.sampled_from((RINGING, ACCEPTED, MISSED, None)),
    st.sampled_from(("X", "Y", "a", None)),
)
#: A call and the ids of those whose place it takes, or the id of one that is removed.
CHANGES = st.tuples(CALLS, st.sets(st.sampled_from(IDS), max_size=2)) | st.sampled_from(IDS)


@settings(deadline=None, max_examples=300)
@given(st.lists(CHANGES, max_size=12), CALLS)
def test_whatever_happens_the_answers_are_those_of_a_scan_over_all_calls(
    changes: list[tuple[Call, set[str]] | str], incoming: Call
) -> None:
    index, calls = CallIndex(), list[Call]()
    for change in changes:
        if isinstance(change, str):
            index.remove(change)
            calls = [it for it in calls if it.id != change]
        else:
            new, replaced = change
            # The entry with the same id is always one of them.
            same = [it for it in calls if it.id in {new.id, *replaced}]
            index.replace(same, new)
            calls = [*(it for it in calls if it not in same), new]
        assert_answers_as_a_scan(index, calls, incoming)
