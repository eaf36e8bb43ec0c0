"""The server in its own process, and the orders that are given to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import sys
from typing import Any

import aiohttp

from .server import HOST, timestamp


class OtherSide:
    """A running server."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        """Store the session for orders, and the address."""
        self._session = session
        self.url = url

    async def calls(self, **calls: list[dict[str, Any]]) -> None:
        """Set the calls of each key."""
        await self._order("calls", calls)

    async def counts(self) -> dict[str, int]:
        """Return how often each was requested since this was asked last."""
        return dict(await self._order("counts", {}))

    async def refuse_webhooks(self, *, refused: bool) -> None:
        """Refuse all webhooks from now on, or no more."""
        await self._order("webhooks", {"refused": refused})

    async def played(self) -> dict[str, Any]:
        """Return the ``body`` of the last play and when it came, ``at`` (perf_counter)."""
        return dict(await self._order("played", {}))

    async def deliver(self, url: str, kind: str, count: int, **how: int) -> dict[str, Any]:
        """Deliver events to a URL; return ``seconds``, ``statuses`` and when each was ``sent``."""
        order = {"url": url, "kind": kind, "count": count, **how}
        return dict(await self._order("deliver", order))

    async def read(self, url: str, readers: int, part: int = 0) -> dict[str, Any]:
        """Read a URL; return the ``seconds`` and the ``bytes``."""
        return dict(await self._order("read", {"url": url, "readers": readers, "part": part}))

    async def _order(self, name: str, data: Any) -> Any:
        async with self._session.post(f"{self.url}/bench/{name}", json=data) as response:
            response.raise_for_status()
            return await response.json()


def live_call(call_id: str) -> dict[str, Any]:
    """Return a call that goes on, as the server lists it."""
    now = timestamp()
    return {
        "id": call_id,
        "externalCallId": f"wa_{call_id}",
        "status": "ACCEPTED",
        "direction": "INBOUND",
        "peerNumber": "5511999999999",
        "createdAt": now,
        "startedAt": now,
        "connectedAt": now,
        "endedAt": None,
        "updatedAt": now,
        "durationSeconds": None,
        "errorCode": None,
        "errorMessage": None,
    }


def past_call(call_id: str) -> dict[str, Any]:
    """Return a call that is over, as the server lists it."""
    return live_call(call_id) | {
        "status": "COMPLETED",
        "endedAt": timestamp(),
        "durationSeconds": 12,
    }


@asynccontextmanager
async def other_side(*arguments: str) -> AsyncIterator[OtherSide]:
    """Run the server until the context ends."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.server", *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("no pipes")
    scheme = "https" if arguments else "http"
    try:
        port = int(await process.stdout.readline())
        timeout = aiohttp.ClientTimeout(total=300)
        connector = aiohttp.TCPConnector(ssl=False) if arguments else None
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
            yield OtherSide(session, f"{scheme}://{HOST}:{port}")
    finally:
        process.stdin.close()
        await process.wait()
