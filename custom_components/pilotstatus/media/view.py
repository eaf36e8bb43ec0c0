"""Serves stored media to Pilot Status."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from http import HTTPStatus
from typing import Final, override

from aiohttp import hdrs, web

from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import HomeAssistantView

from .audio_format import CONTENT_TYPES
from .store import MEDIA_PATH, MediaStore, StoredMedia

_HEADERS: Final = {
    hdrs.CACHE_CONTROL: "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class MediaView(HomeAssistantView):
    """Serves media to whoever knows its name, which nobody can guess."""

    url = f"{MEDIA_PATH}/{{token}}.{{extension}}"
    name = "api:pilotstatus:media"
    requires_auth = False

    def __init__(self, stores: Callable[[], Iterable[MediaStore]]) -> None:
        """Serve from the stores that ``stores`` returns for each request."""
        self._stores = stores

    @override
    def register(
        self, hass: HomeAssistant, app: web.Application, router: web.UrlDispatcher
    ) -> None:
        """Take requests of every method: a path that refuses some is one that exists."""
        router.add_route(hdrs.METH_ANY, self.url, self._handle)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        """Return an item, or its headers; anything else is not found, as any unknown path."""
        method = request.method
        if method in {hdrs.METH_GET, hdrs.METH_HEAD}:
            for store in self._stores():
                if item := store.get(**request.match_info):
                    store.record_fetch(item, method, request.headers)
                    if method == hdrs.METH_HEAD:
                        return _describe(item)
                    item.mark_fetched()
                    return await _serve(request, item)
        raise web.HTTPNotFound


def _describe(item: StoredMedia) -> web.Response:
    """Return the headers of an item, without its size if it grows or is broken."""
    headers = _HEADERS | {hdrs.CONTENT_TYPE: CONTENT_TYPES[item.extension]}
    if item.complete.is_set() and not item.is_broken:
        headers |= {hdrs.ACCEPT_RANGES: "bytes", hdrs.CONTENT_LENGTH: str(len(item.data))}
    return web.Response(headers=headers)


async def _serve(request: web.Request, item: StoredMedia) -> web.StreamResponse:
    """Send an item: whole, a range of it, or as it grows."""
    response = web.StreamResponse(headers=_HEADERS)
    response.content_type = CONTENT_TYPES[item.extension]
    start, stop = 0, None
    if item.complete.is_set() and not item.is_broken:
        size = len(item.data)
        start, stop = _asked_range(request, size)
        response.headers[hdrs.ACCEPT_RANGES] = "bytes"
        if hdrs.RANGE in request.headers:
            if start >= stop:
                return _not_satisfiable(size)
            response.set_status(HTTPStatus.PARTIAL_CONTENT)
            response.headers[hdrs.CONTENT_RANGE] = f"bytes {start}-{stop - 1}/{size}"
        response.content_length = stop - start
    transport = request.transport
    if transport is None:
        return response
    # Who reads slowly is not waited for if the item is removed.
    with suppress(ConnectionError), item.reading(transport.abort):
        await response.prepare(request)
        async for chunk in item.chunks(start, stop):
            await response.write(chunk)
            # The system may take slice after slice; others have their turn between them.
            await asyncio.sleep(0)
        return response
    # Without the end of the response, by which the client knows that it is broken.
    transport.close()
    return response


def _asked_range(request: web.Request, size: int) -> tuple[int, int]:
    """Return the first byte that is asked for and the one after the last; none if invalid."""
    try:
        asked = request.http_range
    except ValueError:
        return 0, 0
    if asked.start == 0 and request.headers.get(hdrs.RANGE, "").strip().startswith("bytes=-"):
        # The last no bytes: to Python they are all.
        return 0, 0
    start, stop, _ = asked.indices(size)
    return start, stop


def _not_satisfiable(size: int) -> web.Response:
    headers = _HEADERS | {hdrs.ACCEPT_RANGES: "bytes", hdrs.CONTENT_RANGE: f"bytes */{size}"}
    return web.Response(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
