"""Format and length of audio, as FFmpeg writes it and as mutagen reads it."""

from collections.abc import Callable
from pathlib import Path
import subprocess

import pytest

from custom_components.pilotstatus.media.audio_format import audio_format, audio_length

from .audio_files import (
    COVER,
    MP3,
    OPUS,
    OTHERS,
    WAV,
    add_cover_to_mp3,
    add_cover_to_opus,
    append_ape_tag,
    decoded_lengths,
    encode,
    length_by_mutagen,
)

SECONDS = 1.0
PLAYED = MP3 | WAV | OPUS
#: One of each kind.
FEW = (
    *("cbr-44100-2.mp3", "vbr-44100-2.mp3", "cbr-streamed-16000-1.mp3", "vbr-streamed-44100-2.mp3"),
    *("pcm_s16le-44100-2.wav", "title.wav", "mono.opus", "stereo.opus"),
)
#: A page of one second counts in whole.
LONG_PAGES = ("mono.opus", "stereo.opus")
STREAMED = [name for name in MP3 if "streamed" in name]

type Files = dict[str, Path]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for the files that no test changes."""
    return tmp_path_factory.mktemp("audio")


@pytest.fixture(scope="module")
def files(folder: Path) -> Files:
    """Return a file of every kind by its name."""
    return encode(folder, PLAYED | OTHERS, SECONDS)


@pytest.fixture(scope="module")
def decoded(folder: Path, files: Files) -> dict[Path, float]:
    """Return how many seconds are decoded from each file."""
    return decoded_lengths(folder, [files[name] for name in PLAYED])


@pytest.fixture
def copy(files: Files, tmp_path: Path) -> Callable[[str], Path]:
    """Return what makes a copy that a test may change."""

    def copy(name: str) -> Path:
        path = tmp_path / name
        path.write_bytes(files[name].read_bytes())
        return path

    return copy


def allowance(name: str) -> float:
    """Return how much longer than what is decoded the length may be, in seconds.

    If an encoder of mp3 says how many samples it added at both ends, decoders remove them.
    """
    if not name.endswith(".mp3") or name in STREAMED:
        return 0.05
    _, rate, _ = name.split("-")
    return 3 * (1152 if int(rate) >= 32_000 else 576) / int(rate)


@pytest.mark.parametrize("name", PLAYED)
def test_format_and_length_are_read(files: Files, decoded: dict[Path, float], name: str) -> None:
    data = files[name].read_bytes()
    assert audio_format(data) == name.rpartition(".")[2]
    length = audio_length(data)
    assert length == pytest.approx(decoded[files[name]], abs=allowance(name))
    if "vbr-streamed" not in name:  # mutagen takes the bitrate of the first frame for all
        assert length == pytest.approx(length_by_mutagen(files[name]), abs=0.001)


@pytest.mark.parametrize("name", OTHERS)
def test_other_formats_are_told_apart(files: Files, name: str) -> None:
    data = files[name].read_bytes()
    assert audio_format(data) is None
    assert audio_length(data) is None


@pytest.mark.parametrize(
    ("seconds", "names"),
    [
        (0.02, FEW),
        (0.3, FEW),
        (60, ("cbr-16000-1.mp3", "vbr-streamed-8000-1.mp3", "pcm_u8-8000-1.wav", "mono.opus")),
    ],
)
def test_any_length_is_read(folder: Path, seconds: float, names: tuple[str, ...]) -> None:
    paths = encode(folder, {name: PLAYED[name] for name in names}, seconds)
    lengths = decoded_lengths(folder, paths.values())
    for name, path in paths.items():
        length = audio_length(path.read_bytes())
        assert length == pytest.approx(lengths[path], abs=allowance(name)), name
        if "vbr-streamed" not in name:
            assert length == pytest.approx(length_by_mutagen(path), abs=0.001), name


@pytest.mark.parametrize("name", FEW)
def test_a_growing_buffer_is_read_like_bytes(files: Files, name: str) -> None:
    data = files[name].read_bytes()
    assert audio_format(bytearray(data)) == audio_format(data)
    assert audio_length(bytearray(data)) == audio_length(data)


@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize("name", ["cbr-44100-2.mp3", "cbr-streamed-16000-1.mp3"])
def test_the_cover_of_an_mp3_takes_no_time(
    files: Files, copy: Callable[[str], Path], name: str, version: int
) -> None:
    path = copy(name)
    add_cover_to_mp3(path, version)
    data = path.read_bytes()
    assert len(data) > len(COVER)
    assert audio_format(data) == "mp3"
    length = audio_length(data)
    assert length == pytest.approx(audio_length(files[name].read_bytes()), abs=0.001)
    assert length == pytest.approx(length_by_mutagen(path), abs=0.05)


@pytest.mark.parametrize("name", ["cbr-44100-2.mp3", "cbr-streamed-16000-1.mp3"])
@pytest.mark.parametrize("with_id3v1", [False, True])
def test_tags_at_the_end_of_an_mp3_take_no_time(
    files: Files, copy: Callable[[str], Path], name: str, *, with_id3v1: bool
) -> None:
    path = copy(name)
    append_ape_tag(path)
    data = path.read_bytes() + (b"TAG" + bytes(125) if with_id3v1 else b"")
    assert audio_length(data) == audio_length(files[name].read_bytes())


@pytest.mark.parametrize(
    "tag", [b"TAG" + bytes(125), b"LYRICSBEGIN" + b" " * 5000], ids=["ID3v1", "Lyrics3"]
)
def test_a_small_tag_at_the_end_of_an_mp3_takes_no_time(files: Files, tag: bytes) -> None:
    data = files["cbr-streamed-16000-1.mp3"].read_bytes()
    assert audio_length(data + tag) == audio_length(data)


def test_the_footer_of_a_tag_is_skipped(files: Files) -> None:
    data = files["cbr-streamed-16000-1.mp3"].read_bytes()
    tag = b"ID3\x04\x00\x10\x00\x00\x01\x00" + bytes(128) + b"3DI\x04\x00\x10\x00\x00\x01\x00"
    assert audio_format(tag + data) == "mp3"
    assert audio_length(tag + data) == audio_length(data)


def test_every_one_of_several_tags_is_skipped(files: Files) -> None:
    data = files["cbr-streamed-16000-1.mp3"].read_bytes()
    tag = b"ID3\x03\x00\x00\x00\x00\x01\x00" + bytes(128)
    assert audio_format(tag * 3 + data) == "mp3"
    assert audio_length(tag * 3 + data) == audio_length(data)


@pytest.mark.parametrize("name", ["native.flac", "adts.aac", "layer-2.mp2"])
def test_a_tag_alone_makes_no_mp3(files: Files, name: str) -> None:
    data = b"ID3\x04\x00\x00\x00\x00\x00\x05" + bytes(5) + files[name].read_bytes()
    assert audio_format(data) is None
    assert audio_length(data) is None


@pytest.mark.parametrize("name", ["cbr-44100-2.mp3", "vbr-streamed-44100-2.mp3"])
def test_mp3s_that_follow_each_other_add_up(files: Files, name: str) -> None:
    first = files[name].read_bytes()
    second = files["cbr-16000-1.mp3"].read_bytes()
    assert second.startswith(b"ID3")
    length = audio_length(first + second)
    # The two frames that hold the headers count here.
    assert length == pytest.approx(2 * SECONDS, abs=0.25)
    bare = files["cbr-streamed-16000-1.mp3"].read_bytes()
    assert audio_length(first + bare) == pytest.approx(2 * SECONDS, abs=0.2)


def test_a_part_of_an_mp3_that_cannot_be_read_counts_like_the_rest(files: Files) -> None:
    data = files["cbr-streamed-16000-1.mp3"].read_bytes()
    broken = bytearray(data)
    broken[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    assert audio_length(broken) == pytest.approx(audio_length(data), abs=0.05)


@pytest.mark.parametrize(
    "tags", [b"", b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128)], ids=["bare", "tagged"]
)
def test_what_cannot_be_read_counts_without_the_tags(files: Files, tags: bytes) -> None:
    data = files["cbr-streamed-16000-1.mp3"].read_bytes()
    length = audio_length(data)
    assert length is not None
    assert audio_length(tags + data + tags + data + bytes(len(data))) == pytest.approx(
        3 * length, abs=0.01
    )


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_what_was_cut_short_lasts_as_long_as_it_plays(
    folder: Path, copy: Callable[[str], Path], part: float
) -> None:
    paths = {name: copy(name) for name in (*FEW, "short-pages.opus") if name not in LONG_PAGES}
    for path in paths.values():
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
    lengths = decoded_lengths(folder, paths.values())
    for name, path in paths.items():
        expected = pytest.approx(lengths[path], abs=allowance(name))
        assert audio_length(path.read_bytes()) == expected, name


def test_a_wav_that_was_streamed_lasts_as_long_as_it_plays(files: Files) -> None:
    path = files["pcm_s16le-44100-2.wav"]
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "wav", "pipe:1"]
    data = subprocess.run(command, check=True, capture_output=True).stdout
    sized = data.index(b"data") + 4
    assert data[sized : sized + 4] == b"\xff\xff\xff\xff"
    assert audio_length(data) == pytest.approx(SECONDS, abs=0.001)
    unknown = data[:sized] + bytes(4) + data[sized + 4 :]
    assert audio_length(unknown) == pytest.approx(SECONDS, abs=0.001)


def test_what_follows_the_samples_of_a_wav_takes_no_time(files: Files) -> None:
    data = files["pcm_s16le-44100-2.wav"].read_bytes()
    assert audio_length(data + b"LIST\x00\x10\x00\x00" + bytes(4096)) == audio_length(data)


@pytest.mark.parametrize("size", [0, 1, 2, 5000])
def test_chunks_before_the_samples_of_a_wav_are_skipped(files: Files, size: int) -> None:
    data = files["no-tags.wav"].read_bytes()
    at = data.index(b"data")
    chunk = b"junk" + size.to_bytes(4, "little") + bytes(size + size % 2)
    assert audio_length(data[:at] + chunk + data[at:]) == audio_length(data)


def test_the_cover_of_an_opus_takes_no_time(files: Files, copy: Callable[[str], Path]) -> None:
    path = copy("stereo.opus")
    add_cover_to_opus(path)
    assert path.stat().st_size > len(COVER)
    assert audio_format(path.read_bytes()) == "opus"
    assert audio_length(path.read_bytes()) == audio_length(files["stereo.opus"].read_bytes())
    assert audio_length(path.read_bytes()) == pytest.approx(length_by_mutagen(path), abs=0.001)


def test_chained_streams_of_opus_add_up(folder: Path, copy: Callable[[str], Path]) -> None:
    path = copy("mono.opus")
    path.write_bytes(path.read_bytes() + copy("stereo.opus").read_bytes())
    assert audio_length(path.read_bytes()) == pytest.approx(2 * SECONDS, abs=0.001)
    assert decoded_lengths(folder, [path])[path] == pytest.approx(2 * SECONDS, abs=0.05)
