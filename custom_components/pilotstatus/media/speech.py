"""Text-to-speech, which can be fetched while it is still being generated."""

from collections.abc import AsyncGenerator
import json
import logging
from typing import Any, Final

from yarl import URL

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..errors import ActionRefusedError
from .growing import async_store_growing
from .store import MediaStore, StoredMedia

_LOGGER: Final = logging.getLogger(__name__)

_PREFIX: Final = "media-source://tts/"
#: The parts of the media id that are not options of the engine.
_NOT_OPTIONS: Final = frozenset({"message", "language", "cache"})


def is_speech(hass: HomeAssistant, media_id: str) -> bool:
    """Whether a media-source id is a message to be spoken."""
    is_message = media_id.startswith(_PREFIX) and "message=" in media_id
    return is_message and "tts" in hass.config.components


async def async_speak(
    hass: HomeAssistant,
    entry: ConfigEntry,
    store: MediaStore,
    media_id: str,
    *,
    max_wait: float,
    max_stall: float,
) -> StoredMedia:
    """Store speech as it is generated; return it when its first bytes are there.

    It is broken if more than ``max_stall`` seconds pass until the next ones. Raises
    ActionRefusedError if none come within ``max_wait`` seconds.
    """
    try:
        return await async_store_growing(
            hass,
            entry,
            store,
            _generate(hass, media_id),
            max_wait=max_wait,
            max_stall=max_stall,
            failure="speech_failed",
        )
    except ActionRefusedError:
        raise
    except Exception as err:  # noqa: BLE001 - an engine may fail in any way of its own
        _LOGGER.debug("Speech failed: %s", type(err).__name__)
        raise ActionRefusedError("speech_failed") from None


async def _generate(hass: HomeAssistant, media_id: str) -> AsyncGenerator[bytes]:
    """Yield a message as mp3, as the engine speaks it."""
    from homeassistant.components import tts  # noqa: PLC0415 - only if it is set up

    url = URL(media_id)
    if "tts_options" in url.query:
        options: dict[str, Any] = json.loads(url.query["tts_options"]) or {}
    else:
        options = {key: value for key, value in url.query.items() if key not in _NOT_OPTIONS}
    stream = tts.async_create_stream(
        hass,
        url.name,
        url.query.get("language"),
        {**options, tts.ATTR_PREFERRED_FORMAT: "mp3"},
    )
    if "cache" in url.query:
        stream.use_file_cache = url.query["cache"] == "true"
    stream.async_set_message(url.query["message"])
    async for chunk in stream.async_stream_result():
        # Of an engine that ends without a word Home Assistant makes one empty chunk.
        if chunk:
            yield chunk
