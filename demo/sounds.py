"""Three short sounds of our own making, one in each format that a call plays."""

from pathlib import Path
import subprocess

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


def decode(path: Path) -> bytes:
    """Return a sound file as 48 kHz mono samples of 16 bit."""
    return _ffmpeg("-i", str(path), "-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "1", "pipe:1")


def _ffmpeg(*arguments: str) -> bytes:
    command = ["ffmpeg", "-v", "error", *arguments]
    return subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603
