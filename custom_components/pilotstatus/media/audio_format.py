"""Format and length of audio, read from its bytes; without I/O or Home Assistant.

Whatever the bytes are, the answer is a value or ``None``, in time that is linear in their number.
"""

from collections.abc import Iterator
from functools import lru_cache
from struct import Struct
from typing import Final, NamedTuple

CONTENT_TYPES: Final = {"mp3": "audio/mpeg", "wav": "audio/wav", "opus": "audio/ogg"}

type _Data = bytes | bytearray


def audio_format(data: _Data) -> str | None:
    """Return ``mp3``, ``wav`` or ``opus``, which a call can play; ``None`` for anything else."""
    if data.startswith(b"RIFF") and data.startswith(b"WAVE", 8):
        return "wav"
    if data.startswith(_OGG_CAPTURE_PATTERN):
        _, payload = next(_ogg_pages(data), (None, 0))
        return "opus" if data.startswith(_OPUS_HEAD, payload) else None
    return "mp3" if _mpeg_frame(data, _skip_id3(data, 0)) else None


def audio_length(data: _Data) -> float | None:
    """Return the length of audio in seconds, ``None`` if it cannot be read."""
    match audio_format(data):
        case "wav":
            return _wav_length(data)
        case "opus":
            return _opus_length(data)
        case "mp3":
            return _mp3_length(data)
    return None


# RIFF WAVE: "Multimedia Programming Interface and Data Specifications 1.0", IBM and Microsoft.

_RIFF_HEADER_SIZE: Final = 12  # "RIFF", size, "WAVE"
_RIFF_CHUNK: Final = Struct("<4sI")  # id, size of what follows
_MAX_CHUNKS: Final = 1024


class _WaveFormat(NamedTuple):
    """The fields that every ``fmt `` chunk begins with."""

    format_tag: int
    channels: int
    samples_per_second: int
    bytes_per_second: int
    block_align: int
    bits_per_sample: int


_WAVE_FORMAT: Final = Struct("<HHIIHH")


def _wav_length(data: _Data) -> float | None:
    """Divide the size of the ``data`` chunk by the byte rate of the ``fmt `` chunk."""
    position, bytes_per_second = _RIFF_HEADER_SIZE, 0
    for _ in range(_MAX_CHUNKS):
        content = position + _RIFF_CHUNK.size
        available = len(data) - content
        if available < 0:
            break
        chunk_id, size = _RIFF_CHUNK.unpack_from(data, position)
        if chunk_id == b"fmt " and available >= _WAVE_FORMAT.size:
            wave_format = _WaveFormat(*_WAVE_FORMAT.unpack_from(data, content))
            bytes_per_second = wave_format.bytes_per_second
        if chunk_id == b"data":
            # A program that streams does not know the size yet, and states too much or 0.
            size = min(size or available, available)
            return size / bytes_per_second if bytes_per_second else None
        position = content + size + size % 2
    return None


# Ogg pages: RFC 3533, section 6. Opus in Ogg: RFC 7845, sections 4 and 5.1.

_OGG_CAPTURE_PATTERN: Final = b"OggS"
_OPUS_HEAD: Final = b"OpusHead"
_OPUS_SAMPLES_PER_SECOND: Final = 48_000


class _OggPage(NamedTuple):
    """A page header; the sizes of its segments follow, a byte each, then the segments."""

    capture_pattern: bytes
    version: int
    header_type: int
    #: Samples up to the end of the last packet that ends on this page; -1 if none does.
    granule_position: int
    serial_number: int
    sequence_number: int
    checksum: int
    segments: int


class _OpusHead(NamedTuple):
    """The identification header."""

    magic: bytes
    version: int
    channels: int
    #: Samples to discard from the start of the decoder's output.
    pre_skip: int
    input_sample_rate: int
    output_gain: int
    mapping_family: int


_OGG_PAGE: Final = Struct("<4sBBqIIIB")
_OPUS_HEADER: Final = Struct("<8sBBHIhB")


def _ogg_pages(data: _Data) -> Iterator[tuple[_OggPage, int]]:
    """Yield each page and the position of its first segment."""
    position = data.find(_OGG_CAPTURE_PATTERN)
    while 0 <= position <= len(data) - _OGG_PAGE.size:
        page = _OggPage(*_OGG_PAGE.unpack_from(data, position))
        segment_sizes = position + _OGG_PAGE.size
        payload = segment_sizes + page.segments
        yield page, payload
        position = data.find(_OGG_CAPTURE_PATTERN, payload + sum(data[segment_sizes:payload]))


def _opus_length(data: _Data) -> float | None:
    """Add up the last granule positions of all chained streams, less what each one skips."""
    finished = samples = serial_number = pre_skip = 0
    for page, payload in _ogg_pages(data):
        if data.startswith(_OPUS_HEAD, payload) and payload + _OPUS_HEADER.size <= len(data):
            pre_skip = _OpusHead(*_OPUS_HEADER.unpack_from(data, payload)).pre_skip
            serial_number = page.serial_number
            finished, samples = finished + samples, 0
        elif page.serial_number == serial_number:
            samples = max(samples, page.granule_position - pre_skip)
    return (finished + samples) / _OPUS_SAMPLES_PER_SECOND or None


# MPEG audio frame header: ISO/IEC 11172-3 (MPEG-1), section 2.4, and 13818-3 (MPEG-2), section
# 2.4. MPEG-2.5 is the unofficial extension for the lowest sample rates.

_SYNC: Final = 0b111_1111_1111
_MPEG_2_5, _MPEG_RESERVED, _MPEG_2, _MPEG_1 = range(4)
_LAYER_III: Final = 1
_SMALLEST_FRAME: Final = 24  # 8 kbit/s at 24 kHz
_MONO: Final = 3
# By bitrate index; 0 means free format, 15 is forbidden.
_MPEG_1_KBPS: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_MPEG_2_KBPS: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
# By version and sample rate index; 3 is reserved.
_SAMPLES_PER_SECOND: Final = {
    _MPEG_1: (44_100, 48_000, 32_000, 0),
    _MPEG_2: (22_050, 24_000, 16_000, 0),
    _MPEG_2_5: (11_025, 12_000, 8_000, 0),
}


class _Frame(NamedTuple):
    """A frame of layer III: its size in bytes, its length in seconds, its version of MPEG."""

    size: int
    seconds: float
    is_mpeg_1: bool


def _mpeg_frame(data: _Data, position: int) -> _Frame | None:
    """Return the frame that begins at a position."""
    return _parse_frame_header(bytes(data[position : position + 3]))


# Frames are counted by the ten thousand, and their headers are few.
@lru_cache(maxsize=1024)
def _parse_frame_header(header: bytes) -> _Frame | None:
    """Return the frame whose header begins with these three bytes."""
    bits = int.from_bytes(header)
    version, layer = bits >> 11 & 0b11, bits >> 9 & 0b11
    bitrate_index, rate_index, padding = bits >> 4 & 0b1111, bits >> 2 & 0b11, bits >> 1 & 1
    if bits >> 13 != _SYNC or version == _MPEG_RESERVED or layer != _LAYER_III:
        return None
    is_mpeg_1 = version == _MPEG_1
    kbps = (_MPEG_1_KBPS if is_mpeg_1 else _MPEG_2_KBPS)[bitrate_index]
    samples_per_second = _SAMPLES_PER_SECOND[version][rate_index]
    if not kbps or not samples_per_second:
        return None
    samples = 1152 if is_mpeg_1 else 576
    size = samples // 8 * kbps * 1000 // samples_per_second + padding
    return _Frame(size, samples / samples_per_second, is_mpeg_1)


# ID3v2 header: "ID3 tag version 2.4.0 - Main Structure", sections 3.1 and 3.4.

_ID3: Final = b"ID3"
_ID3_HEADER: Final = Struct(">3sBBB4B")  # "ID3", version, revision, flags, size
_ID3_FOOTER_PRESENT: Final = 0x10
#: The first bytes of tags at the end: ID3v1, APEv2, Lyrics3.
_TRAILING_TAGS: Final = (b"TAG", b"APETAGEX", b"LYRICSBEGIN")


def _skip_id3(data: _Data, position: int) -> int:
    """Return the position after the ID3v2 tags that begin at a position, at most the end."""
    while data.startswith(_ID3, position) and position + _ID3_HEADER.size <= len(data):
        *_, flags, size_3, size_2, size_1, size_0 = _ID3_HEADER.unpack_from(data, position)
        # A syncsafe integer: 7 bits of each byte.
        size = (size_3 & 0x7F) << 21 | (size_2 & 0x7F) << 14 | (size_1 & 0x7F) << 7 | size_0 & 0x7F
        footer = _ID3_HEADER.size if flags & _ID3_FOOTER_PRESENT else 0
        position += _ID3_HEADER.size + size + footer
    return min(position, len(data))


# Xing header, called Info if the bitrate is constant: "MP3 Info Tag rev 1", LAME. It stands in
# the first frame, after the frame header and the side information.


class _Xing(NamedTuple):
    """How the header begins if it has both the number of frames and of bytes."""

    mark: bytes
    flags: int
    #: Frames, without the one that holds this header.
    frames: int
    #: Bytes from the start of the frame that holds this header to the end of the last one.
    size: int


_XING: Final = Struct(">4sIII")
_XING_MARKS: Final = (b"Xing", b"Info")
_XING_FRAMES_AND_BYTES: Final = 0b11
_FRAME_HEADER_SIZE: Final = 4
_CHANNEL_MODE: Final = 3  # the byte of the frame header that begins with it
#: Bytes of side information, by whether it is MPEG-1 and whether it is mono.
_SIDE_INFORMATION: Final = {
    (True, False): 32,
    (True, True): 17,
    (False, False): 17,
    (False, True): 9,
}


def _mp3_length(data: _Data) -> float:
    """Read the number of frames from the Xing header, or count them.

    What the encoder adds at both ends, less than 0.1 s at most sample rates, counts.
    """
    start = _skip_id3(data, 0)
    first = _mpeg_frame(data, start)
    if first and (frames := _xing_frames(data, start, first)) is not None:
        return frames * first.seconds
    return _counted_length(data, start)


def _xing_frames(data: _Data, start: int, first: _Frame) -> int | None:
    """Return the number of frames that the first one states, if that is all there is.

    It is not if the file was cut short or if another one was appended.
    """
    if start + _FRAME_HEADER_SIZE > len(data):
        return None
    is_mono = data[start + _CHANNEL_MODE] >> 6 == _MONO
    position = start + _FRAME_HEADER_SIZE + _SIDE_INFORMATION[first.is_mpeg_1, is_mono]
    if not data.startswith(_XING_MARKS, position) or position + _XING.size > len(data):
        return None
    xing = _Xing(*_XING.unpack_from(data, position))
    end = start + xing.size
    is_whole = (
        xing.flags & _XING_FRAMES_AND_BYTES == _XING_FRAMES_AND_BYTES
        and xing.frames * _SMALLEST_FRAME <= xing.size
        and end <= len(data)
        and not data.startswith(_ID3, end)
        and _mpeg_frame(data, end) is None
    )
    return xing.frames if is_whole else None


def _counted_length(data: _Data, start: int) -> float:
    """Add up the frames from the first one on, over ID3v2 tags between them."""
    seconds, position, skipped = 0.0, start, start
    while True:
        while frame := _mpeg_frame(data, position):
            seconds += frame.seconds
            position += frame.size
        after_tags = _skip_id3(data, position)
        if after_tags <= position:
            break
        skipped += after_tags - position
        position = after_tags
    if data.startswith(_TRAILING_TAGS, position):
        return seconds
    # What cannot be read counts like the rest, and so does what the last frame lacks.
    return seconds * (len(data) - skipped) / (position - skipped)
