"""Blocks of calls, stalls of the event loop, and memory."""

import asyncio
from collections import Counter
import time

from bench.measure import measure, memory, stalls, writes
from homeassistant.core import HomeAssistant


async def test_every_way_has_its_calls_in_blocks_between_the_others() -> None:
    made: Counter[str] = Counter()
    order: list[str] = []

    async def quick() -> None:
        made["quick"] += 1
        order.append("quick")

    async def slow() -> None:
        made["slow"] += 1
        order.append("slow")
        await asyncio.sleep(0.001)

    samples = await measure({"quick": quick, "slow": slow}, rounds=2, calls=100)
    assert {name: len(sample.seconds) for name, sample in samples.items()} == {
        "quick": 200,
        "slow": 200,
    }
    # Of 200 calls, in blocks of 50, after a warm-up of 100 each.
    assert {name: len(sample.cpu) for name, sample in samples.items()} == {"quick": 4, "slow": 4}
    assert made == {"quick": 300, "slow": 300}
    measured = order[200:]
    blocks = [set(measured[start : start + 50]) for start in range(0, 400, 50)]
    assert all(len(block) == 1 for block in blocks)
    assert samples["slow"].median >= 0.001
    assert samples["slow"].p99 >= samples["slow"].median


async def test_the_longest_stall_is_found() -> None:
    async with stalls() as stall:
        await asyncio.sleep(0.01)
        began = time.thread_time()
        while time.thread_time() - began < 0.02:
            pass
        await asyncio.sleep(0.05)
    assert stall.cpu >= 0.02
    assert stall.seconds >= 0.02
    async with stalls() as idle:
        await asyncio.sleep(0.05)
    # To wait is no stall.
    assert idle.cpu < stall.cpu


def test_memory_has_a_peak_and_what_is_left() -> None:
    with memory() as traced:
        kept = bytearray(1_000_000)
        bytearray(5_000_000)
    assert traced.peak >= 6_000_000
    assert 1_000_000 <= traced.left < 2_000_000
    assert kept


async def test_states_count_when_they_are_written_whether_they_change_or_not(
    hass: HomeAssistant,
) -> None:
    async with writes(hass) as written:
        hass.states.async_set("sensor.a", "1")
        hass.states.async_set("sensor.a", "1")
        hass.states.async_set("sensor.a", "2")
    hass.states.async_set("sensor.a", "3")
    assert written.count == 3
