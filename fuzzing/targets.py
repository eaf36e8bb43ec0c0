"""What is fuzzed: each takes bytes as they come from outside, and raises what must not happen."""

from collections.abc import Callable
from contextlib import suppress
import math
from typing import Any, Final

import orjson

from custom_components.pilotstatus.api import (
    ActionResult,
    Call,
    InvalidResponseError,
    Number,
    Webhook,
    parse_event,
    parse_json,
)
from custom_components.pilotstatus.api.clock import ServerClock
from custom_components.pilotstatus.api.rate_limit import requested_wait
from custom_components.pilotstatus.api.redaction import parse_words
from custom_components.pilotstatus.call_state import as_data
from custom_components.pilotstatus.media.audio_format import (
    CONTENT_TYPES,
    audio_format,
    audio_length,
)

from .objects import read_object

_PARSERS: Final = (Call.parse, ActionResult.parse, Number.parse)
#: Bytes of JSON for each item of a list, and of one object without lists.
_MAX_VALUE: Final = 4096
_MAX_WORDS: Final = 300
_HIDDEN: Final = "ps_live_0123456789"


def bodies(data: bytes) -> None:
    """Parse the body of an answer or of a delivery as everything that it may be."""
    try:
        value = parse_json(data)
    except ValueError:
        return
    for item in value if isinstance(value, list) else [value]:
        _parse(item)


def objects(data: bytes) -> None:
    """Parse an object with the names of the API, and any values."""
    _parse(read_object(data))


def _parse(item: Any) -> None:
    """Parse an item as everything that it may be, and write what it is."""
    for parse in _PARSERS:
        try:
            parsed = parse(item)
        except InvalidResponseError:
            continue
        keys = len(parsed.key_hints) if isinstance(parsed, Number) else 0
        _require(len(orjson.dumps(parsed)) < _MAX_VALUE * (1 + keys), parsed)
        if isinstance(parsed, Call):
            _require(len(orjson.dumps(as_data(parsed))) < _MAX_VALUE, parsed)
    with suppress(InvalidResponseError):
        webhook = Webhook.parse(item)
        _require(bool(orjson.dumps([webhook.id, webhook.url, *webhook.events])), webhook)
    if isinstance(item, dict):
        event = parse_event(item)
        _require(len(orjson.dumps(event)) < _MAX_VALUE, event)


def words(data: bytes) -> None:
    """Take the secrets out of the server's words."""
    text = data.decode("utf-8", "surrogateescape")
    said = parse_words(f"{text} {_HIDDEN}", _HIDDEN)
    _require(said is None or len(said) <= _MAX_WORDS, said)
    _require(_HIDDEN not in (said or ""), said)
    _require(bool(orjson.dumps(said)), said)


def audio(data: bytes) -> None:
    """Read the format and the length of a file."""
    kind = audio_format(data)
    length = audio_length(data)
    _require(kind is None or kind in CONTENT_TYPES, kind)
    _require(length is None or (math.isfinite(length) and length >= 0), length)
    _require(kind is not None or length is None, length)


def headers(data: bytes) -> None:
    """Read how long to wait, and the time at the server; the headers are in two lines."""
    lines = data.decode("utf-8", "surrogateescape").split("\n", 2)
    found = dict(zip(("Retry-After", "Date"), lines, strict=False))
    wait = requested_wait(found, {"retryAfterSeconds": lines[-1]}, len(data))
    _require(math.isfinite(wait), wait)
    clock = ServerClock()
    clock.read(found)
    _require(bool(orjson.dumps(clock.now())), found)


TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    target.__name__: target for target in (bodies, objects, words, audio, headers)
}


def _require(holds: bool, found: object) -> None:  # noqa: FBT001
    """Raise AssertionError, with what was found, unless something holds."""
    if not holds:
        raise AssertionError(found)
