"""Actions over TLS and a wire of some length: how long they take without a warm connection."""

import asyncio
from pathlib import Path
import statistics
from tempfile import TemporaryDirectory
import time
from typing import Any, Final
from urllib.parse import urlsplit

import trustme

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util.ssl import get_default_context

from .bench import Bench
from .home import DOMAIN, add_number, deliver, remove_numbers
from .other_side import OtherSide, live_call, other_side
from .relay import Relay, relay
from .report import Goal, Table
from .server import HOST

_DELAY: Final = 0.025
_KNOWN: Final = "call_known"
_MEDIA: Final = "https://example.com/media/greeting.mp3"
#: Seconds that a call rings. Home Assistant's session drops a connection that idles for 15.
_RING: Final = 17


async def run(bench: Bench) -> list[Table]:
    """Measure with a server of its own, which Home Assistant trusts from now on."""
    authority = trustme.CA()
    authority.configure_trust(get_default_context())
    with TemporaryDirectory() as folder:
        pem = Path(folder, "server.pem")
        authority.issue_cert(HOST).private_key_and_cert_chain_pem.write_to_path(str(pem))
        async with (
            other_side(str(pem)) as server,
            relay(urlsplit(server.url).port or 0, _DELAY) as wire,
        ):
            await server.calls(ps_bench_0=[live_call(_KNOWN)])
            entry = await add_number(bench.hass, f"https://{HOST}:{wire.port}")
            plays = await _plays(bench, wire)
            await deliver(bench.hass, entry, "ended", _KNOWN)
            answers = await _answers(bench, server, entry)
            await remove_numbers(bench.hass)
    return [plays, answers]


async def _plays(bench: Bench, wire: Relay) -> Table:
    times = 2 if bench.effort.is_short else 10
    cold, warm = [], []
    for _ in range(times):
        await wire.drop()
        cold.append(await _seconds(bench.hass, "play_audio", call_id=_KNOWN, media_url=_MEDIA))
        warm.append(await _seconds(bench.hass, "play_audio", call_id=_KNOWN, media_url=_MEDIA))
    each = statistics.median(warm)
    return Table(
        f"A play over TLS, a round trip of {2 * _DELAY * 1e3:.0f} ms away",
        ("connection", "median ms", "× warm"),
        rows=[
            ("new", statistics.median(cold) * 1e3, statistics.median(cold) / each),
            ("warm", each * 1e3, 1),
        ],
    )


async def _answers(bench: Bench, server: OtherSide, entry: ConfigEntry[Any]) -> Table:
    hass = bench.hass
    warm = statistics.median(
        [(await _answer(hass, server, entry, f"soon_{it}", 0))[0] for it in range(3)]
    )
    ring = 1 if bench.effort.is_short else _RING
    seconds, requests = await _answer(hass, server, entry, "late", ring)
    return Table(
        "An answer to a call that rings",
        ("the call rang for", "ms", "× at once", "requests while it rang"),
        rows=[
            ("no time", warm * 1e3, 1, 0),
            (f"{ring} s", seconds * 1e3, seconds / warm, requests),
        ],
        goals=[Goal(f"an answer after {ring} s × one at once", seconds / warm, 1.3)],
    )


async def _answer(
    hass: HomeAssistant, server: OtherSide, entry: ConfigEntry[Any], call_id: str, ring: float
) -> tuple[float, int]:
    """Let a call ring, and answer it; return the seconds of the answer.

    And how many requests there were while it rang, after those that the delivery led to.
    """
    await server.calls(ps_bench_0=[live_call(call_id) | {"status": "RINGING", "connectedAt": None}])
    await deliver(hass, entry, "ringing", call_id)
    await asyncio.sleep(0.5)
    await server.counts()
    await asyncio.sleep(ring)
    requests = sum((await server.counts()).values())
    seconds = await _seconds(hass, "answer_call", call_id=call_id)
    await deliver(hass, entry, "ended", call_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    return seconds, requests


async def _seconds(hass: HomeAssistant, action: str, **data: str) -> float:
    began = time.perf_counter()
    await hass.services.async_call(DOMAIN, action, data, blocking=True)
    return time.perf_counter() - began
