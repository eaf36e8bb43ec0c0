"""What the server says is bounded and clean before anything else sees it."""

from datetime import UTC, datetime, timedelta
import json
from typing import Any

from hypothesis import example, given, settings, strategies as st
import orjson
import pytest

from custom_components.pilotstatus.api import (
    ActionResult,
    Call,
    CallEvent,
    InvalidResponseError,
    Number,
    Webhook,
    parse_event,
)
from custom_components.pilotstatus.api.values import (
    normalize_phone,
    parse_id,
    parse_instant,
    parse_json,
    parse_list,
    parse_seconds,
    parse_text,
)
from tests.common import short

#: Each breaks something behind it, unless it is stopped.
POISON: tuple[Any, ...] = (
    *("bad\ud800", "\udfff", "\x00", "\x1b[31m", "a\u202eb", "\uffff", "", " ", ".", ".."),
    *("x" * 900_000, "🏠" * 300, "٣٤٥", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59"),
    *(1e20, 10**30, -1, 1e308, float("nan"), float("inf"), True, None, 2**63, -(2**70), 0.5),
    *([], {}, [[]], {"id": {}}, ["bad\ud800"], [1] * 100_000),
)
POISONS = st.sampled_from(POISON) | st.text() | st.integers() | st.floats() | st.none()


def is_harmless(value: object) -> bool:
    """Whether Home Assistant can write a value in a few kilobytes of JSON."""
    return len(orjson.dumps(value)) < 4096


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("bad\ud800", "bad"),
        ("a\x00b\x1b[31mc", "a b [31mc"),
        ("two\r\nlines\u2028three", "two  lines three"),
        ("turned \u202egnp.exe", "turned  gnp.exe"),
        ("  ", None),
        ("\ud83d", None),
        ("Mãe 👩‍👧 liga", "Mãe 👩‍👧 liga"),
        ("x" * 900_000, "x" * 300),
        (7, None),
        (["a"], None),
    ],
    ids=short,
)
def test_text_is_one_line_of_at_most_300_harmless_characters(written: Any, text: Any) -> None:
    assert parse_text(written) == text


@pytest.mark.parametrize(
    "written",
    ["", ".", "..", "x" * 257, "a\ud800", "a\nb", "\x00", 7, True, None, ["a"], {"id": "a"}],
    ids=short,
)
def test_what_no_path_can_carry_is_no_id(written: Any) -> None:
    assert parse_id(written) is None


@pytest.mark.parametrize(
    "written", ["call_1", "../..", "a/b?c#d", "...", "ção", "x" * 256, " "], ids=short
)
def test_an_id_is_opaque(written: str) -> None:
    assert parse_id(written) == written


@pytest.mark.parametrize(
    "written",
    [
        *("9999-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59", "1999-12-31T23:59:59Z"),
        *("9999-12-31T23:59:59-23:59", "x" * 99, "2026-11-24T10:00:00Z" + " " * 99, 1e9, None),
    ],
)
def test_an_instant_out_of_range_is_none(written: Any) -> None:
    assert parse_instant(written) is None


def test_an_instant_is_in_utc_and_at_most_a_day_from_now() -> None:
    now = datetime.now(UTC)
    assert parse_instant("2026-07-03T15:00:00-03:00") == datetime(2026, 7, 3, 18, tzinfo=UTC)
    assert parse_instant("2000-01-01T00:00:00") == datetime(2000, 1, 1, tzinfo=UTC)
    soon = now + timedelta(hours=23)
    assert parse_instant(soon.isoformat()) == soon
    assert parse_instant((now + timedelta(hours=25)).isoformat()) is None


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        *((0, 0), (42.9, 42), (316_224_000, 316_224_000), (316_224_001, None), (1e20, None)),
        *((10**400, None), (-1, None), (float("nan"), None), (float("inf"), None), (True, None)),
    ],
)
def test_seconds_are_whole_and_at_most_ten_years(written: Any, seconds: int | None) -> None:
    assert parse_seconds(written) == seconds


@pytest.mark.parametrize(
    "written", ["٥٥١١٩٩٩٩٩٩٩٩", "1" * 16, "x" * 65, "5511@lid", "+", "", None, 5511999999999]
)
def test_what_cannot_be_dialed_is_no_phone_number(written: Any) -> None:
    assert normalize_phone(written) is None


def test_a_list_has_an_end() -> None:
    assert parse_list([1] * 5, 3) == [1, 1, 1]
    assert parse_list({"a": 1}) is None


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_a_json_text_that_is_nested_too_deep_is_unreadable(opening: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_json(opening * 100_000)


@given(st.dictionaries(st.sampled_from(sorted(Call.__dataclass_fields__)), POISONS), st.data())
@settings(max_examples=300, deadline=None)
def test_whatever_a_call_says_home_assistant_can_write_it(
    fields: dict[str, Any], data: st.DataObject
) -> None:
    names = ["externalCallId", "peerNumber", "createdAt", "startedAt", "connectedAt", "endedAt"]
    names += ["durationSeconds", "errorCode", "errorMessage", "direction", "status"]
    fields |= {name: data.draw(POISONS) for name in names} | {"id": "call_1"}
    assert is_harmless(Call.parse(fields))


@pytest.mark.parametrize("parse", [Call.parse, ActionResult.parse, Number.parse, Webhook.parse])
@pytest.mark.parametrize("poison", POISON, ids=short)
def test_an_object_is_read_or_unreadable(parse: Any, poison: Any) -> None:
    for data in (poison, {"id": poison, "success": True, "url": poison, "name": poison}):
        try:
            parsed = parse(data)
        except InvalidResponseError:
            continue
        assert is_harmless(parsed.id if hasattr(parsed, "id") else parsed.call_id)


@given(
    st.sampled_from(["call.ringing", "call.ended", "call.missed", "number.connected"]),
    st.dictionaries(
        st.sampled_from(
            [
                "callId",
                "externalCallId",
                "direction",
                "status",
                "from",
                "to",
                "timestamp",
                "duration",
                "data",
            ]
        ),
        POISONS,
    ),
)
@settings(max_examples=300, deadline=None)
@example("call.ringing", {"callId": ".."})
@example("call.ringing", {"callId": "bad\ud800", "direction": "INBOUND"})
@example("call.ended", {"callId": "call_1", "duration": 1e20})
def test_whatever_is_delivered_home_assistant_can_write_it(
    name: str, fields: dict[str, Any]
) -> None:
    event = parse_event({**fields, "event": name})
    if isinstance(event, CallEvent):
        assert is_harmless(event.call)
        json.dumps(event.call.id).encode()
