"""Every action while no connection to the server can be made."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import pytest

from simulator.client import Phone

from .actions import ACTIONS
from .figures import record
from .home import Home
from .runs import broken_by


class Door:
    """A port that leads to the simulator while it is open."""

    def __init__(self, url: str) -> None:
        """Lead to the simulator."""
        self.url = ""
        self._port = 0
        self._inside = urlsplit(url)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        """Open it, where it was."""
        self._server = await asyncio.start_server(self._enter, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"

    def close(self) -> None:
        """Close it, and all connections through it."""
        if self._server is not None:
            self._server.close()
        for writer in self._writers:
            writer.close()

    @asynccontextmanager
    async def closed(self) -> AsyncIterator[None]:
        """Keep it closed during the block."""
        self.close()
        # Home Assistant sees it, too.
        await asyncio.sleep(0.05)
        yield
        await self.open()

    async def _enter(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inside = await asyncio.open_connection(self._inside.hostname, self._inside.port)
        await asyncio.gather(self._pass(reader, inside[1]), self._pass(inside[0], writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with suppress(ConnectionError):
            while data := await reader.read(64 * 1024):
                writer.write(data)
        self._writers.discard(writer)
        writer.close()


@pytest.fixture
async def door(phone: Phone) -> AsyncIterator[Door]:
    """Return an open door."""
    door = Door(phone.url)
    await door.open()
    yield door
    door.close()


@pytest.fixture
def base_url(door: Door) -> str:
    """Reach the simulator through the door alone."""
    return door.url


@pytest.mark.timeout(300)
async def test_an_action_that_cannot_connect_says_so_and_works_when_it_can(
    home: Home, door: Door, request: pytest.FixtureRequest
) -> None:
    report = []
    for action in ACTIONS:
        if broken := await broken_by(home, action, door.closed(), {"cannot_connect"}, 0):
            report.append(f"{action.name}: {'; '.join(broken)}")
        record(request, action.name, 1, not broken)
    assert not report, "\n".join(report)
