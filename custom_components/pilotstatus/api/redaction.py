"""Takes out of the server's words what nobody but the server and Home Assistant may know."""

import re
from typing import Any, Final

from .values import MAX_TEXT, parse_text

_ELLIPSIS: Final = "…"
#: Characters that are read: enough for what is shown after secrets have been taken out.
_MAX_READ: Final = 8 * MAX_TEXT

# Every repetition is bounded or cannot overlap with what follows, so the time is linear.
_PATTERNS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        # Of a URL scheme, host and path; what is secret in a path is found below.
        (r"\b([a-z][a-z0-9+.-]{0,15}://)(?:[^\s/?#@]*@)?([^\s?#@]*)\S*", r"\1\2"),
        (r"/api/(webhook|pilotstatus)/\S+", r"/api/\1/…"),
        (r"[^\s:@]{1,64}:[^\s@]{1,64}@\S*", _ELLIPSIS),
        (
            r"\b(token|secret|password|senha|key|api-key|signature)(\"?\s?[:=]\s?\"?)[^\s\"&,;]+",
            r"\1\2…",
        ),
        (r"\bps_[\w-]+", _ELLIPSIS),
        (r"[\w-]{32,}", _ELLIPSIS),
        (r"\+?\d[\d ().-]{6,}\d", _ELLIPSIS),
    )
)


def parse_words(value: Any, *secrets: str) -> str | None:
    """Return what the server says in its own words, without URLs, keys, tokens, phone numbers.

    ``secrets`` are removed wherever they stand.
    """
    text = parse_text(value, _MAX_READ)
    if text is None:
        return None
    if len(value) > _MAX_READ:
        # What was cut in the middle may no longer look like the secret that it is.
        text = f"{text.rpartition(' ')[0]} {_ELLIPSIS}"
    for secret in filter(None, secrets):
        text = text.replace(secret, _ELLIPSIS)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text[:MAX_TEXT]
