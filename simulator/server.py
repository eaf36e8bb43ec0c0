"""The simulator as a real server on loopback."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
import ssl
from typing import override

from aiohttp import web

from . import calls_api, numbers_api, phone, webhooks_api
from .app import SIMULATION, middleware
from .faults import Handler
from .simulation import Simulation

HOST = "127.0.0.1"


class _Dropped(asyncio.Protocol):
    """A connection that is closed before anything is read from it."""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Close at once."""
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()


def make_app(simulation: Simulation) -> web.Application:
    """Return the application around a simulation."""
    app = web.Application(middlewares=[middleware])
    app[SIMULATION] = simulation
    for endpoints in (calls_api, numbers_api, webhooks_api, phone):
        endpoints.add_routes(app.router)
    return app


@asynccontextmanager
async def serve(
    simulation: Simulation, port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """Serve on loopback until the context ends; yields the port."""
    app = make_app(simulation)
    busy: set[asyncio.BaseProtocol] = set()

    @web.middleware
    async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
        busy.add(request.protocol)
        try:
            return await handler(request)
        finally:
            busy.discard(request.protocol)

    app.middlewares.insert(0, note)
    runner = web.AppRunner(app, access_log=None)
    # Routes and keys freeze when the runner is set up.
    app[phone.CLOSE_CONNECTIONS] = lambda: _close_connections(runner, busy)
    await runner.setup()

    def new_connection() -> asyncio.Protocol:
        if simulation.faults.refuses_connection():
            return _Dropped()
        if runner.server is None:
            raise RuntimeError("the server has stopped")
        return runner.server()

    server = await asyncio.get_running_loop().create_server(new_connection, HOST, port, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        simulation.changes.close()
        await simulation.close()
        await runner.cleanup()


def _close_connections(runner: web.AppRunner, busy: Collection[asyncio.BaseProtocol]) -> None:
    """Close every kept-alive connection, a busy one after its current request."""
    if runner.server is not None:
        for connection in tuple(runner.server.connections):
            if connection in busy:
                connection.close()
            else:
                # Told to close, an idle one would stay open and never answer again.
                connection.force_close()
