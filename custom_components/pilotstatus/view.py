"""Where Pilot Status fetches the sounds of this house."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from aiohttp import hdrs, web

from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView

from .const import DOMAIN
from .media.audio_format import CONTENT_TYPES
from .media_store import MEDIA_PATH, StoredMedia

if TYPE_CHECKING:
    from .coordinator import PilotStatusConfigEntry

_PRIVATE: Final = {
    hdrs.CACHE_CONTROL: "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class MediaView(HomeAssistantView):
    """Gives a sound to whoever knows its name, which nobody can guess."""

    url = f"{MEDIA_PATH}/{{token}}.{{extension}}"
    name = "api:pilotstatus:media"
    requires_auth = False

    async def head(self, request: web.Request, token: str, extension: str) -> web.Response:
        """Say what there is."""
        item = _find(request.app[KEY_HASS], token, extension)
        if item is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        headers = _PRIVATE | {hdrs.CONTENT_TYPE: CONTENT_TYPES[item.extension]}
        if item.complete.is_set():
            headers |= {hdrs.ACCEPT_RANGES: "bytes", hdrs.CONTENT_LENGTH: str(len(item.data))}
        return web.Response(headers=headers)

    async def get(self, request: web.Request, token: str, extension: str) -> web.StreamResponse:
        """Give it, whole, in part, or as it comes."""
        item = _find(request.app[KEY_HASS], token, extension)
        if item is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        item.mark_fetched()
        if item.complete.is_set() and not item.is_broken:
            return _part(request, item)
        response = web.StreamResponse(headers=_PRIVATE)
        response.content_type = CONTENT_TYPES[item.extension]
        await response.prepare(request)
        async for chunk in item.chunks():
            await response.write(chunk)
        await response.write_eof()
        return response


def _find(hass: HomeAssistant, token: str, extension: str) -> StoredMedia | None:
    entries: list[PilotStatusConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    for entry in entries:
        if item := entry.runtime_data.media.get(token, extension):
            return item
    return None


def _part(request: web.Request, item: StoredMedia) -> web.Response:
    """Return the bytes that were asked for, all of them without a range."""
    whole = item.data
    headers = _PRIVATE | {hdrs.ACCEPT_RANGES: "bytes"}
    content_type = CONTENT_TYPES[item.extension]
    if hdrs.RANGE not in request.headers:
        return web.Response(body=whole, headers=headers, content_type=content_type)
    try:
        start, stop, _ = request.http_range.indices(len(whole))
    except ValueError:
        start = stop = 0
    if start >= stop:
        headers[hdrs.CONTENT_RANGE] = f"bytes */{len(whole)}"
        return web.Response(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
    headers[hdrs.CONTENT_RANGE] = f"bytes {start}-{stop - 1}/{len(whole)}"
    return web.Response(
        status=HTTPStatus.PARTIAL_CONTENT,
        body=bytes(memoryview(whole)[start:stop]),
        headers=headers,
        content_type=content_type,
    )
