"""Bodies that no client should trust, and answers that do not come to their end."""

import asyncio
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
import gzip
import json
from typing import Final

from aiohttp import web

_DEPTH: Final = 100_000
_HUGE: Final = 900_000
_OVERSIZED: Final = 2 * 1024 * 1024
_BOMB: Final = 32 * 1024 * 1024
_TRUNCATED: Final = b'{"success": tru'
#: How much of a body is promised and never sent.
_MISSING: Final = 64
_LOOK: Final = 0.05


class Body(StrEnum):
    """What replaces the body of an answer.

    ``huge`` is valid and below 1 MiB, ``oversized`` is above it, ``gzip_bomb`` only once it is
    unpacked; ``wrong_gzip`` claims to be packed. A ``cut`` body ends before its promised length,
    with the connection; a ``stalled`` one stops there until the client goes.
    """

    MALFORMED = "malformed"
    EMPTY = "empty"
    BINARY = "binary"
    DEEP = "deep"
    HUGE = "huge"
    OVERSIZED = "oversized"
    GZIP_BOMB = "gzip_bomb"
    WRONG_GZIP = "wrong_gzip"
    CUT = "cut"
    STALLED = "stalled"


_GZIP: Final[Mapping[str, str]] = {"content-encoding": "gzip"}
_HEADERS: Final[Mapping[Body, Mapping[str, str]]] = {
    Body.GZIP_BOMB: _GZIP,
    Body.WRONG_GZIP: _GZIP,
}


def _filled(size: int) -> bytes:
    return json.dumps({"success": True, "filler": "x" * size}).encode()


_CONTENTS: Final[Mapping[Body, Callable[[], bytes]]] = {
    Body.EMPTY: bytes,
    # All bytes, which is no UTF-8.
    Body.BINARY: lambda: bytes(range(255, -1, -1)) * 16,
    Body.DEEP: lambda: b"[" * _DEPTH + b"]" * _DEPTH,
    Body.HUGE: lambda: _filled(_HUGE),
    Body.OVERSIZED: lambda: _filled(_OVERSIZED),
    Body.GZIP_BOMB: lambda: gzip.compress(_filled(_BOMB)),
    Body.WRONG_GZIP: lambda: _filled(1),
}


@cache
def content(body: Body) -> bytes:
    """Return what is sent of a body."""
    return _CONTENTS.get(body, lambda: _TRUNCATED)()


async def send(
    request: web.Request, body: Body, status: int, headers: Mapping[str, str]
) -> web.StreamResponse:
    """Answer a request with a body, in whole or in part."""
    data = content(body)
    headers = {"content-type": "application/json", **_HEADERS.get(body, {}), **headers}
    if body not in {Body.CUT, Body.STALLED}:
        return web.Response(body=data, status=status, headers=headers)
    response = web.StreamResponse(status=status, headers=headers)
    response.content_length = len(data) + _MISSING
    await response.prepare(request)
    await response.write(data)
    if body is Body.STALLED:
        while (transport := request.transport) is not None and not transport.is_closing():  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(_LOOK)
    elif request.transport is not None:
        request.transport.close()
    return response
