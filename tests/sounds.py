"""Sounds of the tests, written and decoded by ffmpeg."""

import io
from pathlib import Path
import subprocess
import wave

BYTES_PER_SECOND = 48_000 * 2
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


def make_sound(folder: Path, name: str, seconds: float) -> Path:
    """Write a tone that swells, in the format that the end of the name says."""
    path = folder / f"tone.{name}"
    tone = f"aevalsrc=t/{seconds}*sin(440*2*PI*t):d={seconds}"
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", tone, *ENCODERS[name], str(path)]
    subprocess.run(command, check=True)
    return path


def samples_of(path: Path) -> bytes:
    """Return a file's samples: 48 kHz, mono, 16 bit, as the simulator decodes them."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "s16le", "-ar", "48000", "-ac", "1"]
    return subprocess.run([*command, "pipe:1"], check=True, capture_output=True).stdout


def samples_in(recording: bytes) -> bytes:
    """Return the samples of a WAV that a call heard."""
    with wave.open(io.BytesIO(recording)) as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (48000, 1, 2)
        return wav.readframes(wav.getnframes())
