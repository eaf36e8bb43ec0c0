"""Where the time of a play goes: what each layer of the component adds."""

from dataclasses import replace
import itertools
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .bare import bare_post
from .bench import Bench
from .home import DOMAIN, add_number, remove_numbers
from .measure import Way, measure
from .other_side import live_call
from .report import Table

_KNOWN: Final = "call_known"
_ACTION: Final = "… and the action: its schema, which number is meant"


async def run(bench: Bench) -> list[Table]:
    """Measure a bare request, and layer upon layer around it."""
    await bench.server.calls(ps_bench_0=[live_call(_KNOWN)])
    entry = await add_number(bench.hass, bench.server.url)
    layers = _layers(bench.hass, bench.server.url, entry)
    # So that there is a playback which can change.
    await layers[_ACTION]()
    samples = await measure(layers, bench.effort.rounds, bench.effort.calls // 2)
    await remove_numbers(bench.hass)
    table = Table("Layers of a play", ("what", "median µs", "CPU µs", "CPU × bare"))
    bare = samples["session.post"].cpu_median
    table.rows = [
        (name, it.median * 1e6, it.cpu_median * 1e6, it.cpu_median / bare)
        for name, it in samples.items()
    ]
    return [table]


def _layers(hass: HomeAssistant, server: str, entry: ConfigEntry[Any]) -> dict[str, Way]:
    session, data = async_get_clientsession(hass), entry.runtime_data
    media = itertools.cycle(("https://example.com/a.mp3", "https://example.com/b.mp3"))
    shown = itertools.cycle("ab")

    async def bare() -> object:
        return await bare_post(session, server, _KNOWN, next(media))

    async def client() -> object:
        return await data.client.play(_KNOWN, next(media))

    async def client_and_sensor() -> object:
        answer = await client()
        record = data.player._record  # noqa: SLF001 - what the sensor shows
        record.last = replace(record.last, media=next(shown))
        for show in record._listeners:  # noqa: SLF001 - of the sensor, which is all there is
            show()
        return answer

    async def player() -> object:
        async with data.call_control.attempt("play_audio", _KNOWN) as attempt:
            return await data.player.async_prepare_and_play([next(media)], attempt)

    async def action() -> object:
        given = {"call_id": _KNOWN, "media_url": next(media)}
        return await hass.services.async_call(
            DOMAIN, "play_audio", given, blocking=True, return_response=True
        )

    return {
        "session.post": bare,
        "the client: bounded, parsed, errors told apart": client,
        "… and the sensor's state written": client_and_sensor,
        "… and media checked, what became of it kept, failures reported": player,
        _ACTION: action,
    }
