"""Audio that is stored: whole, or while it is still being made, as speech and conversions are."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
import logging

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..const import DOMAIN
from ..errors import ActionRefusedError
from .audio_format import audio_length
from .store import MediaStore, StoredMedia

_LOGGER = logging.getLogger(__name__)


async def async_store_whole(
    hass: HomeAssistant, store: MediaStore, extension: str, data: bytes | bytearray
) -> StoredMedia:
    """Store audio that is complete, with its length.

    Raises ActionRefusedError if there is no room.
    """
    # Nothing is awaited once it is stored: who is cancelled meanwhile leaves nothing behind.
    length = await hass.async_add_executor_job(audio_length, data)
    item = store.add(extension, data)
    item.finish(length)
    return item


async def async_store_growing(
    hass: HomeAssistant,
    entry: ConfigEntry,
    store: MediaStore,
    chunks: AsyncGenerator[bytes],
    *,
    first_bytes: int = 1,
    max_wait: float,
    max_stall: float,
    failure: str,
) -> StoredMedia:
    """Store mp3 as it is made; return it when its first bytes, or all of it, are there.

    It is broken, for the reason that ``failure`` is the translation key of, if it is not made
    to its end, or if more than ``max_stall`` seconds pass until there is more. Raises
    TimeoutError if its first bytes are not there within ``max_wait`` seconds,
    ActionRefusedError if there are none or if there is no room, and whatever making it raises
    until then.
    """
    first, is_whole = bytearray(), False
    try:
        async with asyncio.timeout(max_wait):
            while len(first) < first_bytes and not is_whole:
                chunk = await anext(chunks, b"")
                first += chunk
                is_whole = not chunk
        if not first:
            raise ActionRefusedError(failure)  # noqa: TRY301 - closes what makes it
        if is_whole:
            return await async_store_whole(hass, store, "mp3", first)
        item = store.add("mp3", first)
    except BaseException:
        await chunks.aclose()
        raise
    filling = _fill(hass, store, item, chunks, max_stall, failure)
    entry.async_create_background_task(hass, filling, f"{DOMAIN} media")
    return item


async def _fill(
    hass: HomeAssistant,
    store: MediaStore,
    item: StoredMedia,
    chunks: AsyncGenerator[bytes],
    max_stall: float,
    failure: str,
) -> None:
    """Store the rest."""
    try:
        async with aclosing(chunks):
            while chunk := await asyncio.wait_for(anext(chunks, b""), max_stall):
                store.extend(item, chunk)
        item.finish(await hass.async_add_executor_job(audio_length, item.data))
    except Exception as err:  # noqa: BLE001 - an engine may fail in any way of its own
        _LOGGER.debug("Media broke off: %s", type(err).__name__)
    finally:
        if not item.complete.is_set():
            item.finish(failure=failure)
