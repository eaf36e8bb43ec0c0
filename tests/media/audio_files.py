"""Audio files of every kind, written and decoded by FFmpeg, and what mutagen reads from them."""

import base64
from collections.abc import Iterable
from pathlib import Path
import struct
import subprocess
from typing import Any

import mutagen.apev2
import mutagen.flac
import mutagen.id3
import mutagen.oggopus

# Its functions have no types.
_mutagen: Any = mutagen
COVER = bytes(range(256)) * 1200

#: Of MPEG-1, MPEG-2 and MPEG-2.5.
MP3_RATES = (48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000)
_MP3_KINDS = {
    "cbr": ["-b:a", "32k"],
    "vbr": ["-q:a", "4"],
    "cbr-streamed": ["-b:a", "32k", "-write_xing", "0", "-id3v2_version", "0"],
    "vbr-streamed": ["-q:a", "4", "-write_xing", "0", "-id3v2_version", "0"],
}
MP3 = {
    f"{kind}-{rate}-{channels}.mp3": [
        *("-c:a", "libmp3lame", "-compression_level", "9", "-ar", str(rate), "-ac", str(channels)),
        *arguments,
    ]
    for kind, arguments in _MP3_KINDS.items()
    for rate in MP3_RATES
    for channels in (1, 2)
}
WAV = {
    f"{codec}-{rate}-{channels}.wav": ["-c:a", codec, "-ar", str(rate), "-ac", str(channels)]
    for codec in ("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_f32le", "pcm_alaw")
    for rate, channels in ((8_000, 1), (44_100, 2))
} | {
    "title.wav": ["-c:a", "pcm_s16le", "-metadata", "title=Front door", "-write_bext", "1"],
    "no-tags.wav": ["-c:a", "pcm_s16le", "-fflags", "+bitexact"],
}
_OPUS = ["-c:a", "libopus", "-compression_level", "0"]
OPUS = {
    "mono.opus": [*_OPUS, "-ac", "1"],
    "stereo.opus": [*_OPUS, "-ac", "2"],
    "surround.opus": [*_OPUS, "-ac", "6", "-mapping_family", "255"],
    "short-pages.opus": [*_OPUS, "-page_duration", "20000"],
    "long-packets.opus": [*_OPUS, "-frame_duration", "60", "-b:a", "8k"],
}
#: What a call does not play.
OTHERS = {
    "native.flac": ["-c:a", "flac"],
    "vorbis.ogg": ["-c:a", "libvorbis"],
    "flac.ogg": ["-c:a", "flac"],
    "aac.m4a": ["-c:a", "aac"],
    "adts.aac": ["-c:a", "aac"],
    "id3.aac": ["-c:a", "aac", "-f", "adts", "-write_id3v2", "1"],
    "layer-2.mp2": ["-c:a", "mp2"],
    "pcm.aiff": ["-c:a", "pcm_s16be"],
    "rf64.wav": ["-c:a", "pcm_s16le", "-rf64", "always"],
    "opus.webm": _OPUS,
}


def encode(folder: Path, encoders: dict[str, list[str]], seconds: float) -> dict[str, Path]:
    """Write a tone that swells with each of the encoders, by one run of FFmpeg."""
    paths = {name: folder / f"{seconds}-{name}" for name in encoders}
    tone = f"aevalsrc=t/{seconds}*sin(440*2*PI*t):d={seconds}"
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", tone]
    for name, arguments in encoders.items():
        command += [*arguments, str(paths[name])]
    subprocess.run(command, check=True)
    return paths


def write(source: str, *arguments: str | Path) -> None:
    """Write what a source of FFmpeg makes; the last argument is the path."""
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, *map(str, arguments)]
    subprocess.run(command, check=True)


def write_amr(folder: Path, seconds: float) -> Path:
    """Write AMR-NB of 12.2 kbit/s without FFmpeg, which has no encoder of its own."""
    frame = b"\x3c" + bytes(31)  # 20 ms: RFC 4867, section 5.3
    path = folder / "quiet.amr"
    path.write_bytes(b"#!AMR\n" + frame * round(seconds * 50))
    return path


def with_external_sound(film: Path, sound: Path) -> bytes:
    """Return a film of QuickTime whose data reference is to another file, not to itself.

    The reference is an alias record of the Macintosh: its end names the file by its path.
    """
    data = film.read_bytes()
    own = struct.pack(">I4sI", 12, b"url ", 1)
    own = own if own in data else struct.pack(">I4sI", 12, b"alis", 1)
    start = data.index(own)
    name = str(sound).encode()
    alias = bytearray(150)
    struct.pack_into(">H", alias, 6, 2)  # version
    alias[50:56] = b"\x04tone\x00"
    struct.pack_into(">hh", alias, 130, 2, 2)  # levels from the alias and to the target
    path = struct.pack(">hh", 2, len(name)) + name + bytes(len(name) % 2)
    path += struct.pack(">hh", 18, len(name)) + name + bytes(len(name) % 2)
    content = bytes(4) + bytes(alias) + path + struct.pack(">hh", -1, 0)
    box = struct.pack(">I4s", 8 + len(content), b"alis") + content
    changed = data[:start] + box + data[start + len(own) :]
    # Of each box that holds it the size grows.
    result = bytearray(changed)
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):
        size = data.rindex(kind, 0, start) - 4
        (before,) = struct.unpack_from(">I", data, size)
        struct.pack_into(">I", result, size, before + len(box) - len(own))
    return bytes(result)


def decoded_lengths(folder: Path, paths: Iterable[Path]) -> dict[Path, float]:
    """Return how many seconds FFmpeg decodes from each file, by one run of it."""
    decoded = {path: folder / f"{path.name}.pcm" for path in paths}
    command = ["ffmpeg", "-v", "fatal", "-y"]
    for path in decoded:
        command += ["-i", str(path)]
    for index, pcm in enumerate(decoded.values()):
        command += ["-map", f"{index}:a", "-ar", "48000", "-ac", "1", "-f", "s16le", str(pcm)]
    subprocess.run(command, check=True)
    return {path: pcm.stat().st_size / 2 / 48_000 for path, pcm in decoded.items()}


def length_by_mutagen(path: Path) -> float:
    """Return the length that mutagen reads, in seconds."""
    return float(_mutagen.File(path).info.length)


def add_cover_to_mp3(path: Path, version: int) -> None:
    """Put a tag of ID3v2 with a picture in front, and one of ID3v1 at the end."""
    tags = _mutagen.id3.ID3()
    tags.add(_mutagen.id3.APIC(mime="image/png", data=COVER))
    tags.save(path, v2_version=version, v1=2)


def append_ape_tag(path: Path) -> None:
    """Put a tag of APEv2 with a picture at the end."""
    tags = _mutagen.apev2.APEv2()
    tags["Title"] = "Front door"
    tags["Cover Art (Front)"] = COVER
    tags.save(path)


def add_cover_to_opus(path: Path) -> None:
    """Put a picture into the comment header."""
    picture = _mutagen.flac.Picture()
    picture.data = COVER
    file = _mutagen.oggopus.OggOpus(path)
    file["metadata_block_picture"] = [base64.b64encode(picture.write()).decode()]
    file.save()
