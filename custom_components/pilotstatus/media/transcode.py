"""Convert any audio to a format that a call plays, with Home Assistant's own FFmpeg."""

import asyncio
import os
from tempfile import TemporaryFile
from typing import IO, Final

from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.core import HomeAssistant

from ..const import DOMAIN
from ..errors import ActionRefusedError

_MAX_SECONDS: Final = 3600
#: What FFmpeg may read. No playlists: they name other files and URLs.
_FORMATS: Final = (
    *("aac", "ac3", "aiff", "amr", "ape", "asf", "au", "avi", "caf", "dsf", "dts", "eac3", "flac"),
    *("flv", "matroska", "mov", "mp3", "mpc", "mpc8", "mpeg", "mpegts", "ogg", "rm", "tta", "w64"),
    *("wav", "wv"),
)


def _open_file(data: bytes) -> IO[bytes]:
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


async def async_to_mp3(hass: HomeAssistant, data: bytes, max_wait: float) -> bytes:
    """Return the audio of any file as mp3, at most an hour of it.

    Raises ActionRefusedError if there is no FFmpeg, no audio, or no end within ``max_wait``
    seconds.
    """
    # A file and not a pipe, since some formats are read from their end.
    with await hass.async_add_executor_job(_open_file, data) as file:
        descriptor = file.fileno()
        try:
            process = await asyncio.create_subprocess_exec(
                get_ffmpeg_manager(hass).binary,
                *("-v", "error", "-nostdin", "-protocol_whitelist", "file"),
                *("-format_whitelist", ",".join(_FORMATS)),
                *("-i", f"/dev/fd/{descriptor}", "-vn", "-t", str(_MAX_SECONDS)),
                *("-ac", "1", "-codec:a", "libmp3lame", "-b:a", "96k", "-f", "mp3", "pipe:1"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                pass_fds=(descriptor,),
            )
        except OSError:
            raise ActionRefusedError("media_no_ffmpeg") from None
        try:
            async with asyncio.timeout(max_wait):
                converted, _ = await process.communicate()
        except TimeoutError:
            raise ActionRefusedError("media_too_long") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode or not converted:
        raise ActionRefusedError("media_no_sound")
    return converted
