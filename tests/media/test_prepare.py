"""From what a user names to the sound in the call, through the real HTTP view."""

from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from simulator.client import Phone
from tests.audio import make_audio, samples_of
from tests.common import PLAYBACK, act, answered_call, heard, local, number, plays_of, state_of


def token_of(url: str) -> tuple[str, str]:
    """Return token and extension of a URL of ours."""
    token, _, extension = url.rpartition("/")[2].rpartition(".")
    return token, extension


@pytest.mark.parametrize("fetch", ["request", "connect"])
@pytest.mark.parametrize("name", ["wav", "mp3", "opus"])
async def test_a_local_file_is_heard_as_it_is(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    name: str,
    fetch: str,
) -> None:
    """Sample by sample, whenever it is fetched; it can be fetched no more after the call."""
    await phone.settings(fetch=fetch)
    sound = make_audio(tmp_path, name, 0.5)
    call_id = await phone.ring()
    answer = await act(hass_ready, "play_audio", media=local(sound.name))
    assert answer["queued"]
    await act(hass_ready, "answer_call")
    expected = samples_of(sound)
    assert await heard(phone, call_id, len(expected)) == expected
    await hass_ready.async_block_till_done()
    shown = state_of(hass_ready, PLAYBACK).attributes
    assert shown["media"] == local(sound.name)
    assert shown["fetched_at"] is not None
    (play,) = (await phone.call(call_id))["plays"]
    assert play["mediaUrl"].endswith(f".{name}")
    assert "?" not in play["mediaUrl"]
    store = number(media_entry).media.store
    assert store.get(*token_of(play["mediaUrl"])) is not None
    await act(hass_ready, "hang_up")
    assert store.get(*token_of(play["mediaUrl"])) is None


async def test_a_long_file(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    """20 minutes are fetched whole."""
    sound = make_audio(tmp_path, "cbr.mp3", 1200)
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=local(sound.name))
    (play,) = await plays_of(phone, call_id)
    assert play["seconds"] == pytest.approx(1200, abs=1)


async def test_what_only_the_house_can_fetch(
    hass_ready: HomeAssistant,
    media_parts: None,
    pushed_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
) -> None:
    """A path of Home Assistant, and its internal address: read here, offered outside."""
    sound = make_audio(tmp_path, "wav", 0.2)
    expected = samples_of(sound)
    call_id = await answered_call(hass_ready, phone)
    for named in (
        f"/media/local/{sound.name}",
        f"{hass_ready.config.internal_url}/media/local/{sound.name}",
    ):
        before = len(await heard(phone, call_id, 0))
        await act(hass_ready, "play_audio", media=named)
        assert (await heard(phone, call_id, before + len(expected)))[before:] == expected
        assert state_of(hass_ready, PLAYBACK).attributes["media"] == named
    for play in (await phone.call(call_id))["plays"]:
        assert "/api/pilotstatus/media/" in play["mediaUrl"]
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass_ready, "play_audio", media="/media/local/vanished.wav")
    assert caught.value.translation_key == "media_not_found"


async def test_media_that_cannot_be_played(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
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
        state = state_of(hass_ready, PLAYBACK)
        assert (state.state, state.attributes["error"]) == ("failed", key)
    assert (await phone.call(call_id))["plays"] == []
    assert len(number(media_entry).media.store) == 0


async def test_a_sound_that_never_ends(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
) -> None:
    """As of a radio: it is not waited for longer than is sensible."""
    number(media_entry).media.read_timeout = 0.3
    endless = number(media_entry).media.store.add("mp3", b"x")
    await answered_call(hass_ready, phone)
    with pytest.raises(ServiceValidationError, match="too long to read"):
        await act(hass_ready, "play_audio", media=endless.path)
    endless.finish()


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
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, data: Any, key: str
) -> None:
    """Media may name a URL, too."""
    await answered_call(hass_ready, phone)
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass_ready, "play_audio", **data)
    assert caught.value.translation_key == key


async def test_an_internal_address_is_never_sent_out(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    """Without an external address it is said what to set, and a repair says the same."""
    sound = make_audio(tmp_path, "mp3", 0.2)
    await answered_call(hass_ready, phone)
    number(media_entry).media.is_private_server = False
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass_ready, "play_audio", media=local(sound.name))
    assert caught.value.translation_key == "no_external_url"
    issue = ("pilotstatus", f"no_external_url_{media_entry.entry_id}")
    assert ir.async_get(hass_ready).async_get_issue(*issue) is not None
    await hass_ready.config.async_update(external_url="https://home.example.com")
    named = f"{hass_ready.config.internal_url}/media/local/{sound.name}"
    for wanted in (local(sound.name), named):
        await act(hass_ready, "play_audio", media=wanted)
    for play in (await phone.calls())[0]["plays"]:
        assert play["mediaUrl"].startswith("https://home.example.com/api/pilotstatus/media/")
