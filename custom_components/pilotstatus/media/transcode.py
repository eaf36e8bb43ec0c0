"""Convert any audio to a format that a call plays, with FFmpeg."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
import os
import resource
import signal
from tempfile import TemporaryFile
from typing import IO, Final

from ..const import DOMAIN
from ..errors import ActionRefusedError

_MAX_SECONDS: Final = 3600
#: What FFmpeg may write. An hour has 42 MiB.
_MAX_MEGABYTES: Final = 48
_CHUNK: Final = 64 * 1024
#: Bytes of address space for FFmpeg. Builds of 4.2 to 9.0 take 90 to 610 MiB, most of it for
#: libraries and threads, whatever the file is.
_MAX_MEMORY: Final = 1024**3
#: What FFmpeg may read. No playlists: they name other files and URLs.
_FORMATS: Final = (
    *("aac", "ac3", "aiff", "amr", "ape", "asf", "au", "avi", "caf", "dsf", "dts", "eac3", "flac"),
    *("flv", "matroska", "mov", "mp3", "mpc", "mpc8", "mpeg", "mpegts", "ogg", "rm", "tta", "w64"),
    *("wav", "wv"),
)


def open_unnamed(data: bytes | bytearray) -> IO[bytes]:
    """Return an unnamed file with the data, to be read from its start.

    In memory if the platform can: Linux can, macOS cannot.
    """
    if hasattr(os, "memfd_create"):
        file = os.fdopen(os.memfd_create(DOMAIN), "w+b")
    else:
        file = TemporaryFile("w+b")  # noqa: SIM115 - the caller closes it
    file.write(data)
    file.seek(0)
    return file


async def async_stream_mp3(program: str, file: IO[bytes]) -> AsyncGenerator[bytes]:
    """Yield the audio of any open file as mp3, at most an hour of it; the file is closed then.

    Raises ActionRefusedError if ``program``, FFmpeg, is missing, and after what there is if that
    is no audio, not all of it, or too much.
    """
    with file:
        process = await _start(program, file.fileno())
        size = 0
        try:
            assert process.stdout is not None  # noqa: S101 - for the type: it is a pipe
            while chunk := await process.stdout.read(_CHUNK):
                size += len(chunk)
                if size > _MAX_MEGABYTES * 1024 * 1024:
                    raise ActionRefusedError("media_too_large", limit=str(_MAX_MEGABYTES))
                yield chunk
            await process.wait()
        finally:
            await _end(process)
    if process.returncode or not size:
        raise ActionRefusedError("media_no_sound")


async def _start(program: str, descriptor: int) -> asyncio.subprocess.Process:
    """Start FFmpeg to convert an open file. Raises ActionRefusedError if it is missing.

    A file and not a pipe, since some formats are read from their end.
    """
    # One thread of each kind, since each one reserves memory.
    one_thread = ("-threads", "1")
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            *("-v", "error", "-nostdin", "-filter_threads", "1", "-protocol_whitelist", "file"),
            *("-format_whitelist", ",".join(_FORMATS), *one_thread),
            *("-i", f"/dev/fd/{descriptor}", "-vn", "-t", str(_MAX_SECONDS), *one_thread),
            *("-ac", "1", "-codec:a", "libmp3lame", "-b:a", "96k"),
            # No tag: of a file without audio nothing is left.
            *("-id3v2_version", "0", "-f", "mp3"),
            # Not each packet by itself: every write wakes Home Assistant.
            *("-flush_packets", "0", "pipe:1"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            pass_fds=(descriptor,),
            start_new_session=True,
        )
    except OSError:
        raise ActionRefusedError("media_no_ffmpeg") from None
    # From here and not before its start: what runs between fork and exec is unsafe with threads.
    # Linux has it, macOS has not; a process that has already ended cannot be limited.
    if hasattr(resource, "prlimit"):
        with suppress(OSError):
            resource.prlimit(process.pid, resource.RLIMIT_AS, (_MAX_MEMORY, _MAX_MEMORY))
    return process


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill a process, and what it has started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    # Reads what is left, too: until then its pipe is open, and Python 3.13 waits for that.
    await process.communicate()
