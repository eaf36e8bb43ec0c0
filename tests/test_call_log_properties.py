"""The log of calls, given anything in any order: its end is the truth."""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings, strategies as st

from custom_components.pilotstatus.api import Call, CallEvent, CallStatus, parse_event
from custom_components.pilotstatus.call_log import CallLog
from custom_components.pilotstatus.call_state import CallChange, CallChangeKind, seconds_talked

NOON = datetime(2026, 7, 3, 12, tzinfo=UTC)
STEPS = {
    "answered": ["RINGING", "ACCEPTED", "COMPLETED"],
    "declined": ["RINGING", "REJECTED"],
    "missed": ["RINGING", "MISSED"],
    "failed": ["INITIATED", "RINGING", "FAILED"],
    "live": ["INITIATED", "RINGING", "ACCEPTED"],
}
EVENTS = {"RINGING": "ringing", "ACCEPTED": "connected", "MISSED": "missed"}
RANK = ["INITIATED", "RINGING", "ACCEPTED", "COMPLETED", "REJECTED", "MISSED", "FAILED"]


#: In which order things are told of a call; of those that are last one excludes the others.
ORDER = {"ringing": 0, "dialing": 0, "connected": 1}
LAST = 2


def tell(
    log: CallLog, index: int, status: str, source: str, clock: int, direction: str | None = None
) -> list[CallChange]:
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
                        "direction": direction,
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
    told = {"status": status, "timestamp": instant, "direction": direction}
    parsed = parse_event({"event": f"call.{name}", **told, **ids})
    assert isinstance(parsed, CallEvent)
    return log.apply_event(parsed) or []


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
                told.append((index, status, source, draw(st.integers(-250, 9999))))  # noqa: PERF401
    return draw(st.permutations(told))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=300)
@given(tellings())
def test_any_order_ends_in_the_newest_truth(told: list[tuple[int, str, str, int]]) -> None:
    """Each call ends in the furthest state that was told of it, and each step is told once."""
    log = CallLog(lambda: NOON)
    heard: list[tuple[str | None, CallChangeKind]] = []
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


@st.composite
def anything(draw: st.DrawFn) -> list[tuple[str, str, str | None, int]]:
    """Draw what may come of one call, sensible or not: also that it is not found or listed."""
    return draw(
        st.lists(
            st.tuples(
                st.sampled_from(["snapshot", "event", "alias", "answer", "gone", "list", "later"]),
                st.sampled_from(RANK),
                st.sampled_from(["INBOUND", "OUTBOUND", None]),
                st.integers(-250, 9999),
            ),
            max_size=12,
        )
    )


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=500)
@given(anything())
def test_whatever_comes_a_call_is_told_in_order_and_once_as_over(
    told: list[tuple[str, str, str | None, int]],
) -> None:
    now = NOON
    log = CallLog(lambda: now)
    # From now on it is known that the two ids are of one call.
    heard = tell(log, 0, "INITIATED", "snapshot", 0)
    for source, status, direction, clock in told:
        if source == "answer":
            heard += log.apply_answer("call_0", CallStatus(status))
        elif source == "gone":
            heard += log.apply_not_found("call_0")
        elif source == "list":
            heard += log.merge([], is_list=True)
        elif source == "later":
            now += timedelta(seconds=abs(clock))
            heard += log.expire()
        else:
            heard += tell(log, 0, status, source, clock, direction)
    order = [ORDER.get(change.kind, LAST) for change in heard]
    assert order == sorted(set(order))
    was_answered = False
    for change in heard:
        was_answered = was_answered or change.kind is CallChangeKind.CONNECTED
        if was_answered and ORDER.get(change.kind, LAST) == LAST:
            assert change.kind is CallChangeKind.ENDED
        if change.kind is CallChangeKind.ENDED:
            assert seconds_talked(change.call) is not None
