"""What a run has seen of what the API leaves undocumented."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.pilotstatus.api import Call, CallDirection, CallStatus
from custom_components.pilotstatus.call_state import CallChange, CallChangeKind
from custom_components.pilotstatus.observed import Observed

NOW = datetime(2026, 11, 28, 3, 0, 2, tzinfo=UTC)
DELIVERY = {
    "event": "call.ringing",
    "callId": "call_1",
    "status": "RINGING",
    "from": "5511987654321",
    "timestamp": (NOW - timedelta(seconds=1.5)).isoformat(),
}


@pytest.fixture
def observed() -> Observed:
    return Observed(lambda: NOW)


def test_a_delivery_is_seen_with_its_delay_and_nobodys_phone_number(observed: Observed) -> None:
    observed.record_delivery(DELIVERY, {"Content-Type": "application/json"})
    assert (observed.deliveries, observed.last_delivery) == (1, NOW)
    assert observed.as_dict()["timeline"] == [
        {
            "at": NOW.isoformat(),
            "what": "delivery",
            "event": "call.ringing",
            "call_id": "call_1",
            "status": "RINGING",
            "seconds_late": 1.5,
        }
    ]
    assert "5511987654321" not in str(observed.as_dict())


@pytest.mark.parametrize("value", [None, 7, [], {"a": 1}, "x" * 999, "\ud800"])
def test_whatever_is_delivered_is_bounded_and_clean(observed: Observed, value: Any) -> None:
    observed.record_delivery(dict.fromkeys(DELIVERY, value), {})
    (seen,) = observed.as_dict()["timeline"]
    assert seen["seconds_late"] is None
    assert seen["call_id"] is None or len(seen["call_id"]) <= 256
    for name in ("event", "status"):
        assert seen[name] is None or (len(seen[name]) <= 64 and seen[name].isprintable())


def test_of_headers_only_what_names_the_sender_is_kept_with_its_value(observed: Observed) -> None:
    headers = {
        "User-Agent": "PilotStatus/3 token=abc",
        "X-Pilot-Status-Signature": "f00d",
        "Host": "home.example",
    }
    observed.record_delivery(DELIVERY, headers)
    observed.record_delivery(DELIVERY, {"User-Agent": "other"})
    assert observed.as_dict()["headers"] == {
        "delivery": {
            "host": "…",
            "user-agent": "PilotStatus/3 token=…",
            "x-pilot-status-signature": "…",
        },
        "fetch": {},
    }


def test_headers_statuses_and_the_timeline_are_bounded(observed: Observed) -> None:
    for count in range(100):
        status = {"status": f"S{count}"}
        observed.record_delivery(DELIVERY | status, {f"x-{count}" + "y" * 99: "1"})
    seen = observed.as_dict()
    assert len(seen["timeline"]) == 60
    assert seen["timeline"][-1]["status"] == "S99"
    assert len(seen["statuses"]) == 40
    assert len(seen["headers"]["delivery"]) == 40
    assert {len(name) for name in seen["headers"]["delivery"]} == {64}
    observed.record_delivery(DELIVERY | {"status": "S0"}, {})
    assert observed.as_dict()["statuses"]["S0"] == 2


def test_what_became_of_a_call_is_seen(observed: Observed) -> None:
    call = Call(
        id="call_1",
        status=CallStatus.FAILED,
        direction=CallDirection.OUTBOUND,
        peer_number="+5511987654321",
        error_code="BUSY",
    )
    observed.record_change(CallChange(CallChangeKind.UNANSWERED, call))
    seen = observed.as_dict()
    assert seen["statuses"] == {"FAILED": 1}
    assert seen["timeline"] == [
        {
            "at": NOW.isoformat(),
            "what": "call",
            "event": "unanswered",
            "call_id": "call_1",
            "status": "FAILED",
            "direction": "OUTBOUND",
            "error_code": "BUSY",
        }
    ]


@pytest.mark.parametrize(("headers", "is_range"), [({}, False), ({"Range": "bytes=0-"}, True)])
def test_a_fetch_is_seen_with_its_time_after_the_offer(
    observed: Observed, headers: dict[str, str], *, is_range: bool
) -> None:
    observed.record_fetch("call_1", 0.12345, "GET", headers | {"User-Agent": "Go"})
    seen = observed.as_dict()
    assert seen["headers"]["fetch"]["user-agent"] == "Go"
    assert seen["timeline"] == [
        {
            "at": NOW.isoformat(),
            "what": "fetch",
            "call_id": "call_1",
            "method": "GET",
            "seconds_after_offer": 0.123,
            "is_range": is_range,
        }
    ]
