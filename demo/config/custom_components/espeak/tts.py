"""The engine: text in, audio out; without espeak-ng always Home Assistant's demo sentence."""

import asyncio
from pathlib import Path
import shutil
from typing import Any, override

from homeassistant import components
from homeassistant.components.tts import TextToSpeechEntity, TtsAudioType
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

_SENTENCE = Path(components.__path__[0], "demo", "tts.mp3")
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

    @override
    async def async_get_tts_audio(
        self,
        message: str,
        language: str,
        options: dict[str, Any],
    ) -> TtsAudioType:
        """Speak a message."""
        if await self.hass.async_add_executor_job(shutil.which, "espeak-ng") is None:
            return "mp3", await self.hass.async_add_executor_job(_SENTENCE.read_bytes)
        speaks = await asyncio.create_subprocess_exec(
            *("espeak-ng", "-v", _VOICES[language], "--stdout", "--", message),
            stdout=asyncio.subprocess.PIPE,
        )
        speech, _ = await speaks.communicate()
        # With what is said as its title: the telephone shows it.
        converts = await asyncio.create_subprocess_exec(
            *("ffmpeg", "-v", "error", "-i", "pipe:0", "-metadata", f"title={message}"),
            *("-f", "mp3", "pipe:1"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        audio, _ = await converts.communicate(speech)
        return "mp3", audio
