"""The demo's own audio files, one in each format that a call plays, and its speech."""

from array import array
from pathlib import Path
import shutil
from statistics import correlation
import subprocess

from homeassistant import components
from simulator.audio import SAMPLE_RATE

#: File name, title, and ffmpeg's expression of the wave over the time t in seconds.
_FILES = {
    "doorbell.mp3": (
        "♪ Ding-dong",
        "0.5*exp(-3*t)*sin(2*PI*659*t)+0.5*gte(t,0.5)*exp(-3*(t-0.5))*sin(2*PI*523*t)",
    ),
    "alarm.wav": ("♪ Alarm", "0.4*sin(2*PI*(700+200*sin(2*PI*4*t))*t)"),
    "chime.opus": (
        "♪ Chime",
        "0.4*exp(-2*t)*(sin(2*PI*523*t)+sin(2*PI*659*t)+sin(2*PI*784*t))/1.5",
    ),
}


def make_files(folder: Path) -> None:
    """Write the files, each 1.5 s long, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (title, wave) in _FILES.items():
        source = f"aevalsrc='{wave}':s={SAMPLE_RATE}:d=1.5"
        tag = f"title={title}"
        _ffmpeg("-f", "lavfi", "-i", source, "-metadata", tag, "-y", str(folder / name))


def make_flac(folder: Path, source: Path) -> None:
    """Write a file in a format that no call plays, for Home Assistant's media folder."""
    folder.mkdir(parents=True, exist_ok=True)
    _ffmpeg("-i", str(source), "-y", str(folder / "chime.flac"))


def speak(message: str, voice: str, folder: Path) -> Path:
    """Return the file that the demo's engine speaks; with espeak-ng it is written first.

    ``voice`` is a name of espeak-ng's, in any case: ``pt-BR``.
    """
    if shutil.which("espeak-ng") is None:
        return Path(components.__path__[0], "demo", "tts.mp3")
    path = folder / "speech.wav"
    command = ["espeak-ng", "-v", voice.lower(), "-w", str(path), "--", message]
    subprocess.run(command, check=True)  # noqa: S603
    return path


def likeness(one: bytes, other: bytes) -> float:
    """Return how alike two pieces of audio are, from -1 to 1: 1 is the same course of loudness.

    What was converted on the way is not the same sample by sample; words are known by when
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


def _ffmpeg(*arguments: str) -> None:
    command = ["ffmpeg", "-v", "error", *arguments]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
