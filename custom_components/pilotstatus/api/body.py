"""Read a body over HTTP, up to a limit."""

from typing import Protocol

_CHUNK = 64 * 1024


class Readable(Protocol):
    """What a body is read from: an aiohttp stream, or Home Assistant's stand-in for one."""

    async def read(self, n: int = -1, /) -> bytes:
        """Return up to ``n`` bytes, none at the end."""


async def read_body(stream: Readable, limit: int) -> bytearray | None:
    """Return a body as it came, ``None`` if it has more than ``limit`` bytes.

    Only ``read`` is used, and the stream is asked for once: a request that Home Assistant
    Cloud relays has no more, and makes a new stream each time.
    """
    body = bytearray()
    while chunk := await stream.read(_CHUNK):
        body += chunk
        if len(body) > limit:
            return None
    return body
