"""Speech of any engine of the house, which can be fetched while it is still being spoken."""

import asyncio
from collections.abc import AsyncGenerator
import json
import logging
from typing import Any, Final

from yarl import URL

from homeassistant.core import HomeAssistant

from .const import DOMAIN
from .coordinator import PilotStatusCoordinator
from .media.audio_format import audio_length
from .media_store import StoredMedia
from .refusal import Refusal

_LOGGER = logging.getLogger(__name__)

_PREFIX: Final = "media-source://tts/"
_FIRST_BYTES_TIMEOUT: Final = 30
#: The parts of the id that are not options of the engine.
_PLAIN: Final = frozenset({"message", "language", "cache"})


def is_speech(hass: HomeAssistant, media_id: str) -> bool:
    """Whether a media-source item is a message that is to be spoken."""
    is_message = media_id.startswith(_PREFIX) and "message=" in media_id
    return is_message and "tts" in hass.config.components


async def async_speak(coordinator: PilotStatusCoordinator, media_id: str) -> StoredMedia:
    """Keep speech as it is spoken, from its first bytes on.

    Raises Refusal where none come.
    """
    chunks = _speak(coordinator.hass, media_id)
    try:
        async with asyncio.timeout(_FIRST_BYTES_TIMEOUT):
            item = coordinator.media.add("mp3", await anext(chunks))
    except Refusal:
        raise
    except Exception as err:  # noqa: BLE001 - an engine may fail in any way of its own
        _LOGGER.debug("Speech failed: %s", type(err).__name__)
        raise Refusal("speech_failed") from None
    coordinator.config_entry.async_create_background_task(
        coordinator.hass, _fill(coordinator, item, chunks), f"{DOMAIN} speech"
    )
    return item


async def _fill(
    coordinator: PilotStatusCoordinator, item: StoredMedia, chunks: AsyncGenerator[bytes]
) -> None:
    """Let speech grow to its end."""
    length, is_broken = None, True
    try:
        async for chunk in chunks:
            coordinator.media.extend(item, chunk)
        length = await coordinator.hass.async_add_executor_job(audio_length, item.data)
        is_broken = False
    except Exception as err:  # noqa: BLE001 - an engine's failure, as above
        _LOGGER.debug("Speech broke off: %s", type(err).__name__)
    finally:
        item.finish(length, is_broken=is_broken)
        await chunks.aclose()


async def _speak(hass: HomeAssistant, media_id: str) -> AsyncGenerator[bytes]:
    """Have an engine speak, as mp3; the bytes come as it speaks."""
    from homeassistant.components import tts  # noqa: PLC0415 - only where it runs
    from homeassistant.components.tts.const import DATA_TTS_MANAGER  # noqa: PLC0415

    url = URL(media_id)
    if "tts_options" in url.query:
        options: dict[str, Any] = json.loads(url.query["tts_options"]) or {}
    else:
        options = {key: value for key, value in url.query.items() if key not in _PLAIN}
    stream = hass.data[DATA_TTS_MANAGER].async_create_result_stream(
        engine=url.name,
        use_file_cache=url.query["cache"] == "true" if "cache" in url.query else None,
        language=url.query.get("language"),
        options={**options, tts.ATTR_PREFERRED_FORMAT: "mp3"},
    )
    stream.async_set_message(url.query["message"])
    async for chunk in stream.async_stream_result():
        yield chunk
