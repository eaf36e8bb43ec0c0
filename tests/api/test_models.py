"""The parsing of the API's objects, which tolerates everything but a missing id."""

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
)
from custom_components.pilotstatus.api.values import normalize_phone
from tests.payloads import payload

FULL = payload("call") | {"somethingNew": {"a": 1}}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def test_every_field_of_a_call_is_read() -> None:
    call = Call.parse(FULL)
    assert call == Call(
        id="call_01K7Q4D3W8",
        external_id="A91D44C07E",
        direction=CallDirection.OUTBOUND,
        status=CallStatus.FAILED,
        peer_number="+5521912345678",
        created_at=datetime(2026, 9, 14, 10, 14, 59, 750_000, tzinfo=UTC),
        started_at=datetime(2026, 9, 14, 10, 15, tzinfo=UTC),
        connected_at=datetime(2026, 9, 14, 10, 15, 9, tzinfo=UTC),
        ended_at=datetime(2026, 9, 14, 10, 15, 31, tzinfo=UTC),
        updated_at=datetime(2026, 9, 14, 10, 15, 31, 250_000, tzinfo=UTC),
        duration=22,
        error_code="MEDIA_LOST",
        error_message="The media connection broke",
    )
    assert not call.is_live
    assert call.was_answered


def test_a_field_that_is_null_is_unknown() -> None:
    ringing, ended = map(Call.parse, payload("calls_list")["calls"])
    assert ringing == Call(
        id="call_01K7Q3B6T1",
        direction=CallDirection.OUTBOUND,
        status=CallStatus.RINGING,
        peer_number="+5521912345678",
        created_at=datetime(2026, 9, 14, 9, 0, tzinfo=UTC),
        updated_at=datetime(2026, 9, 14, 9, 0, 2, 125_000, tzinfo=UTC),
    )
    assert (ringing.is_live, ended.is_live) == (True, False)
    assert (ended.error_code, ended.error_message) == (None, None)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("call_accepted", CallStatus.ACCEPTED),
        ("call_rejected", CallStatus.REJECTED),
        ("call_terminated", CallStatus.COMPLETED),
        ("call_played", CallStatus.RINGING),
    ],
)
def test_every_field_of_an_action_result_is_read(name: str, status: CallStatus) -> None:
    result = ActionResult.parse(payload(name))
    assert result == ActionResult(call_id="call_01K7Q6H1C5", status=status)


def test_an_undocumented_status_is_kept_and_is_not_live() -> None:
    call = Call.parse({"id": "call_1", "status": "ON_HOLD", "direction": "SIDEWAYS"})
    assert (call.status, call.direction, call.is_live) == ("ON_HOLD", None, False)
    assert ActionResult.parse({"success": True, "id": "a", "status": "NEW"}).status == "NEW"


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(FULL)), JSON))
def test_fields_of_any_type_are_tolerated(fields: dict[str, Any]) -> None:
    call = Call.parse(fields | {"id": "call_1"})
    assert call.id == "call_1"


@pytest.mark.parametrize("data", [None, [], "call", {}, {"id": None}, {"id": ""}, {"id": 7}])
def test_an_object_without_an_id_is_an_error(data: Any) -> None:
    for model in (Call, ActionResult):
        with pytest.raises(InvalidResponseError):
            model.parse(data)


def test_an_instant_without_an_offset_is_utc() -> None:
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
def test_a_phone_number_is_normalized_to_a_plus_and_digits(
    written: Any, number: str | None
) -> None:
    assert normalize_phone(written) == number
