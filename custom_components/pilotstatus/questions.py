"""Questions about calls that nobody waits for: few are asked, however many there are."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
import math
from typing import Final

#: So many questions about single calls at once; more of them become one about all.
_MAX_OPEN: Final = 3
#: So many questions about single calls in so many seconds; more of them become one about all.
_MAX_SINGLE: Final = 10
_PERIOD: Final = 60.0
#: Seconds between two questions about all calls.
_SPACING: Final = 5.0


class Questions:
    """Collects questions and says when each is due. A question is a call's id, or ``None``.

    ``None`` asks for the newest calls, and so answers all others.
    """

    def __init__(
        self,
        *,
        max_single: int = _MAX_SINGLE,
        period: float = _PERIOD,
        spacing: float = _SPACING,
    ) -> None:
        """Start with none.

        At most ``max_single`` are about single calls in ``period`` seconds, and those about
        all calls are ``spacing`` seconds apart.
        """
        self._period = period
        self._spacing = spacing
        self._asked: deque[float] = deque(maxlen=max_single)
        self._asked_all = -math.inf
        self._open: dict[str | None, None] = {}
        self._is_asking = False

    def add(self, call_id: str | None) -> bool:
        """Add a question; return whether somebody has to begin to ask."""
        self._open[call_id] = None
        if None in self._open or len(self._open) > _MAX_OPEN:
            self._open = {None: None}
        return not self._is_asking

    async def due(self) -> AsyncIterator[str | None]:
        """Yield the questions, each when it may be asked, until none is open."""
        if self._is_asking:
            return
        self._is_asking = True
        try:
            while self._open:
                yield await self._next()
        finally:
            self._is_asking = False

    async def _next(self) -> str | None:
        """Return the next question when it may be asked."""
        now = asyncio.get_running_loop().time
        question = next(iter(self._open))
        is_free = len(self._asked) < (self._asked.maxlen or 0)
        if question is not None and (is_free or now() - self._asked[0] > self._period):
            self._asked.append(now())
            del self._open[question]
            return question
        await asyncio.sleep(self._asked_all + self._spacing - now())
        self._asked_all = now()
        self._open.clear()
        return None
