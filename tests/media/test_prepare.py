"""From what a user names to a URL that Pilot Status can fetch."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
)

from custom_components.pilotstatus.errors import ActionRefusedError
from custom_components.pilotstatus.media.prepare import MediaContext, async_prepare
from homeassistant.components.ffmpeg import FFmpegManager
from homeassistant.components.media_source import PlayMedia
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from simulator.client import Phone
from tests.audio import make_audio, samples_of
from tests.common import (
    PLAYBACK,
    Notifications,
    act,
    answered_call,
    heard,
    local,
    number,
    state_of,
    until,
)
from tests.engine import SPEECH, Engine, set_up_engine
from tests.media.sources import WAV, Source, Upstream

MEBIBYTE = 1024 * 1024
EXTERNAL = "https://home.example.com"


async def assert_refused(context: MediaContext, wanted: str, key: str, **words: str) -> None:
    """Assert that media is refused, and that nothing is stored of it."""
    with pytest.raises(ActionRefusedError) as caught:
        await async_prepare(context, wanted)
    assert (caught.value.translation_key, caught.value.placeholders) == (key, words)
    assert len(context.store) == 0


async def test_the_limits_are_these_by_default(context: MediaContext) -> None:
    assert (context.max_megabytes, context.read_timeout) == (48, 60)
    assert (context.convert_timeout, context.speech_timeout) == (120, 30)
    assert context.stall_timeout == 30


@pytest.mark.parametrize("name", ["wav", "mp3", "opus"])
async def test_a_local_file_is_stored_as_it_is(
    context: MediaContext, tmp_path: Path, name: str
) -> None:
    sound = make_audio(tmp_path, name, 0.5)
    prepared = await async_prepare(context, f" {local(sound.name)}\n")
    (item,) = context.store
    assert prepared.stored is item
    assert prepared.url == f"{context.hass.config.internal_url}{item.path}"
    assert prepared.shown == local(sound.name)
    assert (item.extension, bytes(item.data)) == (name, sound.read_bytes())
    assert item.length == pytest.approx(0.5, abs=0.1)
    assert item.complete.is_set()
    assert not item.is_broken


async def test_a_file_in_another_format_is_stored_as_mp3(
    context: MediaContext, tmp_path: Path
) -> None:
    prepared = await async_prepare(context, local(make_audio(tmp_path, "flac", 0.5).name))
    (item,) = context.store
    assert prepared.url.endswith(".mp3")
    assert item.length == pytest.approx(0.5, abs=0.1)
    context.convert_timeout = 0
    context.store.remove(item)
    await assert_refused(context, local("tone.flac"), "media_too_long")


@pytest.fixture
def slow_ffmpeg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Let a script convert whatever it is: the first second, and the rest when ``go`` exists.

    If that says "fail" the rest is missing. Return ``go``.
    """
    sound, go = tmp_path / "whole.mp3", tmp_path / "go"
    make_audio(tmp_path, "cbr.mp3", 3).rename(sound)
    program = tmp_path / "ffmpeg"
    program.write_text(
        f"#!/bin/bash\nhead -c 12000 {sound}\nuntil [ -e {go} ]; do sleep 0.02; done\n"
        f'[ "$(cat {go})" = fail ] && exit 1\ntail -c +12001 {sound}\n'
    )
    program.chmod(0o755)
    monkeypatch.setattr(FFmpegManager, "binary", str(program))
    return go


async def test_a_conversion_is_offered_from_its_first_second_on(
    context: MediaContext, tmp_path: Path, slow_ffmpeg: Path
) -> None:
    prepared = await async_prepare(context, local(make_audio(tmp_path, "flac", 3).name))
    (item,) = context.store
    assert prepared.stored is item
    assert (len(item.data), item.length, item.complete.is_set()) == (12_000, None, False)
    await asyncio.to_thread(slow_ffmpeg.touch)
    assert await until(item.complete.is_set)
    assert item.data == (tmp_path / "whole.mp3").read_bytes()
    assert item.length == pytest.approx(3, abs=0.1)
    assert not item.is_broken


async def test_a_conversion_that_breaks_off_is_reported(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    slow_ffmpeg: Path,
    notifications: Notifications,
) -> None:
    sound = make_audio(tmp_path, "flac", 3)
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=local(sound.name))
    assert await until(lambda: state_of(hass_ready, PLAYBACK).attributes["fetched_at"])
    (played,) = (await phone.call(call_id))["plays"]
    assert (played["seconds"], played["error"]) == (None, None)
    await asyncio.to_thread(slow_ffmpeg.with_suffix(".new").write_text, "fail")
    slow_ffmpeg.with_suffix(".new").rename(slow_ffmpeg)
    (notification,) = (await until(lambda: notifications)).values()
    assert "could not convert" in notification["message"]
    assert sound.name in notification["message"]
    state = state_of(hass_ready, PLAYBACK)
    assert (state.state, state.attributes["error"]) == ("failed", "media_cut_short")
    assert len(number(media_entry).media.store) == 0


@pytest.mark.skipif(
    "path" not in PlayMedia.__dataclass_fields__,
    reason="Older versions say only how to fetch a file, not where it is",
)
async def test_a_file_that_is_converted_is_read_from_the_file_itself(
    context: MediaContext, tmp_path: Path, slow_ffmpeg: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError

    monkeypatch.setattr("custom_components.pilotstatus.media.prepare.open_unnamed", refuse)
    await asyncio.to_thread(slow_ffmpeg.touch)
    await async_prepare(context, local(make_audio(tmp_path, "flac", 1).name))
    assert len(context.store) == 1


async def test_a_file_of_20_minutes_is_stored_whole(context: MediaContext, tmp_path: Path) -> None:
    second = make_audio(tmp_path, "cbr.mp3", 1).read_bytes()
    (tmp_path / "long.mp3").write_bytes(second * 1200)
    await async_prepare(context, local("long.mp3"))
    (item,) = context.store
    assert len(item.data) == len(second) * 1200
    assert item.length is not None
    assert item.length > 1200


@pytest.mark.parametrize("from_file", [True, False])
async def test_media_is_read_up_to_its_limit(
    context: MediaContext,
    tmp_path: Path,
    source: Source,
    upstream: Upstream,
    from_file: bool,  # noqa: FBT001
) -> None:
    context.max_megabytes = 2
    source.answer = upstream.url
    for size in (2 * MEBIBYTE, 2 * MEBIBYTE + 1):
        upstream.size, upstream.sent = size, 0
        (tmp_path / "a.wav").write_bytes(WAV + bytes(size - len(WAV)))
        wanted = local("a.wav") if from_file else "media-source://test/x"
        if size > 2 * MEBIBYTE:
            await assert_refused(context, wanted, "media_too_large", limit="2")
            continue
        await async_prepare(context, wanted)
        (item,) = context.store
        assert len(item.data) == size
        context.store.remove(item)
    assert len(upstream.hits) == (0 if from_file else 2)


async def test_a_download_is_cut_off_at_its_limit(
    context: MediaContext, source: Source, upstream: Upstream
) -> None:
    source.answer, upstream.size = upstream.url, 200 * MEBIBYTE
    await assert_refused(context, "media-source://test/x", "media_too_large", limit="48")
    # A little more is on its way.
    assert 48 * MEBIBYTE < upstream.sent < 72 * MEBIBYTE


async def test_a_large_file_is_not_read(context: MediaContext, tmp_path: Path) -> None:
    for size, key, words in (
        (48 * MEBIBYTE, "media_no_sound", {}),
        (48 * MEBIBYTE + 1, "media_too_large", {"limit": "48"}),
    ):
        with (tmp_path / "large.wav").open("wb") as large:
            large.truncate(size)
        await assert_refused(context, local("large.wav"), key, **words)


async def test_what_is_no_file_is_not_read(context: MediaContext, tmp_path: Path) -> None:
    (tmp_path / "folder.wav").mkdir()
    os.mkfifo(pipe := tmp_path / "pipe.wav")
    await assert_refused(context, local("folder.wav"), "media_not_found")
    # Who reads from the pipe waits until someone writes.
    wait = asyncio.create_task(assert_refused(context, local("pipe.wav"), "media_not_found"))
    await asyncio.wait([wait], timeout=5)
    is_done = wait.done()
    os.close(os.open(pipe, os.O_RDWR))
    await wait
    assert is_done


async def test_a_media_source_that_does_not_answer_is_given_up(
    context: MediaContext, source: Source
) -> None:
    context.read_timeout = 0.3
    source.answers.clear()
    async with asyncio.timeout(10):
        await assert_refused(context, "media-source://test/x", "media_too_large", limit="48")


async def test_media_that_does_not_end_is_given_up(context: MediaContext) -> None:
    context.read_timeout = 0.3
    endless = context.store.add("mp3", b"x")
    with pytest.raises(ActionRefusedError) as caught:
        await async_prepare(context, endless.path)
    assert caught.value.translation_key == "media_too_large"


@pytest.mark.parametrize(
    ("wanted", "key"),
    [
        (local("text.mp3"), "media_no_sound"),
        (local("vanished.mp3"), "media_not_found"),
        (local("../secrets.yaml"), "media_not_found"),
        ("media-source://nothing/x", "media_not_found"),
        ("media-source://tts/tts.nobody?message=x", "speech_failed"),
        ("https://a.b/c.ogg", "media_url_format"),
        ("https://[::1/c.mp3", "media_url_invalid"),
        ("c.mp3", "media_url_invalid"),
        ("//a.b/c.mp3", "media_url_invalid"),
        ("/media/local/vanished.wav", "media_not_found"),
        ("{base}/media/local/vanished.wav", "media_not_found"),
    ],
)
async def test_media_that_cannot_be_played_is_refused(
    context: MediaContext, tmp_path: Path, wanted: str, key: str
) -> None:
    (tmp_path / "text.mp3").write_text("not audio")
    with pytest.raises(ActionRefusedError) as caught:
        await async_prepare(context, wanted.format(base=context.hass.config.internal_url))
    assert caught.value.translation_key == key
    assert len(context.store) == 0


@pytest.mark.parametrize(
    "wanted",
    [
        *("media-source://", "media-source:///", "media-source://tts", "media-source://tts/"),
        *("media-source://tts/?message=", "media-source://tts?message=x", "media-source://nothing"),
        *("media-source://media_source", "media-source://media_source/", local("")),
        *("media-source://test", "media-source://test/", "media-source://TEST/x"),
        *(local("\x00"), local("a\nb"), local("\ud800"), local("%00"), local("[::1"), local("?#")),
        *("media-source://\ud800", "media-source://tts/\ud800", "media-source://[::1/x"),
        *("media-source://tts/tts.nobody?message=\ud800", "media-source://tts/?message=x#y"),
        *("media-source://media_source/" + "../" * 9 + "etc/passwd", local("a" * 500)),
        *("/", "/\ud800", "/\x00", "/?", "/#", "/[::1", "/a b", "/%", "/" + "a" * 500),
        "{base}/\ud800",
    ],
)
async def test_an_odd_media_id_is_refused(
    context: MediaContext, source: Source, wanted: str
) -> None:
    source.answer = ValueError("failed")
    base = context.hass.config.internal_url or ""
    with pytest.raises(ActionRefusedError) as caught:
        await async_prepare(context, wanted.replace("{base}", base))
    assert caught.value.translation_key in {"media_not_found", "media_no_sound", "speech_failed"}
    assert len(context.store) == 0


@pytest.mark.parametrize("start", ["/", "media-source://test/", f"{SPEECH}&x=", "{base}/"])
async def test_a_media_id_without_end_is_refused(
    context: MediaContext, source: Source, start: str
) -> None:
    start = start.replace("{base}", context.hass.config.internal_url or "")
    longest = start + "a" * (64 * 1024 - len(start))
    with pytest.raises(ActionRefusedError) as caught:
        await async_prepare(context, longest)
    assert caught.value.translation_key in {"media_not_found", "speech_failed"}
    for wanted in (f"{longest}a", start + "a" * MEBIBYTE):
        await assert_refused(context, wanted, "media_url_too_long", limit="65536")


async def test_a_media_source_that_fails_is_media_that_is_not_found(
    context: MediaContext, source: Source, upstream: Upstream
) -> None:
    vanished = upstream.url.replace("a.wav", "b.wav")
    for answer in (
        HomeAssistantError("failed"),
        ValueError("failed"),
        RuntimeError("failed"),
        KeyError("failed"),
        NotImplementedError(),
        "",
        "\ud800",
        "http://127.0.0.1:99999/a.wav",
        "http://[::1/a.wav",
        "ftp://127.0.0.1/a.wav",
        "http://127.0.0.1:1/a.wav",
        vanished,
    ):
        source.answer = answer
        await assert_refused(context, "media-source://test/x", "media_not_found")
    assert upstream.hits == ["/b.wav"]


async def test_media_is_not_redirected_to_another_host_of_this_network(
    context: MediaContext, source: Source, upstream: Upstream
) -> None:
    source.answer = upstream.url.replace("a.wav", "moved")
    for moved_to in (upstream.url.replace("127.0.0.1", "localhost"), "https://a.example/a.wav"):
        upstream.moved_to = moved_to
        await assert_refused(context, "media-source://test/x", "media_not_found")
    assert upstream.hits == ["/moved"] * 2
    upstream.moved_to, upstream.size = "/a.wav", 100
    await async_prepare(context, "media-source://test/x")
    (item,) = context.store
    assert item.data.startswith(WAV)


@pytest.mark.parametrize("is_internal", [True, False])
async def test_home_assistant_redirects_to_itself_alone(
    context: MediaContext,
    upstream: Upstream,
    is_internal: bool,  # noqa: FBT001
) -> None:
    base = upstream.url.removesuffix("/a.wav")
    context.hass.config.internal_url = base
    upstream.moved_to = upstream.url.replace("127.0.0.1", "localhost")
    await assert_refused(context, f"{base if is_internal else ''}/moved", "media_not_found")
    assert upstream.hits == ["/moved"]


async def test_a_public_url_is_passed_on_as_it_is(context: MediaContext) -> None:
    prepared = await async_prepare(context, " https://user.example.com/a.mp3?token=1 ")
    assert prepared.url == "https://user.example.com/a.mp3?token=1"
    assert (prepared.shown, prepared.stored) == ("https://user.example.com/a.mp3", None)
    assert len(context.store) == 0


@pytest.mark.parametrize("is_private_server", [True, False])
async def test_the_external_url_of_home_assistant_is_passed_on_as_it_is(
    context: MediaContext,
    is_private_server: bool,  # noqa: FBT001
) -> None:
    context.hass.config.external_url = EXTERNAL
    context.is_private_server = is_private_server
    prepared = await async_prepare(context, f"{EXTERNAL}/local/a.mp3")
    assert (prepared.url, prepared.stored) == (f"{EXTERNAL}/local/a.mp3", None)


async def test_a_private_url_of_another_host_is_passed_on_to_a_private_server_only(
    context: MediaContext,
) -> None:
    wanted = "http://192.168.0.10/a.mp3"
    assert (await async_prepare(context, wanted)).url == wanted
    context.is_private_server = False
    await assert_refused(context, wanted, "media_url_private", host="192.168.0.10")


@pytest.mark.parametrize("base", ["", "{base}"])
async def test_what_only_home_assistant_can_fetch_is_read(
    context: MediaContext, tmp_path: Path, base: str
) -> None:
    sound = make_audio(tmp_path, "wav", 0.2)
    internal_url = context.hass.config.internal_url
    context.hass.config.external_url = EXTERNAL
    context.is_private_server = False
    wanted = f"{base.format(base=internal_url)}/media/local/{sound.name}"
    prepared = await async_prepare(context, wanted)
    (item,) = context.store
    assert (prepared.url, prepared.stored) == (f"{EXTERNAL}{item.path}", item)
    assert prepared.shown == wanted
    assert item.data == sound.read_bytes()


async def test_an_internal_address_is_never_sent_out(context: MediaContext, tmp_path: Path) -> None:
    sound = make_audio(tmp_path, "mp3", 0.2)
    context.is_private_server = False
    await assert_refused(context, local(sound.name), "no_external_url")
    issues = ir.async_get(context.hass)
    issue = issues.async_get_issue("pilotstatus", f"no_external_url_{context.entry.entry_id}")
    assert issue is not None
    assert issue.translation_placeholders == {"number": "Casa"}


async def test_speech_is_stored_as_it_is_spoken(context: MediaContext, tmp_path: Path) -> None:
    hass = context.hass
    engine = Engine(make_audio(tmp_path, "mp3", 1))
    await set_up_engine(hass, engine)
    engine.goes_on.clear()
    prepared = await async_prepare(context, SPEECH)
    (item,) = context.store
    assert (prepared.stored, prepared.shown) == (item, SPEECH.partition("?")[0])
    assert not item.complete.is_set()
    engine.goes_on.set()
    await item.complete.wait()
    assert item.data == engine.file.read_bytes()
    context.store.remove(item)
    context.speech_timeout = 0
    await assert_refused(context, f"{SPEECH}&again", "speech_failed")


@pytest.mark.parametrize(
    ("name", "fetch"), [("wav", "request"), ("mp3", "connect"), ("opus", "request")]
)
async def test_a_local_file_is_heard_and_removed_after_the_call(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    name: str,
    fetch: str,
) -> None:
    await phone.settings(fetch=fetch)
    sound = make_audio(tmp_path, name, 0.5)
    call_id = await phone.ring()
    assert (await act(hass_ready, "play_audio", media=local(sound.name)))["queued"]
    await act(hass_ready, "answer_call")
    expected = samples_of(sound)
    assert await heard(phone, call_id, len(expected)) == expected
    await hass_ready.async_block_till_done()
    shown = state_of(hass_ready, PLAYBACK).attributes
    assert shown["media"] == local(sound.name)
    assert shown["fetched_at"] is not None
    (item,) = number(media_entry).media.store
    (play,) = (await phone.call(call_id))["plays"]
    assert play["mediaUrl"].endswith(item.path)
    await act(hass_ready, "hang_up")
    assert len(number(media_entry).media.store) == 0


async def test_an_error_names_its_media_and_nothing_is_sent(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone
) -> None:
    call_id = await answered_call(hass_ready, phone)
    for wanted, key in (
        (local("vanished.mp3"), "media_not_found"),
        ("media-source://tts/tts.nobody?message=secret", "speech_failed"),
    ):
        with pytest.raises(ServiceValidationError) as caught:
            await act(hass_ready, "play_audio", media=wanted)
        assert caught.value.translation_key == key
        assert wanted.rpartition("/")[2].partition("?")[0] in str(caught.value)
        assert "secret" not in str(caught.value)
        state = state_of(hass_ready, PLAYBACK)
        assert (state.state, state.attributes["error"]) == ("failed", key)
    assert (await phone.call(call_id))["plays"] == []


@pytest.mark.parametrize(
    ("wanted", "key"),
    [
        ("media-source://", "media_not_found"),
        ("media-source://tts", "media_not_found"),
        (local("\ud800"), "media_not_found"),
        (local("a" * MEBIBYTE), "media_url_too_long"),
        ("https://a.b/\ud800.mp3", "media_url_invalid"),
        (f"https://{'a' * 2000}/b.mp3", "media_url_private"),
        ("\ud800", "media_url_invalid"),
    ],
)
async def test_nothing_is_sent_of_an_odd_media_id(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, wanted: str, key: str
) -> None:
    number(media_entry).media.is_private_server = key != "media_url_private"
    call_id = await answered_call(hass_ready, phone)
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass_ready, "play_audio", media=wanted)
    assert caught.value.translation_key == key
    assert len(str(caught.value)) < 1000
    assert str(caught.value).isprintable()
    state = state_of(hass_ready, PLAYBACK)
    assert (state.state, state.attributes["error"]) == ("failed", key)
    assert len(state.attributes["media"] or "") <= 300
    assert (await phone.call(call_id))["plays"] == []


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({}, "media_missing"),
        ({"media": []}, "media_missing"),
        ({"media_url": "https://a.b/c.mp3", "media": "https://a.b/c.mp3"}, "media_twice"),
        ({"media": "https://a.b/c.ogg"}, "media_url_format"),
    ],
)
async def test_exactly_one_of_url_and_media(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, data: Any, key: str
) -> None:
    await answered_call(hass_ready, phone)
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass_ready, "play_audio", **data)
    assert caught.value.translation_key == key
