"""The server's clock, by which the age of its calls is told."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
import math
import time
from typing import Final

#: A clock that is further off than this is not believed.
_MAX_DIFFERENCE: Final = timedelta(days=1)


class ServerClock:
    """Tells the server's time from the dates of its answers, or ours until there is one."""

    def __init__(self) -> None:
        """Start with our own time."""
        #: When the last answer came, in monotonic seconds.
        self.heard_at = -math.inf
        self._read: tuple[datetime, float] | None = None
        self._last_date = ""

    def now(self) -> datetime:
        """Return the time at the server, in UTC, to the second."""
        if self._read is None:
            return datetime.now(UTC)
        date, at = self._read
        return date + timedelta(seconds=time.monotonic() - at)

    def read(self, headers: Mapping[str, str]) -> None:
        """Read the date of an answer that has just come."""
        self.heard_at = time.monotonic()
        value = headers.get("Date", "")
        if value == self._last_date:
            # The same second, which was read closer to its start.
            return
        self._last_date = value
        date = parse_date(value)
        if date is not None and abs(date - datetime.now(UTC)) < _MAX_DIFFERENCE:
            self._read = date, self.heard_at


def parse_date(value: str) -> datetime | None:
    """Return the instant that an HTTP date names, ``None`` for anything else."""
    try:
        date = parsedate_to_datetime(value)
        return date if date.tzinfo else date.replace(tzinfo=UTC)
    except (IndexError, OverflowError, TypeError, ValueError):
        return None
