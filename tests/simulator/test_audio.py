"""Media URLs are fetched as by a stranger, and only the documented formats decode."""

import io
from pathlib import Path
import subprocess
import wave

import pytest

from simulator.audio import MediaError, check_public, decode, fetch, read_wav, write_wav
from tests.audio import samples_of


async def test_media_of_the_allowed_size_is_fetched(media: str, audio_files: Path) -> None:
    size = (audio_files / "tone.mp3").stat().st_size
    audio = await fetch(f"{media}/tone.mp3", max_bytes=size)
    assert audio.samples == samples_of(audio_files / "tone.mp3")
    with pytest.raises(MediaError, match="too large"):
        await fetch(f"{media}/tone.mp3", max_bytes=size - 1)


def test_the_title_of_a_file_is_read_up_to_a_length(tmp_path: Path, audio_files: Path) -> None:
    path = tmp_path / "long.mp3"
    command = ["ffmpeg", "-v", "error", "-i", str(audio_files / "tone.wav")]
    subprocess.run([*command, "-metadata", f"title={'x' * 501}", str(path)], check=True)
    assert decode(path.read_bytes()).title == "x" * 500
    assert decode((audio_files / "titled.mp3").read_bytes()).title == "Olá, Ana."
    assert decode((audio_files / "tone.wav").read_bytes()).title is None


async def test_media_that_cannot_be_fetched_says_why(media: str) -> None:
    with pytest.raises(MediaError, match="HTTP 404"):
        await fetch(f"{media}/missing.mp3")
    with pytest.raises(MediaError, match="not fetched"):
        await fetch("http://127.0.0.1:1/tone.mp3")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "neither"),
        (b"text", "neither"),
        (b"fLaC", "neither"),
        (b"OggS\0\0vorbis", "neither"),
        (b"ID3 and no more", "not decodable"),
        (b"RIFF\0\0\0\0WAVE", "not decodable"),
    ],
)
def test_other_data_does_not_decode(data: bytes, why: str) -> None:
    with pytest.raises(MediaError, match=why):
        decode(data)


@pytest.mark.parametrize(
    "url",
    [
        "http://192.168.0.9/a.mp3",
        "http://127.0.0.1/a.mp3",
        "http://[::1]/a.mp3",
        "http://homeassistant/a.mp3",
        "http://homeassistant.local/a.mp3",
        "a.mp3",
    ],
)
def test_a_private_address_is_not_reached(url: str) -> None:
    with pytest.raises(MediaError, match="private"):
        check_public(url)


@pytest.mark.parametrize("url", ["https://cdn.example.com/a.mp3", "http://8.8.8.8/a.mp3"])
def test_a_public_address_is_reached(url: str) -> None:
    check_public(url)


@pytest.mark.parametrize(
    ("rate", "channels", "width"), [(44100, 1, 2), (48000, 2, 2), (48000, 1, 1)]
)
def test_only_a_recording_of_the_simulator_is_read(rate: int, channels: int, width: int) -> None:
    samples = b"\1\2\3\4"
    assert read_wav(write_wav(samples)) == samples
    target = io.BytesIO()
    with wave.open(target, "wb") as wav:
        wav.setframerate(rate)
        wav.setnchannels(channels)
        wav.setsampwidth(width)
        wav.writeframes(samples)
    with pytest.raises(ValueError, match="48 kHz"):
        read_wav(target.getvalue())
