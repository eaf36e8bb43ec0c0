"""Media that Pilot Status may fetch from here, in memory, under names nobody can guess."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
import secrets
from typing import Final

from homeassistant.util import dt as dt_util

from ..errors import ActionRefusedError

type FetchListener = Callable[[str | None, float, str, Mapping[str, str]], None]

MEDIA_PATH: Final = "/api/pilotstatus/media"
#: How many seconds media is kept if nobody knows whether its call is over.
LIFETIME: Final = 3600.0

_MAX_ITEMS: Final = 50
#: How much of an item is sent at a time to each who reads it.
_CHUNK: Final = 64 * 1024
_MAX_BYTES: Final = 64 * 1024 * 1024


def _now() -> float:
    return asyncio.get_running_loop().time()


@dataclass(slots=True, kw_only=True, eq=False)
class StoredMedia:
    """Audio that is stored, and may still grow.

    ``call_id`` is the call that it is for, ``None`` until that is known. ``fetched_at`` is
    when it was first fetched, ``failure`` the translation key of why its source failed
    half-way, ``is_held`` whether it is kept until it is removed, ``is_removed`` whether nobody
    may read it any more, ``length`` its seconds, ``None`` while they are unknown. ``on_change``
    is called when it is first fetched and when it is complete. ``stored_at`` is loop time.
    """

    extension: str
    call_id: str | None = None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    data: bytes | bytearray = field(default=b"", repr=False)
    fetched_at: datetime | None = None
    failure: str | None = None
    is_held: bool = False
    is_removed: bool = False
    length: float | None = None
    complete: asyncio.Event = field(default_factory=asyncio.Event)
    on_change: Callable[[], None] | None = None
    stored_at: float = field(default_factory=_now)
    _grown: asyncio.Event = field(default_factory=asyncio.Event)
    _stop_reading: set[Callable[[], None]] = field(default_factory=set)

    @property
    def path(self) -> str:
        """The path at which it is fetched."""
        return f"{MEDIA_PATH}/{self.token}.{self.extension}"

    def add(self, chunk: bytes) -> None:
        """Append a chunk."""
        if not isinstance(self.data, bytearray):
            self.data = bytearray(self.data)
        self.data += chunk
        self._wake_readers()

    @property
    def is_broken(self) -> bool:
        """Whether its source failed half-way."""
        return self.failure is not None

    def finish(self, length: float | None = None, *, failure: str | None = None) -> None:
        """Mark it as complete, with its length in seconds."""
        self.length = length
        self.failure = failure
        self.complete.set()
        self._wake_readers()
        self._notify()

    def mark_fetched(self) -> None:
        """Record the first fetch."""
        if self.fetched_at is None:
            self.fetched_at = dt_util.utcnow()
            self._notify()

    def remove(self) -> None:
        """Free it, and end who reads it and who listens to it."""
        self.is_removed = True
        self.data = b""
        self.on_change = None
        self._wake_readers()
        for stop in tuple(self._stop_reading):
            stop()

    @contextmanager
    def reading(self, stop: Callable[[], None]) -> Iterator[None]:
        """Call ``stop`` if it is removed meanwhile."""
        self._stop_reading.add(stop)
        try:
            yield
        finally:
            self._stop_reading.discard(stop)

    async def chunks(
        self, start: int = 0, stop: int | None = None
    ) -> AsyncIterator[bytes | memoryview]:
        """Yield it from ``start`` to ``stop``, or to its end as it grows, in small slices.

        Raises ConnectionResetError at the end of a broken source, and if it is removed.
        """
        while stop is None or start < stop:
            grown, is_complete = self._grown, self.complete.is_set()
            if self.is_removed:
                raise ConnectionResetError
            end = start + _CHUNK if stop is None else min(start + _CHUNK, stop)
            if start < len(self.data):
                end = min(end, len(self.data))
                # A copy as long as it grows: bytes that a slow reader has a view of cannot.
                yield memoryview(self.data)[start:end] if is_complete else self._copy(start, end)
                start = end
            elif is_complete:
                if self.is_broken:
                    raise ConnectionResetError
                return
            else:
                await grown.wait()

    def _copy(self, start: int, end: int) -> bytes:
        with memoryview(self.data) as data:
            return bytes(data[start:end])

    def _wake_readers(self) -> None:
        self._grown.set()
        self._grown = asyncio.Event()

    def _notify(self) -> None:
        if self.on_change is not None:
            self.on_change()


class MediaStore:
    """The stored media of one number: bounded, and kept no longer than its call needs it.

    ``is_over`` answers whether a call is over, ``None`` if that is unknown. ``max_bytes`` and
    ``max_items`` bound what is stored at one time. ``on_fetch`` is told of each fetch: the call,
    the seconds since the item was stored, the method, and the headers.
    """

    def __init__(
        self,
        is_over: Callable[[str], bool | None],
        *,
        on_fetch: FetchListener | None = None,
        max_bytes: int = _MAX_BYTES,
        max_items: int = _MAX_ITEMS,
    ) -> None:
        """Start empty."""
        self.max_bytes = max_bytes
        self.max_items = max_items
        self._is_over = is_over
        self._on_fetch = on_fetch
        self._items: dict[str, StoredMedia] = {}

    def __len__(self) -> int:
        """Return how many items are stored."""
        return len(self._items)

    def __iter__(self) -> Iterator[StoredMedia]:
        """Iterate over what is stored."""
        return iter(self._items.values())

    def add(self, extension: str, data: bytes | bytearray = b"") -> StoredMedia:
        """Store media, which is not copied.

        Raises ActionRefusedError if all room is taken by what calls wait for.
        """
        self.purge()
        self._check_room(len(data))
        return self._add(StoredMedia(extension=extension, data=data))

    def copy(self, item: StoredMedia) -> StoredMedia:
        """Store audio that is complete under one more name; its bytes are shared.

        Raises ActionRefusedError if all room is taken, or if the audio is not stored any more.
        """
        if item.is_removed:
            raise ActionRefusedError("media_not_found")
        copy = self._add(StoredMedia(extension=item.extension, data=item.data))
        copy.finish(item.length)
        return copy

    def extend(self, item: StoredMedia, chunk: bytes) -> None:
        """Append a chunk to an item.

        Raises ActionRefusedError if there is no room for it, or if the item was removed.
        """
        if item.is_removed:
            raise ActionRefusedError("media_not_found")
        self._check_room(len(chunk))
        item.add(chunk)

    def get(self, token: str, extension: str) -> StoredMedia | None:
        """Return the item under a name, ``None`` if there is none or no call needs it."""
        self.purge()
        item = self._items.get(token)
        return item if item is not None and item.extension == extension else None

    def record_fetch(self, item: StoredMedia, method: str, headers: Mapping[str, str]) -> None:
        """Record that an item, or its headers, are fetched."""
        if self._on_fetch is not None:
            self._on_fetch(item.call_id, _now() - item.stored_at, method, headers)

    def remove(self, item: StoredMedia) -> None:
        """Remove an item; who reads it or listens to it ends."""
        self._items.pop(item.token, None)
        item.remove()

    def purge(self) -> None:
        """Remove what no call needs any more."""
        for item in list(self._items.values()):
            if item.is_held:
                continue
            over = None if item.call_id is None else self._is_over(item.call_id)
            if over or (over is None and _now() - item.stored_at > LIFETIME):
                self.remove(item)

    def _add(self, item: StoredMedia) -> StoredMedia:
        self.purge()
        if len(self._items) >= self.max_items:
            raise ActionRefusedError("media_store_full")
        self._items[item.token] = item
        return item

    def _check_room(self, size: int) -> None:
        # Copies share their bytes.
        sizes = {id(item.data): len(item.data) for item in self._items.values()}
        if sum(sizes.values()) + size > self.max_bytes:
            raise ActionRefusedError("media_store_full")
