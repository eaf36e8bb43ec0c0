"""Many who read one stored item, beside Home Assistant's own view of a file."""

from typing import Final

from homeassistant.components.http import StaticPathConfig

from .bench import Bench
from .line import line
from .measure import memory, stalls
from .report import Goal, Table
from .sounds import folder, make_wav

_READERS: Final = 10
_PART: Final = 2**20
_PATH: Final = "/bench_media"


async def run(bench: Bench) -> list[Table]:
    """Read the same file from both, whole and in parts."""
    hass = bench.hass
    size = (4 if bench.effort.is_short else 40) * 1_000_000
    media = await make_wav(hass, size)
    await hass.http.async_register_static_paths(
        [StaticPathConfig(_PATH, str(folder(hass)), cache_headers=False)]
    )
    name = media.rsplit("/", 1)[-1]
    table = Table(
        f"{_READERS} readers of {size // 1_000_000} MB",
        ("read from", "seconds", "CPU ms of stall", "peak KiB"),
    )
    found = {}
    async with line(bench) as it:
        call_id = await it.call()
        _, url = await it.play(call_id, media)
        urls = {"a file": f"{hass.config.internal_url}{_PATH}/{name}", "the store": url}
        for part in (0, _PART):
            for source, address in urls.items():
                found[source, part] = row = await _read(bench, address, part)
                table.rows.append((f"{source}, {'in parts' if part else 'whole'}", *row))
        await it.end(call_id)
    (_, stall_of_file, peak_of_file), (_, stall, peak) = (
        found[source, _PART] for source in ("a file", "the store")
    )
    table.goals = [
        Goal("peak of memory × file, in parts", peak / peak_of_file, 2),
        Goal("CPU of stall × file, in parts", stall / stall_of_file, 2),
    ]
    return [table]


async def _read(bench: Bench, url: str, part: int) -> tuple[float, float, float]:
    """Return the seconds, the milliseconds of the longest stall, and the peak in KiB."""
    async with stalls() as stall:
        read = await bench.server.read(url, _READERS, part)
    with memory() as traced:
        again = await bench.server.read(url, _READERS, part)
    if read["bytes"] != again["bytes"] or read["bytes"] < _READERS * 1_000_000:
        raise RuntimeError("Not all was read")
    return read["seconds"], stall.cpu * 1e3, traced.peak / 1024
