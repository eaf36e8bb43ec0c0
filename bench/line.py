"""One number, and calls through it that the server's list shows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import itertools
import time
from typing import Any

from homeassistant.config_entries import ConfigEntry

from .bench import Bench
from .home import DOMAIN, add_number, remove_numbers
from .other_side import live_call, past_call

_IDS = (f"line_{it}" for it in itertools.count())


class Line:
    """A number with at most one call."""

    def __init__(self, bench: Bench, entry: ConfigEntry[Any]) -> None:
        """Use a number that has been set up."""
        self._bench = bench
        self.entry = entry

    @property
    def stored(self) -> tuple[int, int]:
        """How many items of media are stored, and their bytes."""
        store = self.entry.runtime_data.media.store
        return len(store), sum(len(item.data) for item in store)

    async def call(self) -> str:
        """Begin a call that is answered; return its id."""
        call_id = next(_IDS)
        await self._bench.server.calls(ps_bench_0=[live_call(call_id)])
        await self.poll()
        return call_id

    async def end(self, call_id: str) -> None:
        """End a call, which a poll finds."""
        await self._bench.server.calls(ps_bench_0=[past_call(call_id)])
        await self.poll()
        await self._bench.settle()

    async def poll(self) -> None:
        """Poll the calls now."""
        await self.entry.runtime_data.coordinator.async_refresh()

    async def play(self, call_id: str, media: str) -> tuple[float, str]:
        """Play media; return the seconds until the server was asked to, and the URL it got."""
        data = {"call_id": call_id, "media": media}
        began = time.perf_counter()
        await self._bench.hass.services.async_call(DOMAIN, "play_audio", data, blocking=True)
        played = await self._bench.server.played()
        return played["at"] - began, played["body"]["mediaUrl"]


@asynccontextmanager
async def line(bench: Bench) -> AsyncIterator[Line]:
    """Set up a number; remove it when the context ends."""
    yield Line(bench, await add_number(bench.hass, bench.server.url))
    await bench.settle()
    await remove_numbers(bench.hass)
    await bench.server.calls()
