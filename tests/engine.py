"""A text-to-speech engine that streams an audio file, and fails on request."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any, override

from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    MockPlatform,
    mock_config_flow,
    mock_integration,
    mock_platform,
)

from homeassistant.components.tts import TextToSpeechEntity, TTSAudioRequest
from homeassistant.components.tts.entity import TTSAudioResponse
from homeassistant.config_entries import ConfigFlow
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

SPEECH = "media-source://tts/tts.test_engine?message=Ol%C3%A1&language=pt-BR&cache=false"


class Engine(TextToSpeechEntity):
    """Streams an audio file in two halves.

    ``fails`` is when it raises: ``before`` the first half, ``between`` the halves, or ``None`` for
    never. The second half waits until ``goes_on`` is set. ``messages`` is what it was to speak.
    """

    _attr_default_language = "pt-BR"
    _attr_supported_languages = ["pt-BR"]  # noqa: RUF012
    _attr_name = "Test engine"
    _attr_unique_id = "engine"

    def __init__(self, file: Path) -> None:
        """Use a file for whatever is to be spoken."""
        self.file = file
        self.messages: list[str] = []
        self.fails: str | None = None
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    @override
    async def async_stream_tts_audio(self, request: TTSAudioRequest) -> TTSAudioResponse:
        """Return the file as a stream. Raises HomeAssistantError."""
        self.messages.append("".join([it async for it in request.message_gen]))
        if self.fails == "before":
            raise HomeAssistantError("The engine has no voice")
        return TTSAudioResponse("mp3", self._halves())

    async def _halves(self) -> AsyncGenerator[bytes]:
        data = self.file.read_bytes()
        yield data[: len(data) // 2]
        await self.goes_on.wait()
        if self.fails == "between":
            raise HomeAssistantError("The engine lost its voice")
        yield data[len(data) // 2 :]


async def set_up_engine(hass: HomeAssistant, *engines: Engine) -> None:
    """Set up an engine as ``tts.test_engine``, and others by their names."""

    async def setup_entry(hass: HomeAssistant, entry: Any) -> bool:
        await hass.config_entries.async_forward_entry_setups(entry, ["tts"])
        return True

    async def unload_entry(hass: HomeAssistant, entry: Any) -> bool:
        return await hass.config_entries.async_unload_platforms(entry, ["tts"])

    async def setup_platform(_hass: Any, _entry: Any, add: Callable[..., None]) -> None:
        add(list(engines))

    module = MockModule("test", async_setup_entry=setup_entry, async_unload_entry=unload_entry)
    mock_integration(hass, module)
    mock_platform(hass, "test.tts", MockPlatform(async_setup_entry=setup_platform))
    mock_platform(hass, "test.config_flow", None)
    entry = MockConfigEntry(domain="test")
    entry.add_to_hass(hass)
    with mock_config_flow("test", ConfigFlow):
        assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
