"""What is left of many calls through one number."""

import asyncio
import gc
from pathlib import Path
import resource
import time
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry

from .bench import Bench
from .home import add_number, remove_numbers, webhook_url
from .report import Table

#: Calls that are delivered before the server itself is asked; only so many may be unconfirmed.
_BATCH: Final = 20


async def run(bench: Bench) -> list[Table]:
    """Deliver calls until all that is bounded is full, then many more."""
    before_that, count = (40, 60) if bench.effort.is_short else (1000, 9000)
    entry = await add_number(bench.hass, bench.server.url)
    began = time.perf_counter()
    await _ring(bench, entry, before_that)
    before = await _what_there_is(bench, entry)
    await _ring(bench, entry, count)
    after = await _what_there_is(bench, entry)
    seconds = time.perf_counter() - began
    await remove_numbers(bench.hass)
    table = Table(
        f"{before_that + count:,} calls in {seconds:.0f} s",
        ("what there is", f"after {before_that:,} calls", f"after {count:,} more", "difference"),
    )
    table.rows = [(name, before[name], after[name], after[name] - before[name]) for name in before]
    return [table]


async def _ring(bench: Bench, entry: ConfigEntry[Any], calls: int) -> None:
    """Deliver calls that ring, are answered and end."""
    url = webhook_url(bench.hass, entry)
    for _ in range(calls // _BATCH):
        # One more event is sent before those that are counted.
        await bench.server.deliver(url, "three", _BATCH * 3 - 1)
        await entry.runtime_data.coordinator.async_refresh()


async def _what_there_is(bench: Bench, entry: ConfigEntry[Any]) -> dict[str, float]:
    await bench.settle()
    pages = int((await asyncio.to_thread(Path("/proc/self/statm").read_text)).split()[1])
    return {
        "memory of the process, MiB": pages * resource.getpagesize() / 2**20,
        "objects": len(gc.get_objects()),
        "tasks": len(asyncio.all_tasks()),
        "timers": len(bench.hass.loop._scheduled),  # type: ignore[attr-defined]  # noqa: SLF001
        "calls kept": len(entry.runtime_data.coordinator.calls.all),
    }
