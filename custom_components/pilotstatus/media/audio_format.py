"""What can be read from the bytes of a sound: its format and its length. Pure."""

from functools import cache
from typing import Final, NamedTuple

CONTENT_TYPES: Final = {"mp3": "audio/mpeg", "wav": "audio/wav", "opus": "audio/ogg"}

_OPUS_RATE: Final = 48_000
_MPEG1_KBPS: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MPEG2_KBPS: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_MPEG1_RATES: Final = (44_100, 48_000, 32_000)
_LAYER_3: Final = 1
_MPEG_1: Final = 3
_RESERVED: Final = 1


def audio_format(data: bytes | bytearray) -> str | None:
    """Return ``mp3``, ``wav`` or ``opus``, what a call plays; ``None`` for all else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    if data[:4] == b"OggS" and b"OpusHead" in data[:64]:
        return "opus"
    if data[:3] == b"ID3" or _mp3_frame(data, 0) is not None:
        return "mp3"
    return None


def audio_length(data: bytes | bytearray) -> float | None:
    """Return how many seconds a sound lasts, ``None`` where that cannot be read."""
    try:
        return {"wav": _wav_length, "opus": _opus_length, "mp3": _mp3_length}[
            audio_format(data) or ""
        ](data)
    except (KeyError, IndexError, ZeroDivisionError):
        return None


def _wav_length(data: bytes | bytearray) -> float | None:
    """Read the chunks: the rate is in ``fmt ``, the size in ``data``."""
    position, bytes_per_second = 12, 0
    while position + 8 <= len(data):
        size = int.from_bytes(data[position + 4 : position + 8], "little")
        if data[position : position + 4] == b"fmt ":
            bytes_per_second = int.from_bytes(data[position + 16 : position + 20], "little")
        if data[position : position + 4] == b"data":
            # A stream that was written without knowing its end claims too much.
            return min(size, len(data) - position - 8) / bytes_per_second
        position += 8 + size + size % 2
    return None


def _opus_length(data: bytes | bytearray) -> float | None:
    """Read the position of the last page, less what the header says to skip."""
    head, last = data.find(b"OpusHead"), data.rfind(b"OggS")
    skipped = int.from_bytes(data[head + 10 : head + 12], "little")
    samples = int.from_bytes(data[last + 6 : last + 14], "little", signed=True) - skipped
    return samples / _OPUS_RATE if samples > 0 else None


def _mp3_length(data: bytes | bytearray) -> float | None:
    """Read the count of frames from the first one, else count them.

    Speech has no such count, since it is written before its end is known.
    """
    start = 0
    if data[:3] == b"ID3":
        size = 0
        for byte in data[6:10]:
            size = size << 7 | byte & 0x7F
        start = 10 + size
    first = _mp3_frame(data, start)
    if first is None:
        return None
    for mark in (b"Xing", b"Info"):
        at = data.find(mark, start, start + 64)
        if at > 0 and data[at + 7] & 1:
            return int.from_bytes(data[at + 8 : at + 12], "big") * first.seconds
    seconds, position, frame = 0.0, start, _mp3_frame(data, start)
    while frame is not None:
        seconds += frame.seconds
        position += frame.size
        frame = _mp3_frame(data, position)
    # What is left, of a tag or of a part that cannot be read, counts like the rest.
    return seconds * (len(data) - start) / (position - start)


class _Frame(NamedTuple):
    """A frame of an mp3: its bytes and seconds."""

    size: int
    seconds: float


def _mp3_frame(data: bytes | bytearray, start: int) -> _Frame | None:
    """Return the frame of layer III that begins at a place."""
    header = data[start : start + 4]
    if len(header) < 4 or header[0] != 0xFF:  # noqa: PLR2004
        return None
    return _frame(header[1], header[2])


@cache
def _frame(first: int, second: int) -> _Frame | None:
    """Return the frame that the two bytes of its header after the first one describe."""
    version, layer = first >> 3 & 3, first >> 1 & 3
    rate_index, bits_index, padding = second >> 2 & 3, second >> 4, second >> 1 & 1
    if first & 0xE0 != 0xE0 or layer != _LAYER_3 or version == _RESERVED:  # noqa: PLR2004
        return None
    if rate_index == 3 or bits_index in (0, 15):  # noqa: PLR2004
        return None
    rate = _MPEG1_RATES[rate_index] >> (0 if version == _MPEG_1 else 1 if version else 2)
    kbps = (_MPEG1_KBPS if version == _MPEG_1 else _MPEG2_KBPS)[bits_index]
    samples = 1152 if version == _MPEG_1 else 576
    return _Frame(samples // 8 * kbps * 1000 // rate + padding, samples / rate)
