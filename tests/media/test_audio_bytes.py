"""Format and length of bytes that no encoder writes, or that only few write."""

import io
import struct
import time
from typing import Any

from hypothesis import given, settings, strategies as st
import mutagen.mp3
import pytest

from custom_components.pilotstatus.media.audio_format import audio_format, audio_length

from .audio_files import MP3, OPUS, WAV, encode

# Its functions have no types.
_mutagen: Any = mutagen.mp3
FRAME_SIZE = 144 * 32_000 // 48_000
FRAME_SECONDS = 1152 / 48_000
#: Bytes of seven frames.
ALL = 7 * FRAME_SIZE
#: 32 kbit/s at 48 kHz, stereo.
STEREO = b"\xff\xfb\x14\x00"
STEREO_SIDE = 32
FILES = {
    name: arguments
    for name, arguments in (MP3 | WAV | OPUS).items()
    if name in {"cbr-44100-2.mp3", "vbr-streamed-8000-1.mp3", "title.wav", "short-pages.opus"}
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the bytes of some short files."""
    paths = encode(tmp_path_factory.mktemp("audio"), FILES, 0.1)
    return {name: path.read_bytes() for name, path in paths.items()}


def frame(header: bytes = STEREO, content: bytes = b"") -> bytes:
    """Return a frame of 32 kbit/s at 48 kHz."""
    return (header + content).ljust(FRAME_SIZE, b"\x00")


def xing(frames: int, size: int, *, flags: int = 3, mark: bytes = b"Xing") -> bytes:
    """Return a Xing header."""
    return mark + struct.pack(">III", flags, frames, size)


def page(granule_position: int, payload: bytes, serial: int = 1) -> bytes:
    """Return a page of Ogg, its checksum left out."""
    sizes = [255] * (len(payload) // 255) + [len(payload) % 255]
    header = struct.pack("<4sBBqIIIB", b"OggS", 0, 0, granule_position, serial, 0, 0, len(sizes))
    return header + bytes(sizes) + payload


def opus_head(pre_skip: int = 312) -> bytes:
    """Return the identification header of Opus."""
    return struct.pack("<8sBBHIhB", b"OpusHead", 1, 1, pre_skip, 48_000, 0, 0)


def wav(*chunks: tuple[bytes, bytes], rate: int = 8000) -> bytes:
    """Return a WAV of 8 bit and one channel that has these chunks after its format."""
    chunks = ((b"fmt ", struct.pack("<HHIIHH", 1, 1, rate, rate, 1, 8)), *chunks)
    content = b"".join(
        struct.pack("<4sI", name, len(data)) + data + bytes(len(data) % 2) for name, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(content) + 4) + b"WAVE" + content


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RIFF",
        b"RIFF\x00\x00\x00\x00WAVE",
        b"RIFF\x00\x00\x00\x00WAVEdata\x04\x00\x00\x00abcd",
        b"RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00",
        wav((b"data", bytes(8)), rate=0),
        wav((b"LIST", bytes(8))),
        b"ID3\x04\x00\x00",
        b"ID3\x04\x00\x00\x00\x00\x00\x00",
        b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + frame() * 2,
        b"OggS",
        b"OggS" + b"\x00" * 24 + b"OpusHead",
        page(0, opus_head()),
        page(0, opus_head()[:12]),
        page(0, opus_head()) + page(300, b"one"),
        b"\xff\xfb",
        b"\xff\xf1\x50\x80",
        b"\xff\xfb\xf0\x00",
        b"plain text",
    ],
    ids=repr,
)
def test_no_length_is_made_up(data: bytes) -> None:
    assert audio_length(data) is None
    assert audio_length(bytearray(data)) is None


def test_a_wav_without_samples_lasts_no_time() -> None:
    assert audio_length(wav((b"data", b""))) == 0


def test_every_frame_header_is_read_as_mutagen_reads_it() -> None:
    count = 0
    for second in range(0x100):
        for third in range(0x100):
            header = bytes((0xFF, second, third, 0))
            file = io.BytesIO(header)
            try:
                parsed = _mutagen.MPEGFrame(file)
            except _mutagen.HeaderNotFoundError:
                parsed = None
            if parsed is None or parsed.layer != 3:
                assert audio_format(header) is None, header
                continue
            data = header.ljust(file.tell(), b"\x00") * 3
            samples = 1152 if parsed.version == 1 else 576
            assert audio_format(data) == "mp3", header
            assert audio_length(data) == pytest.approx(3 * samples / parsed.sample_rate), header
            count += 1
    assert count == 3 * 14 * 3 * 8  # versions, bitrates, rates; protection, padding and private bit


@pytest.mark.parametrize(
    ("header", "side"),
    [
        (b"\xff\xfb\x14\x00", 32),
        (b"\xff\xfb\x14\x80", 32),
        (b"\xff\xfb\x14\xc0", 17),
        (b"\xff\xf3\x44\x00", 17),
        (b"\xff\xf3\x44\xff", 9),
        (b"\xff\xe3\x44\x40", 17),
        (b"\xff\xe3\x44\xc0", 9),
    ],
)
@pytest.mark.parametrize("mark", [b"Xing", b"Info"])
@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_the_xing_header_stands_after_the_side_information(
    header: bytes, side: int, mark: bytes, shift: int
) -> None:
    file = io.BytesIO(header)
    parsed = _mutagen.MPEGFrame(file)
    seconds = (1152 if parsed.version == 1 else 576) / parsed.sample_rate
    first = header + bytes(side + shift) + xing(5, file.tell() * 3, mark=mark)
    data = first.ljust(file.tell(), b"\x00") + header.ljust(file.tell(), b"\x00") * 2
    assert audio_length(data) == pytest.approx(seconds * (3 if shift else 5))
    if not shift:
        assert _mutagen.MPEGInfo(io.BytesIO(data)).length == audio_length(data)


@pytest.mark.parametrize(
    ("header", "is_believed"),
    [
        (xing(5, ALL), True),
        (xing(0, ALL), True),
        (xing(ALL // 24, ALL), True),
        (xing(ALL // 24 + 1, ALL), False),
        (xing(5, ALL, flags=15), True),
        (xing(5, ALL, flags=1), False),
        (xing(5, ALL, flags=2), False),
        (xing(5, ALL - FRAME_SIZE), False),
        (xing(5, ALL + 1), False),
        (xing(5, ALL - 1), True),
        (xing(5, ALL)[:4], False),
    ],
)
def test_a_xing_header_is_believed_if_it_tells_of_all_there_is(
    header: bytes, *, is_believed: bool
) -> None:
    data = frame(STEREO, bytes(STEREO_SIDE) + header) + frame() * 6
    (frames,) = struct.unpack_from(">I", header.ljust(12), 8)
    assert audio_length(data) == pytest.approx(FRAME_SECONDS * (frames if is_believed else 7))


@pytest.mark.parametrize("size", range(3, 4 + STEREO_SIDE + 16))
def test_a_first_frame_that_is_cut_counts_in_part(size: int) -> None:
    data = frame(STEREO, bytes(STEREO_SIDE) + xing(5, FRAME_SIZE))[:size]
    assert audio_length(data) == pytest.approx(FRAME_SECONDS * size / FRAME_SIZE)


def test_a_whole_file_after_a_whole_file_is_counted() -> None:
    first = frame(STEREO, bytes(STEREO_SIDE) + xing(1, FRAME_SIZE * 2)) + frame()
    tag = b"ID3\x04\x00\x00\x00\x00\x00\x01\x00"
    assert audio_length(first) == pytest.approx(FRAME_SECONDS)
    assert audio_length(first + first) == pytest.approx(4 * FRAME_SECONDS)
    assert audio_length(first + tag + first) == pytest.approx(4 * FRAME_SECONDS)


@pytest.mark.parametrize("size", [0, 1, 0x7F, 0x80, 0x3FFF, 0x4000, 0x1FFFFF, 0x200000])
@pytest.mark.parametrize("eighth_bits", [0, 0x80])
def test_seven_bits_of_each_byte_tell_the_size_of_a_tag(size: int, eighth_bits: int) -> None:
    sizes = bytes(eighth_bits | size >> shift & 0x7F for shift in (21, 14, 7, 0))
    tag = b"ID3\x04\x00\x00" + sizes + bytes(size)
    assert audio_length(tag + frame() * 2) == pytest.approx(2 * FRAME_SECONDS)


def test_a_tag_that_claims_more_than_there_is_ends_an_mp3() -> None:
    assert audio_length(frame() * 3 + b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f") == pytest.approx(
        3 * FRAME_SECONDS
    )


@pytest.mark.parametrize(
    ("pages", "samples"),
    [
        (page(48_312, b"one"), 48_000),
        # No packet ends on the last page, or none of this stream.
        (page(48_312, b"one") + page(-1, b"begin"), 48_000),
        (page(48_312, b"one") + page(96_000, b"other", serial=2), 48_000),
        # What looks like a page is content.
        (page(48_312, b"one" + page(96_000, b"inner")), 48_000),
        (page(24_000, bytes(255)) + page(48_312, bytes(254) + b"OggS" + b"\xff" * 20), 48_000),
        # A page that lacks its end, or only its header's end.
        (page(24_000, b"one") + page(48_312, b"two")[:-2], 48_000),
        (page(24_000, b"one") + page(48_312, b"two")[:27], 48_000),
        (page(48_312, b"one") + page(96_000, b"two")[:26], 48_000),
        # What is between pages.
        (page(24_000, b"one") + b"noise" + page(48_312, b"two") + b"noise", 48_000),
        # Another stream follows, with a number and a pre-skip of its own.
        (page(48_312, b"one") + page(0, opus_head(100), 2) + page(9_700, b"two", 2), 57_600),
    ],
)
def test_an_opus_lasts_until_its_last_finished_packet(pages: bytes, samples: int) -> None:
    data = page(0, opus_head()) + page(0, b"OpusTags") + pages
    assert audio_format(data) == "opus"
    assert audio_length(data) == samples / 48_000


def test_an_opus_begins_with_its_header() -> None:
    assert audio_format(page(0, b"other" + opus_head())) is None
    assert audio_format(page(0, b"\x01vorbis") + page(0, opus_head())) is None
    assert audio_format(b"\x00" + page(0, opus_head())) is None


def test_the_chunks_of_a_wav_are_walked() -> None:
    junk = (b"data" * 3, b"odd" * 5, b"")
    data = wav(*((b"junk", content) for content in junk), (b"data", bytes(4000)), (b"LIST", b"x"))
    assert audio_length(data) == 0.5
    assert audio_length(wav(*[(b"junk", b"")] * 1000, (b"data", bytes(4000)))) == 0.5


def test_a_wav_of_more_chunks_than_anyone_writes_is_given_up() -> None:
    assert audio_length(wav(*[(b"junk", b"")] * 2000, (b"data", bytes(4000)))) is None


@pytest.mark.parametrize(("others", "seconds"), [(1022, 1.0), (1023, None)])
def test_of_a_wav_1024_chunks_are_read(others: int, seconds: float | None) -> None:
    """The format is one of them, and the samples are the last."""
    chunks = [(b"LIST", b"")] * others
    assert audio_length(wav(*chunks, (b"data", bytes(8000)))) == seconds


@given(
    start=st.sampled_from(
        [b"", b"RIFF0000WAVE", b"ID3", b"\xff\xfb\x90\x00", page(0, opus_head()), b"OggS", wav()]
    ),
    rest=st.binary(max_size=300),
)
def test_any_bytes_have_a_length_or_none(start: bytes, rest: bytes) -> None:
    assert audio_format(start + rest) in {None, "mp3", "wav", "opus"}
    length = audio_length(start + rest)
    assert length is None or length >= 0
    assert length is None or audio_format(start + rest) is not None


@settings(max_examples=150, deadline=None)
@given(draw=st.data())
def test_a_file_with_any_fault_has_a_length_or_none(
    files: dict[str, bytes], draw: st.DataObject
) -> None:
    data = bytearray(files[draw.draw(st.sampled_from(sorted(files)))])
    # Half of the faults are in the headers, at the start.
    places = st.integers(0, 150) | st.integers(0, len(data) - 1)
    for place, value in draw.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=8)):
        data[place] = value
    cut = draw.draw(st.integers(0, len(data)))
    data = data[: draw.draw(st.sampled_from([cut, len(data)]))] + data[len(data) - cut :]
    length = audio_length(data)
    assert length is None or length >= 0
    assert audio_length(bytes(data)) == length


@pytest.mark.parametrize(
    ("start", "repeated"),
    [
        (wav(), bytes(8)),
        (wav(), b"junk\x00\x00\x00\x00"),
        (wav(), b"\xff"),
        (page(0, opus_head()), b"OggS"),
        (page(0, opus_head()), page(9, b"")[:26] + b"\x00"),
        (page(0, opus_head()), page(0, opus_head())),
        (b"", page(0, opus_head())),
        (b"", b"ID3\x04\x00\x00\x00\x00\x00\x00"),
        (b"", b"ID3"),
        (b"", b"\xff\xfb"),
        (b"", b"\xff\xfb\x14\x00"),
        (b"", b"\xff\xf3\x14\x00".ljust(24, b"\x00")),
        (b"", b"\xff\xf3\x14\x00".ljust(24, b"\x00") + b"ID3\x04\x00\x00\x00\x00\x00\x00"),
        (frame(STEREO, bytes(STEREO_SIDE) + xing(0xFFFFFFFF, 0)), b"\xff"),
    ],
)
def test_the_time_to_read_bytes_is_bounded(start: bytes, repeated: bytes) -> None:
    data = start + repeated * (2**20 // len(repeated))
    before = time.process_time()
    audio_format(data)
    audio_length(data)
    assert time.process_time() - before < 1


def test_twenty_minutes_of_mp3_are_counted_at_once() -> None:
    data = frame() * round(1200 / FRAME_SECONDS)
    before = time.process_time()
    assert audio_length(data) == pytest.approx(1200)
    assert time.process_time() - before < 1
