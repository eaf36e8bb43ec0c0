"""Three short sounds of our own making, one in each format that a call plays."""

from array import array
from pathlib import Path
import shutil
from statistics import correlation
import subprocess

from homeassistant import components

SAMPLE_RATE = 48_000

#: File name and ffmpeg's expression of the wave, over the time t in seconds.
_SOUNDS = {
    "doorbell.mp3": "0.5*exp(-3*t)*sin(2*PI*659*t)+0.5*gte(t,0.5)*exp(-3*(t-0.5))*sin(2*PI*523*t)",
    "alarm.wav": "0.4*sin(2*PI*(700+200*sin(2*PI*4*t))*t)",
    "chime.opus": "0.4*exp(-2*t)*(sin(2*PI*523*t)+sin(2*PI*659*t)+sin(2*PI*784*t))/1.5",
}


def make_sounds(folder: Path) -> None:
    """Write the sounds, each 1.5 s long, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, wave in _SOUNDS.items():
        source = f"aevalsrc='{wave}':s={SAMPLE_RATE}:d=1.5"
        _ffmpeg("-f", "lavfi", "-i", source, "-y", str(folder / name))


def make_flac(folder: Path, source: Path) -> None:
    """Write a sound in a format that no call plays, for Home Assistant's media folder."""
    folder.mkdir(parents=True, exist_ok=True)
    _ffmpeg("-i", str(source), "-y", str(folder / "chime.flac"))


def speak(message: str, folder: Path) -> Path:
    """Return where to find what the demo's engine says, written into a folder where need be."""
    if shutil.which("espeak-ng") is None:
        return Path(components.__path__[0], "demo", "tts.mp3")
    path = folder / "speech.wav"
    command = ["espeak-ng", "-v", "pt-br", "-w", str(path), "--", message]
    subprocess.run(command, check=True)  # noqa: S603
    return path


def likeness(one: bytes, other: bytes) -> float:
    """Return how alike two sounds are, from -1 to 1: 1 is the same course of loudness.

    What was converted on the way is not the same sample by sample; words are told by when
    they are loud and when they are not. A shift of up to 0.2 s does not count.
    """
    first, second = _loudness(one), _loudness(other)
    best = -1.0
    for shift in range(-40, 41):
        a, b = first[max(shift, 0) :], second[max(-shift, 0) :]
        length = min(len(a), len(b))
        if length > 1 and length > 0.8 * max(len(first), len(second)):
            best = max(best, correlation(a[:length], b[:length]))
    return best


def _loudness(samples: bytes) -> list[float]:
    """Return the mean size of the samples over 20 ms, every 5 ms."""
    values = array("h", samples)
    size = SAMPLE_RATE // 50
    return [
        sum(map(abs, values[start : start + size])) / size
        for start in range(0, len(values) - size, size // 4)
    ]


def decode(path: Path) -> bytes:
    """Return a sound file as 48 kHz mono samples of 16 bit."""
    return _ffmpeg("-i", str(path), "-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "1", "pipe:1")


def _ffmpeg(*arguments: str) -> bytes:
    command = ["ffmpeg", "-v", "error", *arguments]
    return subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603
