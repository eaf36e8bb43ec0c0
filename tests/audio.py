"""Write audio files with FFmpeg, and read them as the simulator does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
import subprocess
from typing import NamedTuple

from aiohttp import web
from aiohttp.test_utils import TestServer

from simulator.audio import BYTES_PER_SECOND, read_samples as samples_of

__all__ = ["BYTES_PER_SECOND", "ENCODERS", "Sound", "make_audio", "samples_of", "serve_file"]

ENCODERS = {
    "wav": ["-c:a", "pcm_s16le"],
    "mp3": ["-c:a", "libmp3lame"],
    "cbr.mp3": ["-c:a", "libmp3lame", "-b:a", "64k", "-write_xing", "0", "-id3v2_version", "0"],
    "vbr.mp3": ["-c:a", "libmp3lame", "-q:a", "0", "-write_xing", "0"],
    "low.mp3": ["-c:a", "libmp3lame", "-ar", "16000", "-write_xing", "0"],
    "opus": ["-c:a", "libopus"],
    "flac": ["-c:a", "flac"],
    "ogg": ["-c:a", "libvorbis"],
    "m4a": ["-c:a", "aac"],
}


class Sound(NamedTuple):
    """Audio of 0.4 s: its media id, its URL elsewhere, and its samples."""

    media: str
    url: str
    samples: bytes


def make_audio(folder: Path, name: str, seconds: float) -> Path:
    """Write a tone that swells, in the format that the name ends with; return its path."""
    path = folder / f"tone.{name}"
    tone = f"aevalsrc=t/{seconds}*sin(440*2*PI*t):d={seconds}"
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", tone, *ENCODERS[name], str(path)]
    subprocess.run(command, check=True)
    return path


@asynccontextmanager
async def serve_file(file: Path, name: str) -> AsyncIterator[str]:
    """Serve a file under a name until the context ends; yields its URL."""

    async def send(_: web.Request) -> web.FileResponse:
        return web.FileResponse(file)

    app = web.Application()
    app.router.add_get(f"/{name}", send)
    async with TestServer(app) as server:
        yield str(server.make_url(f"/{name}"))
