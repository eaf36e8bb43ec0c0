"""Sounds that Pilot Status may fetch from here, in memory, under names nobody can guess."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
import secrets
from typing import Final

from homeassistant.util import dt as dt_util

from ..errors import Refusal

MEDIA_PATH: Final = "/api/pilotstatus/media"

_MAX_ITEMS: Final = 50
_MAX_BYTES: Final = 64 * 1024 * 1024
#: So many seconds a sound is kept where it cannot be known whether its call is over.
LIFETIME: Final = 3600.0


@dataclass(slots=True, kw_only=True, eq=False)
class StoredMedia:
    """One sound, which may still be growing.

    ``call_id`` is the call that it is for, ``None`` until that is known. ``fetched_at`` is
    when it was first fetched, ``is_broken`` whether its source failed half-way, ``length``
    its seconds, ``None`` while they cannot be known.
    """

    extension: str
    call_id: str | None = None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    data: bytearray = field(default_factory=bytearray, repr=False)
    fetched_at: datetime | None = None
    is_broken: bool = False
    length: float | None = None
    complete: asyncio.Event = field(default_factory=asyncio.Event)
    on_fetched: Callable[[], None] | None = None
    stored: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def path(self) -> str:
        """Where it is fetched from."""
        return f"{MEDIA_PATH}/{self.token}.{self.extension}"

    def add(self, chunk: bytes) -> None:
        """Let it grow."""
        self.data += chunk
        self._wake()

    def finish(self, length: float | None = None, *, is_broken: bool = False) -> None:
        """Say that no more comes, and how many seconds it lasts."""
        self.length = length
        self.is_broken = is_broken
        self.complete.set()
        self._wake()

    def mark_fetched(self) -> None:
        """Note that somebody fetches it."""
        if self.fetched_at is None:
            self.fetched_at = dt_util.utcnow()
            if self.on_fetched is not None:
                self.on_fetched()

    async def chunks(self) -> AsyncIterator[bytes]:
        """Give all of it from the start, as it comes; a broken source breaks this off."""
        sent = 0
        while True:
            news, is_whole = self._news, self.complete.is_set()
            if sent < len(self.data):
                chunk = bytes(self.data[sent:])
                sent += len(chunk)
                yield chunk
            elif is_whole:
                if self.is_broken:
                    raise ConnectionResetError
                return
            else:
                await news.wait()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


class MediaStore:
    """The sounds of one number: bounded, and none longer here than its call needs it."""

    def __init__(self, is_over: Callable[[str], bool | None]) -> None:
        """Learn how to ask whether a call is over, ``None`` where that is not known."""
        self._is_over = is_over
        self._items: dict[str, StoredMedia] = {}

    def add(self, extension: str, data: bytes = b"") -> StoredMedia:
        """Keep a sound. Raises Refusal where live calls still wait for all that is kept."""
        self.purge()
        if len(self._items) >= _MAX_ITEMS:
            raise Refusal("media_store_full")
        self._check_room(len(data))
        item = StoredMedia(extension=extension, data=bytearray(data))
        self._items[item.token] = item
        return item

    def extend(self, item: StoredMedia, chunk: bytes) -> None:
        """Let a sound grow. Raises Refusal where there is no room for more."""
        self._check_room(len(chunk))
        item.add(chunk)

    def get(self, token: str, extension: str) -> StoredMedia | None:
        """Return what is kept under a name, as long as it lives."""
        self.purge()
        item = self._items.get(token)
        return item if item is not None and item.extension == extension else None

    def remove(self, item: StoredMedia) -> None:
        """Let a sound go."""
        self._items.pop(item.token, None)

    def purge(self) -> None:
        """Let go of what no call needs any more."""
        now = asyncio.get_running_loop().time()
        for item in list(self._items.values()):
            over = None if item.call_id is None else self._is_over(item.call_id)
            if over or (over is None and now - item.stored > LIFETIME):
                self.remove(item)

    def _check_room(self, size: int) -> None:
        if sum(len(item.data) for item in self._items.values()) + size > _MAX_BYTES:
            raise Refusal("media_store_full")
