"""``python -m simulator [--port 8800] [--seed-key ps_demo_key] [--home URL]``."""

import argparse
import asyncio
import signal
import sys

from .numbers import DEMO_KEY
from .server import HOST, serve
from .simulation import Simulation


async def run(port: int, seed_key: str, home: str | None) -> None:
    """Serve until the process receives a signal to end."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with serve(Simulation(seed_key, home), port) as actual:
        sys.stdout.write(f"http://{HOST}:{actual}/phone\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8800, help="0 takes a free one")
    parser.add_argument("--seed-key", default=DEMO_KEY, help="API key of the demo number")
    parser.add_argument("--home", help="webhook of Home Assistant that speaks when asked to")
    arguments = parser.parse_args()
    asyncio.run(run(arguments.port, arguments.seed_key, arguments.home))


if __name__ == "__main__":
    main()
