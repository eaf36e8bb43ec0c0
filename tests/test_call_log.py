"""The log of calls: whatever comes, in whatever order, the truth is the end."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest

from custom_components.pilotstatus.api import (
    Call,
    CallDirection,
    CallEvent,
    CallStatus,
    parse_event,
)
from custom_components.pilotstatus.call_log import CallLog
from custom_components.pilotstatus.call_state import CallChange, seconds_talked

type Status = CallStatus | str | None

NOON = datetime(2026, 7, 3, 12, tzinfo=UTC)
LIVE = (CallStatus.INITIATED, CallStatus.RINGING, CallStatus.ACCEPTED)
#: From the first state of a call to the last one, and the events that some of them are.
STEPS: dict[Status, list[str]] = {
    None: [],
    "ON_HOLD": [],
    CallStatus.INITIATED: [],
    CallStatus.RINGING: ["ringing"],
    CallStatus.ACCEPTED: ["connected"],
    CallStatus.MISSED: ["missed"],
}


def new_log() -> CallLog:
    """Return a log without calls, to which it is always noon."""
    return CallLog(lambda: NOON)


def at(minutes: int) -> datetime:
    """Return an instant some minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def call(number: int, status: Status, **fields: Any) -> Call:
    """Return a call that began some minutes after noon; answered or over, it was so at noon."""
    if status is CallStatus.ACCEPTED:
        fields.setdefault("connected_at", NOON)
    elif isinstance(status, CallStatus) and status not in LIVE:
        fields.setdefault("ended_at", NOON)
    return Call(id=f"call_{number}", status=status, created_at=at(number), **fields)


def event(kind: str, **fields: Any) -> CallEvent:
    """Return what a delivery tells."""
    parsed = parse_event({"event": f"call.{kind}", "callId": "call_1", **fields})
    assert isinstance(parsed, CallEvent)
    return parsed


def apply(log: CallLog, kind: str, **fields: Any) -> list[str]:
    """Apply a delivery that is not refused; return what changed."""
    changes = log.apply_event(event(kind, **fields))
    assert changes is not None
    return kinds(changes)


def found(log: CallLog, call_id: str = "call_1") -> Call:
    """Return a call that is known."""
    known = log.find(call_id)
    assert known is not None
    return known


def kinds(changes: list[CallChange]) -> list[str]:
    """Return what changed."""
    return [str(change.kind) for change in changes]


def ids(calls: Sequence[Call]) -> list[str]:
    """Return the ids of calls."""
    return [call.id for call in calls]


def test_a_log_without_calls() -> None:
    log = new_log()
    assert (log.all, log.live_calls, log.last_call) == ([], [], None)
    assert (log.only_live_call, log.ringing_call) == (None, None)
    assert (log.find("call_1"), log.is_over("call_1")) == (None, None)
    assert log.was_answered("call_1") is False


def test_calls_are_sorted_newest_first_and_the_last_call_is_the_one_that_began_last() -> None:
    first = call(1, CallStatus.RINGING)
    second, third = call(2, CallStatus.FAILED), call(3, CallStatus.ACCEPTED)
    log = new_log()
    log.merge([second, first, third])
    assert log.all == [third, second, first]
    assert log.live_calls == [third, first]
    assert log.last_call == third


def test_a_call_began_at_the_first_of_its_instants_that_is_known() -> None:
    over = CallStatus.COMPLETED
    never = Call(id="never", status=over)
    created = Call(id="created", status=over, created_at=at(1), started_at=at(9))
    started = Call(id="started", status=over, started_at=at(2), connected_at=at(9))
    connected = Call(id="connected", status=over, connected_at=at(3), ended_at=at(9))
    ended = Call(id="ended", status=over, ended_at=at(4))
    log = new_log()
    log.merge([started, never, ended, created, connected])
    assert ids(log.all) == ["ended", "connected", "started", "created", "never"]


def test_a_call_is_told_step_by_step() -> None:
    log = new_log()
    assert apply(log, "ringing", direction="INBOUND") == ["ringing"]
    assert apply(log, "ringing", direction="INBOUND") == []
    (change,) = log.apply_event(event("connected")) or []
    assert (change.kind, change.call.direction) == ("connected", CallDirection.INBOUND)
    assert apply(log, "ringing") == []
    assert apply(log, "ended", status="COMPLETED", duration=7) == ["ended"]
    assert apply(log, "connected") == []
    assert kinds(log.merge([call(1, CallStatus.ACCEPTED)])) == []
    assert (found(log).status, found(log).duration) == (CallStatus.COMPLETED, 7)


def test_lost_steps_are_not_made_up() -> None:
    log = new_log()
    assert apply(log, "ended", status="REJECTED") == ["declined"]
    assert kinds(log.merge([call(2, CallStatus.INITIATED)])) == []
    assert kinds(log.merge([call(2, CallStatus.MISSED), call(3, CallStatus.ACCEPTED)])) == [
        "missed",
        "connected",
    ]


def test_an_answer_moves_its_call_by_either_id() -> None:
    log = new_log()
    log.merge([call(1, CallStatus.RINGING, external_id="EXT")])
    assert log.apply_answer("EXT", None) == []
    assert kinds(log.apply_answer("EXT", CallStatus.ACCEPTED)) == ["connected"]
    assert log.all == [call(1, CallStatus.ACCEPTED, external_id="EXT")]
    assert kinds(log.apply_answer("call_9", CallStatus.ACCEPTED)) == ["connected"]
    assert found(log, "call_9").status == CallStatus.ACCEPTED


@pytest.mark.parametrize(("earlier", "later"), list(combinations(STEPS, 2)))
def test_a_call_moves_only_forward(earlier: Status, later: Status) -> None:
    log = new_log()
    log.merge([call(1, earlier)])
    was_answered = earlier is CallStatus.ACCEPTED
    assert kinds(log.merge([call(1, later)])) == (["ended"] if was_answered else STEPS[later])
    assert log.merge([call(1, earlier)]) == []
    assert found(log) == call(1, later, **({"connected_at": NOON} if was_answered else {}))


@pytest.mark.parametrize("told", ["answer", "delivery", "list"])
def test_an_answer_that_was_seen_is_an_answer_though_the_server_gives_no_time_of_it(
    told: str,
) -> None:
    now = at(1)
    log = CallLog(lambda: now)
    log.merge([call(1, CallStatus.RINGING, direction=CallDirection.INBOUND)])
    now = at(2)
    if told == "answer":
        log.apply_answer("call_1", CallStatus.ACCEPTED)
    elif told == "delivery":
        log.apply_event(event("connected"))
    else:
        log.merge([Call(id="call_1", status=CallStatus.ACCEPTED)])
    assert found(log).connected_at == at(2)
    now = at(3)
    (change,) = log.apply_answer("call_1", CallStatus.COMPLETED)
    assert (change.kind, seconds_talked(change.call)) == ("ended", 60)
    # The server's own instants count as soon as they are known.
    log.merge([call(1, CallStatus.COMPLETED, connected_at=at(1), ended_at=at(5))])
    assert seconds_talked(found(log)) == 240
    log.merge([call(1, CallStatus.COMPLETED, connected_at=at(1), ended_at=at(5), duration=7)])
    assert seconds_talked(found(log)) == 7


def test_the_end_that_was_presumed_of_a_call_that_goes_on_is_forgotten() -> None:
    log = new_log()
    log.merge([call(1, CallStatus.ACCEPTED)])
    log.apply_not_found("call_1")
    assert found(log).ended_at == NOON
    log.merge([call(1, CallStatus.ACCEPTED)])
    assert (found(log).ended_at, log.live_calls) == (None, [found(log)])


def test_an_end_that_was_presumed_and_then_delivered_is_one() -> None:
    log = new_log()
    log.merge([call(1, CallStatus.ACCEPTED)])
    log.apply_not_found("call_1")
    assert apply(log, "ended", timestamp=str(at(1)), duration=5) == []
    assert log.merge([call(1, CallStatus.ACCEPTED)]) == []
    assert (log.live_calls, found(log).duration) == ([], 5)


@pytest.mark.parametrize("later", [CallStatus.COMPLETED, CallStatus.MISSED])
def test_of_two_ends_the_later_event_counts(later: CallStatus) -> None:
    log = new_log()
    log.apply_answer("call_1", CallStatus.REJECTED)
    log.apply_event(event("missed" if later is CallStatus.MISSED else "ended", status=later))
    assert found(log).status is later
    log.apply_answer("call_1", CallStatus.FAILED)
    assert found(log).status is CallStatus.FAILED


def test_the_servers_list_outweighs_events_and_answers() -> None:
    log = new_log()
    log.merge([call(1, CallStatus.RINGING)])
    log.apply_answer("call_1", CallStatus.COMPLETED)
    log.merge([call(1, CallStatus.MISSED, ended_at=NOON)])
    log.apply_event(event("ended", status="COMPLETED", timestamp="2020-01-01T00:00:00Z"))
    log.apply_answer("call_1", CallStatus.COMPLETED)
    assert found(log) == call(1, CallStatus.MISSED, ended_at=NOON)
    log.merge([call(1, CallStatus.REJECTED, ended_at=at(1))])
    assert found(log) == call(1, CallStatus.REJECTED, ended_at=at(1))


def test_a_call_that_only_events_have_named_is_forgotten_if_the_server_does_not_know_it() -> None:
    log = new_log()
    apply(log, "ringing", direction="INBOUND", to="+551130000001")
    assert log.apply_not_found("call_1") == log.apply_not_found("call_1") == []
    assert log.all == []
    # The server was late, and knows it now: it does not ring twice.
    assert log.merge([call(1, CallStatus.RINGING)]) == []
    assert found(log) == call(1, CallStatus.RINGING)
    assert kinds(log.merge([call(1, CallStatus.ACCEPTED)])) == ["connected"]


@pytest.mark.parametrize(
    ("direction", "is_answered", "status", "kind"),
    [
        (CallDirection.INBOUND, False, CallStatus.MISSED, "missed"),
        (CallDirection.OUTBOUND, False, CallStatus.FAILED, "unanswered"),
        (None, False, CallStatus.MISSED, "missed"),
        (CallDirection.INBOUND, True, CallStatus.COMPLETED, "ended"),
    ],
)
def test_a_call_that_the_server_has_forgotten_has_ended(
    direction: CallDirection | None, status: CallStatus, kind: str, *, is_answered: bool
) -> None:
    log = new_log()
    live = CallStatus.ACCEPTED if is_answered else CallStatus.RINGING
    log.merge([call(1, CallStatus.COMPLETED), call(2, live, direction=direction)])
    assert kinds(log.apply_not_found("call_2")) == [kind]
    assert log.apply_not_found("call_2") == []
    assert log.last_call == found(log, "call_2")
    assert (found(log, "call_2").status, log.live_calls) == (status, [])


def test_a_call_presumed_over_goes_on_if_the_server_says_so_but_does_not_ring_twice() -> None:
    log = new_log()
    ringing = call(1, CallStatus.RINGING, direction=CallDirection.INBOUND)
    log.merge([ringing])
    assert kinds(log.apply_not_found("call_1")) == ["missed"]
    # An event is no proof: it may be late.
    assert apply(log, "ringing") == []
    assert log.live_calls == []
    assert log.merge([ringing]) == []
    assert log.ringing_call == ringing
    assert log.merge([call(1, CallStatus.MISSED)]) == []
    assert log.merge([ringing]) == []
    assert log.live_calls == []


def test_of_two_calls_that_began_at_one_time_the_live_one_is_the_last() -> None:
    log = new_log()
    log.merge([call(1, CallStatus.MISSED), Call(id="x", status=LIVE[2], created_at=at(1))])
    assert log.last_call == found(log, "x")
    log.merge([Call(id="y", status=CallStatus.MISSED, created_at=at(1))])
    assert log.last_call == found(log, "x")


def test_a_call_that_only_the_answer_to_an_action_has_named_is_forgotten_too() -> None:
    """The answer may have been wrong; what it said of the call is no more than a status."""
    log = new_log()
    log.merge([call(1, CallStatus.ACCEPTED)])
    log.apply_answer("../..", CallStatus.ACCEPTED)
    assert log.is_named("../..")
    assert log.apply_not_found("../..") == []
    assert log.last_call == found(log)


@pytest.mark.parametrize("status", [CallStatus.RINGING, CallStatus.INITIATED])
def test_a_call_that_rings_for_more_than_five_minutes_is_over(status: CallStatus) -> None:
    now = at(1)
    log = CallLog(lambda: now)
    log.merge([call(1, status, direction=CallDirection.INBOUND)])
    now = at(6)
    assert log.expire() == []
    now = at(6) + timedelta(seconds=1)
    assert kinds(log.expire()) == ["missed"]
    assert log.merge([call(1, status, direction=CallDirection.INBOUND)]) == []
    assert (found(log).status, log.live_calls) == (CallStatus.MISSED, [])


def test_a_call_that_was_answered_is_over_after_a_day() -> None:
    now = at(1)
    log = CallLog(lambda: now)
    log.merge([call(1, CallStatus.ACCEPTED), call(2, CallStatus.ACCEPTED, connected_at=at(3))])
    now = at(1) + timedelta(days=1, seconds=1)
    assert kinds(log.merge([])) == ["ended"]
    assert ids(log.live_calls) == ["call_2"]
    now = at(3) + timedelta(days=1, seconds=1)
    assert kinds(log.merge([])) == ["ended"]


def test_a_call_that_began_long_ago_does_not_ring_when_it_is_found() -> None:
    log = new_log()
    three_days_ago = at(-3 * 24 * 60)
    ringing = Call(
        id="call_1",
        status=CallStatus.RINGING,
        direction=CallDirection.INBOUND,
        created_at=three_days_ago,
    )
    assert log.merge([ringing]) == []
    assert (log.live_calls, found(log).status) == ([], CallStatus.MISSED)
    # The same as a delivery, as one that is sent again after a reload would be.
    log = new_log()
    log.merge([])
    at_last = event("ringing", direction="INBOUND", timestamp=three_days_ago.isoformat())
    assert log.apply_event(at_last) == []
    assert log.live_calls == []


def test_what_was_over_before_the_server_was_first_asked_is_not_reported() -> None:
    log = new_log()
    log.merge([])
    assert apply(log, "missed", timestamp=str(at(-1))) == []
    assert apply(log, "missed", callId="call_2", timestamp=str(at(1))) == ["missed"]


def test_a_late_delivery_of_a_call_that_is_over_and_forgotten_changes_nothing() -> None:
    log = new_log()
    log.merge([call(1, CallStatus.MISSED, external_id="EXT")])
    log.merge([call(number, CallStatus.MISSED) for number in range(2, 150)])
    assert log.find("call_1") is None
    assert apply(log, "missed") == apply(log, "ringing", direction="INBOUND") == []
    assert apply(log, "ringing", callId=None, externalCallId="EXT") == []
    assert log.live_calls == []
    assert log.find("call_1") is None


def test_strangers_can_make_the_log_hold_twenty_calls() -> None:
    log = new_log()
    results = [log.apply_event(event("ringing", callId=f"fake_{it}")) for it in range(5000)]
    assert results.index(None) == 20
    assert results.count(None) == 4980
    assert len(log.all) == 20
    # What is known changes all the same, and what the server names has room.
    assert apply(log, "connected", callId="fake_7") == ["connected"]
    assert kinds(log.merge([call(1, CallStatus.RINGING)])) == ["ringing"]
    log.apply_answer("call_2", CallStatus.ACCEPTED)
    assert len(log.all) == 22
    # As does what is confirmed or refuted.
    log.merge([call(0, CallStatus.RINGING, external_id="fake_0")])
    assert apply(log, "ringing", callId="fake_9999") == ["ringing"]
    assert log.apply_event(event("ringing", callId="fake_10000")) is None
    log.apply_not_found("fake_1")
    assert apply(log, "ringing", callId="fake_10000") == ["ringing"]


def test_a_call_that_only_an_event_has_named_is_not_meant_if_the_server_has_named_another() -> None:
    log = new_log()
    apply(log, "ringing", callId="fake", direction="INBOUND")
    assert log.only_live_call == log.ringing_call == found(log, "fake")
    log.merge([call(1, CallStatus.RINGING, direction=CallDirection.INBOUND)])
    assert len(log.live_calls) == 2
    assert log.only_live_call == log.ringing_call == found(log)
    log.merge([call(2, CallStatus.ACCEPTED)])
    assert ids(log.meant_calls) == ["call_2", "call_1"]
    assert log.only_live_call is None


def test_a_call_that_only_an_event_has_ended_is_forgotten_unless_the_server_lists_it() -> None:
    log = new_log()
    for number in range(1, 4):
        apply(log, "ended", callId=f"call_{number}", timestamp=str(at(number)))
    log.apply_answer("call_3", CallStatus.COMPLETED)
    log.merge([call(7, CallStatus.RINGING)])
    assert len(log.all) == 4
    log.merge([call(1, CallStatus.COMPLETED)], is_list=True)
    assert sorted(ids(log.all)) == ["call_1", "call_3", "call_7"]
    # It is not told again.
    assert apply(log, "ended", callId="call_2") == []


def test_one_providers_id_with_another_id_is_another_call() -> None:
    log = new_log()
    log.merge([call(1, CallStatus.MISSED, external_id="EXT")])
    assert apply(log, "ringing", callId="call_2", externalCallId="EXT") == ["ringing"]
    assert ids(log.all) == ["call_2", "call_1"]
    assert found(log, "EXT") == found(log, "call_2")
    # An event that carries no other id is of the one that goes on.
    assert apply(log, "connected", callId=None, externalCallId="EXT") == ["connected"]
    assert found(log, "call_1") == call(1, CallStatus.MISSED, external_id="EXT")
    assert ids(log.live_calls) == ["call_2"]


def test_a_call_that_was_just_dialed_is_the_last_call_whatever_clocks_say() -> None:
    log = new_log()
    log.merge([call(9, CallStatus.COMPLETED)])
    log.merge([Call(id="call_1", status=CallStatus.INITIATED)])
    assert log.last_call == found(log, "call_1")
    # The server's own date counts as soon as it is known.
    log.merge([call(1, CallStatus.RINGING)])
    assert found(log).created_at == at(1)


def test_what_is_known_is_kept_and_what_is_new_is_added() -> None:
    log = new_log()
    log.merge([call(1, CallStatus.ACCEPTED, peer_number="+1", connected_at=at(1))])
    log.merge([call(1, CallStatus.COMPLETED, ended_at=at(2), duration=0, peer_number="+2")])
    log.apply_event(event("ended", externalCallId="EXT", duration=9))
    assert found(log) == call(
        1,
        CallStatus.COMPLETED,
        external_id="EXT",
        peer_number="+2",
        connected_at=at(1),
        ended_at=at(2),
        duration=0,
    )


def test_an_event_that_carries_only_the_providers_id_is_of_the_same_call() -> None:
    log = new_log()
    log.apply_event(event("ringing", callId=None, externalCallId="EXT"))
    assert ids(log.all) == ["EXT"]
    log.apply_event(event("connected"))
    assert len(log.all) == 2
    log.merge([call(1, CallStatus.ACCEPTED, external_id="EXT")])
    assert log.all == [call(1, CallStatus.ACCEPTED, external_id="EXT")]
    log.apply_event(event("ended", callId=None, externalCallId="EXT", duration=3))
    (only,) = log.all
    assert (only.id, only.is_over, only.duration) == ("call_1", True, 3)


def test_a_repeated_event_of_a_call_that_must_be_over_ends_it() -> None:
    now = NOON
    log = CallLog(lambda: now)
    assert apply(log, "ringing", timestamp=NOON.isoformat()) == ["ringing"]
    now = at(4)
    assert apply(log, "ringing", timestamp=NOON.isoformat()) == []
    assert ids(log.live_calls) == ["call_1"]
    now = at(6)
    assert apply(log, "ringing", timestamp=NOON.isoformat()) == ["missed"]
    assert log.live_calls == []


def test_a_providers_id_alone_never_joins_two_calls() -> None:
    log = new_log()
    missed = call(1, CallStatus.MISSED, external_id="X", ended_at=at(1))
    rings = call(2, CallStatus.RINGING, external_id="X")
    log.merge([missed, rings])
    assert apply(log, "connected", callId="X") == ["connected"]
    assert ids(log.all) == ["call_2", "call_1"]
    assert found(log).status is CallStatus.MISSED


@pytest.mark.parametrize("first", ["EXT", "call_1"])
def test_the_providers_id_stands_in_for_the_id_only_as_long_as_there_is_no_other(
    first: str,
) -> None:
    log = new_log()
    second = {"EXT": "call_1", "call_1": "EXT"}[first]
    log.apply_event(event("ringing", callId=first, externalCallId="EXT"))
    log.apply_event(event("connected", callId=second, externalCallId="EXT"))
    assert ids(log.all) == ["call_1"]
    assert (found(log).external_id, found(log).status) == ("EXT", CallStatus.ACCEPTED)
    assert found(log, "EXT") == found(log, "call_1")


@pytest.mark.parametrize("confirmed_first", [True, False])
def test_of_two_records_that_turn_out_to_be_one_call_the_confirmed_one_counts(
    *, confirmed_first: bool
) -> None:
    log = new_log()
    if confirmed_first:
        log.merge([call(1, CallStatus.MISSED)])
    log.apply_event(event("ended", callId=None, externalCallId="EXT"))
    log.merge([call(1, CallStatus.MISSED)])
    log.apply_event(event("ended", externalCallId="EXT"))
    assert log.all == [call(1, CallStatus.MISSED, external_id="EXT")]


def test_of_two_records_that_turn_out_to_be_one_call_the_later_event_counts() -> None:
    log = new_log()
    log.apply_event(event("missed", callId=None, externalCallId="EXT"))
    log.apply_event(event("ended", status="REJECTED"))
    log.apply_event(event("ringing", externalCallId="EXT"))
    (only,) = log.all
    assert (only.id, only.external_id, only.status) == ("call_1", "EXT", CallStatus.REJECTED)


def test_an_unknown_state_that_came_with_an_end_is_over() -> None:
    log = new_log()
    log.merge([call(1, CallStatus.ACCEPTED)])
    assert apply(log, "ended", status="BUSY", timestamp="2026-07-03T12:00:00Z") == ["ended"]
    assert (found(log).status, log.is_over("call_1")) == ("BUSY", True)


@pytest.mark.parametrize("status", LIVE)
def test_a_state_that_is_not_documented_does_not_hide_a_call_that_goes_on(
    status: CallStatus,
) -> None:
    log = new_log()
    log.merge([call(1, status), call(2, "BUSY"), call(3, "ON_HOLD", connected_at=at(3))])
    log.merge([call(1, "ON_HOLD")])
    assert ids(log.live_calls) == ["call_3", "call_1"]
    log.merge([call(1, "ON_HOLD", ended_at=at(4)), call(3, "LOST", duration=7)])
    assert log.live_calls == []


def test_the_revision_counts_what_is_new_and_nothing_else() -> None:
    log = new_log()
    assert log.revision == 0
    log.apply_event(event("ringing"))
    assert log.revision == 1
    log.apply_event(event("ringing"))
    assert log.revision == 1
    log.merge([call(1, CallStatus.RINGING), call(2, CallStatus.MISSED)])
    assert log.revision == 3
    log.apply_answer("call_1", None)
    assert log.revision == 3
    log.apply_answer("call_1", CallStatus.ACCEPTED)
    assert log.revision == 4


@pytest.mark.parametrize("status", [*CallStatus, "ON_HOLD", None])
def test_which_calls_are_over_and_which_were_answered(status: Status) -> None:
    log = new_log()
    log.merge([call(1, status, external_id="EXT"), call(2, status, connected_at=NOON)])
    log.merge([call(3, status, duration=0), call(4, status, ended_at=NOON)])
    is_over = isinstance(status, CallStatus) and status not in LIVE
    for call_id in ("call_1", "EXT", "call_2", "call_3"):
        assert log.is_over(call_id) is is_over
    assert log.is_over("call_4") is True
    for call_id in ("call_1", "EXT", "call_4"):
        assert log.was_answered(call_id) is (status is CallStatus.ACCEPTED)
    for call_id in ("call_2", "call_3"):
        assert log.was_answered(call_id) is True


@pytest.mark.parametrize("direction", [*CallDirection, None])
@pytest.mark.parametrize("status", [*CallStatus, "ON_HOLD", None])
def test_the_one_live_call_and_whether_it_can_be_answered(
    status: Status, direction: CallDirection | None
) -> None:
    log = new_log()
    over = call(2, CallStatus.COMPLETED, direction=CallDirection.INBOUND)
    log.merge([call(1, status, direction=direction), over])
    is_ringing = status is CallStatus.RINGING and direction is not CallDirection.OUTBOUND
    assert log.only_live_call == (log.find("call_1") if status in LIVE else None)
    assert log.ringing_call == (log.find("call_1") if is_ringing else None)


@pytest.mark.parametrize("status", LIVE)
def test_two_live_calls_are_neither_the_only_one_nor_the_ringing_one(status: CallStatus) -> None:
    log = new_log()
    ringing = call(1, CallStatus.RINGING, direction=CallDirection.INBOUND)
    log.merge([ringing, call(2, status, direction=CallDirection.INBOUND)])
    assert ids(log.live_calls) == ["call_2", "call_1"]
    assert (log.only_live_call, log.ringing_call) == (None, None)
    log.apply_not_found("call_2")
    assert (log.only_live_call, log.ringing_call) == (ringing, ringing)


def test_a_hundred_calls_are_kept_and_a_hundred_live_ones() -> None:
    log = new_log()
    log.merge([call(number, CallStatus.ACCEPTED) for number in range(3)])
    log.merge([call(number, CallStatus.MISSED) for number in range(3, 153)])
    assert ids(log.all) == [f"call_{number}" for number in (*range(152, 52, -1), 2, 1, 0)]
    log.merge([call(number, CallStatus.ACCEPTED) for number in range(200, 350)])
    assert len(log.live_calls) == len(log.all) == 100
    log.apply_answer("call_350", CallStatus.COMPLETED)
    assert len(log.all) == 100
