"""Servers that the simulator speaks to: a receiver of webhooks, and one of media."""

from collections.abc import AsyncIterator
from pathlib import Path
import subprocess

from aiohttp import web
import pytest

from tests.audio import make_audio

from .receiver import Receiver, serve

SECONDS = 0.4


@pytest.fixture
async def receiver(socket_enabled: None) -> AsyncIterator[Receiver]:
    """Return a running receiver."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.receive)
    async with serve(app) as url:
        receiver.url = f"{url}/hook"
        yield receiver


@pytest.fixture(scope="session")
def audio_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a tone in each format, and a file that is no audio."""
    folder = tmp_path_factory.mktemp("audio")
    for name in ("mp3", "wav", "opus", "flac"):
        make_audio(folder, name, SECONDS)
    command = ["ffmpeg", "-v", "error", "-y", "-i", str(folder / "tone.wav")]
    command += ["-metadata", "title=Olá, Ana.", str(folder / "titled.mp3")]
    subprocess.run(command, check=True)
    (folder / "text.mp3").write_text("not audio")
    return folder


@pytest.fixture
async def media(audio_files: Path, socket_enabled: None) -> AsyncIterator[str]:
    """Serve the audio files; yields the address."""
    app = web.Application()
    app.router.add_static("/", audio_files)
    async with serve(app) as url:
        yield url
