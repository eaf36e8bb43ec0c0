"""The media player entity of a number."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.media_player import title_of
from custom_components.pilotstatus.playback import Timings
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.setup import async_setup_component
from simulator.client import Phone

from .audio import make_audio, samples_of
from .common import (
    MEDIA,
    PLAYBACK,
    PLAYER,
    Notifications,
    act,
    answered_call,
    heard,
    local,
    number,
    plays_of,
    poll,
    state_of,
    states_of,
    until,
)
from .engine import Engine


def state(hass: HomeAssistant) -> str:
    """Return the player's state."""
    return str(state_of(hass, PLAYER).state)


async def turn_off(
    hass: HomeAssistant, target: dict[str, str] | None = None, domain: str = "media_player"
) -> None:
    """Turn the player off, or what a target names."""
    data = target or {"entity_id": PLAYER}
    await hass.services.async_call(domain, "turn_off", data, blocking=True)


async def test_tts_speak_plays_into_the_call_and_the_player_shows_its_state(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, engine: Engine
) -> None:
    assert state(hass_ready) == "off"
    speak = {
        "entity_id": "tts.test_engine",
        "media_player_entity_id": PLAYER,
        "message": "Olá",
        "cache": False,
    }
    with pytest.raises(ServiceValidationError, match="No call is going on"):
        await hass_ready.services.async_call("tts", "speak", speak, blocking=True)
    call_id = await answered_call(hass_ready, phone)
    assert state(hass_ready) == "on"
    await hass_ready.services.async_call("tts", "speak", speak, blocking=True)
    assert await until(lambda: state(hass_ready) == "playing")
    # Never the words themselves.
    assert state_of(hass_ready, PLAYER).attributes["media_title"] == "Spoken message"
    expected = samples_of(engine.file)
    assert await heard(phone, call_id, len(expected)) == expected
    assert await until(lambda: state(hass_ready) == "on")
    number(media_entry).coordinator.async_set_connected(connected=False)
    assert state(hass_ready) == "on"
    await turn_off(hass_ready)
    assert state(hass_ready) == "off"
    assert (await phone.call(call_id))["status"] == "COMPLETED"


async def test_what_an_action_plays_is_shown_until_the_call_ends(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    """Media of unknown length is not shown as playing."""
    file = make_audio(tmp_path, "wav", 30)
    await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=local(file.name))
    assert await until(lambda: state(hass_ready) == "playing")
    assert state_of(hass_ready, PLAYER).attributes["media_title"] == file.stem
    await act(hass_ready, "hang_up")
    assert state(hass_ready) == "off"
    assert "media_title" not in state_of(hass_ready, PLAYER).attributes
    await answered_call(hass_ready, phone)
    assert state(hass_ready) == "on"
    await act(hass_ready, "play_audio", media_url="http://127.0.0.1:1/greeting.mp3")
    assert state(hass_ready) == "on"


async def test_queued_media_plays_from_the_answer_however_late(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    file = make_audio(tmp_path, "wav", 0.5)
    call_id = await phone.ring()
    await act(hass_ready, "play_audio", media=local(file.name))
    assert state(hass_ready) == "on"
    for item in number(media_entry).media.store:
        item.stored_at -= 3 * 3600
    await act(hass_ready, "answer_call")
    assert await until(lambda: state(hass_ready) == "playing")
    expected = samples_of(file)
    assert await heard(phone, call_id, len(expected)) == expected


async def test_media_that_is_not_fetched_is_not_shown_as_playing(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
) -> None:
    number(media_entry).player.timings = Timings(fetch=0.2, hasty=0)
    await phone.settings(strict_internet=True)
    shown = states_of(hass_ready, PLAYER)
    await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=local(make_audio(tmp_path, "wav", 30).name))
    assert await until(lambda: state_of(hass_ready, PLAYBACK).state == "failed")
    assert "playing" not in shown
    assert state(hass_ready) == "on"


async def test_a_failed_playback_does_not_hide_the_one_that_plays(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
) -> None:
    file = make_audio(tmp_path, "wav", 30)
    await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=local(file.name))
    assert await until(lambda: state(hass_ready) == "playing")
    with pytest.raises(ServiceValidationError):
        await act(hass_ready, "play_audio", media=local("vanished.wav"))
    assert state(hass_ready) == "playing"
    assert state_of(hass_ready, PLAYER).attributes["media_title"] == file.stem
    assert state_of(hass_ready, PLAYBACK).state == "failed"


async def test_the_media_browser_shows_audio_and_no_pictures(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, tmp_path: Path, hass_ws_client: Any
) -> None:
    make_audio(tmp_path, "mp3", 0.2)
    (tmp_path / "picture.jpg").write_bytes(b"")
    client = await hass_ws_client(hass_ready)
    await client.send_json_auto_id(
        {
            "type": "media_player/browse_media",
            "entity_id": PLAYER,
            "media_content_type": "",
            "media_content_id": "media-source://media_source/local/.",
        }
    )
    answer = await client.receive_json()
    assert [child["title"] for child in answer["result"]["children"]] == ["tone.mp3"]


TARGETS = [
    ("media_player", {"entity_id": PLAYER}),
    ("media_player", {"entity_id": "all"}),
    ("media_player", {"area_id": "sala"}),
    ("homeassistant", {"area_id": "sala"}),
]


@pytest.fixture
async def sala(hass_ready: HomeAssistant, media_entry: MockConfigEntry) -> None:
    """Put the player into an area."""
    assert await async_setup_component(hass_ready, "homeassistant", {})
    area = ar.async_get(hass_ready).async_create("Sala")
    assert area.id == "sala"
    er.async_get(hass_ready).async_update_entity(PLAYER, area_id=area.id)


@pytest.mark.parametrize(("domain", "target"), TARGETS)
async def test_turning_off_without_a_call_does_nothing(
    hass_ready: HomeAssistant,
    sala: None,
    phone: Phone,
    notifications: Notifications,
    domain: str,
    target: dict[str, str],
) -> None:
    requested = len(await phone.requests("calls.list"))
    await turn_off(hass_ready, target, domain)
    assert state(hass_ready) == "off"
    assert notifications == {}
    assert len(await phone.requests("calls.list")) == requested


@pytest.mark.parametrize(("domain", "target"), TARGETS)
async def test_turning_off_in_a_call_hangs_up(
    hass_ready: HomeAssistant, sala: None, phone: Phone, domain: str, target: dict[str, str]
) -> None:
    call_id = await answered_call(hass_ready, phone)
    await turn_off(hass_ready, target, domain)
    assert (await phone.call(call_id))["status"] == "COMPLETED"
    assert state(hass_ready) == "off"


async def test_turning_off_hangs_up_everything_that_is_live(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone
) -> None:
    calls = [await phone.ring(), await phone.ring()]
    await poll(media_entry)
    await turn_off(hass_ready)
    assert [(await phone.call(it))["status"] for it in calls] == ["COMPLETED"] * 2


@pytest.mark.parametrize(
    ("fault", "reported"),
    [
        ({"status": 503}, 1),
        ({"status": 400, "code": "VALIDATION_ERROR"}, 1),
        # One that is over, or that nobody knows, needs no end.
        ({"status": 404, "code": "CALL_NOT_FOUND"}, 0),
    ],
)
async def test_turning_off_never_raises_and_what_fails_is_reported(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    notifications: Notifications,
    fault: dict[str, Any],
    reported: int,
) -> None:
    await answered_call(hass_ready, phone)
    await phone.fault("calls.terminate", times=9, **fault)
    await turn_off(hass_ready)
    assert len(notifications) == reported
    assert number(media_entry).failures.counts.get("hang_up", Counter()).total() == reported


async def test_a_call_that_is_already_over_when_it_is_turned_off_is_no_error(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    notifications: Notifications,
) -> None:
    call_id = await answered_call(hass_ready, phone)
    await phone.delivery(lose=True)
    await phone.act(call_id, "hang_up")
    assert state(hass_ready) == "on"
    await turn_off(hass_ready)
    assert state(hass_ready) == "off"
    assert notifications == {}


async def test_an_announcement_is_played_right_away(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone
) -> None:
    call_id = await answered_call(hass_ready, phone)
    await hass_ready.services.async_call(
        "media_player",
        "play_media",
        {
            "entity_id": PLAYER,
            "media_content_id": MEDIA,
            "media_content_type": "music",
            "announce": True,
        },
        blocking=True,
    )
    assert [it["mediaUrl"] for it in await plays_of(phone, call_id)] == [MEDIA]


@pytest.mark.parametrize("announce", [True, False])
async def test_playing_without_a_call_is_refused_and_not_ignored(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, *, announce: bool
) -> None:
    data = {"entity_id": PLAYER, "media_content_id": MEDIA, "media_content_type": "music"}
    with pytest.raises(ServiceValidationError, match="No call is going on"):
        await hass_ready.services.async_call(
            "media_player", "play_media", {**data, "announce": announce}, blocking=True
        )


@pytest.mark.parametrize(
    ("media", "title"),
    [
        ("https://cdn.example.com/a/water-in_the%20cellar.mp3", "water in the cellar"),
        ("media-source://media_source/local/Som da porta.FLAC", "Som da porta"),
        ("media-source://media_source/local/aten%C3%A7%C3%A3o.wav", "atenção"),
        ("/local/alarm", "alarm"),
        ("/local/take 2.0 final.opus", "take 2.0 final"),
        ("/local/__--.mp3", None),
        ("https://cdn.example.com/", None),
        ("https://cdn.example.com", None),
        (f"https://cdn.example.com/{'x' * 270}…", f"{'x' * 270}…"),
    ],
)
def test_the_title_is_the_name_of_the_file_in_words(media: str, title: str | None) -> None:
    assert title_of(media) == title
