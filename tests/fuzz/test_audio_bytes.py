"""Whatever the bytes of a file are, its format and its length are read, or are none."""

from itertools import pairwise
import math
import struct
from typing import Final

from hypothesis import example, given, strategies as st

from custom_components.pilotstatus.media.audio_format import (
    CONTENT_TYPES,
    audio_format,
    audio_length,
)
from tests.media.test_audio_bytes import frame, opus_head, page, wav, xing

from .conftest import Count
from .effort import tries

#: Real headers, and what follows them.
FILES: Final = (
    wav((b"data", bytes(400))),
    wav((b"LIST", b"odd"), (b"data", bytes(400))),
    frame(content=bytes(32) + xing(5, 5 * len(frame()))) + frame() * 4,
    b"ID3\x04\x00\x00\x00\x00\x00\x10" + bytes(16) + frame() * 3 + b"TAG".ljust(128),
    frame() * 2 + b"ID3\x03\x00\x00\x00\x00\x00\x04" + bytes(4) + frame() * 2,
    page(0, opus_head()) + page(0, b"OpusTags") + page(48_312, b"one") + page(96_312, b"two"),
    page(0, opus_head()) + page(9, b"one") + page(0, opus_head(100), 2) + page(9700, b"two", 2),
)
#: What replaces bytes of a file: sizes and counts at their bounds, or parts of other files.
PIECES: Final = (
    st.binary(max_size=12)
    | st.sampled_from([b"RIFF", b"WAVE", b"fmt ", b"data", b"OggS", b"OpusHead", b"ID3", b"Xing"])
    | st.sampled_from([b"TAG", b"APETAGEX", b"\xff\xfb\x14\x00", b"\xff" * 8, b"\x7f" * 4])
    | st.integers(0, 2**32 - 1).map(lambda it: struct.pack("<I", it))
    | st.integers(-(2**63), 2**63 - 1).map(lambda it: struct.pack("<q", it))
)


@st.composite
def mutated_files(draw: st.DrawFn) -> bytes:
    """Draw a file with pieces replaced, put in, cut out or repeated."""
    data = draw(st.sampled_from(FILES))
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, min(len(data), 120)) | st.integers(0, len(data)))
        piece = draw(PIECES)
        removed = draw(st.sampled_from([0, len(piece), len(piece), len(data)]))
        data = data[:place] + piece + data[place + removed :]
    return data * draw(st.sampled_from([1, 1, 2]))


@tries(1000)
@given(data=mutated_files() | st.binary(max_size=200))
@example(data=b"")
@example(data=b"RIFF\x00\x00\x00\x00WAVE")
@example(data=b"OggS" + bytes(23))
@example(data=b"OggS" * 20_000)
@example(data=b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" * 5_000)
@example(data=b"\xff\xfb\x14\x00" * 20_000)
@example(data=page(2**63 - 1, opus_head()) + page(2**63 - 1, b"one"))
@example(data=page(0, opus_head(65_535)) + page(-(2**63), b"one"))
def test_any_bytes_have_a_format_and_a_length_or_none(count: Count, data: bytes) -> None:
    count()
    kind = audio_format(data)
    length = audio_length(data)
    assert kind is None or kind in CONTENT_TYPES
    assert length is None or (math.isfinite(length) and length >= 0)
    assert kind is not None or length is None
    assert (audio_format(bytearray(data)), audio_length(bytearray(data))) == (kind, length)


@tries(80)
@given(data=mutated_files())
def test_the_format_does_not_change_as_a_file_grows(count: Count, data: bytes) -> None:
    count()
    ends = (len(data) * it // 4 for it in range(5))
    kinds = [audio_format(data[:end]) for end in ends]
    for earlier, later in pairwise(kinds):
        assert earlier is None or earlier == later
