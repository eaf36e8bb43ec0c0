"""Where what the server says becomes values: bounded, and free of what could do harm.

A lone surrogate, a number of more than 64 bits or an instant out of range would keep Home
Assistant from writing its states, and a text without end would fill them. What cannot be
read is ``None``.
"""

from datetime import UTC, datetime, timedelta
import json
import re
from typing import Any, Final

_JSON: Final = json.JSONDecoder()
#: Characters.
MAX_TEXT: Final = 300

_MAX_ID: Final = 256
#: Items of a list, beside those that an endpoint bounds itself.
_MAX_ITEMS: Final = 1000
_MAX_INSTANT: Final = 64
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LEEWAY: Final = timedelta(days=1)
_MAX_SECONDS: Final = 10 * 366 * 24 * 60 * 60

# E.164 has at most 15 digits. Only these ten: others look alike, and cannot be dialed.
_NOT_DIGITS: Final = re.compile(r"[^0-9]")
_MAX_DIGITS: Final = 15
_MAX_PHONE: Final = 64
_LID_SUFFIX: Final = "@lid"

# Lone surrogates, control characters, and those that turn the direction of writing.
_UNSAFE: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def _is_plain(text: str) -> bool:
    """Whether text has nothing unsafe, as most has: sooner said than by the pattern."""
    return text.isascii() and text.isprintable()


def parse_json(body: bytes | bytearray) -> Any:
    """Return the value of a JSON text in UTF-8. Raises ValueError, also if nested too deep."""
    try:
        # What is no character is cleaned where it is read, as what is escaped has to be, too.
        return _JSON.decode(body.decode("utf-8", "surrogatepass").removeprefix("\ufeff"))
    except RecursionError:
        raise ValueError("nested too deep") from None


def parse_id(value: Any) -> str | None:
    """Return an id, ``None`` for what a path or a state could not carry as one."""
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_ID or value in {".", ".."}:
        return None
    return value if _is_plain(value) or not _UNSAFE.search(value) else None


def parse_text(value: Any, limit: int = MAX_TEXT) -> str | None:
    """Return words in one line, at most ``limit`` characters of them."""
    if not isinstance(value, str):
        return None
    text = value[:limit]
    return (text if _is_plain(text) else _UNSAFE.sub(" ", text)).strip() or None


def parse_list(value: Any, limit: int = _MAX_ITEMS) -> list[Any] | None:
    """Return a list, at most ``limit`` items of it."""
    return value[:limit] if isinstance(value, list) else None


def normalize_phone(value: Any) -> str | None:
    """Return a phone number as ``+`` and digits, ``None`` if there is none.

    The API writes numbers with and without ``+`` and sometimes as a WhatsApp address
    (``5511999999999:12@s.whatsapp.net``). A ``@lid`` address hides the phone number.
    """
    if not isinstance(value, str) or len(value) > _MAX_PHONE or value.endswith(_LID_SUFFIX):
        return None
    digits = _NOT_DIGITS.sub("", value.partition("@")[0].partition(":")[0])
    return f"+{digits}" if 0 < len(digits) <= _MAX_DIGITS else None


def parse_instant(value: Any) -> datetime | None:
    """Parse ISO 8601 in UTC, from the year 2000 until a day from now.

    An instant without an offset is UTC, as all the API's are.
    """
    if not isinstance(value, str) or len(value) > _MAX_INSTANT:
        return None
    try:
        instant = datetime.fromisoformat(value)
        instant = instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except (OverflowError, ValueError):
        return None
    return instant if _EARLIEST <= instant <= datetime.now(UTC) + _LEEWAY else None


def parse_seconds(value: Any) -> int | None:
    """Return whole seconds, up to ten years of them."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value <= _MAX_SECONDS else None
