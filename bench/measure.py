"""What is measured, and how: ways in random blocks, counts, and stalls of the event loop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import gc
import random
import statistics
import time
from typing import Any, Final

from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import Event, HomeAssistant, callback

#: Calls of one way in a row: few, so that what else the machine does hits all ways alike.
_BLOCK: Final = 50

type Way = Callable[[], Awaitable[object]]


@dataclass(slots=True)
class Sample:
    """The seconds of each call, and the CPU seconds of this process per call in each block."""

    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median of the seconds."""
        return statistics.median(self.seconds)

    @property
    def p99(self) -> float:
        """The 99th percentile of the seconds."""
        return statistics.quantiles(self.seconds, n=100)[-1]

    @property
    def cpu_median(self) -> float:
        """The median of the blocks' CPU seconds per call."""
        return statistics.median(self.cpu)


async def measure(ways: Mapping[str, Way], rounds: int, calls: int) -> dict[str, Sample]:
    """Measure ways after a warm-up, in short blocks whose order is random."""
    samples = {name: Sample() for name in ways}
    for way in ways.values():
        for _ in range(min(calls, 200)):
            await way()
    names = list(ways)
    block = min(calls, _BLOCK)
    for number in range(rounds * calls // block):
        random.shuffle(names)
        if number % (calls // block) == 0:
            gc.collect()
        for name in names:
            way, seconds = ways[name], samples[name].seconds
            cpu = time.process_time()
            for _ in range(block):
                began = time.perf_counter()
                await way()
                seconds.append(time.perf_counter() - began)
            samples[name].cpu.append((time.process_time() - cpu) / block)
    return samples


@dataclass(slots=True)
class Stall:
    """The longest time for which the event loop did nothing else, in seconds.

    ``cpu`` is the most CPU time of this process within one such time.
    """

    seconds: float = 0
    cpu: float = 0


@asynccontextmanager
async def stalls() -> AsyncIterator[Stall]:
    """Watch the event loop while the context lasts."""
    stall = Stall()

    async def watch() -> None:
        while True:
            began, cpu = time.perf_counter(), time.thread_time()
            await asyncio.sleep(0)
            stall.seconds = max(stall.seconds, time.perf_counter() - began)
            stall.cpu = max(stall.cpu, time.thread_time() - cpu)

    watching = asyncio.create_task(watch())
    await asyncio.sleep(0)
    try:
        yield stall
    finally:
        await asyncio.sleep(0)
        watching.cancel()


@dataclass(slots=True)
class Writes:
    """How many states were written."""

    count: int = 0


@asynccontextmanager
async def writes(hass: HomeAssistant) -> AsyncIterator[Writes]:
    """Count the states that are written while the context lasts, changed or not."""
    counted = Writes()

    @callback
    def count(_event: Event[Any]) -> None:
        counted.count += 1

    @callback
    def every(_data: Mapping[str, object]) -> bool:
        return True

    remove = [
        hass.bus.async_listen(EVENT_STATE_CHANGED, count),
        hass.bus.async_listen(EVENT_STATE_REPORTED, count, event_filter=every),
    ]
    try:
        yield counted
        await hass.async_block_till_done(wait_background_tasks=True)
    finally:
        for it in remove:
            it()
