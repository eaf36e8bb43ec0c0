"""Set-up, unload, import and memory of numbers."""

import asyncio
import statistics
import sys
import time
import tracemalloc
from typing import Final

from homeassistant.config_entries import ConfigEntry

from .bench import Bench
from .home import DOMAIN, ROOT, add_number, remove_numbers
from .measure import memory
from .report import Goal, Table

_NUMBERS: Final = 5
#: Imports all modules that can be, and with them all that they need; then once more these alone.
_IMPORT: Final = """
import contextlib, importlib, pkgutil, statistics, sys, time
import custom_components.pilotstatus as component

name = component.__name__
names = []
for it in pkgutil.walk_packages(component.__path__, f"{name}."):
    # Older versions lack what some modules need, and never import those.
    with contextlib.suppress(ImportError):
        importlib.import_module(it.name)
        names.append(it.name)
seconds = []
for _ in range(int(sys.argv[1])):
    for it in [it for it in sys.modules if it == name or it.startswith(f"{name}.")]:
        del sys.modules[it]
    began = time.perf_counter()
    for it in names:
        importlib.import_module(it)
    seconds.append(time.perf_counter() - began)
print(len(names), statistics.median(seconds[1:]))
"""


async def run(bench: Bench) -> list[Table]:
    """Measure one number first, then what more of them take."""
    return [await _times(bench), await _requests(bench), await _memory(bench)]


async def _times(bench: Bench) -> Table:
    hass = bench.hass
    entries = hass.config_entries
    entry = await add_number(hass, bench.server.url)
    table = Table(
        "Set-up, unload, import", ("what", "median ms", "CPU ms, with what follows in background")
    )
    samples: dict[str, list[tuple[float, float]]] = {"unload": [], "set-up": []}
    for _ in range(3 if bench.effort.is_short else 20):
        for name, step in (("unload", entries.async_unload), ("set-up", entries.async_setup)):
            await bench.settle()
            began, cpu = time.perf_counter(), time.process_time()
            if not await step(entry.entry_id):
                raise RuntimeError(f"no {name}")
            seconds = time.perf_counter() - began
            await hass.async_block_till_done(wait_background_tasks=True)
            samples[name].append((seconds, time.process_time() - cpu))
    for name, sample in samples.items():
        table.rows.append(
            (name, *(statistics.median(it) * 1e3 for it in zip(*sample, strict=True)))
        )
    modules, seconds = await _import(3 if bench.effort.is_short else 10)
    table.rows.append((f"import of {modules} modules, not of what they import", seconds * 1e3, ""))
    await remove_numbers(hass)
    return table


async def _import(times: int) -> tuple[int, float]:
    """Return how many modules the component has, and the seconds to import them alone."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _IMPORT, str(times)), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    output, _ = await process.communicate()
    modules, seconds = output.split()
    return int(modules), float(seconds)


async def _requests(bench: Bench) -> Table:
    """Count the requests of a number that is set up again, as at a start of Home Assistant."""
    entry = await add_number(bench.hass, bench.server.url)
    await bench.hass.config_entries.async_unload(entry.entry_id)
    await bench.settle()
    await bench.server.counts()
    await bench.hass.config_entries.async_setup(entry.entry_id)
    await bench.settle()
    counts = await bench.server.counts()
    await remove_numbers(bench.hass)
    table = Table("Requests of a set-up", ("request", "count"), rows=[*sorted(counts.items())])
    table.goals = [Goal("GET calls at a set-up", counts.get("GET calls", 0), 1)]
    return table


async def _memory(bench: Bench) -> Table:
    # The first number brings what all of them share.
    await add_number(bench.hass, bench.server.url)
    await bench.settle()
    with memory() as traced:
        entries = [
            await add_number(bench.hass, bench.server.url, index)
            for index in range(1, _NUMBERS + 1)
        ]
        await bench.settle()
        traced.read()
        held, held_by_component = traced.left, _of_component()
        await _remove(bench, entries)
        traced.read()
        left_by_component = _of_component()
    await remove_numbers(bench.hass)
    table = Table("Memory of a number", ("when", "KiB", "allocated by the component itself, KiB"))
    for when, whole, own in (
        ("set up", held, held_by_component),
        ("removed: what is left", traced.left, left_by_component),
    ):
        table.rows.append((when, whole / _NUMBERS / 1024, own / _NUMBERS / 1024))
    return table


async def _remove(bench: Bench, entries: list[ConfigEntry]) -> None:
    for entry in entries:
        await bench.hass.config_entries.async_remove(entry.entry_id)
    entries.clear()
    await bench.settle()


def _of_component() -> int:
    """Return the bytes that lines of the component have allocated and that are in use."""
    of_component = tracemalloc.Filter(inclusive=True, filename_pattern=f"*/{DOMAIN}/*")
    snapshot = tracemalloc.take_snapshot().filter_traces([of_component])
    return sum(trace.size for trace in snapshot.traces)
