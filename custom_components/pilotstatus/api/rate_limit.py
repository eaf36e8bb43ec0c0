"""How long to leave the server alone after a 429."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
import math
from typing import Any, Final

from .errors import RateLimitedError

_OWN_WAITS: Final = (2.0, 4.0, 8.0)
_SHORTEST: Final = 1.0
# A wrong clock or a slip of the server's must not silence a home for days.
_LONGEST: Final = 3600.0


class Pause:
    """The one pause that all requests of a number share."""

    def __init__(self) -> None:
        """Start with no pause."""
        self._until = -math.inf

    def extend(self, seconds: float) -> None:
        """Ask every request to wait at least this long from now."""
        until = asyncio.get_running_loop().time() + seconds
        self._until = max(self._until, until)

    async def wait(self, deadline: float) -> None:
        """Wait until the pause is over.

        Raises RateLimitedError at once if it ends after ``deadline`` (loop time).
        """
        now = asyncio.get_running_loop().time
        while (remaining := self._until - now()) > 0:
            if self._until > deadline:
                raise RateLimitedError(remaining)
            await asyncio.sleep(remaining)


def requested_wait(headers: Mapping[str, str], body: Any, earlier: int) -> float:
    """Return for how many seconds a 429 asks to be left alone.

    ``Retry-After`` counts first, as seconds or as a date, then ``retryAfterSeconds`` of the
    body, then 2, 4 and 8 s by the number of ``earlier`` 429s of the same request. Source:
    section 7 of the API reference; the order is a conclusion, not documented.
    """
    wait = _retry_after(headers)
    if wait is None and isinstance(body, Mapping):
        wait = _seconds(body.get("retryAfterSeconds"))
    if wait is None:
        wait = _OWN_WAITS[min(earlier, len(_OWN_WAITS) - 1)]
    return min(max(wait, _SHORTEST), _LONGEST)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    value = headers.get("Retry-After", "")
    if (seconds := _seconds(value)) is not None:
        return seconds
    if (until := _date(value)) is None:
        return None
    # The server's own clock if it sends it: ours may be wrong.
    now = _date(headers.get("Date", "")) or datetime.now(UTC)
    return (until - now).total_seconds()


def _seconds(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return None
    return seconds if math.isfinite(seconds) else None


def _date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
