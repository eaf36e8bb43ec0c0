"""How long to leave the server alone after a 429."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
import math
from typing import Any, Final

from .clock import parse_date
from .errors import RateLimitedError

_OWN_WAITS: Final = (2.0, 4.0, 8.0)
#: However little the server asks for, and the longer the more often it says 429 in a row.
_SHORTEST: Final = (1.0, 2.0, 4.0, 8.0)
# A wrong clock or a slip of the server's must not silence a home for days.
_LONGEST: Final = 3600.0
# After this somebody who waits for an action may try once, however long the pause is.
_PATIENCE: Final = 30.0


class Pause:
    """The one pause that all requests of a number share.

    When it ends one request goes first; the others follow only if that one got no 429. An
    action goes first sooner: at once if only a background question was told of the pause, else
    after ``patience`` seconds.
    """

    def __init__(self, patience: float = _PATIENCE) -> None:
        """Start with no pause."""
        #: How often in a row the server has said 429.
        self.refusals = 0
        self._until = -math.inf
        # Counts on with each refusal: an answer says nothing of one after its request.
        self._round = 0
        self._is_background = False
        self._told_at = -math.inf
        self._patience = patience
        self._is_trying = False
        self._changed = asyncio.Event()

    def turn(self, deadline: float, *, is_background: bool) -> "Turn":
        """Return the turn to send one request, which comes at ``deadline`` (loop time) at last.

        Entering it waits for it, and returns that by which ``refuse`` and ``lift`` know the
        request. Raises RateLimitedError if it comes later; at once if that is known.
        """
        return Turn(self, deadline, is_background=is_background)

    async def wait(self, deadline: float, *, is_background: bool) -> tuple[int, bool]:
        """Wait for a turn; return which, and whether the others wait for what becomes of it."""
        is_first = bool(self.refusals) and await self._wait(deadline, is_background=is_background)
        return self._round, is_first

    def end_trial(self) -> None:
        """Let the others go on: the request that they waited for has ended."""
        self._is_trying = False
        self._wake()

    def refuse(self, turn: int, seconds: float, *, is_background: bool) -> None:
        """Pause for so many seconds: a request that had this turn got a 429."""
        if turn == self._round:
            self._round += 1
            self.refusals += 1
        shortest = _SHORTEST[min(self.refusals, len(_SHORTEST)) - 1]
        seconds = min(max(seconds, shortest), _LONGEST)
        self._told_at = asyncio.get_running_loop().time()
        until = self._told_at + seconds
        if until >= self._until or (self._is_background and not is_background):
            self._until = until
            self._is_background = is_background
        self._wake()

    def lift(self, turn: int) -> None:
        """End the pause: a request that had this turn got another answer than 429."""
        if self.refusals and turn == self._round:
            self.refusals = 0
            self._until = -math.inf
            self._wake()

    async def _wait(self, deadline: float, *, is_background: bool) -> bool:
        """Wait while there is a pause; return whether this one goes first."""
        now = asyncio.get_running_loop().time
        while self.refusals:
            remaining = self._until - now()
            is_impatient = self._is_background or now() - self._told_at >= self._patience
            is_barred = self._until > deadline
            may_try = remaining <= 0 or (is_barred and is_impatient and not is_background)
            if may_try and not self._is_trying:
                self._is_trying = True
                return True
            if not may_try and is_barred:
                raise RateLimitedError(remaining)
            changed = self._changed
            try:
                async with asyncio.timeout(deadline - now() if may_try else remaining):
                    await changed.wait()
            except TimeoutError:
                if now() >= deadline:
                    raise RateLimitedError(max(remaining, _SHORTEST[0])) from None
        return False

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


class Turn:
    """The turn of one request: see ``Pause.turn``."""

    __slots__ = ("_deadline", "_is_background", "_is_first", "_pause")

    def __init__(self, pause: Pause, deadline: float, *, is_background: bool) -> None:
        """Prepare to wait."""
        self._pause = pause
        self._deadline = deadline
        self._is_background = is_background
        self._is_first = False

    async def __aenter__(self) -> int:
        """Wait for the turn."""
        turn, self._is_first = await self._pause.wait(
            self._deadline, is_background=self._is_background
        )
        return turn

    async def __aexit__(self, *_: object) -> None:
        """Let those go on who wait for what becomes of this request."""
        if self._is_first:
            self._pause.end_trial()


def requested_wait(headers: Mapping[str, str], body: Any, earlier: int) -> float:
    """Return for how many seconds a 429 asks to be left alone, not yet bounded.

    ``Retry-After`` counts first, as seconds or as a date, then ``retryAfterSeconds`` of the
    body, then 2, 4 and 8 s by the number of ``earlier`` 429s in a row. Source: section 7 of
    the API reference; the order is a conclusion, not documented.
    """
    wait = _retry_after(headers)
    if wait is None and isinstance(body, Mapping):
        wait = _seconds(body.get("retryAfterSeconds"))
    if wait is None:
        wait = _OWN_WAITS[min(earlier, len(_OWN_WAITS) - 1)]
    return wait


def _retry_after(headers: Mapping[str, str]) -> float | None:
    value = headers.get("Retry-After", "")
    if (seconds := _seconds(value)) is not None:
        return seconds
    if (until := parse_date(value)) is None:
        return None
    # The server's own clock if it sends it: ours may be wrong.
    now = parse_date(headers.get("Date", "")) or datetime.now(UTC)
    return (until - now).total_seconds()


def _seconds(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        seconds = float(value)
    except (OverflowError, TypeError, ValueError):
        return None
    return seconds if math.isfinite(seconds) else None
