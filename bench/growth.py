"""Whether costs grow with the calls that are known, and with the numbers that are set up."""

from collections.abc import Mapping
import random
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant

from .bench import Bench
from .home import add_number, remove_numbers
from .measure import Sample, Way, measure
from .other_side import live_call, past_call
from .report import Goal, Table

_CALLS: Final = (1, 25, 100)
_NUMBERS: Final = (1, 10, 50)
_MEDIA: Final = "https://example.com/media/greeting.mp3"


async def run(bench: Bench) -> list[Table]:
    """Measure plays with more and more calls known, then with more and more numbers."""
    return [await _with_calls(bench), await _with_numbers(bench)]


async def _with_calls(bench: Bench) -> Table:
    """Each number of calls has a number of its own, so that all are measured in turn."""
    ways: dict[str, Way] = {}
    calls = {
        f"ps_bench_{index}": [
            live_call(f"live_{index}"),
            *(past_call(f"past_{index}_{it}") for it in range(count - 1)),
        ]
        for index, count in enumerate(_CALLS)
    }
    await bench.server.calls(**calls)
    for index, count in enumerate(_CALLS):
        entry = await add_number(bench.hass, bench.server.url, index)
        ways[f"{count}, by id"] = _play(bench.hass, entry, call_id=f"live_{index}")
        ways[f"{count}, the live one"] = _play(bench.hass, entry)
    samples = await measure(ways, bench.effort.rounds, bench.effort.calls)
    table = _table("calls known", samples)
    for kind in ("by id", "the live one"):
        few, many = samples[f"1, {kind}"], samples[f"100, {kind}"]
        ratio = many.cpu_median / few.cpu_median
        table.goals.append(Goal(f"CPU with 100 calls × with 1, {kind}", ratio, 1.05))
    await remove_numbers(bench.hass)
    return table


async def _with_numbers(bench: Bench) -> Table:
    """All numbers are there, and so many of them set up, again and again in random order."""
    await bench.server.calls(ps_bench_0=[live_call("call_known")])
    entries = [await add_number(bench.hass, bench.server.url, it) for it in range(_NUMBERS[-1])]
    way = _play(bench.hass, None, call_id="call_known")
    samples = {str(count): Sample() for count in _NUMBERS}
    turns = 1 if bench.effort.is_short else 8
    for count in random.sample(_NUMBERS * turns, len(_NUMBERS) * turns):
        for index, entry in enumerate(entries):
            if index < count and entry.state is not ConfigEntryState.LOADED:
                await bench.hass.config_entries.async_setup(entry.entry_id)
            elif index >= count and entry.state is ConfigEntryState.LOADED:
                await bench.hass.config_entries.async_unload(entry.entry_id)
        await bench.settle()
        name = str(count)
        found = (await measure({name: way}, 1, bench.effort.calls // 5))[name]
        samples[name].seconds += found.seconds
        samples[name].cpu += found.cpu
    table = _table("numbers", samples)
    ratio = samples["50"].cpu_median / samples["1"].cpu_median
    table.goals = [Goal("CPU with 50 numbers × with 1", ratio, 1.05)]
    await remove_numbers(bench.hass)
    return table


def _play(hass: HomeAssistant, entry: ConfigEntry[Any] | None, **data: str) -> Way:
    if entry is not None:
        data["config_entry_id"] = entry.entry_id
    data["media_url"] = _MEDIA

    async def play() -> object:
        return await hass.services.async_call(
            "pilotstatus", "play_audio", dict(data), blocking=True, return_response=True
        )

    return play


def _table(what: str, samples: Mapping[str, Sample]) -> Table:
    first = next(iter(samples.values()))
    rows: list[tuple[Any, ...]] = [
        (name, it.median * 1e6, it.cpu_median * 1e6, it.cpu_median / first.cpu_median)
        for name, it in samples.items()
    ]
    title = f"A play, by the {what}" if what == "numbers" else f"A play, by {what}"
    return Table(title, (what, "median µs", "CPU µs", "CPU × first"), rows)
