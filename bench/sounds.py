"""Audio to be played: files in the media folder, and speech that comes slowly."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, override

from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.components.tts import TextToSpeechEntity, TTSAudioRequest
from homeassistant.components.tts.const import DATA_COMPONENT
from homeassistant.components.tts.entity import TTSAudioResponse
from homeassistant.core import HomeAssistant

from .bench import Bench

_SPEECH_SECONDS: Final = 2.0
_CHUNKS: Final = 20
#: Bytes of a second of 16 bits in stereo at 44.1 kHz.
_RATE: Final = 44100 * 4


@dataclass(frozen=True, slots=True)
class Sound:
    """What is played: its media id, and how often.

    None is for what takes many seconds: it has one turn, in which everything is measured.
    """

    media: str
    rounds: int = 3


async def sounds(bench: Bench) -> Mapping[str, Sound]:
    """Return what there is to play, by name."""
    is_short = bench.effort.is_short
    minutes, megabytes = (0.1, 4) if is_short else (20, 47)
    await _add_engine(bench.hass)
    return {
        "wav, 1 MB": Sound(await make_wav(bench.hass, 1_000_000)),
        "m4a, 30 s": Sound(await make(bench.hass, "short.m4a", 30)),
        f"flac, {minutes} min": Sound(await make(bench.hass, "long.flac", minutes * 60), rounds=0),
        f"wav, {megabytes} MiB": Sound(await make_wav(bench.hass, megabytes * 2**20)),
        "speech that takes 2 s": Sound(
            "media-source://tts/tts.slow?message=x&cache=false", rounds=1
        ),
    }


def folder(hass: HomeAssistant) -> Path:
    """Return the media folder."""
    return Path(hass.config.media_dirs["local"])


async def make_wav(hass: HomeAssistant, size: int) -> str:
    """Make a WAV of so many bytes of samples; return its media id."""
    return await make(hass, f"{size}.wav", size / _RATE)


async def make(hass: HomeAssistant, name: str, seconds: float) -> str:
    """Make a file of so many seconds; return its media id.

    It is noise, so low that 20 minutes of FLAC are no more than may be played.
    """
    source = f"anoisesrc=color=brown:amplitude=0.004:sample_rate=44100:duration={seconds}"
    process = await asyncio.create_subprocess_exec(
        *(get_ffmpeg_manager(hass).binary, "-v", "error", "-y", "-f", "lavfi", "-i"),
        *(f"{source},aformat=sample_fmts=s16:channel_layouts=stereo", str(folder(hass) / name)),
    )
    if await process.wait():
        raise RuntimeError(f"FFmpeg could not make {name}")
    return f"media-source://media_source/local/{name}"


class _SlowEngine(TextToSpeechEntity):
    """Speaks the same words always: the first at once, the last after some seconds."""

    _attr_default_language = "en"
    _attr_supported_languages = ["en"]  # noqa: RUF012 - as Home Assistant declares it
    _attr_name = "Slow"

    def __init__(self, speech: bytes) -> None:
        """Speak this MP3."""
        self._speech = speech

    @override
    async def async_stream_tts_audio(self, request: TTSAudioRequest) -> TTSAudioResponse:
        """Return the speech as a stream."""
        return TTSAudioResponse("mp3", self._chunks())

    async def _chunks(self) -> AsyncGenerator[bytes]:
        size = len(self._speech) // _CHUNKS + 1
        for start in range(0, len(self._speech), size):
            yield self._speech[start : start + size]
            await asyncio.sleep(_SPEECH_SECONDS / _CHUNKS)


async def _add_engine(hass: HomeAssistant) -> None:
    await make(hass, "speech.mp3", 20)
    speech = await hass.async_add_executor_job((folder(hass) / "speech.mp3").read_bytes)
    await hass.data[DATA_COMPONENT].async_add_entities([_SlowEngine(speech)])
