"""Conversion to what a call plays, with a real FFmpeg."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import aclosing
import os
from pathlib import Path
import resource
import signal
import sys
from tempfile import TemporaryFile
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.errors import ActionRefusedError
from custom_components.pilotstatus.media.audio_format import audio_format, audio_length
from custom_components.pilotstatus.media.transcode import async_stream_mp3, open_unnamed
from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from simulator.client import Phone
from tests.audio import BYTES_PER_SECOND, make_audio, samples_of
from tests.common import act, answered_call, heard, local, until
from tests.media.audio_files import OTHERS, encode, with_external_sound, write, write_amr

MEBIBYTE = 1024 * 1024

#: Of HLS, of FFmpeg's own concat, of DASH; a description of a session; a pattern of pictures.
PLAYLISTS = (
    "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{url}\n#EXT-X-ENDLIST\n",
    "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{url}\n",
    '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="{url}"\n#EXTINF:1,\n{url}\n#EXT-X-ENDLIST\n',
    "ffconcat version 1.0\nfile '{url}'\n",
    (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'mediaPresentationDuration="PT1S" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011">'
        '<Period><AdaptationSet mimeType="audio/mpeg"><Representation id="1" bandwidth="1">'
        "<BaseURL>{url}</BaseURL></Representation></AdaptationSet></Period></MPD>"
    ),
    (
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n"
        "a=control:{url}\n"
    ),
    "{url}.%03d.png\n",
)
#: What people have, in the containers that they have it in.
TO_CONVERT = OTHERS | {
    "aac.mp4": ["-c:a", "aac"],
    "mp2.ts": ["-c:a", "mp2"],
    "flac.mkv": ["-c:a", "flac"],
    "opus.mka": ["-c:a", "libopus"],
    "wma.wma": ["-c:a", "wmav2"],
    "mp3.avi": ["-c:a", "mp3"],
    "mp3.flv": ["-c:a", "mp3", "-ar", "44100"],
    "alac.caf": ["-c:a", "alac"],
    "pcm.au": ["-c:a", "pcm_s16be"],
    "ac3.ac3": ["-c:a", "ac3"],
    "wavpack.wv": ["-c:a", "wavpack"],
    "true.tta": ["-c:a", "tta"],
    "pcm.w64": ["-c:a", "pcm_s16le"],
    "adpcm.wav": ["-c:a", "adpcm_ms"],
    "plain.mp3": ["-c:a", "libmp3lame"],
}


async def async_to_mp3(hass: HomeAssistant, data: bytes, max_wait: float) -> bytes:
    """Return all of a conversion. Raises TimeoutError after so many seconds."""
    chunks = async_stream_mp3(get_ffmpeg_manager(hass).binary, open_unnamed(data))
    async with asyncio.timeout(max_wait), aclosing(chunks):
        return b"".join([chunk async for chunk in chunks])


def is_running(pid: Path) -> bool:
    """Whether the process whose id is in a file runs."""
    try:
        os.kill(int(pid.read_text()), 0)
    except ProcessLookupError:
        return False
    return True


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


async def test_what_people_have_becomes_mp3_of_the_same_length(
    with_ffmpeg: HomeAssistant, tmp_path: Path
) -> None:
    for path in (*encode(tmp_path, TO_CONVERT, 0.5).values(), write_amr(tmp_path, 0.5)):
        converted = await async_to_mp3(with_ffmpeg, path.read_bytes(), 60)
        assert audio_format(converted) == "mp3", path
        # Some encoders add a little at the ends.
        assert audio_length(converted) == pytest.approx(0.5, abs=0.15), path


async def test_long_audio_and_large_video_are_converted(
    with_ffmpeg: HomeAssistant, tmp_path: Path
) -> None:
    long, large = tmp_path / "long.flac", tmp_path / "large.mov"
    write("anullsrc=r=8000:cl=mono:d=1200", long)
    video = ["-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=8:d=2", "-c:v", "rawvideo"]
    write("sine=d=2", *video, "-pix_fmt", "yuv420p", large)
    assert 47 * MEBIBYTE < large.stat().st_size < 48 * MEBIBYTE
    for path, length in ((long, 1200), (large, 2)):
        converted = await async_to_mp3(with_ffmpeg, path.read_bytes(), 60)
        assert audio_length(converted) == pytest.approx(length, abs=0.3)


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
    assert {"concat", "concatf", "dash", "hls", "imf", "image2", "sdp"}.isdisjoint(formats)
    # The demuxers of FFmpeg that read no other file, by one of their names.
    assert {"matroska", "mov", "mpegts"} <= set(formats)
    # Each thread reserves memory: those that read, those that write, and those that filter.
    assert before[before.index("-threads") + 1] == after[after.index("-threads") + 1] == "1"
    assert before[before.index("-filter_threads") + 1] == "1"
    assert "-nostdin" in before
    # Written when there is much of it, not packet by packet.
    assert after[after.index("-flush_packets") + 1] == "0"
    assert after[after.index("-t") + 1] == "3600"
    assert arguments[source + 1].startswith("/dev/fd/")
    assert arguments[-1] == "pipe:1"
    assert sum("/" in argument for argument in arguments) == 1


@pytest.mark.parametrize("playlist", PLAYLISTS)
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


@pytest.mark.parametrize("playlist", PLAYLISTS)
async def test_a_playlist_is_not_even_read(
    with_ffmpeg: HomeAssistant, tmp_path: Path, playlist: str
) -> None:
    os.mkfifo(pipe := tmp_path / "tone.mp3")
    for url in (pipe, f"file:{pipe}", f"subfile,,start,0,end,0,,:{pipe}"):
        # Who opens the pipe waits for ever.
        with pytest.raises(ActionRefusedError, match="media_no_sound"):
            await async_to_mp3(with_ffmpeg, playlist.format(url=url).encode(), 10)


@pytest.mark.parametrize("playlist", PLAYLISTS)
async def test_a_playlist_that_names_itself_ends(with_ffmpeg: HomeAssistant, playlist: str) -> None:
    # A file gets the lowest number that is free.
    with TemporaryFile() as file:
        number = file.fileno()
    data = playlist.format(url=f"/dev/fd/{number}").encode()
    with pytest.raises(ActionRefusedError, match="media_no_sound"):
        await async_to_mp3(with_ffmpeg, data, 10)


async def test_a_film_whose_sound_is_in_another_file_has_none(
    with_ffmpeg: HomeAssistant, tmp_path: Path
) -> None:
    write("sine=d=1", "-c:a", "pcm_s16be", film := tmp_path / "a.mov")
    os.mkfifo(tmp_path / "tone.wav")
    assert await async_to_mp3(with_ffmpeg, film.read_bytes(), 60)
    with pytest.raises(ActionRefusedError, match="media_no_sound"):
        await async_to_mp3(with_ffmpeg, with_external_sound(film, tmp_path / "tone.wav"), 10)


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


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="Only Linux limits a process")
async def test_memory_is_limited(hass: HomeAssistant, tmp_path: Path) -> None:
    python = f"exec {sys.executable} -c"
    for size, is_refused in ((100 * MEBIBYTE, False), (2048 * MEBIBYTE, True)):
        # It waits until it surely is limited.
        script = f"{python} 'import time; time.sleep(0.2); bytearray({size}); print(\"audio\")'"
        await set_up_program(hass, tmp_path, script)
        if is_refused:
            with pytest.raises(ActionRefusedError, match="media_no_sound"):
                await async_to_mp3(hass, b"audio", 60)
        else:
            assert await async_to_mp3(hass, b"audio", 60) == b"audio\n"


async def test_a_program_that_ends_at_once_needs_no_limit(
    hass: HomeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_up_program(hass, tmp_path, "echo audio")
    monkeypatch.delattr(resource, "prlimit", raising=False)
    assert await async_to_mp3(hass, b"audio", 60) == b"audio\n"

    def fail(*_: Any) -> None:
        raise ProcessLookupError

    monkeypatch.setattr(resource, "prlimit", fail, raising=False)
    assert await async_to_mp3(hass, b"audio", 60) == b"audio\n"


async def test_what_the_program_writes_is_bounded(hass: HomeAssistant, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    for size in (48 * MEBIBYTE, 48 * MEBIBYTE + 1):
        script = f'echo $$ >"{pid}"; exec head -c {size} /dev/zero'
        await set_up_program(hass, tmp_path, script)
        if size == 48 * MEBIBYTE:
            assert len(await async_to_mp3(hass, b"audio", 60)) == size
            continue
        with pytest.raises(ActionRefusedError) as caught:
            await async_to_mp3(hass, b"audio", 60)
        assert caught.value.translation_key == "media_too_large"
        assert caught.value.placeholders == {"limit": "48"}
    await set_up_program(hass, tmp_path, f'echo $$ >"{pid}"; exec cat /dev/zero')
    with pytest.raises(ActionRefusedError, match="media_too_large"):
        await async_to_mp3(hass, b"audio", 60)
    assert not is_running(pid)


@pytest.mark.parametrize("is_cancelled", [False, True])
async def test_what_the_program_started_ends_with_it(
    hass: HomeAssistant,
    tmp_path: Path,
    is_cancelled: bool,  # noqa: FBT001
) -> None:
    # A script that calls the real program, whose output is that of the script.
    pid = tmp_path / "pid"
    script = f'sleep 50 & echo $! >"{pid}.new"; mv "{pid}.new" "{pid}"; echo audio; wait'
    await set_up_program(hass, tmp_path, script)
    written: list[bytes] = []

    async def convert() -> None:
        chunks = async_stream_mp3(get_ffmpeg_manager(hass).binary, open_unnamed(b"audio"))
        async with asyncio.timeout(60 if is_cancelled else 2), aclosing(chunks):
            async for chunk in chunks:
                written.append(chunk)  # noqa: PERF401 - as soon as it is there

    conversion = asyncio.create_task(convert())
    # When something was written the start is over for both sides.
    assert await until(lambda: written)
    if is_cancelled:
        conversion.cancel()
    done, _ = await asyncio.wait([conversion], timeout=20)
    try:
        assert done
        assert await until(lambda: not is_running(pid))
    finally:
        if is_running(pid):
            os.kill(int(pid.read_text()), signal.SIGKILL)


@pytest.mark.parametrize("is_cancelled", [False, True])
async def test_a_conversion_that_does_not_end_is_ended(
    hass: HomeAssistant,
    tmp_path: Path,
    is_cancelled: bool,  # noqa: FBT001
) -> None:
    started = tmp_path / "started"
    script = f'echo $$ >"{started}.new"; mv "{started}.new" "{started}"; exec sleep 50'
    await set_up_program(hass, tmp_path, script)
    max_wait, error = (60, asyncio.CancelledError) if is_cancelled else (2, TimeoutError)
    conversion = asyncio.create_task(async_to_mp3(hass, b"audio", max_wait))
    assert await until(started.exists)
    if is_cancelled:
        conversion.cancel()
    with pytest.raises(error):
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
