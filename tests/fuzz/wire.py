"""Requests as bytes, which may be wrong in ways that no HTTP client is."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from aiohttp.test_utils import TestClient

_SECONDS: Final = 20

type Headers = Iterable[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; the names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def request_bytes(method: str, path: str, headers: Headers = (), body: bytes = b"") -> bytes:
    """Return a request; its headers are what they are, and add no length of the body."""
    lines = [f"{method} {path} HTTP/1.1".encode(), b"Host: localhost", b"Connection: close"]
    lines += [name.encode() + b": " + value for name, value in headers]
    return b"\r\n".join([*lines, b"", body])


async def send(client: TestClient[Any, Any], request: bytes) -> Answer | None:
    """Send a request and no more; return the answer, ``None`` if the connection just ends."""
    async with asyncio.timeout(_SECONDS):
        reader, writer = await asyncio.open_connection(client.host, client.port)
        try:
            writer.write(request)
            writer.write_eof()
            return _parse(await reader.read())
        except ConnectionError:
            return None
        finally:
            writer.close()


def _parse(data: bytes) -> Answer | None:
    head, _, body = data.partition(b"\r\n\r\n")
    if not head:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    fields = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in fields}
    return Answer(int(first.split()[1]), headers, body)
