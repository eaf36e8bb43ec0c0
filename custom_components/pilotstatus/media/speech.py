"""Text-to-speech, which can be fetched while it is still being generated."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
import json
import logging
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from yarl import URL

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import language as language_util

from ..const import CONF_TTS_ENGINE, CONF_TTS_LANGUAGE
from ..errors import ActionRefusedError
from .growing import async_store_growing
from .store import MediaStore, StoredMedia

_LOGGER: Final = logging.getLogger(__name__)

_PREFIX: Final = "media-source://tts/"
#: The parts of the media id that are not options of the engine.
_NOT_OPTIONS: Final = frozenset({"message", "language", "cache"})


class _Voice(NamedTuple):
    """Who speaks: an engine, and a language and a voice of it, ``None`` for its default."""

    engine: str | None
    language: str | None = None
    voice: str | None = None


def speech_id(
    hass: HomeAssistant,
    message: str,
    engine: str | None = None,
    language: str | None = None,
    options: Mapping[str, Any] = MappingProxyType({}),
) -> str:
    """Return the media id of a message that is to be spoken.

    Without an engine it is that of a number's options, else that of the preferred Assist
    pipeline, else Home Assistant's; without a language likewise, else Home Assistant's own.
    Raises ActionRefusedError if there is no such engine or language.
    """
    if "tts" not in hass.config.components:
        raise ActionRefusedError("speech_no_engine")
    from homeassistant.components import tts  # noqa: PLC0415 - only if it is set up
    from homeassistant.components.tts.helper import get_engine_instance  # noqa: PLC0415
    from homeassistant.components.tts.media_source import (  # noqa: PLC0415
        generate_media_source_id,
    )

    default = _default_voice(hass, options)
    voice = default if engine in {None, default.engine} else _Voice(engine)
    resolved = tts.async_resolve_engine(hass, voice.engine)
    found = None if resolved is None else get_engine_instance(hass, resolved)
    if resolved is None or found is None:
        if voice.engine is None:
            raise ActionRefusedError("speech_no_engine")
        raise ActionRefusedError("speech_engine_unknown", engine=voice.engine)
    country, supported = hass.config.country, found.supported_languages
    named = language or (options.get(CONF_TTS_LANGUAGE) if voice is default else None)
    if named is not None and not language_util.matches(named, supported, country):
        raise ActionRefusedError("speech_language", engine=resolved, language=named)
    # What nobody has named for this is no reason not to speak.
    spoken = None
    for one in filter(None, (language or voice.language, hass.config.language)):
        spoken = spoken or next(iter(language_util.matches(one, supported, country)), None)
    chosen = voice.voice if language in {None, voice.language} else None
    for name in dict.fromkeys((chosen, None)):
        with suppress(HomeAssistantError):
            return generate_media_source_id(
                hass, message, resolved, spoken, {tts.ATTR_VOICE: name} if name else None
            )
    raise ActionRefusedError("speech_failed")


def engine_of(speech: str) -> str:
    """Return the engine that speaks a message, by the message's media id."""
    return URL(speech).name


def _default_voice(hass: HomeAssistant, options: Mapping[str, Any]) -> _Voice:
    """Return who speaks if an action does not say."""
    engine, language = options.get(CONF_TTS_ENGINE), options.get(CONF_TTS_LANGUAGE)
    if engine is None and "assist_pipeline" in hass.config.components:
        from homeassistant.components import assist_pipeline  # noqa: PLC0415
        from homeassistant.components.tts import async_resolve_engine  # noqa: PLC0415

        with suppress(assist_pipeline.PipelineNotFound):
            pipeline = assist_pipeline.async_get_pipeline(hass)
            # One that was removed since is no reason not to speak.
            if async_resolve_engine(hass, pipeline.tts_engine) == pipeline.tts_engine:
                is_other = language not in {None, pipeline.tts_language}
                voice = None if is_other else pipeline.tts_voice
                return _Voice(pipeline.tts_engine, language or pipeline.tts_language, voice)
    return _Voice(engine, language)


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
        engine_of(media_id),
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
