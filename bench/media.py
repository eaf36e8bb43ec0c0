"""Media from a media source: how soon it is played, and what it costs."""

import statistics
from typing import Final

from .bench import Bench
from .home import deliver
from .line import Line, line
from .measure import memory, stalls
from .report import Goal, Table
from .sounds import Sound, make_wav, sounds

_MIB: Final = 2**20


async def run(bench: Bench) -> list[Table]:
    """Measure each medium, then what is left of media after its call."""
    async with line(bench) as it:
        return [await _each(bench, it), await _after_its_call(bench, it)]


async def _each(bench: Bench, it: Line) -> Table:
    table = Table(
        "Media from a media source", ("medium", "ms to the POST", "CPU ms of stall", "peak MiB")
    )
    found = {
        name: await _measure(bench, it, sound) for name, sound in (await sounds(bench)).items()
    }
    table.rows = [(name, *row) for name, row in found.items()]
    flac = next(name for name in found if name.startswith("flac"))
    wav = next(name for name in found if name.endswith(" MiB"))
    table.goals = [
        Goal(f"ms to the POST of {flac}", found[flac][0], 1000),
        Goal(f"CPU ms of the stall of {wav}", found[wav][1], 5),
    ]
    return table


async def _measure(bench: Bench, it: Line, sound: Sound) -> tuple[float, float, float]:
    """Return milliseconds to the POST, of the longest stall, and the peak of memory in MiB.

    The server hears it to its end, so that all is counted until there is nothing left to do.
    Memory has a turn of its own where there are several, since tracing it takes time.
    """
    seconds, cpu = [], []

    async def take_turn() -> None:
        call_id = await it.call()
        async with stalls() as stall:
            seconds.append(await _play(bench, it, call_id, sound))
        cpu.append(stall.cpu)
        await it.end(call_id)

    rounds = min(sound.rounds, bench.effort.rounds)
    for _ in range(rounds):
        await take_turn()
    with memory() as traced:
        await take_turn()
    measured = slice(rounds or None)
    return (
        statistics.median(seconds[measured]) * 1e3,
        statistics.median(cpu[measured]) * 1e3,
        traced.peak / _MIB,
    )


async def _play(bench: Bench, it: Line, call_id: str, sound: Sound) -> float:
    """Play and hear it to its end; return the seconds until the POST."""
    seconds, url = await it.play(call_id, sound.media)
    await bench.server.read(url, readers=1)
    return seconds


async def _after_its_call(bench: Bench, it: Line) -> Table:
    table = Table(
        "Media after its call", ("the call ended by", "items left", "bytes left", "traced KiB left")
    )
    media = await make_wav(bench.hass, 10 * _MIB)
    for name in ("a delivery", "a poll"):
        with memory() as traced:
            call_id = await it.call()
            await it.play(call_id, media)
            if it.stored[1] < 10 * _MIB:
                raise RuntimeError("Nothing was stored")
            if name == "a delivery":
                await deliver(bench.hass, it.entry, "ended", call_id)
            else:
                await it.end(call_id)
            items, size = it.stored
            await bench.settle()
        table.rows.append((name, items, size, traced.left / 1024))
        table.goals += [
            Goal(f"items left after {name}", items, 0),
            Goal(f"bytes left after {name}", size, 0),
        ]
        await it.end(call_id)
    return table
