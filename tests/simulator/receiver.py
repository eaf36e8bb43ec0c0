"""A server that webhooks are delivered to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from simulator.client import Phone


class Receiver:
    """A server that stores the deliveries, and answers each with ``status``."""

    def __init__(self) -> None:
        """Start with none."""
        self.url = ""
        self.status = 200
        self.bodies: list[dict[str, Any]] = []
        self.signatures: list[tuple[bytes, str]] = []

    async def receive(self, request: web.Request) -> web.Response:
        """Store a delivery."""
        raw = await request.read()
        self.signatures.append((raw, request.headers["x-pilot-status-signature"]))
        self.bodies.append(await request.json())
        return web.Response(status=self.status)

    async def events(self, count: int) -> list[str]:
        """Wait for so many deliveries; return the names of all."""
        for _ in range(100):
            if len(self.bodies) >= count:
                break
            await asyncio.sleep(0.02)
        return [body["event"] for body in self.bodies]


async def logged(phone: Phone, webhook_id: str, count: int, event: str) -> list[dict[str, Any]]:
    """Wait until so many deliveries of an event are in the logs of a webhook; return them."""
    logs: list[dict[str, Any]] = []
    for _ in range(100):
        logs = await phone.api("GET", f"/webhooks/{webhook_id}/logs?event={event}")
        if len(logs) >= count:
            break
        await asyncio.sleep(0.02)
    return logs


@asynccontextmanager
async def serve(app: web.Application) -> AsyncIterator[str]:
    """Serve an application on loopback; yields its address."""
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()
