"""Conversion to what a call plays, with a real FFmpeg."""

import asyncio
import base64
from collections.abc import AsyncIterator
import os
from pathlib import Path
import sys
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.errors import ActionRefusedError
from custom_components.pilotstatus.media.audio_format import audio_format, audio_length
from custom_components.pilotstatus.media.transcode import async_to_mp3
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from simulator.client import Phone
from tests.audio import BYTES_PER_SECOND, make_audio, samples_of
from tests.common import act, answered_call, heard, local, until


@pytest.fixture
async def with_ffmpeg(hass: HomeAssistant) -> HomeAssistant:
    """Return a Home Assistant that has FFmpeg."""
    assert await async_setup_component(hass, "ffmpeg", {})
    return hass


async def set_up_program(hass: HomeAssistant, folder: Path, script: str) -> None:
    """Let a script take the place of FFmpeg; asked for its version it answers nothing."""
    program = folder / "ffmpeg"
    program.write_text(f'#!/bin/bash\n[ "$1" = -version ] && exit\n{script}\n')
    program.chmod(0o755)
    config = {"ffmpeg": {"ffmpeg_bin": str(program)}}
    assert await async_setup_component(hass, "ffmpeg", config)


@pytest.fixture
async def hits(socket_enabled: None) -> AsyncIterator[tuple[str, list[str]]]:
    """Return the URL of a server, and the paths that were asked of it."""
    paths: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        paths.append(request.path)
        return web.Response(status=404)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/"), paths


@pytest.mark.parametrize("name", ["m4a", "flac", "ogg"])
@pytest.mark.parametrize("has_memory_files", [True, False])
async def test_other_formats_become_mp3_of_the_same_length(
    with_ffmpeg: HomeAssistant,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    has_memory_files: bool,  # noqa: FBT001
) -> None:
    if not has_memory_files:
        monkeypatch.delattr(os, "memfd_create", raising=False)
    data = make_audio(tmp_path, name, 0.5).read_bytes()
    converted = await async_to_mp3(with_ffmpeg, data, 60)
    assert audio_format(converted) == "mp3"
    assert audio_length(converted) == pytest.approx(0.5, abs=0.1)
    (result := tmp_path / "converted.mp3").write_bytes(converted)
    assert any(samples_of(result))


async def test_a_converted_file_is_heard(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    sound = make_audio(tmp_path, "flac", 0.5)
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media={"media_content_id": local(sound.name)})
    length = len(samples_of(sound))
    samples = await heard(phone, call_id, length)
    assert abs(len(samples) - length) < BYTES_PER_SECOND * 0.1
    assert any(samples)
    (play,) = (await phone.call(call_id))["plays"]
    assert play["mediaUrl"].endswith(".mp3")


@pytest.mark.parametrize("has_memory_files", [True, False])
@pytest.mark.parametrize("size", [1, 100_000])
async def test_the_program_reads_the_file_from_its_start(
    hass: HomeAssistant,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    size: int,
    has_memory_files: bool,  # noqa: FBT001
) -> None:
    # The descriptor itself is read, from its own position: what macOS opens at /dev/fd is that.
    await set_up_program(
        hass, tmp_path, 'for a; do [[ $a = /dev/fd/* ]] && cat <&"${a##*/}"; done; :'
    )
    if not has_memory_files:
        monkeypatch.delattr(os, "memfd_create", raising=False)
    data = os.urandom(size)
    assert await async_to_mp3(hass, data, 60) == data


async def test_ffmpeg_may_read_one_hour_of_one_file(hass: HomeAssistant, tmp_path: Path) -> None:
    await set_up_program(hass, tmp_path, 'printf "%s\\n" "$@"')
    arguments = (await async_to_mp3(hass, b"audio", 60)).decode().splitlines()
    source = arguments.index("-i")
    before, after = arguments[:source], arguments[source + 2 :]
    assert before[before.index("-protocol_whitelist") + 1] == "file"
    formats = before[before.index("-format_whitelist") + 1].split(",")
    assert {"concat", "concatf", "dash", "hls", "sdp"}.isdisjoint(formats)
    assert "-nostdin" in before
    assert after[after.index("-t") + 1] == "3600"
    assert arguments[source + 1].startswith("/dev/fd/")
    assert arguments[-1] == "pipe:1"
    assert sum("/" in argument for argument in arguments) == 1


@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{url}\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{url}\n",
        "ffconcat version 1.0\nfile '{url}'\n",
    ],
)
async def test_a_playlist_opens_no_other_file_and_no_url(
    with_ffmpeg: HomeAssistant, tmp_path: Path, hits: tuple[str, list[str]], playlist: str
) -> None:
    server, paths = hits
    sound = make_audio(tmp_path, "low.mp3", 0.1)
    content = base64.b64encode(sound.read_bytes()).decode()
    for url in (
        *(f"{server}/tone.mp3", f"crypto+{server}/tone.mp3", f"hls+{server}/tone.m3u8"),
        *(str(sound), f"file:{sound}", f"concat:{sound}", f"data:audio/mpeg;base64,{content}"),
    ):
        with pytest.raises(ActionRefusedError) as caught:
            await async_to_mp3(with_ffmpeg, playlist.format(url=url).encode(), 60)
        assert caught.value.translation_key == "media_no_sound"
    assert paths == []


@pytest.mark.parametrize("data", [b"", b"text", b"fLaC", b"OggS"])
async def test_other_data_has_no_audio(with_ffmpeg: HomeAssistant, data: bytes) -> None:
    with pytest.raises(ActionRefusedError) as caught:
        await async_to_mp3(with_ffmpeg, data, 60)
    assert caught.value.translation_key == "media_no_sound"


@pytest.mark.parametrize("script", ["exit 1", "echo half; exit 1", "exit 0"])
async def test_a_failure_is_not_taken_for_audio(
    hass: HomeAssistant, tmp_path: Path, script: str
) -> None:
    await set_up_program(hass, tmp_path, script)
    with pytest.raises(ActionRefusedError) as caught:
        await async_to_mp3(hass, b"audio", 60)
    assert caught.value.translation_key == "media_no_sound"


async def test_without_ffmpeg_there_is_an_error_of_its_own(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    config = {"ffmpeg": {"ffmpeg_bin": str(tmp_path / "ffmpeg")}}
    assert await async_setup_component(hass, "ffmpeg", config)
    with pytest.raises(ActionRefusedError) as caught:
        await async_to_mp3(hass, b"audio", 60)
    assert caught.value.translation_key == "media_no_ffmpeg"


@pytest.mark.parametrize("is_cancelled", [False, True])
async def test_a_conversion_that_does_not_end_is_ended(
    hass: HomeAssistant,
    tmp_path: Path,
    is_cancelled: bool,  # noqa: FBT001
) -> None:
    started = tmp_path / "started"
    script = f'echo $$ >"{started}.new"; mv "{started}.new" "{started}"; exec sleep 50'
    await set_up_program(hass, tmp_path, script)
    max_wait, error = (60, asyncio.CancelledError) if is_cancelled else (2, ActionRefusedError)
    conversion = asyncio.create_task(async_to_mp3(hass, b"audio", max_wait))
    assert await until(started.exists)
    if is_cancelled:
        conversion.cancel()
    with pytest.raises(error, match=None if is_cancelled else "media_too_long"):
        async with asyncio.timeout(20):
            await conversion
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)


async def test_nothing_needs_the_disk(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
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
