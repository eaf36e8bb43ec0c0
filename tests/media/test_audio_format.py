"""Format and length are read from the bytes, as ffmpeg wrote them."""

from pathlib import Path

import pytest

from custom_components.pilotstatus.media.audio_format import audio_format, audio_length
from tests.sounds import make_sound

SECONDS = 2.5


@pytest.mark.parametrize("name", ["wav", "mp3", "cbr.mp3", "vbr.mp3", "low.mp3", "opus"])
def test_what_a_call_plays(tmp_path: Path, name: str) -> None:
    """Its format is seen, and its length is right to a tenth of a second."""
    data = make_sound(tmp_path, name, SECONDS).read_bytes()
    assert audio_format(data) == name.rpartition(".")[2]
    assert audio_length(data) == pytest.approx(SECONDS, abs=0.1)


@pytest.mark.parametrize("name", ["flac", "ogg", "m4a"])
def test_what_a_call_does_not_play(tmp_path: Path, name: str) -> None:
    """It is told from what a call plays."""
    data = make_sound(tmp_path, name, SECONDS).read_bytes()
    assert audio_format(data) is None
    assert audio_length(data) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RIFF",
        b"RIFF\x00\x00\x00\x00WAVE",
        b"RIFF\x00\x00\x00\x00WAVEdata\x04\x00\x00\x00abcd",
        b"ID3\x04\x00\x00\x00\x00\x00\x00",
        b"OggS" + b"\x00" * 24 + b"OpusHead",
        b"\xff\xfb",
        b"\xff\xf1\x50\x80",
        b"\xff\xfb\xf0\x00",
        b"plain text",
    ],
)
def test_what_breaks_off(data: bytes) -> None:
    """Nothing is made up of it, and nothing raises."""
    assert audio_length(data) is None
