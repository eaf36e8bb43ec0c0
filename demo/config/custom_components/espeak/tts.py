"""The engine: text in, wav out."""

import asyncio
from typing import Any

from homeassistant.components.tts import TextToSpeechEntity, TtsAudioType
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

_VOICES = {"pt-BR": "pt-br", "en": "en"}


async def async_setup_entry(
    _hass: HomeAssistant, entry: ConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the engine."""
    async_add_entities([EspeakEntity(entry)])


class EspeakEntity(TextToSpeechEntity):
    """Speaks Portuguese and English."""

    _attr_default_language = "pt-BR"
    _attr_name = "eSpeak"

    def __init__(self, entry: ConfigEntry) -> None:
        """Belong to the entry."""
        self._attr_unique_id = entry.entry_id
        self._attr_supported_languages = list(_VOICES)

    async def async_get_tts_audio(
        self,
        message: str,
        language: str,
        options: dict[str, Any],  # noqa: ARG002 - Home Assistant's signature
    ) -> TtsAudioType:
        """Speak a message."""
        process = await asyncio.create_subprocess_exec(
            *("espeak-ng", "-v", _VOICES[language], "--stdout", "--", message),
            stdout=asyncio.subprocess.PIPE,
        )
        audio, _ = await process.communicate()
        return "wav", audio
