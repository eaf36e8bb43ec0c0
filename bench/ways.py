"""How long a play takes, beside every other way to send the same POST."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
import itertools
import random
import statistics
import time
from typing import Any, Final
from urllib.request import Request, urlopen

from pilot_status import PilotStatusClient
import voluptuous as vol

from homeassistant.components.sensor import DATA_COMPONENT, SensorDeviceClass, SensorEntity
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .bare import bare_post
from .bench import Bench
from .home import add_number, remove_numbers
from .measure import Way, measure, stalls, writes
from .other_side import live_call
from .report import Goal, Table

type Handler = Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]

_KNOWN: Final = "call_known"
#: In turn, so that each play changes what is shown.
_MEDIA: Final = tuple(f"https://example.com/media/{it}.mp3" for it in ("doorbell", "alarm"))
_COUNTED: Final = 10


async def run(bench: Bench) -> list[Table]:
    """Measure each way by itself, then a hundred plays at once."""
    hass = bench.hass
    await bench.server.calls(ps_bench_0=[live_call(_KNOWN)])
    await add_number(hass, bench.server.url)
    await _add_floors(hass, bench.server.url)
    ways = _ways(hass, bench.server.url)
    table = await _each(bench, ways)
    at_once = await _at_once(bench, ways)
    await remove_numbers(hass)
    return [table, at_once]


async def _each(bench: Bench, ways: Mapping[str, Way]) -> Table:
    counts: dict[str, tuple[float, float]] = {}
    for name, way in ways.items():
        await bench.settle()
        await bench.server.counts()
        async with writes(bench.hass) as written:
            for _ in range(_COUNTED):
                await way()
        requests = sum((await bench.server.counts()).values())
        counts[name] = requests / _COUNTED, written.count / _COUNTED
    samples = await measure(ways, bench.effort.rounds, bench.effort.calls)
    table = Table(
        "One play, each way",
        (
            *("way", "median µs", "p99 µs", "CPU µs", "requests", "states"),
            *("× bare", "× rest_command", "CPU × bare", "CPU × rest_command"),
        ),
    )
    bare, rest = samples["bare session.post"], samples["rest_command with response"]
    for name, sample in samples.items():
        table.rows.append(
            (
                name,
                *(it * 1e6 for it in (sample.median, sample.p99, sample.cpu_median)),
                *counts[name],
                sample.median / bare.median,
                sample.median / rest.median,
                sample.cpu_median / bare.cpu_median,
                sample.cpu_median / rest.cpu_median,
            )
        )
    known, floor = samples["play_audio, known call"], samples["floor: POST and one state"]
    table.goals = [
        Goal("median of a play × rest_command", known.median / rest.median, 1.10),
        Goal("CPU of a play × rest_command", known.cpu_median / rest.cpu_median, 1.15),
        Goal("CPU of a play × floor", known.cpu_median / floor.cpu_median, 1.3),
        Goal("requests of a play", counts["play_audio, known call"][0], 1),
        Goal("states written by a play", counts["play_audio, known call"][1], 2),
    ]
    return table


async def _at_once(bench: Bench, ways: Mapping[str, Way]) -> Table:
    table = Table("100 plays at once", ("way", "seconds", "longest stall ms", "CPU of it ms"))
    names = ["rest_command with response", "play_audio, known call"]
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in names}
    for _ in range(bench.effort.rounds * 5):
        random.shuffle(names)
        for name in names:
            await bench.settle()
            began = time.perf_counter()
            async with stalls() as stall:
                await asyncio.gather(*(ways[name]() for _ in range(100)))
            found[name].append((stall.cpu, stall.seconds, time.perf_counter() - began))
    longest = {}
    for name, each in found.items():
        cpu, seconds, whole = (statistics.median(it) for it in zip(*each, strict=True))
        longest[name] = cpu
        table.rows.append((name, whole, seconds * 1e3, cpu * 1e3))
    stall_of_rest, stall_of_play = longest.values()
    table.goals = [Goal("stall of plays × rest_command", stall_of_play / stall_of_rest, 1.25)]
    return table


class _Sensor(SensorEntity):
    """A sensor with as much to show as that of the last playback."""

    _attr_name = "Bench"
    _attr_device_class = SensorDeviceClass.ENUM
    _attr_options = ["accepted"]  # noqa: RUF012 - as Home Assistant declares it
    _attr_native_value = "accepted"
    _attr_should_poll = False

    def show(self, **attributes: Any) -> None:
        """Show what was played."""
        self._attr_extra_state_attributes = attributes
        self.async_write_ha_state()


async def _add_floors(hass: HomeAssistant, server: str) -> None:
    sensor = _Sensor()
    await hass.data[DATA_COMPONENT].async_add_entities([sensor])
    session = async_get_clientsession(hass)
    states = itertools.count()

    async def empty(_call: ServiceCall) -> ServiceResponse:
        return {}

    async def send(call: ServiceCall) -> dict[str, Any]:
        return await bare_post(session, server, call.data["call_id"], call.data["media_url"])

    async def post(call: ServiceCall) -> ServiceResponse:
        answer = await send(call)
        hass.states.async_set("bench.state", str(next(states)))
        return answer

    async def post_and_show(call: ServiceCall) -> ServiceResponse:
        answer = await send(call)
        media = call.data["media_url"]
        sensor.show(call_id=_KNOWN, media=media, length=None, fetched_at=None, error=None)
        return answer

    schema = vol.Schema(
        {
            vol.Optional("config_entry_id"): cv.string,
            vol.Optional("call_id"): cv.string,
            vol.Optional("media_url"): cv.string,
            vol.Optional("media"): cv.string,
        }
    )
    floors: dict[str, tuple[Handler, vol.Schema | None]] = {
        "empty": (empty, None),
        "post": (post, None),
        "post_and_show": (post_and_show, schema),
    }
    for name, (handler, fits) in floors.items():
        hass.services.async_register(
            "bench", name, handler, fits, supports_response=SupportsResponse.OPTIONAL
        )


def _ways(hass: HomeAssistant, server: str) -> dict[str, Way]:
    session = async_get_clientsession(hass)
    unknown = (f"call_{it}" for it in itertools.count())
    media = itertools.cycle(_MEDIA)
    sdk = PilotStatusClient(api_key="ps_bench_0", transport=_transport(server))

    async def bare() -> object:
        return await bare_post(session, server, _KNOWN, next(media))

    def action(name: str, *, response: bool = True, **data: str) -> Way:
        domain, service = name.split(".")

        async def call() -> object:
            given = {**data, "media_url": next(media)}
            return await hass.services.async_call(
                domain, service, given, blocking=True, return_response=response
            )

        return call

    async def play_unknown() -> object:
        return await action("pilotstatus.play_audio", call_id=next(unknown))()

    async def play_by_sdk() -> object:
        return await hass.async_add_executor_job(sdk.calls.play, _KNOWN, next(media))

    return {
        "bare session.post": bare,
        "floor: empty action": action("bench.empty", call_id=_KNOWN),
        "floor: POST and one state": action("bench.post", call_id=_KNOWN),
        "floor: POST, schema and one sensor": action("bench.post_and_show", call_id=_KNOWN),
        "rest_command": action("rest_command.play", response=False, call_id=_KNOWN),
        "rest_command with response": action("rest_command.play", call_id=_KNOWN),
        "play_audio, known call": action("pilotstatus.play_audio", call_id=_KNOWN),
        "play_audio, no call_id": action("pilotstatus.play_audio"),
        "play_audio, unknown call": play_unknown,
        "SDK in an executor": play_by_sdk,
    }


def _transport(server: str) -> Any:
    def transport(request: Request, timeout: float) -> tuple[int, Mapping[str, str], str]:
        request.full_url = request.full_url.replace("https://pilotstatus.com.br", server)
        with urlopen(request, timeout=timeout) as response:  # noqa: S310 - it is loopback
            return response.status, dict(response.headers), response.read().decode()

    return transport
