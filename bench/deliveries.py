"""How many deliveries Home Assistant takes, and how soon an automation sees one."""

import asyncio
from collections import Counter
import gc
from http import HTTPStatus
import random
import statistics
import time
from typing import Any, Final

from aiohttp import web

from homeassistant.components import webhook
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback

from .bench import Bench
from .home import add_number, remove_numbers, webhook_url
from .measure import stalls, writes
from .report import Goal, Table

_EMPTY: Final = "bench_empty"
#: Deliveries of each kind, and how many in a block. A stranger may name 20 calls.
_KINDS: Final = {
    "empty handler": ("repeated", 200),
    "repeated": ("repeated", 200),
    "new": ("new", 17),
    "three to a call": ("three", 50),
}


async def run(bench: Bench) -> list[Table]:
    """Measure deliveries of each kind, ringing until the event, and a burst."""
    entry = await add_number(bench.hass, bench.server.url)
    webhook.async_register(bench.hass, "bench", "Bench", _EMPTY, _handle_nothing)
    tables = [await _each(bench, entry), await _until_event(bench, entry)]
    await remove_numbers(bench.hass)
    entry = await add_number(bench.hass, bench.server.url)
    tables.append(await _burst(bench, entry))
    await remove_numbers(bench.hass)
    return tables


async def _handle_nothing(_hass: HomeAssistant, _id: str, _request: web.Request) -> web.Response:
    return web.Response(status=HTTPStatus.OK)


async def _each(bench: Bench, entry: ConfigEntry[Any]) -> Table:
    """Measure each kind in blocks of so few that all calls are believed, and polled then."""
    hass = bench.hass
    own = webhook_url(hass, entry)
    empty = f"{hass.config.internal_url}{webhook.async_generate_path(_EMPTY)}"
    seconds: Counter[str] = Counter()
    cpu: dict[str, list[float]] = {name: [] for name in _KINDS}
    written: Counter[str] = Counter()
    names = list(_KINDS)
    for number in range(max(1, bench.effort.rounds * bench.effort.calls // 200)):
        random.shuffle(names)
        for name in names:
            url = empty if name == "empty handler" else own
            kind, count = _KINDS[name]
            if number == 0:
                async with writes(hass) as counted:
                    await bench.server.deliver(url, kind, count)
                written[name] = counted.count
                await entry.runtime_data.coordinator.async_refresh()
            gc.collect()
            began = time.process_time()
            answer = await bench.server.deliver(url, kind, count)
            cpu[name].append((time.process_time() - began) / (count + 1))
            seconds[name] += answer["seconds"] / count
            await entry.runtime_data.coordinator.async_refresh()
    table = Table("Deliveries", ("kind", "per second", "CPU µs", "states", "CPU × empty"))
    costs = {name: statistics.median(it) for name, it in cpu.items()}
    for name, cost in costs.items():
        ratio = cost / costs["empty handler"]
        rate = len(cpu[name]) / seconds[name]
        table.rows.append((name, rate, cost * 1e6, written[name] / (_KINDS[name][1] + 1), ratio))
        limit = {"three to a call": 6.0, "repeated": 1.4}.get(name)
        if limit is not None:
            table.goals.append(Goal(f"CPU of a delivery, {name}, × empty", ratio, limit))
    return table


async def _until_event(bench: Bench, entry: ConfigEntry[Any]) -> Table:
    seen: list[float] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        if event.data["entity_id"].startswith("event."):
            seen.append(time.perf_counter())

    remove = bench.hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    waits = []
    for _ in range(bench.effort.rounds * 3):
        seen.clear()
        await entry.runtime_data.coordinator.async_refresh()
        answer = await bench.server.deliver(webhook_url(bench.hass, entry), "three", 2)
        # One clock for both processes.
        waits.append(seen[0] - answer["sent"][0])
    remove()
    table = Table("Ringing until the event entity says so", ("", "median ms", "longest ms"))
    table.rows.append(("one delivery", statistics.median(waits) * 1e3, max(waits) * 1e3))
    return table


async def _burst(bench: Bench, entry: ConfigEntry[Any]) -> Table:
    count = 300 if bench.effort.is_short else 10_000
    events: Counter[str] = Counter()

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if state is not None and state.domain == "event" and "event_type" in state.attributes:
            events[state.attributes["event_type"]] += 1

    remove = bench.hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    gc.collect()
    async with stalls() as stall:
        answer = await bench.server.deliver(
            webhook_url(bench.hass, entry), "burst", count, concurrency=10, calls=50
        )
    # What could not be believed from a stranger is asked of the server a little later.
    for _ in range(100):
        if events["connected"] >= 50:
            break
        await asyncio.sleep(0.1)
    remove()
    table = Table(
        f"A burst of {count:,} deliveries over 50 calls",
        ("seconds", "answered 200", "calls told as connected", "longest stall ms", "CPU of it ms"),
        [
            (
                answer["seconds"],
                answer["statuses"].get("200", 0),
                events["connected"],
                stall.seconds * 1e3,
                stall.cpu * 1e3,
            )
        ],
    )
    table.goals = [
        Goal("calls of 50 that were lost", 50 - events["connected"], 0),
        Goal("CPU of the longest stall, ms", stall.cpu * 1e3, 20),
    ]
    return table
