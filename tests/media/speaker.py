"""A text-to-speech engine that records what it is asked for."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any, override

from homeassistant.components.tts import ATTR_PREFERRED_FORMAT, TTSAudioRequest
from homeassistant.components.tts.entity import TTSAudioResponse
from tests.engine import Engine


class Speaker(Engine):
    """Records what it was asked for, and waits for ``begins``; ``mute`` is one more failure.

    ``parts`` takes the place of the halves of the file.
    """

    _attr_supported_languages = ["pt-BR", "en-US"]  # noqa: RUF012
    _attr_supported_options = ["voice", "speed", ATTR_PREFERRED_FORMAT]  # noqa: RUF012

    def __init__(self, file: Path) -> None:
        """Speak the audio of a file."""
        super().__init__(file)
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.parts: Callable[[], AsyncGenerator[bytes]] | None = None
        self.begins = asyncio.Event()
        self.begins.set()

    @override
    async def async_stream_tts_audio(self, request: TTSAudioRequest) -> TTSAudioResponse:
        """Speak."""
        message = "".join([part async for part in request.message_gen])
        self.asked.append((message, request.language, request.options))
        await self.begins.wait()
        if self.fails == "mute":
            return TTSAudioResponse("mp3", _nothing())
        if self.parts is not None:
            return TTSAudioResponse("mp3", self.parts())
        return await super().async_stream_tts_audio(request)


async def _nothing() -> AsyncGenerator[bytes]:
    chunks: tuple[bytes, ...] = ()
    for chunk in chunks:
        yield chunk
