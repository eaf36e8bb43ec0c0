"""The media player entity of a number."""

from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.playback import Timings
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from simulator.client import Phone

from .audio import make_audio, samples_of
from .common import (
    PLAYBACK,
    PLAYER,
    act,
    answered_call,
    heard,
    local,
    number,
    state_of,
    states_of,
    until,
)
from .engine import Engine


def state(hass: HomeAssistant) -> str:
    """Return the player's state."""
    return str(state_of(hass, PLAYER).state)


async def test_tts_speak_plays_into_the_call_and_the_player_shows_its_state(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, engine: Engine
) -> None:
    assert state(hass_ready) == "idle"
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
    expected = samples_of(engine.file)
    assert await heard(phone, call_id, len(expected)) == expected
    assert await until(lambda: state(hass_ready) == "on")
    await hass_ready.services.async_call(
        "media_player", "turn_off", {"entity_id": PLAYER}, blocking=True
    )
    assert state(hass_ready) == "idle"
    assert (await phone.call(call_id))["status"] == "COMPLETED"
    number(media_entry).coordinator.async_set_connected(connected=False)
    assert state(hass_ready) == "off"


async def test_what_an_action_plays_is_shown_until_the_call_ends(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    """Media of unknown length is not shown as playing."""
    file = make_audio(tmp_path, "wav", 30)
    await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=local(file.name))
    assert await until(lambda: state(hass_ready) == "playing")
    assert state_of(hass_ready, PLAYER).attributes["media_title"] == file.name
    await act(hass_ready, "hang_up")
    assert state(hass_ready) == "idle"
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
    assert state_of(hass_ready, PLAYER).attributes["media_title"] == file.name
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
