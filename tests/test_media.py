"""From what a user names to the sound in the call, through the real HTTP view."""

import os
from pathlib import Path
import sys
from typing import Any

import aiohttp
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus import transcode
from custom_components.pilotstatus.media import prepare
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir

from .house import PLAYBACK, act, answered_call, heard, local, plays_of
from .phone import Phone
from .sounds import BYTES_PER_SECOND, make_sound, samples_of


def token_of(url: str) -> tuple[str, str]:
    """Return token and extension of a URL of ours."""
    token, _, extension = url.rpartition("/")[2].rpartition(".")
    return token, extension


@pytest.mark.parametrize("fetch", ["request", "connect"])
@pytest.mark.parametrize("name", ["wav", "mp3", "opus"])
async def test_a_local_file_is_heard_as_it_is(
    hass_ready: HomeAssistant,
    media_house: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    name: str,
    fetch: str,
) -> None:
    """Sample by sample, whenever it is fetched; it can be fetched no more after the call."""
    await phone.settings(fetch=fetch)
    sound = make_sound(tmp_path, name, 0.5)
    call_id = await phone.ring()
    answer = await act(hass_ready, "play_audio", media=local(sound.name))
    assert answer["queued"]
    await act(hass_ready, "answer_call")
    expected = samples_of(sound)
    assert await heard(phone, call_id, len(expected)) == expected
    await hass_ready.async_block_till_done()
    shown = hass_ready.states.get(PLAYBACK).attributes
    assert shown["media_url"] == local(sound.name)
    assert shown["fetched_at"] is not None
    (play,) = (await phone.call(call_id))["plays"]
    assert play["mediaUrl"].endswith(f".{name}")
    assert "?" not in play["mediaUrl"]
    store = media_house.runtime_data.media
    assert store.get(*token_of(play["mediaUrl"])) is not None
    await act(hass_ready, "hang_up")
    assert store.get(*token_of(play["mediaUrl"])) is None


@pytest.mark.parametrize("name", ["m4a", "flac", "ogg"])
async def test_other_formats_are_converted(
    hass_ready: HomeAssistant,
    media_house: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    name: str,
) -> None:
    """They come out as mp3 of the same length, and are heard."""
    sound = make_sound(tmp_path, name, 0.5)
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media={"media_content_id": local(sound.name)})
    length = len(samples_of(sound))
    samples = await heard(phone, call_id, length)
    assert abs(len(samples) - length) < BYTES_PER_SECOND * 0.1
    assert any(samples)
    (play,) = (await phone.call(call_id))["plays"]
    assert play["mediaUrl"].endswith(".mp3")


async def test_a_long_file(
    hass_ready: HomeAssistant, media_house: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    """20 minutes are fetched whole."""
    sound = make_sound(tmp_path, "cbr.mp3", 1200)
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=local(sound.name))
    (play,) = await plays_of(phone, call_id)
    assert play["seconds"] == pytest.approx(1200, abs=1)


async def test_what_only_the_house_can_fetch(
    hass_ready: HomeAssistant,
    media_parts: None,
    house: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
) -> None:
    """A path of Home Assistant, and its internal address: read here, offered outside."""
    sound = make_sound(tmp_path, "wav", 0.2)
    expected = samples_of(sound)
    call_id = await answered_call(hass_ready, phone)
    for named in (
        f"/media/local/{sound.name}",
        f"{hass_ready.config.internal_url}/media/local/{sound.name}",
    ):
        before = len(await heard(phone, call_id, 0))
        await act(hass_ready, "play_audio", media=named)
        assert (await heard(phone, call_id, before + len(expected)))[before:] == expected
        assert hass_ready.states.get(PLAYBACK).attributes["media_url"] == named
    for play in (await phone.call(call_id))["plays"]:
        assert "/api/pilotstatus/media/" in play["mediaUrl"]
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass_ready, "play_audio", media="/media/local/vanished.wav")
    assert caught.value.translation_key == "media_not_found"


async def test_media_that_cannot_be_played(
    hass_ready: HomeAssistant, media_house: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    """Each ends in a clear error that names it, and nothing is sent or kept."""
    (tmp_path / "text.mp3").write_text("not a sound")
    with (tmp_path / "huge.wav").open("wb") as huge:
        huge.truncate(100 * 1024 * 1024)
    call_id = await answered_call(hass_ready, phone)
    for named, key in (
        (local("text.mp3"), "media_no_sound"),
        (local("huge.wav"), "media_too_large"),
        (local("vanished.mp3"), "media_not_found"),
        ("media-source://nothing/x", "media_not_found"),
        ("media-source://tts/tts.nobody?message=x", "speech_failed"),
        (local("../secrets.yaml"), "media_not_found"),
    ):
        with pytest.raises(ServiceValidationError) as caught:
            await act(hass_ready, "play_audio", media=named)
        assert caught.value.translation_key == key
        assert named.rpartition("/")[2].partition("?")[0] in str(caught.value)
        assert "message" not in str(caught.value)
        state = hass_ready.states.get(PLAYBACK)
        assert (state.state, state.attributes["error"]) == ("failed", key)
    assert (await phone.call(call_id))["plays"] == []
    assert media_house.runtime_data.media._items == {}  # noqa: SLF001


async def test_a_sound_that_never_ends(
    hass_ready: HomeAssistant,
    media_house: MockConfigEntry,
    phone: Phone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As of a radio: it is not waited for longer than is sensible."""
    monkeypatch.setattr(prepare, "_DOWNLOAD_TIMEOUT", aiohttp.ClientTimeout(total=0.3))
    endless = media_house.runtime_data.media.add("mp3", b"x")
    await answered_call(hass_ready, phone)
    with pytest.raises(ServiceValidationError, match="too long to read"):
        await act(hass_ready, "play_audio", media=endless.path)
    endless.finish()


async def test_without_ffmpeg_the_formats_are_named(
    hass_ready: HomeAssistant,
    media_house: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whether the integration or the program is missing."""
    sound = make_sound(tmp_path, "flac", 0.2)
    await answered_call(hass_ready, phone)

    class Missing:
        binary = "/nowhere/ffmpeg"

    monkeypatch.setattr(transcode, "get_ffmpeg_manager", lambda _: Missing)
    with pytest.raises(ServiceValidationError, match="mp3, wav and opus"):
        await act(hass_ready, "play_audio", media=local(sound.name))
    hass_ready.config.components.remove("ffmpeg")
    with pytest.raises(ServiceValidationError, match="mp3, wav and opus"):
        await act(hass_ready, "play_audio", media=local(sound.name))


async def test_a_conversion_that_does_not_end(
    hass_ready: HomeAssistant,
    media_house: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is ended."""
    sound = make_sound(tmp_path, "flac", 30)
    monkeypatch.setattr(transcode, "_TIMEOUT", 0.001)
    await answered_call(hass_ready, phone)
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass_ready, "play_audio", media=local(sound.name))
    assert caught.value.translation_key == "media_too_long"


async def test_nothing_needs_the_disk(
    hass_ready: HomeAssistant,
    media_house: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
) -> None:
    """From the file to the fetch nothing is written, and ffmpeg is given no path to write to."""
    sounds = [make_sound(tmp_path, name, 0.2) for name in ("flac", "wav")]
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


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({}, "media_missing"),
        ({"media": []}, "media_missing"),
        ({"media_url": "https://a.b/c.mp3", "media": "https://a.b/c.mp3"}, "media_twice"),
        ({"media": "https://a.b/c.ogg"}, "media_url_format"),
        ({"media": "https://[::1/c.mp3"}, "media_url_invalid"),
    ],
)
async def test_exactly_one_of_url_and_media(
    hass_ready: HomeAssistant, media_house: MockConfigEntry, phone: Phone, data: Any, key: str
) -> None:
    """Media may name a URL, too."""
    await answered_call(hass_ready, phone)
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass_ready, "play_audio", **data)
    assert caught.value.translation_key == key


async def test_an_internal_address_is_never_sent_out(
    hass_ready: HomeAssistant, media_house: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    """Without an external address it is said what to set, and a repair says the same."""
    sound = make_sound(tmp_path, "mp3", 0.2)
    await answered_call(hass_ready, phone)
    media_house.runtime_data.is_private_server = False
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass_ready, "play_audio", media=local(sound.name))
    assert caught.value.translation_key == "no_external_url"
    issue = ("pilotstatus", f"no_external_url_{media_house.entry_id}")
    assert ir.async_get(hass_ready).async_get_issue(*issue) is not None
    await hass_ready.config.async_update(external_url="https://house.example.com")
    named = f"{hass_ready.config.internal_url}/media/local/{sound.name}"
    for wanted in (local(sound.name), named):
        await act(hass_ready, "play_audio", media=wanted)
    for play in (await phone.calls())[0]["plays"]:
        assert play["mediaUrl"].startswith("https://house.example.com/api/pilotstatus/media/")
