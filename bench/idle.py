"""What a number asks for in an hour in which nothing happens."""

import asyncio
import math
from typing import Any, Final

from .bench import Bench
from .home import add_number, remove_numbers
from .report import Table

_HOUR: Final = 3600


async def run(bench: Bench) -> list[Table]:
    """Count the requests of an hour with a webhook, and of one without."""
    clock = _Clock()
    table = Table("Requests of an idle hour", ("request", "with a webhook", "webhooks refused"))
    counts = []
    for refuses in (False, True):
        await bench.server.refuse_webhooks(refused=refuses)
        await add_number(bench.hass, bench.server.url)
        await bench.settle()
        await bench.server.counts()
        end = clock.time() + _HOUR
        while clock.advance() < end:
            # A timer that is due goes off in the next turn of the loop, and may start tasks.
            await asyncio.sleep(0)
            await bench.hass.async_block_till_done(wait_background_tasks=True)
        counts.append(await bench.server.counts())
        await remove_numbers(bench.hass)
    await bench.server.refuse_webhooks(refused=False)
    requests = sorted({it for count in counts for it in count})
    table.rows = [(it, *(count.get(it, 0) for count in counts)) for it in requests]
    table.rows.append(("all", *(sum(count.values()) for count in counts)))
    return [table]


class _Clock:
    """The clock of the event loop, by which all its timers go, and that can be advanced.

    It stays ahead in the end, since it must never go back.
    """

    def __init__(self) -> None:
        """Put it in place of the loop's own."""
        self._loop: Any = asyncio.get_running_loop()
        self._real = self._loop.time
        self._ahead = 0.0
        vars(self._loop)["time"] = self.time

    def time(self) -> float:
        """Return the time."""
        return float(self._real() + self._ahead)

    def advance(self) -> float:
        """Advance to the next timer; return the time then."""
        timers = self._loop._scheduled  # noqa: SLF001 - nothing else knows them
        due = min((it.when() for it in timers if not it.cancelled()), default=math.inf)
        self._ahead += max(0, due - self.time())
        return self.time()
