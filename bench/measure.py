"""What is measured, and how: ways in random blocks, counts, and stalls of the event loop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
import gc
import random
import statistics
import time
import tracemalloc
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
    """Watch the event loop while the context lasts, without keeping it busy."""
    stall = Stall()
    # Its selector is where the loop waits: what passes between two waits is one turn of it.
    selector = asyncio.get_running_loop()._selector  # type: ignore[attr-defined]  # noqa: SLF001
    select = selector.select
    began, cpu = time.perf_counter(), time.thread_time()

    def watched(timeout: float | None = None) -> Any:
        nonlocal began, cpu
        stall.seconds = max(stall.seconds, time.perf_counter() - began)
        stall.cpu = max(stall.cpu, time.thread_time() - cpu)
        ready = select(timeout)
        began, cpu = time.perf_counter(), time.thread_time()
        return ready

    await asyncio.sleep(0)
    selector.select = watched
    try:
        yield stall
        await asyncio.sleep(0)
    finally:
        del selector.select


@dataclass(slots=True)
class Memory:
    """Bytes that were allocated: at their peak, and in the end."""

    peak: int = 0
    left: int = 0

    def read(self) -> None:
        """Read both now."""
        gc.collect()
        self.left, self.peak = tracemalloc.get_traced_memory()


@contextmanager
def memory() -> Iterator[Memory]:
    """Trace what is allocated while the context lasts, by Python alone; this takes its time."""
    traced = Memory()
    gc.collect()
    tracemalloc.start()
    try:
        yield traced
        traced.read()
    finally:
        tracemalloc.stop()


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
