"""A wire to the server that takes its time: ``python -m bench.relay PORT SECONDS``."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
import sys

from .server import HOST


class Relay:
    """A running relay: ``port`` is where it listens."""

    def __init__(self, port: int, orders: asyncio.StreamWriter) -> None:
        """Keep where it listens, and where it takes orders."""
        self.port = port
        self._orders = orders

    async def drop(self) -> None:
        """Close all connections, so that the next request needs a new one."""
        self._orders.write(b"drop\n")
        await asyncio.sleep(0.2)


@asynccontextmanager
async def relay(port: int, delay: float) -> AsyncIterator[Relay]:
    """Run a relay to a port until the context ends; each way takes ``delay`` seconds."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.relay", str(port), str(delay)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("no pipes")
    try:
        yield Relay(int(await process.stdout.readline()), process.stdin)
    finally:
        process.stdin.close()
        await process.wait()


class _Wire:
    """Carries what comes from each side to the other, later."""

    def __init__(self, port: int, delay: float) -> None:
        """Carry to a port."""
        self._port = port
        self._delay = delay
        self._ends: set[asyncio.StreamWriter] = set()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until it is closed."""
        # TCP itself asks and answers once before the first byte, which loopback does in no time.
        opened = asyncio.get_running_loop().time() + 2 * self._delay
        server_reader, server_writer = await asyncio.open_connection(HOST, self._port)
        ends = {writer, server_writer}
        self._ends |= ends
        await asyncio.gather(
            self._carry(reader, server_writer, opened), self._carry(server_reader, writer, opened)
        )
        self._ends -= ends

    def drop(self) -> None:
        """Close all connections."""
        for end in self._ends:
            end.transport.abort()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, opened: float
    ) -> None:
        now = asyncio.get_running_loop().time
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def read() -> None:
            data = b"-"
            while data:
                with suppress(ConnectionError):
                    data = await reader.read(65536)
                queue.put_nowait((max(now(), opened) + self._delay, data))

        async def write() -> None:
            while True:
                due, data = await queue.get()
                await asyncio.sleep(due - now())
                if not data:
                    writer.close()
                    return
                writer.write(data)

        await asyncio.gather(read(), write())


async def serve(port: str, delay: str) -> None:
    """Carry until standard input ends; say the port on standard output."""
    wire = _Wire(int(port), float(delay))
    server = await asyncio.start_server(wire.handle, HOST, 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    while await asyncio.to_thread(sys.stdin.readline):
        wire.drop()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
