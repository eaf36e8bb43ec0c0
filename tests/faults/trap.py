"""A server that no redirect may lead to."""

import asyncio
from dataclasses import dataclass


@dataclass(slots=True)
class Trap:
    """Counts the connections to it, and closes each."""

    url: str = ""
    caught: int = 0

    async def catch(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Count a connection."""
        self.caught += 1
        writer.close()
