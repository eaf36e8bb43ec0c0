"""The parsing of deliveries, and the check of their signatures."""

from datetime import UTC, datetime
from hashlib import sha256
import hmac
from typing import Any

import pytest

from custom_components.pilotstatus.api import (
    Call,
    CallDirection,
    CallEvent,
    CallEventKind,
    CallStatus,
    NumberEvent,
    is_signed,
    parse_event,
)
from custom_components.pilotstatus.api.events import NumberEventKind
from tests.payloads import payload

RINGING = payload("event_call_ringing")
RANG = datetime(2026, 9, 14, 8, 30, 0, 250_000, tzinfo=UTC)
CONNECTED = datetime(2026, 9, 14, 8, 30, 6, 500_000, tzinfo=UTC)
MISSED = datetime(2026, 9, 14, 8, 30, 45, tzinfo=UTC)
ENDED = datetime(2026, 9, 14, 8, 31, 48, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "status", "known"),
    [
        (CallEventKind.RINGING, CallStatus.RINGING, {"started_at": RANG}),
        (CallEventKind.CONNECTED, CallStatus.ACCEPTED, {"connected_at": CONNECTED}),
        (CallEventKind.MISSED, CallStatus.MISSED, {"ended_at": MISSED}),
        (
            CallEventKind.ENDED,
            CallStatus.COMPLETED,
            {"ended_at": ENDED, "duration": 102, "direction": CallDirection.OUTBOUND},
        ),
    ],
)
def test_every_field_of_a_call_event_is_read(
    kind: CallEventKind, status: CallStatus, known: dict[str, Any]
) -> None:
    call = Call(
        id="call_01K7Q2M8Z4",
        external_id="5F0C7A1E9B",
        status=status,
        peer_number="+5511987654321",
        **{"direction": CallDirection.INBOUND} | known,
    )
    event = parse_event(payload(f"event_call_{kind}"))
    assert event == CallEvent(kind=kind, call=call)


@pytest.mark.parametrize("kind", [NumberEventKind.CONNECTED, NumberEventKind.DISCONNECTED])
def test_a_documented_number_event_is_read(kind: NumberEventKind) -> None:
    assert parse_event(payload(f"event_number_{kind}")) == NumberEvent(
        kind=kind, number_id="num_01K6Z8R2P4"
    )


@pytest.mark.parametrize(
    ("direction", "peer"),
    [("INBOUND", "+5511987654321"), ("OUTBOUND", "+551130000001"), (None, None)],
)
def test_the_peer_number_depends_on_the_direction(direction: str | None, peer: str | None) -> None:
    event = parse_event(RINGING | {"direction": direction})
    assert isinstance(event, CallEvent)
    assert event.call.peer_number == peer
    assert event.call.started_at == RANG


@pytest.mark.parametrize(
    ("status", "meant"),
    [("FAILED", "FAILED"), ("BUSY", "BUSY"), ("ACCEPTED", "COMPLETED"), (None, "COMPLETED")],
)
def test_a_call_that_ended_never_has_a_live_status(status: str | None, meant: str) -> None:
    event = parse_event(RINGING | {"event": "call.ended", "status": status, "duration": 9})
    assert isinstance(event, CallEvent)
    assert event.call.status == meant
    assert event.call.is_over
    assert event.call.duration == 9


def test_a_call_that_ended_without_a_time_is_over_whatever_its_status() -> None:
    event = parse_event({"event": "call.ended", "callId": "call_1", "status": "BUSY"})
    assert isinstance(event, CallEvent)
    assert (event.call.status, event.call.is_over) == ("COMPLETED", True)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"event": None},
        {"event": "call"},
        {"event": "call.permission_updated", "callId": "call_1"},
        {"event": "message.received", "data": {}},
        {"event": "CallOffer", "instance": "x", "data": {"CallID": "1A2B"}},
        {"event": "call.ringing"},
        {"event": "call.ringing", "callId": None, "externalCallId": ""},
        {"event": ["call.ringing"]},
    ],
)
def test_unknown_events_and_events_without_a_call_are_ignored(data: dict[str, Any]) -> None:
    assert parse_event(data) is None


@pytest.mark.parametrize(
    ("name", "connected"),
    [("connected", True), ("disconnected", False), ("removed", False), ("restored", False)],
)
def test_a_number_is_connected_only_after_a_connected_event(name: str, *, connected: bool) -> None:
    """A restored number is disconnected."""
    event = parse_event({"event": f"number.{name}", "data": {"numberId": "n1"}})
    assert isinstance(event, NumberEvent)
    assert event.is_connected is connected


def test_a_signature_is_hexadecimal_in_any_case_with_or_without_a_prefix() -> None:
    digest = hmac.new(b"secret", b"body", sha256).hexdigest()
    assert is_signed(b"body", "secret", digest)
    assert is_signed(b"body", "secret", f" sha256={digest.upper()} ")
    for wrong in (None, "", "sha256=", digest[:-1], "ação", "0" * 64):
        assert not is_signed(b"body", "secret", wrong)
    assert not is_signed(b"body ", "secret", digest)
    assert not is_signed(b"body", "other", digest)
