"""The log of calls, given anything in any order: its end is the truth."""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings, strategies as st

from custom_components.pilotstatus.api import Call, CallEvent, CallEventKind, parse_event
from custom_components.pilotstatus.call_log import CallLog
from custom_components.pilotstatus.call_state import CallChange

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
