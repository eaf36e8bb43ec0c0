"""Fetch a media URL as a stranger would, and decode it with ffmpeg."""

import asyncio
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
import io
from ipaddress import ip_address
from pathlib import Path
import subprocess
from tempfile import NamedTemporaryFile
from urllib.parse import urlsplit
import wave

import aiohttp
import mutagen

SAMPLE_RATE = 48_000
BYTES_PER_SECOND = SAMPLE_RATE * 2
# MPEG 1 and 2, layer III, with and without checksum.
_MP3_FRAMES = frozenset({b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2"})
_MAX_BYTES = 64 * 1024 * 1024
_MAX_TITLE = 500
_TIMEOUT = aiohttp.ClientTimeout(total=60, connect=5)


class MediaError(Exception):
    """The media could not be fetched or is not mp3, wav or opus."""


@dataclass(frozen=True, slots=True)
class Audio:
    """Decoded audio: 48 kHz, mono, signed 16 bit, little endian; its title, if the file has one."""

    samples: bytes = field(repr=False)
    title: str | None = None

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / BYTES_PER_SECOND


def check_public(media_url: str) -> None:
    """Refuse what a server on the internet could not reach. Raises MediaError."""
    host = urlsplit(media_url).hostname or ""
    try:
        is_public = ip_address(host).is_global
    except ValueError:
        is_public = "." in host and not host.endswith((".local", ".localhost"))
    if not is_public:
        raise MediaError("not fetched: a private address")


async def fetch(media_url: str, max_bytes: int = _MAX_BYTES) -> Audio:
    """Fetch and decode a media URL, with no cookies and no credentials.

    Raises MediaError.
    """
    try:
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), timeout=_TIMEOUT) as session,
            session.get(media_url) as response,
        ):
            if response.status != HTTPStatus.OK:
                raise MediaError(f"HTTP {response.status}")
            data = await _read(response.content, max_bytes)
    except (aiohttp.ClientError, TimeoutError) as err:
        raise MediaError(f"not fetched: {type(err).__name__}") from err
    return await asyncio.to_thread(decode, data)


async def _read(content: aiohttp.StreamReader, max_bytes: int) -> bytes:
    """Return a body, up to a size in bytes. Raises MediaError for a larger one."""
    body = bytearray()
    async for chunk in content.iter_any():
        body += chunk
        if len(body) > max_bytes:
            raise MediaError("too large")
    return bytes(body)


@lru_cache(maxsize=8)
def decode(data: bytes) -> Audio:
    """Decode mp3, wav or opus; this blocks, unless the same was decoded lately.

    Raises MediaError for anything else.
    """
    container = _container(data)
    # From a file and not a pipe: the end of an mp3 is cut right only if ffmpeg can seek.
    with NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        try:
            samples = read_samples(Path(file.name), container)
        except subprocess.CalledProcessError as err:
            raise MediaError("not decodable") from err
    if not samples:
        raise MediaError("not decodable")
    return Audio(samples, _title(data))


def _title(data: bytes) -> str | None:
    """Return the title that a file gives itself."""
    try:
        file = mutagen.File(io.BytesIO(data), easy=True)
        titles = (file.tags or {}).get("title") if file else None
    except mutagen.MutagenError:
        return None
    return str(titles[0])[:_MAX_TITLE] if titles else None


def read_samples(path: Path, container: str | None = None) -> bytes:
    """Return the samples of an audio file of any format, or of one container; this blocks.

    Raises subprocess.CalledProcessError if ffmpeg cannot decode it.
    """
    source = ("-f", container) if container else ()
    raw = ("-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "1", "pipe:1")
    command = ["ffmpeg", "-v", "error", *source, "-i", str(path), *raw]
    return subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603


def _container(data: bytes) -> str:
    """Return ffmpeg's name of the container, for the three documented formats only."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    if data[:4] == b"OggS" and b"OpusHead" in data[:128]:
        return "ogg"
    if data[:3] == b"ID3" or data[:2] in _MP3_FRAMES:
        return "mp3"
    raise MediaError("neither mp3, wav nor opus")


def write_wav(samples: bytes) -> bytes:
    """Return the samples as a WAV file."""
    target = io.BytesIO()
    with wave.open(target, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(SAMPLE_RATE)
        wav.writeframes(samples)
    return target.getvalue()


def read_wav(data: bytes) -> bytes:
    """Return the samples of a WAV file as ``write_wav`` writes it. Raises ValueError."""
    with wave.open(io.BytesIO(data)) as wav:
        if (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) != (SAMPLE_RATE, 1, 2):
            raise ValueError("not 48 kHz mono of 16 bit")
        return bytes(wav.readframes(wav.getnframes()))
