"""Conversion to what a call plays, with a real FFmpeg."""

import os
from pathlib import Path
import sys
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.media import transcode
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from simulator.client import Phone
from tests.audio import BYTES_PER_SECOND, make_audio, samples_of
from tests.common import act, answered_call, heard, local, number


@pytest.mark.parametrize("name", ["m4a", "flac", "ogg"])
async def test_other_formats_are_converted(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    name: str,
) -> None:
    """They come out as mp3 of the same length, and are heard."""
    sound = make_audio(tmp_path, name, 0.5)
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media={"media_content_id": local(sound.name)})
    length = len(samples_of(sound))
    samples = await heard(phone, call_id, length)
    assert abs(len(samples) - length) < BYTES_PER_SECOND * 0.1
    assert any(samples)
    (play,) = (await phone.call(call_id))["plays"]
    assert play["mediaUrl"].endswith(".mp3")


async def test_without_ffmpeg_the_formats_are_named(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sound = make_audio(tmp_path, "flac", 0.2)
    await answered_call(hass_ready, phone)

    class Missing:
        binary = "/nowhere/ffmpeg"

    monkeypatch.setattr(transcode, "get_ffmpeg_manager", lambda _: Missing)
    with pytest.raises(ServiceValidationError, match="mp3, wav and opus"):
        await act(hass_ready, "play_audio", media=local(sound.name))


async def test_a_conversion_that_does_not_end(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
) -> None:
    """It is ended."""
    sound = make_audio(tmp_path, "flac", 30)
    number(media_entry).media.convert_timeout = 0.001
    await answered_call(hass_ready, phone)
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass_ready, "play_audio", media=local(sound.name))
    assert caught.value.translation_key == "media_too_long"


async def test_nothing_needs_the_disk(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
) -> None:
    """From the file to the fetch nothing is written, and ffmpeg is given no path to write to."""
    sounds = [make_audio(tmp_path, name, 0.2) for name in ("flac", "wav")]
    call_id = await answered_call(hass_ready, phone)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    written: list[Any] = []
    commands: list[Any] = []
    watching = True

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if not watching:
            return
        if event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            written.append(arguments[0])
        if event == "subprocess.Popen":
            commands.append(arguments[1])

    sys.addaudithook(watch)
    try:
        await act(hass_ready, "play_audio", media=[local(sound.name) for sound in sounds])
        await heard(phone, call_id, BYTES_PER_SECOND * 4 // 10)
        await act(hass_ready, "hang_up")
    finally:
        watching = False
    assert [path for path in written if path != os.devnull and not isinstance(path, int)] == []
    ((_, *arguments),) = commands
    paths = [argument for argument in arguments if "/" in argument]
    assert len(paths) == 1
    assert paths[0].startswith("/dev/fd/")
    assert arguments[-1] == "pipe:1"
