"""Bring any sound into a format that a call plays, with Home Assistant's own ffmpeg."""

import asyncio
import os
from typing import BinaryIO, Final

from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.core import HomeAssistant

from ..const import DOMAIN
from ..errors import Refusal

_TIMEOUT: Final = 120
_MAX_SECONDS: Final = 3600


def _write(file: BinaryIO, data: bytes) -> None:
    file.write(data)
    file.flush()


async def async_to_mp3(hass: HomeAssistant, data: bytes) -> bytes:
    """Return the sound of any file as mp3; at most an hour of it.

    Raises Refusal where there is no ffmpeg, no sound, or no end in time.
    """
    if "ffmpeg" not in hass.config.components:
        raise Refusal("media_no_ffmpeg")
    # A file without a disk, since some formats are read from their end.
    with os.fdopen(os.memfd_create(DOMAIN), "wb") as file:
        await hass.async_add_executor_job(_write, file, data)
        descriptor = file.fileno()
        try:
            process = await asyncio.create_subprocess_exec(
                get_ffmpeg_manager(hass).binary,
                *("-v", "error", "-nostdin", "-protocol_whitelist", "file"),
                *("-i", f"/dev/fd/{descriptor}", "-vn", "-t", str(_MAX_SECONDS)),
                *("-ac", "1", "-codec:a", "libmp3lame", "-b:a", "96k", "-f", "mp3", "pipe:1"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                pass_fds=(descriptor,),
            )
        except OSError:
            raise Refusal("media_no_ffmpeg") from None
        try:
            async with asyncio.timeout(_TIMEOUT):
                converted, _ = await process.communicate()
        except TimeoutError:
            raise Refusal("media_too_long") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode or not converted:
        raise Refusal("media_no_sound")
    return converted
