"""Serves stored media to Pilot Status."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web

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

    async def head(self, _request: web.Request, token: str, extension: str) -> web.Response:
        """Return the headers of an item, without its size if it grows or is broken."""
        item = self._find(token, extension)
        if item is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        headers = _HEADERS | {hdrs.CONTENT_TYPE: CONTENT_TYPES[item.extension]}
        if item.complete.is_set() and not item.is_broken:
            headers |= {hdrs.ACCEPT_RANGES: "bytes", hdrs.CONTENT_LENGTH: str(len(item.data))}
        return web.Response(headers=headers)

    async def get(self, request: web.Request, token: str, extension: str) -> web.StreamResponse:
        """Return an item: whole, a range of it, or as it grows."""
        item = self._find(token, extension)
        if item is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        item.mark_fetched()
        if item.complete.is_set() and not item.is_broken:
            return _complete_response(request, item)
        response = web.StreamResponse(headers=_HEADERS)
        response.content_type = CONTENT_TYPES[item.extension]
        await response.prepare(request)
        async for chunk in item.chunks():
            await response.write(chunk)
        return response

    def _find(self, token: str, extension: str) -> StoredMedia | None:
        for store in self._stores():
            if item := store.get(token, extension):
                return item
        return None


def _complete_response(request: web.Request, item: StoredMedia) -> web.Response:
    """Return all bytes of an item, or the range that was asked for."""
    data = item.data
    headers = _HEADERS | {hdrs.ACCEPT_RANGES: "bytes"}
    content_type = CONTENT_TYPES[item.extension]
    if hdrs.RANGE not in request.headers:
        return web.Response(body=data, headers=headers, content_type=content_type)
    try:
        start, stop, _ = request.http_range.indices(len(data))
    except ValueError:
        start = stop = 0
    if start >= stop:
        headers[hdrs.CONTENT_RANGE] = f"bytes */{len(data)}"
        return web.Response(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
    headers[hdrs.CONTENT_RANGE] = f"bytes {start}-{stop - 1}/{len(data)}"
    return web.Response(
        status=HTTPStatus.PARTIAL_CONTENT,
        body=bytes(memoryview(data)[start:stop]),
        headers=headers,
        content_type=content_type,
    )
