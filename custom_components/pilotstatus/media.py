"""What may be played: from what a user names to a URL that Pilot Status can fetch."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
import json
import logging
from pathlib import Path, PurePosixPath
from typing import Any, Final

import aiohttp
from yarl import URL

from homeassistant.components import media_source
from homeassistant.components.media_player import async_process_play_media_url
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .address import house_url
from .audio import sound_format
from .const import DOMAIN
from .coordinator import PilotStatusCoordinator
from .hosts import is_private_host
from .issues import NO_EXTERNAL_URL, async_set_issue
from .media_store import StoredMedia
from .refusal import Refusal
from .transcode import async_to_mp3

_LOGGER = logging.getLogger(__name__)

ACCEPTED_EXTENSIONS = (".mp3", ".wav", ".opus")

_MAX_URL: Final = 2048
_MAX_BYTES: Final = 48 * 1024 * 1024
_SPEECH_TIMEOUT: Final = 30
_DOWNLOAD_TIMEOUT: Final = aiohttp.ClientTimeout(total=60, connect=10)
_SPEECH_PREFIX: Final = "media-source://tts/"
_OTHER_EXTENSIONS = frozenset(
    {".aac", ".ac3", ".aif", ".aiff", ".amr", ".ape", ".au", ".caf", ".flac", ".m4a", ".m4b"}
    | {".mid", ".midi", ".mp2", ".oga", ".ogg", ".ra", ".wma", ".m3u", ".m3u8", ".pls"}
    | {".3gp", ".avi", ".flv", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".ogv", ".webm", ".wmv"}
    | {".gif", ".htm", ".html", ".jpeg", ".jpg", ".json", ".pdf", ".png", ".svg", ".txt"}
    | {".webp", ".xml", ".zip"}
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Something that can be played: where, how it is shown, and what is kept of it here."""

    url: str
    shown: str | None
    item: StoredMedia | None = None

    async def length(self) -> float | None:
        """Return its seconds as soon as they are known, ``None`` where they never are."""
        if self.item is None:
            return None
        await self.item.complete.wait()
        return self.item.length


async def async_prepare(coordinator: PilotStatusCoordinator, wanted: str) -> Prepared:
    """Return where Pilot Status can fetch what is wanted: a URL, or a media-source item.

    An item is read, brought into a format that a call plays, and offered from here.
    Raises Refusal.
    """
    wanted = wanted.strip()
    if not media_source.is_media_source_id(wanted):
        url = check_media_url(wanted, allow_private=coordinator.is_private_server)
        return Prepared(url, without_secrets(url))
    base = house_url(coordinator.hass, private_server=coordinator.is_private_server)
    if base is None:
        entry = coordinator.config_entry
        async_set_issue(coordinator.hass, entry, NO_EXTERNAL_URL, present=True)
        raise Refusal("no_external_url")
    if wanted.startswith(_SPEECH_PREFIX) and "tts" in coordinator.hass.config.components:
        item = await _speech(coordinator, wanted)
    else:
        item = await _keep(coordinator, await _read(coordinator.hass, wanted))
    return Prepared(base + item.path, without_secrets(wanted), item)


async def _keep(coordinator: PilotStatusCoordinator, data: bytes) -> StoredMedia:
    """Keep a sound in a format that a call plays."""
    extension = sound_format(data)
    if extension is None:
        data, extension = await async_to_mp3(coordinator.hass, data), "mp3"
    item = coordinator.media.add(extension, data)
    item.finish()
    return item


async def _read(hass: HomeAssistant, wanted: str) -> bytes:
    """Return the bytes of a media-source item."""
    try:
        media = await media_source.async_resolve_media(hass, wanted, None)
    except (HomeAssistantError, ValueError):
        raise Refusal("media_not_found") from None
    # Newer versions tell where a local file is; the others only how to fetch it.
    if (path := getattr(media, "path", None)) is not None:
        return await hass.async_add_executor_job(_read_file, path)
    try:
        url = async_process_play_media_url(hass, media.url)
        session = async_get_clientsession(hass)
        async with session.get(url, timeout=_DOWNLOAD_TIMEOUT) as response:
            if response.status >= 400:  # noqa: PLR2004
                raise Refusal("media_not_found")
            data = bytearray()
            async for chunk in response.content.iter_any():
                data += chunk
                _check_size(len(data))
            return bytes(data)
    except TimeoutError:
        raise Refusal("media_too_large", limit=_limit()) from None
    except (aiohttp.ClientError, HomeAssistantError):
        raise Refusal("media_not_found") from None


def _read_file(path: Path) -> bytes:
    try:
        _check_size(path.stat().st_size)
        return path.read_bytes()
    except OSError:
        raise Refusal("media_not_found") from None


def _limit() -> str:
    return str(_MAX_BYTES // 1024 // 1024)


def _check_size(size: int) -> None:
    if size > _MAX_BYTES:
        raise Refusal("media_too_large", limit=_limit())


async def _speech(coordinator: PilotStatusCoordinator, wanted: str) -> StoredMedia:
    """Keep speech as it is spoken: it can be fetched from its first bytes on."""
    try:
        async with asyncio.timeout(_SPEECH_TIMEOUT):
            chunks = _speak(coordinator.hass, wanted)
            first = await anext(chunks)
    except Exception as err:  # noqa: BLE001 - an engine may fail in any way of its own
        _LOGGER.debug("Speech failed: %s", type(err).__name__)
        raise Refusal("speech_failed") from None
    item = coordinator.media.add("mp3", first)

    async def fill() -> None:
        is_broken = True
        try:
            async for chunk in chunks:
                _check_size(len(item.data) + len(chunk))
                item.add(chunk)
            is_broken = False
        except Exception as err:  # noqa: BLE001 - an engine's failure, as above
            _LOGGER.debug("Speech broke off: %s", type(err).__name__)
        finally:
            item.finish(is_broken=is_broken)

    coordinator.config_entry.async_create_background_task(
        coordinator.hass, fill(), f"{DOMAIN} speech"
    )
    return item


async def _speak(hass: HomeAssistant, wanted: str) -> AsyncGenerator[bytes]:
    """Have an engine speak, as mp3; the bytes come as it speaks."""
    from homeassistant.components import tts  # noqa: PLC0415 - only where it runs
    from homeassistant.components.tts.const import DATA_TTS_MANAGER  # noqa: PLC0415

    url = URL(wanted)
    if "message" not in url.query:
        yield (await tts.async_get_media_source_audio(hass, wanted))[1]
        return
    if "tts_options" in url.query:
        options: dict[str, Any] = json.loads(url.query["tts_options"]) or {}
    else:
        plain = {"message", "language", "cache"}
        options = {key: value for key, value in url.query.items() if key not in plain}
    stream = hass.data[DATA_TTS_MANAGER].async_create_result_stream(
        engine=url.name,
        use_file_cache=url.query["cache"] == "true" if "cache" in url.query else None,
        language=url.query.get("language"),
        options={**options, tts.ATTR_PREFERRED_FORMAT: "mp3"},
    )
    stream.async_set_message(url.query["message"])
    async for chunk in stream.async_stream_result():
        yield chunk


def check_media_url(media_url: str, *, allow_private: bool) -> str:
    """Return the URL as it is sent, once it is sure that Pilot Status could fetch it.

    ``allow_private`` is for a server that is itself on this network. The accepted formats
    are those of the docs page "Play audio into call (web)". Raises Refusal.
    """
    media_url = media_url.strip()
    if len(media_url) > _MAX_URL:
        raise Refusal("media_url_too_long", limit=str(_MAX_URL))
    try:
        url = URL(media_url)
        host = url.host
    except ValueError:
        raise Refusal("media_url_invalid") from None
    if url.scheme not in {"http", "https"} or not host or not media_url.isprintable():
        raise Refusal("media_url_invalid")
    if url.user is not None or url.password is not None:
        raise Refusal("media_url_credentials")
    if not allow_private and is_private_host(host):
        raise Refusal("media_url_private", host=host)
    extension = PurePosixPath(url.path).suffix.lower()
    if extension in _OTHER_EXTENSIONS:
        raise Refusal("media_url_format", extension=extension)
    return media_url


def without_secrets(media_url: str) -> str | None:
    """Return a URL without query, fragment and credentials, to show it.

    ``None`` for text that is not a URL, since nothing is known of what it holds.
    """
    try:
        url = URL(media_url.strip())
        return str(url.with_user(None).with_query(None).with_fragment(None))
    except ValueError:
        return None
