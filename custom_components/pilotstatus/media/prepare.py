"""From what a user names to a URL that Pilot Status can fetch."""

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass, replace
import logging
from os import fstat
from pathlib import Path
from typing import IO, Final

import aiohttp

from homeassistant.components import media_source
from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.components.media_player import async_process_play_media_url
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.network import is_hass_url

from ..errors import ActionRefusedError
from ..issues import NO_EXTERNAL_URL, async_set_issue
from ..network import reachable_url
from .audio_format import audio_format, audio_length
from .fetch import RedirectRefusedError, async_read_url
from .growing import async_store_growing, async_store_whole
from .speech import async_speak, is_speech
from .store import MediaStore, StoredMedia
from .transcode import async_stream_mp3, open_unnamed
from .url import check_media_url, is_private_url, without_secrets

_LOGGER: Final = logging.getLogger(__name__)

_MEGABYTE: Final = 1024 * 1024
_SOURCE: Final = "media-source://"
#: Of a conversion, before it is offered: a second at the 96 kbit/s of ``transcode``.
_FIRST_BYTES: Final = 12_000
#: Characters of a media id. Speech has its whole message in it.
_MAX_ID: Final = 64 * 1024


@dataclass(slots=True, kw_only=True)
class MediaContext:
    """What preparing media for one number needs.

    ``is_private_server`` is whether Pilot Status is itself on this network, and so reaches
    what is on it. ``max_megabytes`` bounds what is read. The timeouts are in seconds: for
    finding and for reading media, for the first second of a conversion, for the first bytes of
    speech, and for the next ones of both.
    """

    hass: HomeAssistant
    entry: ConfigEntry
    store: MediaStore
    is_private_server: bool
    max_megabytes: int = 48
    read_timeout: float = 60
    convert_timeout: float = 120
    speech_timeout: float = 30
    stall_timeout: float = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedMedia:
    """Media that can be played: its URL, how it is shown, and what is stored of it here.

    ``known_length`` is the seconds of media that is not stored here, if they were learned.
    """

    url: str
    shown: str | None
    stored: StoredMedia | None = None
    known_length: float | None = None

    @property
    def length(self) -> float | None:
        """Its seconds, ``None`` while they are unknown."""
        return self.known_length if self.stored is None else self.stored.length


async def async_prepare(context: MediaContext, wanted: str) -> PreparedMedia:
    """Return media that Pilot Status can fetch, for a media id or URL.

    A public URL is passed on as it is. A media-source item, and what only Home Assistant can
    fetch from itself, is read, converted if a call does not play its format, and stored.
    Raises ActionRefusedError.
    """
    wanted = wanted.strip()
    hass = context.hass
    if not wanted.startswith(_SOURCE) and not _is_internal(hass, wanted):
        url = check_media_url(wanted, allow_private=context.is_private_server)
        return PreparedMedia(url=url, shown=without_secrets(url))
    if len(wanted) > _MAX_ID:
        raise ActionRefusedError("media_url_too_long", limit=str(_MAX_ID))
    base = reachable_url(hass, is_private_server=context.is_private_server)
    if base is None:
        async_set_issue(hass, context.entry, NO_EXTERNAL_URL, present=True)
        raise ActionRefusedError("no_external_url")
    if is_speech(hass, wanted):
        item = await async_speak(
            hass,
            context.entry,
            context.store,
            wanted,
            max_wait=context.speech_timeout,
            max_stall=context.stall_timeout,
        )
    else:
        item = await _store(context, await _read(context, wanted))
    return PreparedMedia(url=base + item.path, shown=without_secrets(wanted), stored=item)


async def async_learn_length(context: MediaContext, media: PreparedMedia) -> PreparedMedia:
    """Return media with its length; of audio on the internet that takes reading it once.

    Media that still grows is returned as it is: its length is known in the end. Raises
    ActionRefusedError if the length cannot be learned.
    """
    stored = media.stored
    if media.length is not None or (stored is not None and not stored.complete.is_set()):
        return media
    length = None
    if stored is None:
        try:
            data = await _fetch(context, media.url)
        except TimeoutError:
            raise _too_large(context) from None
        except (aiohttp.ClientError, OSError, RedirectRefusedError, ValueError):
            raise ActionRefusedError("media_not_found") from None
        length = await context.hass.async_add_executor_job(audio_length, data)
    if length is None:
        raise ActionRefusedError("media_length_unknown")
    return replace(media, known_length=length)


async def async_complete(context: MediaContext, media: PreparedMedia) -> PreparedMedia:
    """Return media once all of it is here and its length is known.

    Raises ActionRefusedError if it is not made to its end, or if its length cannot be learned.
    """
    if media.stored is not None:
        try:
            async with asyncio.timeout(context.convert_timeout):
                await media.stored.complete.wait()
        except TimeoutError:
            raise ActionRefusedError("media_too_long") from None
        if media.stored.failure is not None:
            raise ActionRefusedError(media.stored.failure)
    return await async_learn_length(context, media)


def copy_of(context: MediaContext, media: PreparedMedia) -> PreparedMedia:
    """Return the same media, which is complete, for one more play: each has a name of its own.

    So it is known of each when it was fetched. Raises ActionRefusedError if there is no room.
    """
    if media.stored is None:
        return media
    copy = context.store.copy(media.stored)
    base = media.url.removesuffix(media.stored.path)
    return replace(media, url=base + copy.path, stored=copy)


def _is_internal(hass: HomeAssistant, wanted: str) -> bool:
    """Whether it is a path of Home Assistant, or a URL that only this network reaches."""
    if wanted.startswith("/") and not wanted.startswith("//"):
        return True
    try:
        return is_private_url(wanted) and is_hass_url(hass, wanted)
    except ValueError:
        return False


async def _store(context: MediaContext, media: bytes | bytearray | IO[bytes]) -> StoredMedia:
    """Store audio, converted if it is not in a format that a call plays."""
    hass = context.hass
    if isinstance(media, bytes | bytearray):
        extension = audio_format(media)
        if extension is not None:
            return await async_store_whole(hass, context.store, extension, media)
        media = await hass.async_add_executor_job(open_unnamed, media)
    try:
        return await async_store_growing(
            hass,
            context.entry,
            context.store,
            async_stream_mp3(get_ffmpeg_manager(hass).binary, media),
            first_bytes=_FIRST_BYTES,
            max_wait=context.convert_timeout,
            max_stall=context.stall_timeout,
            failure="media_cut_short",
        )
    except TimeoutError:
        raise ActionRefusedError("media_too_long") from None


async def _read(context: MediaContext, wanted: str) -> bytes | bytearray | IO[bytes]:
    """Return the bytes of a media-source item, or of a URL of Home Assistant.

    Of a file in a format that a call does not play, return the open file.
    """
    try:
        async with asyncio.timeout(context.read_timeout):
            path, url = await _resolve(context.hass, wanted)
        if path is not None:
            return await context.hass.async_add_executor_job(_read_file, context, path)
        return await _fetch(context, url)
    except TimeoutError:
        raise _too_large(context) from None
    except (aiohttp.ClientError, OSError, RedirectRefusedError, ValueError):
        raise ActionRefusedError("media_not_found") from None


async def _resolve(hass: HomeAssistant, wanted: str) -> tuple[Path | None, str]:
    """Return the file of a media-source item, and the URL of it or of Home Assistant."""
    path, url = None, wanted
    try:
        if wanted.startswith(_SOURCE):
            media = await media_source.async_resolve_media(hass, wanted, None)
            # Newer versions say where a local file is; the others only how to fetch it.
            path, url = getattr(media, "path", None), media.url
        return path, async_process_play_media_url(hass, url) if path is None else url
    except Exception as err:  # noqa: BLE001 - a source may fail in any way of its own
        _LOGGER.debug("Media was not found: %s", type(err).__name__)
        raise ActionRefusedError("media_not_found") from None


async def _fetch(context: MediaContext, url: str) -> bytearray:
    data = await async_read_url(
        async_get_clientsession(context.hass),
        url,
        max_bytes=context.max_megabytes * _MEGABYTE,
        max_wait=context.read_timeout,
        is_own=is_hass_url(context.hass, url),
    )
    if data is None:
        raise _too_large(context)
    return data


def _read_file(context: MediaContext, path: Path) -> bytes | IO[bytes]:
    # Of a pipe or a device there may be no end.
    if not path.is_file():
        raise ActionRefusedError("media_not_found")
    with ExitStack() as stack:
        file = stack.enter_context(path.open("rb"))
        if fstat(file.fileno()).st_size > context.max_megabytes * _MEGABYTE:
            raise _too_large(context)
        data = file.read()
        if audio_format(data) is not None:
            return data
        file.seek(0)
        # What is to be converted is read from the file itself.
        stack.pop_all()
        return file


def _too_large(context: MediaContext) -> ActionRefusedError:
    return ActionRefusedError("media_too_large", limit=str(context.max_megabytes))
