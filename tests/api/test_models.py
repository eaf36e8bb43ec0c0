"""Parsing is tolerant of everything but a missing id."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.pilotstatus.api import (
    ActionResult,
    Call,
    CallDirection,
    CallStatus,
    InvalidResponseError,
    Number,
)
from custom_components.pilotstatus.api.models import normalize_phone

FULL = {
    "id": "call_1",
    "externalCallId": "1A2B",
    "direction": "INBOUND",
    "status": "COMPLETED",
    "peerNumber": "5511999999999",
    "durationSeconds": 120,
    "startedAt": "2026-07-03T15:00:00.000Z",
    "connectedAt": "2026-07-03T15:00:05.000Z",
    "endedAt": "2026-07-03T15:02:05.000Z",
    "createdAt": "2026-07-03T15:00:00.000Z",
    "updatedAt": "2026-07-03T15:02:05.000Z",
    "errorCode": "E1",
    "errorMessage": "words",
    "somethingNew": {"a": 1},
}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def test_a_full_call() -> None:
    """Every documented field has its place."""
    call = Call.parse(FULL)
    assert call == Call(
        id="call_1",
        external_id="1A2B",
        direction=CallDirection.INBOUND,
        status=CallStatus.COMPLETED,
        peer_number="+5511999999999",
        created_at=datetime(2026, 7, 3, 15, 0, tzinfo=UTC),
        started_at=datetime(2026, 7, 3, 15, 0, tzinfo=UTC),
        connected_at=datetime(2026, 7, 3, 15, 0, 5, tzinfo=UTC),
        ended_at=datetime(2026, 7, 3, 15, 2, 5, tzinfo=UTC),
        updated_at=datetime(2026, 7, 3, 15, 2, 5, tzinfo=UTC),
        duration=120,
        error_code="E1",
        error_message="words",
    )
    assert not call.is_live


def test_an_unknown_status_passes() -> None:
    """It is kept as it came, and no call is live by it."""
    call = Call.parse({"id": "call_1", "status": "ON_HOLD", "direction": "SIDEWAYS"})
    assert (call.status, call.direction, call.is_live) == ("ON_HOLD", None, False)
    assert ActionResult.parse({"success": True, "id": "a", "status": "NEW"}).status == "NEW"


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(FULL)), JSON))
def test_fields_of_any_type_are_tolerated(fields: dict[str, Any]) -> None:
    """Whatever a field holds, parsing raises only where the id is none."""
    call = Call.parse(fields | {"id": "call_1"})
    assert call.id == "call_1"


@pytest.mark.parametrize("data", [None, [], "call", {}, {"id": None}, {"id": ""}, {"id": 7}])
def test_nothing_without_an_id(data: Any) -> None:
    """A call, a number or an answer without an id is none."""
    for model in (Call, Number, ActionResult):
        with pytest.raises(InvalidResponseError):
            model.parse(data)


def test_an_instant_without_an_offset_is_utc() -> None:
    """All the API's instants are."""
    call = Call.parse({"id": "a", "startedAt": "2026-07-03T15:00:00"})
    assert call.started_at == datetime(2026, 7, 3, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("5511999999999", "+5511999999999"),
        ("+55 (11) 99999-9999", "+5511999999999"),
        ("5511888888888@s.whatsapp.net", "+5511888888888"),
        ("5511888888888:12@s.whatsapp.net", "+5511888888888"),
        ("123456789@lid", None),
        ("", None),
        ("anonymous", None),
        (None, None),
        (5511999999999, None),
    ],
)
def test_normalize_phone(written: Any, number: str | None) -> None:
    """Plus and digits, whatever way it was written."""
    assert normalize_phone(written) == number


def test_a_number_shows_hints_of_its_keys() -> None:
    """Prefix and last characters tell whose key it is; a missing end is no obstacle."""
    number = Number.parse(
        {
            "id": "num_1",
            "number": "5511999999999",
            "apiKeys": [{"keyPrefix": "ps_ab", "keyLast4": "wxyz"}, {"keyLast4": "1234"}, None],
        }
    )
    assert (number.name, number.phone) == (None, "+5511999999999")
    assert number.owns_key("ps_ab_more_wxyz")
    assert not number.owns_key("ps_ab_more_1234")
    assert Number.parse({"id": "n", "apiKeys": [{"keyPrefix": "ps_ab"}]}).owns_key("ps_abc")
    assert not Number.parse({"id": "n", "apiKeys": "none"}).owns_key("ps_abc")
