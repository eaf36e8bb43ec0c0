"""What media is read from: a media source and a server of the tests."""

import asyncio
from dataclasses import dataclass, field
from typing import override

from aiohttp import web

from homeassistant.components.media_source import MediaSource, MediaSourceItem, PlayMedia

#: What a call plays as it is, of any size: the header of a WAV file, which may end anywhere.
WAV = b"RIFF\x00\x00\x00\x00WAVE"


class Source(MediaSource):
    """A media source that answers with a URL, or fails, once ``answers`` is set."""

    def __init__(self) -> None:
        """Name it."""
        super().__init__("test")
        self.answer: str | Exception = ""
        self.answers = asyncio.Event()
        self.answers.set()

    @override
    async def async_resolve_media(self, item: MediaSourceItem) -> PlayMedia:
        """Return the URL."""
        await self.answers.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return PlayMedia(self.answer, "audio/mpeg")


@dataclass
class Upstream:
    """A server that media is read from: it sends ``size`` bytes, and counts them.

    If there is ``content`` it sends that. ``/moved`` redirects to ``moved_to``.
    """

    url: str = ""
    size: int = 0
    sent: int = 0
    moved_to: str = ""
    content: bytes | None = None
    hits: list[str] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Send the beginning of a WAV file, and zeros."""
        self.hits.append(request.path)
        if request.path == "/moved":
            return web.Response(status=302, headers={"Location": self.moved_to})
        if request.path != "/a.wav":
            return web.Response(status=404, body=WAV)
        if self.content is not None:
            return web.Response(body=self.content)
        response = web.StreamResponse()
        await response.prepare(request)
        chunk = WAV
        while self.sent < self.size:
            await response.write(chunk[: self.size - self.sent])
            self.sent += len(chunk)
            chunk = bytes(64 * 1024)
        return response
