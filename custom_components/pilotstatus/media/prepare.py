"""What may be played: from what a user names to a URL that Pilot Status can fetch."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
from yarl import URL

from homeassistant.components import media_source
from homeassistant.components.media_player import async_process_play_media_url
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.network import is_hass_url

from ..address import house_url
from ..coordinator import PilotStatusCoordinator
from ..hosts import is_private_host
from ..issues import NO_EXTERNAL_URL, async_set_issue
from ..media_store import StoredMedia
from ..media_url import check_media_url, without_secrets
from ..refusal import Refusal
from ..speech import async_speak, is_speech
from ..transcode import async_to_mp3
from .audio_format import audio_format, audio_length

_MAX_MEGABYTES: Final = 48
_DOWNLOAD_TIMEOUT: Final = aiohttp.ClientTimeout(total=60, connect=10)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Something that can be played: where, how it is shown, and what is kept of it here."""

    url: str
    shown: str | None
    item: StoredMedia | None = None


async def async_prepare(coordinator: PilotStatusCoordinator, wanted: str) -> Prepared:
    """Return where Pilot Status can fetch what is wanted.

    A public URL is good as it is. A media-source item, and what only this house can fetch
    from itself, is read, brought into a format that a call plays, and offered from here.
    Raises Refusal.
    """
    wanted = wanted.strip()
    hass, is_private_server = coordinator.hass, coordinator.is_private_server
    if not media_source.is_media_source_id(wanted) and not _is_of_this_house(hass, wanted):
        url = check_media_url(wanted, allow_private=is_private_server)
        return Prepared(url, without_secrets(url))
    base = house_url(hass, private_server=is_private_server)
    if base is None:
        async_set_issue(hass, coordinator.config_entry, NO_EXTERNAL_URL, present=True)
        raise Refusal("no_external_url")
    if is_speech(hass, wanted):
        item = await async_speak(coordinator, wanted)
    else:
        item = await _keep(coordinator, await _read(hass, wanted))
    return Prepared(base + item.path, without_secrets(wanted), item)


def _is_of_this_house(hass: HomeAssistant, wanted: str) -> bool:
    """Whether it is a path of Home Assistant, or its internal address."""
    if wanted.startswith("/"):
        return True
    try:
        return is_hass_url(hass, wanted) and is_private_host(URL(wanted).host or "")
    except ValueError:
        return False


async def _keep(coordinator: PilotStatusCoordinator, data: bytes) -> StoredMedia:
    """Keep a sound in a format that a call plays."""
    extension = audio_format(data)
    if extension is None:
        data, extension = await async_to_mp3(coordinator.hass, data), "mp3"
    length = await coordinator.hass.async_add_executor_job(audio_length, data)
    item = coordinator.media.add(extension, data)
    item.finish(length)
    return item


async def _read(hass: HomeAssistant, wanted: str) -> bytes:
    """Return the bytes of a media-source item, or of a URL of this house."""
    path, url = None, wanted
    if media_source.is_media_source_id(wanted):
        try:
            media = await media_source.async_resolve_media(hass, wanted, None)
        except (HomeAssistantError, ValueError):
            raise Refusal("media_not_found") from None
        # Newer versions tell where a local file is; the others only how to fetch it.
        path, url = getattr(media, "path", None), media.url
    if path is not None:
        return await hass.async_add_executor_job(_read_file, path)
    try:
        return await _fetch(hass, async_process_play_media_url(hass, url))
    except TimeoutError:
        raise _too_large() from None
    except (aiohttp.ClientError, HomeAssistantError, ValueError):
        raise Refusal("media_not_found") from None


async def _fetch(hass: HomeAssistant, url: str) -> bytes:
    session = async_get_clientsession(hass)
    async with session.get(url, timeout=_DOWNLOAD_TIMEOUT) as response:
        response.raise_for_status()
        data = bytearray()
        async for chunk in response.content.iter_any():
            data += chunk
            _check_size(len(data))
        return bytes(data)


def _read_file(path: Path) -> bytes:
    try:
        _check_size(path.stat().st_size)
        return path.read_bytes()
    except OSError:
        raise Refusal("media_not_found") from None


def _check_size(size: int) -> None:
    if size > _MAX_MEGABYTES * 1024 * 1024:
        raise _too_large()


def _too_large() -> Refusal:
    return Refusal("media_too_large", limit=str(_MAX_MEGABYTES))
