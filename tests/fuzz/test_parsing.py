"""Whatever the server says becomes a small value that can be written, or a known error."""

from collections.abc import Callable
import math
from typing import Any, Final

from hypothesis import example, given, strategies as st
import orjson
import pytest

from custom_components.pilotstatus.api import (
    ActionResult,
    Call,
    InvalidResponseError,
    Number,
    Webhook,
    is_signed,
    parse_event,
    parse_json,
)
from custom_components.pilotstatus.api.clock import ServerClock, parse_date
from custom_components.pilotstatus.api.rate_limit import requested_wait
from custom_components.pilotstatus.api.redaction import parse_words
from custom_components.pilotstatus.call_state import as_data

from .conftest import Count
from .effort import tries
from .strategies import ANY_JSON, BODIES, DELIVERIES, INSTANTS, TEXTS

_NAMES: Final = (
    *("externalCallId", "direction", "status", "peerNumber", "startedAt", "connectedAt"),
    *("endedAt", "updatedAt", "durationSeconds", "errorCode", "errorMessage"),
    *("name", "number", "isFullyConnected", "active", "events"),
)
OBJECTS: Final = st.fixed_dictionaries(
    {"id": st.just("call_1") | ANY_JSON, "url": st.just("https://a.b/") | ANY_JSON},
    optional={
        **dict.fromkeys(_NAMES, ANY_JSON),
        "createdAt": INSTANTS | ANY_JSON,
        "success": st.just(value=True) | ANY_JSON,
        "apiKeys": st.lists(st.fixed_dictionaries({"keyPrefix": ANY_JSON, "keyLast4": ANY_JSON})),
    },
)
HEADER_TEXTS: Final = (
    TEXTS
    | st.integers().map(str)
    | st.floats().map(str)
    | st.from_regex(
        r"\A[A-Z][a-z]{2}, \d{1,9} [A-Z][a-z]{2} \d{1,12} \d{1,9}:\d\d:\d\d ([+-]\d{1,30}|GMT)\Z"
    )
)


def size(value: object) -> int:
    """Return how many bytes a value has as JSON. Raises TypeError if it cannot be written."""
    return len(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS))


@pytest.mark.parametrize(
    ("parse", "limit"),
    [(Call.parse, 4096), (ActionResult.parse, 2048), (Number.parse, 4_000_000)],
    ids=["call", "answer", "number"],
)
@tries(300)
@given(data=OBJECTS | ANY_JSON)
@example(data={"id": ".."})
@example(data={"id": "bad\ud800"})
@example(data={"id": "x" * 256, "externalCallId": "\u00e9" * 256, "status": "\u20ac" * 500})
@example(data={"id": "c", "durationSeconds": 1e20})
@example(data={"id": "c", "durationSeconds": int("9" * 400)})
@example(data={"id": "c", "createdAt": "0001-01-01T00:00:00+23:59"})
@example(data={"id": "c", "endedAt": "9999-12-31T23:59:59-23:59"})
@example(data={"id": "c", "errorMessage": "http://" * 10_000, "errorCode": "a:" * 10_000})
def test_an_object_of_the_server_is_a_small_value_or_unreadable(
    count: Count, parse: Callable[[Any], Any], limit: int, data: Any
) -> None:
    count()
    try:
        parsed = parse(data)
    except InvalidResponseError:
        return
    assert size(parsed) < limit
    if isinstance(parsed, Call):
        assert size(as_data(parsed)) < limit


@tries(300)
@given(data=OBJECTS | ANY_JSON)
@example(data={"id": "w", "url": "x" * 60_000, "events": ["\ud800", 7, None] * 500})
def test_a_webhook_of_the_server_is_a_value_or_unreadable(count: Count, data: Any) -> None:
    count()
    try:
        parsed = Webhook.parse(data)
    except InvalidResponseError:
        return
    assert size([parsed.id, parsed.url, parsed.active, sorted(parsed.events)]) < 1_000_000


@tries(300)
@given(data=DELIVERIES)
@example(data={"event": "call.ringing", "callId": ".."})
@example(data={"event": "call.ringing", "callId": "bad\ud800"})
@example(data={"event": "call.ended", "callId": "c", "timestamp": "0001-01-01T00:00:00+23:59"})
@example(data={"event": "number.removed", "data": {"numberId": "bad\ud800"}})
def test_an_event_is_a_small_value_or_none(count: Count, data: dict[str, Any]) -> None:
    count()
    assert size(parse_event(data)) < 4096


@tries(300)
@given(body=BODIES)
@example(body=b"[" * 100_000)
@example(body=b'{"a":' * 100_000)
@example(body=b"[" * 100_000 + b"]" * 100_000)
@example(body=b"9" * 10_000)
@example(body=b"-" + b"9" * 4301)
@example(body=b"1e999999")
@example(body=b"\xef\xbb\xbf{}")
@example(body=b"\xff\xfe{\x00}\x00")
@example(body=b'"\\ud800"')
def test_bytes_are_json_or_a_value_error(count: Count, body: bytes) -> None:
    count()
    try:
        value = parse_json(body)
    except ValueError:
        return
    assert isinstance(value, dict | list | str | int | float | None)


@tries(300)
@given(words=TEXTS | ANY_JSON, secrets=st.lists(st.text(min_size=1, max_size=20), max_size=2))
@example(words="http://" * 10_000, secrets=[])
@example(words="a:" * 10_000 + "@", secrets=[])
@example(words="+1(" * 10_000, secrets=["1"])
@example(words="x" * 2399 + "\ud800 secret", secrets=["secret"])
def test_words_are_short_and_hold_no_secret(count: Count, words: Any, secrets: list[str]) -> None:
    count()
    said = parse_words(words, *secrets)
    assert said is None or (len(said) <= 300 and size(said) < 2048)
    # What hides a secret is short itself, and may be part of one.
    for secret in (it for it in secrets if len(it) > 1 and it.isalnum() and said is not None):
        assert secret not in (said or ""), (words, secret)


@tries(300)
@given(
    headers=st.dictionaries(st.sampled_from(["Retry-After", "Date"]), HEADER_TEXTS),
    body=st.fixed_dictionaries({"retryAfterSeconds": ANY_JSON}) | ANY_JSON,
    earlier=st.integers(0, 10**9),
)
@example(headers={"Retry-After": "9" * 400}, body=None, earlier=0)
@example(headers={"Retry-After": "9" * 5000}, body={"retryAfterSeconds": "9" * 5000}, earlier=0)
@example(headers={"Retry-After": "nan"}, body={"retryAfterSeconds": int("9" * 400)}, earlier=0)
@example(headers={"Retry-After": "Mon, 01 Jan 0001 00:00:00 +2359"}, body=None, earlier=0)
@example(headers={"Retry-After": "Fri, 31 Dec 9999 23:59:59 -2359"}, body=None, earlier=0)
@example(headers={"Retry-After": "Mon, 99 Foo 2026 00:00:00 GMT"}, body=None, earlier=0)
@example(headers={"Retry-After": "\udcff"}, body="\ud800", earlier=0)
def test_a_wait_is_a_finite_number(
    count: Count, headers: dict[str, str], body: Any, earlier: int
) -> None:
    count()
    assert math.isfinite(requested_wait(headers, body, earlier))


@tries(300)
@given(date=HEADER_TEXTS)
@example(date="Mon, 01 Jan 0001 00:00:00 +2359")
@example(date="Fri, 31 Dec 9999 23:59:59 -2359")
@example(date="Tue, 24 Nov 2026 21:00:00 +9999999999999999999999")
@example(date="Tue, 24 Nov 2026 99999999999999999999:00:00 GMT")
@example(date="Tue, 24 Nov " + "9" * 5000 + " 21:00:00 GMT")
@example(date="\udcff")
def test_the_date_of_an_answer_is_an_instant_or_ignored(count: Count, date: str) -> None:
    count()
    assert size(parse_date(date)) < 64
    clock = ServerClock()
    clock.read({"Date": date})
    assert size(clock.now()) < 64


def test_a_signature_that_is_no_text_is_none() -> None:
    # A header of bytes that are no UTF-8, as aiohttp reads it.
    assert is_signed(b"", "whsec", "\udcff") is False


@tries(300)
@given(body=st.binary(max_size=100), claim=st.none() | st.text())
def test_a_signature_that_is_made_up_is_none(count: Count, body: bytes, claim: str | None) -> None:
    count()
    assert is_signed(body, "whsec", claim) is False
