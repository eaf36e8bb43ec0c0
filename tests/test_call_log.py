"""The log of calls: whatever comes, in whatever order, the truth is the end."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st

from custom_components.pilotstatus.api import Call, CallEvent, CallEventKind, CallStatus
from custom_components.pilotstatus.api.events import parse_event
from custom_components.pilotstatus.call_log import CallChange, CallLog

NOON = datetime(2026, 7, 3, 12, tzinfo=UTC)


def call(number: int, status: CallStatus | str | None, **fields: Any) -> Call:
    """Return a call that began some minutes after noon."""
    created = NOON + timedelta(minutes=number)
    return Call(id=f"call_{number}", status=status, created_at=created, **fields)


def event(kind: str, **fields: Any) -> CallEvent:
    """Return what a delivery tells."""
    parsed = parse_event({"event": f"call.{kind}", "callId": "call_1", **fields})
    assert isinstance(parsed, CallEvent)
    return parsed


def kinds(changes: list[CallChange]) -> list[str]:
    """Return what changed."""
    return [str(change.kind) for change in changes]


def test_the_last_call_is_the_one_that_began_last() -> None:
    """Whatever the order of the snapshot."""
    assert CallLog().last_call is None
    log = CallLog()
    log.merge([call(1, CallStatus.RINGING), call(3, CallStatus.MISSED), call(2, CallStatus.FAILED)])
    assert log.last_call == call(3, CallStatus.MISSED)
    assert [it.id for it in log.live_calls] == ["call_1"]


def test_a_call_is_told_step_by_step() -> None:
    """Each step once, repeats and stragglers not at all."""
    log = CallLog()
    assert kinds(log.apply_event(event("ringing", direction="INBOUND"))) == ["ringing"]
    assert kinds(log.apply_event(event("ringing", direction="INBOUND"))) == []
    assert kinds(log.apply_event(event("connected"))) == ["connected"]
    assert kinds(log.apply_event(event("ringing"))) == []
    assert kinds(log.apply_event(event("ended", status="COMPLETED", duration=7))) == ["ended"]
    assert kinds(log.apply_event(event("connected"))) == []
    assert kinds(log.merge([call(1, CallStatus.ACCEPTED)])) == []
    last = log.last_call
    assert last is not None
    assert (last.status, last.duration, last.is_over) == (CallStatus.COMPLETED, 7, True)


def test_lost_steps_are_not_made_up() -> None:
    """Only what is known to have happened is told."""
    log = CallLog()
    assert kinds(log.apply_event(event("ended", status="REJECTED"))) == ["ended"]
    assert kinds(log.merge([call(2, CallStatus.INITIATED)])) == []
    assert kinds(log.merge([call(2, CallStatus.MISSED), call(3, CallStatus.ACCEPTED)])) == [
        "missed",
        "connected",
    ]


def test_a_finished_call_stays_finished() -> None:
    """An older snapshot or a late answer changes nothing."""
    log = CallLog()
    log.merge([call(1, CallStatus.COMPLETED)])
    assert log.merge([call(1, CallStatus.ACCEPTED)]) == []
    assert log.apply_answer("call_1", CallStatus.ACCEPTED) == []
    assert log.find("call_1") == call(1, CallStatus.COMPLETED)


def test_an_answer_moves_its_call() -> None:
    """By either id; an answer without a status moves nothing."""
    log = CallLog()
    log.merge([call(1, CallStatus.RINGING, external_id="EXT")])
    assert log.apply_answer("EXT", None) == []
    assert kinds(log.apply_answer("EXT", CallStatus.ACCEPTED)) == ["connected"]
    assert log.last_call == call(1, CallStatus.ACCEPTED, external_id="EXT")
    assert kinds(log.apply_answer("call_9", CallStatus.ACCEPTED)) == ["connected"]


def test_the_servers_list_outweighs_events() -> None:
    """Hanging up stores COMPLETED, and then the server calls it missed."""
    log = CallLog()
    log.merge([call(1, CallStatus.RINGING)])
    log.apply_answer("call_1", CallStatus.COMPLETED)
    log.merge([call(1, CallStatus.MISSED, ended_at=NOON)])
    log.apply_event(event("ended", status="COMPLETED", timestamp="2020-01-01T00:00:00Z"))
    assert log.find("call_1") == call(1, CallStatus.MISSED, ended_at=NOON)


def test_an_event_that_carries_only_the_providers_id() -> None:
    """It is the same call as soon as that can be known, and one call from then on."""
    log = CallLog()
    log.apply_event(event("ringing", callId=None, externalCallId="EXT"))
    assert log.find("EXT") is not None
    log.apply_event(event("connected"))
    assert len(log.all) == 2
    log.merge([call(1, CallStatus.ACCEPTED, external_id="EXT")])
    (only,) = log.all
    assert (only.id, only.external_id, only.status) == ("call_1", "EXT", CallStatus.ACCEPTED)
    log.apply_event(event("ended", callId=None, externalCallId="EXT", duration=3))
    (only,) = log.all
    assert (only.id, only.is_over, only.duration) == ("call_1", True, 3)


def test_unknown_states_pass() -> None:
    """They are shown, end nothing, and are got over."""
    log = CallLog()
    log.merge([call(1, CallStatus.RINGING)])
    log.merge([call(1, "ON_HOLD")])
    assert log.find("call_1") == call(1, "ON_HOLD")
    assert log.live_calls == []
    log.merge([call(1, CallStatus.ACCEPTED)])
    assert log.find("call_1") == call(1, CallStatus.ACCEPTED)
    ended = event("ended", status="BUSY", timestamp="2026-07-03T12:00:00Z")
    assert kinds(log.apply_event(ended)) == ["ended"]
    found = log.find("call_1")
    assert found is not None
    assert (found.status, found.is_over) == ("BUSY", True)


def test_two_calls_at_once_are_two() -> None:
    """Neither moves the other."""
    log = CallLog()
    log.apply_event(event("ringing"))
    log.apply_event(event("connected", callId="call_2"))
    assert {(it.id, it.status) for it in log.live_calls} == {
        ("call_1", CallStatus.RINGING),
        ("call_2", CallStatus.ACCEPTED),
    }
    log.forget("call_1")
    assert [it.id for it in log.all] == ["call_2"]


def test_a_hundred_calls_and_all_live_ones_are_kept() -> None:
    """The oldest finished calls go first."""
    log = CallLog()
    log.merge([call(0, CallStatus.ACCEPTED), *(call(n, CallStatus.MISSED) for n in range(1, 150))])
    assert len(log.all) == 101
    assert log.find("call_0")
    assert log.find("call_1") is None


STEPS = {
    "answered": ["RINGING", "ACCEPTED", "COMPLETED"],
    "declined": ["RINGING", "REJECTED"],
    "missed": ["RINGING", "MISSED"],
    "failed": ["INITIATED", "RINGING", "FAILED"],
    "live": ["INITIATED", "RINGING", "ACCEPTED"],
}
EVENTS = {"RINGING": "ringing", "ACCEPTED": "connected", "MISSED": "missed"}
RANK = ["INITIATED", "RINGING", "ACCEPTED", "COMPLETED", "REJECTED", "MISSED", "FAILED"]


def tell(log: CallLog, index: int, status: str, source: str, clock: int) -> list[CallChange]:
    """Tell the log of one state of one call, by a snapshot or by an event."""
    ids: dict[str, str | None] = {"callId": f"call_{index}", "externalCallId": f"EXT_{index}"}
    instant = (NOON + timedelta(seconds=clock)).isoformat()
    over = RANK.index(status) > 2
    if source == "snapshot":
        return log.merge(
            [
                Call.parse(
                    {
                        "id": ids["callId"],
                        "externalCallId": ids["externalCallId"],
                        "status": status,
                        "createdAt": NOON.isoformat(),
                        "updatedAt": instant,
                        "endedAt": instant if over else None,
                    }
                )
            ]
        )
    name = EVENTS.get(status, "ended" if over else None)
    if name is None:
        return []
    if source == "alias":
        ids["callId"] = None
    parsed = parse_event({"event": f"call.{name}", "status": status, "timestamp": instant, **ids})
    assert isinstance(parsed, CallEvent)
    return log.apply_event(parsed)


@st.composite
def tellings(draw: st.DrawFn) -> list[tuple[int, str, str, int]]:
    """Draw what is told of three calls: any order, losses, repeats, clocks that disagree."""
    told = []
    for index in range(3):
        steps = STEPS[draw(st.sampled_from(sorted(STEPS)))]
        for status in steps:
            for source in draw(
                st.lists(st.sampled_from(["snapshot", "event", "alias"]), max_size=3)
            ):
                told.append((index, status, source, draw(st.integers(-9999, 9999))))  # noqa: PERF401
    return draw(st.permutations(told))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=300)
@given(tellings())
def test_any_order_ends_in_the_newest_truth(told: list[tuple[int, str, str, int]]) -> None:
    """Each call ends in the furthest state that was told of it, and each step is told once."""
    log = CallLog()
    heard: list[tuple[str | None, CallEventKind]] = []
    furthest: dict[int, str] = {}
    for index, status, source, clock in told:
        changes = tell(log, index, status, source, clock)
        heard += [(change.call.external_id, change.kind) for change in changes]
        if status == "INITIATED" and source != "snapshot":
            continue
        known = furthest.get(index, status)
        furthest[index] = max(known, status, key=RANK.index)
    for index, status in furthest.items():
        found = log.find(f"EXT_{index}")
        assert found is not None
        assert found.status == status
        assert found.is_live is (RANK.index(status) < 3)
    assert len(log.all) == len(furthest)
    assert len(heard) == len(set(heard))
