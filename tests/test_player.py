"""Playing media and lists, and the states of a playback."""

import asyncio
from pathlib import Path

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
    Notifications,
    act,
    answered_call,
    heard,
    local,
    number,
    plays_of,
    shown_playback,
    state_of,
    states_of,
    until,
)
from .engine import SPEECH, Engine


@pytest.fixture
def quick(media_entry: MockConfigEntry) -> None:
    """Give Pilot Status little time to fetch media."""
    number(media_entry).player.timings = Timings(fetch=0.3, hasty=0.1)


async def test_media_that_is_not_fetched_is_reported_after_the_answer(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
    quick: None,
) -> None:
    await phone.settings(strict_internet=True)
    file = make_audio(tmp_path, "mp3", 0.2)
    await phone.ring()
    await act(hass_ready, "play_audio", media=local(file.name))
    # Before the answer nothing is reported, even after the time to fetch.
    await asyncio.sleep(0.5)
    assert notifications == {}
    await act(hass_ready, "answer_call")
    (notification,) = (await until(lambda: notifications)).values()
    assert hass_ready.config.internal_url in notification["message"].replace("\\", "")
    assert shown_playback(hass_ready) == ("failed", "not_fetched")
    assert len(number(media_entry).media.store) == 0


@pytest.mark.parametrize(("hasty", "is_reported"), [(0, True), (60, False)])
async def test_a_hang_up_before_media_was_fetched_is_reported_unless_it_was_hasty(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
    hasty: float,
    *,
    is_reported: bool,
) -> None:
    number(media_entry).player.timings = Timings(hasty=hasty)
    await phone.settings(strict_internet=True)
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=local(make_audio(tmp_path, "mp3", 0.2).name))
    await phone.act(call_id, "hang_up")
    status = "failed" if is_reported else "interrupted"
    assert await until(lambda: shown_playback(hass_ready)[0] == status)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert bool(notifications) is is_reported


async def test_a_list_is_queued_at_once_and_played_in_order_after_the_answer(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    files = [make_audio(tmp_path, name, 0.8) for name in ("wav", "mp3")]
    call_id = await phone.ring()
    answer = await act(hass_ready, "play_audio", media=[local(file.name) for file in files])
    assert answer["queued"]
    # Before the answer the second item does not follow.
    await asyncio.sleep(0.3)
    assert len((await phone.call(call_id))["plays"]) == 1
    await act(hass_ready, "answer_call")
    expected = b"".join(samples_of(file) for file in files)
    assert len(await heard(phone, call_id, len(samples_of(files[0])))) < len(expected)
    assert await heard(phone, call_id, len(expected)) == expected


async def test_urls_of_unknown_length_are_played_at_once_and_in_order(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    call_id = await answered_call(hass_ready, phone)
    urls = [f"http://127.0.0.1:1/{name}.mp3" for name in ("one", "two", "three")]
    await act(hass_ready, "play_audio", media_url=urls)
    assert [play["mediaUrl"] for play in await plays_of(phone, call_id, 3)] == urls


async def test_an_item_that_the_call_ended_before_is_reported_and_nothing_stays_in_memory(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
) -> None:
    items = [local(make_audio(tmp_path, name, 2).name) for name in ("wav", "mp3")]
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=items)
    assert await until(lambda: state_of(hass_ready, PLAYBACK).attributes["fetched_at"])
    await phone.act(call_id, "hang_up")
    (notification,) = (await until(lambda: notifications)).values()
    assert "tone.mp3 (2/2)" in notification["message"].replace("\\", "")
    assert shown_playback(hass_ready) == ("failed", "call_over")
    assert len(number(media_entry).media.store) == 0


async def test_a_list_in_an_unanswered_call_is_not_reported_and_not_kept(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
) -> None:
    audio = local(make_audio(tmp_path, "wav", 0.2).name)
    call_id = await phone.ring()
    await act(hass_ready, "play_audio", media=[audio] * 2)
    await phone.act(call_id, "hang_up")
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert await until(lambda: not len(number(media_entry).media.store))
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert notifications == {}
    assert len((await phone.call(call_id))["plays"]) == 1


async def test_an_item_that_cannot_be_prepared_is_reported_and_nothing_is_played(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
) -> None:
    audio = local(make_audio(tmp_path, "wav", 0.2).name)
    call_id = await answered_call(hass_ready, phone)
    with pytest.raises(ServiceValidationError, match=r"vanished\.mp3 \(2/3\)"):
        await act(hass_ready, "play_audio", media=[audio, local("vanished.mp3"), audio])
    (notification,) = notifications.values()
    assert "vanished.mp3 (2/3)" in notification["message"].replace("\\", "")
    assert (await phone.call(call_id))["plays"] == []
    assert len(number(media_entry).media.store) == 0


async def test_an_item_that_is_refused_is_reported_and_the_rest_is_not_played(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
) -> None:
    audio = local(make_audio(tmp_path, "wav", 0.3).name)
    call_id = await answered_call(hass_ready, phone)
    # The first play passes.
    await phone.fault("calls.play")
    await phone.fault("calls.play", status=400, error="Odd", times=9)
    await act(hass_ready, "play_audio", media=[audio] * 3)
    (notification,) = (await until(lambda: notifications)).values()
    message = notification["message"].replace("\\", "")
    assert "Odd" in message
    assert "tone.wav (2/3)" in message
    assert shown_playback(hass_ready) == ("failed", "rejected")
    assert len((await phone.call(call_id))["plays"]) == 1
    assert len(number(media_entry).media.store) == 1


async def test_a_list_does_not_extend_the_timeout_of_a_placed_call(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    audio = local(make_audio(tmp_path, "wav", 0.2).name)
    answer = await act(
        hass_ready,
        "place_call",
        to="+5511999999999",
        media=[audio] * 2,
        wait_for_answer=True,
        timeout=1,
    )
    assert (answer["status"], answer["answered"]) == ("ringing", False)


async def test_queued_media_is_shown_as_playing_after_the_answer_and_then_as_played(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    states = states_of(hass_ready, PLAYBACK)
    await phone.ring()
    await act(hass_ready, "play_audio", media=local(make_audio(tmp_path, "wav", 0.3).name))
    assert await until(lambda: state_of(hass_ready, PLAYBACK).attributes["fetched_at"])
    assert state_of(hass_ready, PLAYBACK).attributes["length"] == pytest.approx(0.3)
    await act(hass_ready, "answer_call")
    assert await until(lambda: states[-1:] == ["played"])
    assert list(dict.fromkeys(states)) == ["queued", "playing", "played"]
    assert state_of(hass_ready, PLAYBACK).attributes["error"] is None


async def test_the_end_of_a_call_interrupts_what_plays(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
) -> None:
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=local(make_audio(tmp_path, "wav", 30).name))
    assert await until(lambda: shown_playback(hass_ready) == ("playing", None))
    await phone.act(call_id, "hang_up")
    assert await until(lambda: shown_playback(hass_ready) == ("interrupted", None))
    assert notifications == {}


async def test_a_change_of_a_call_is_reported_after_the_playback_is_updated(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    seen: list[tuple[str, str, str]] = []
    await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=local(make_audio(tmp_path, "wav", 30).name))
    assert await until(lambda: shown_playback(hass_ready) == ("playing", None))
    number(media_entry).coordinator.async_add_change_listener(
        lambda change: seen.append(
            (
                str(change.kind),
                state_of(hass_ready, PLAYBACK).state,
                state_of(hass_ready, PLAYER).state,
            )
        )
    )
    await act(hass_ready, "hang_up")
    assert seen == [("ended", "interrupted", "off")]


async def test_the_next_item_waits_until_speech_is_complete(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    engine: Engine,
    tmp_path: Path,
) -> None:
    engine.goes_on.clear()
    call_id = await answered_call(hass_ready, phone)
    audio = local(make_audio(tmp_path, "wav", 0.2).name)
    await act(hass_ready, "play_audio", media=[SPEECH, audio])
    assert await until(lambda: shown_playback(hass_ready) == ("playing", None))
    # Longer than what has been spoken so far: nothing follows in the meantime.
    await asyncio.sleep(0.6)
    assert len((await phone.call(call_id))["plays"]) == 1
    engine.goes_on.set()
    assert len(await plays_of(phone, call_id, 2)) == 2


async def test_the_end_of_an_earlier_playback_does_not_hide_the_last_one(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    file = make_audio(tmp_path, "wav", 0.4)
    await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=local(file.name))
    assert await until(lambda: shown_playback(hass_ready) == ("playing", None))
    await act(hass_ready, "play_audio", media_url="http://127.0.0.1:1/a.mp3")
    assert await until(lambda: number(media_entry).player.playing is None)
    last = state_of(hass_ready, PLAYBACK)
    assert (last.state, last.attributes["media"]) == ("accepted", "http://127.0.0.1:1/a.mp3")


async def test_the_player_knows_what_a_call_hears_now(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    file = make_audio(tmp_path, "wav", 30)
    await phone.ring()
    await act(hass_ready, "play_audio", media=local(file.name))
    player = number(media_entry).player
    was_playing = player.playing
    await act(hass_ready, "answer_call")
    assert await until(lambda: player.playing)
    assert was_playing is None
    assert player.playing is not None
    assert (str(player.playing.status), player.playing.media) == ("playing", local(file.name))


async def test_a_refused_first_item_is_named_in_the_notification(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
) -> None:
    file = local(make_audio(tmp_path, "wav", 0.2).name)
    await answered_call(hass_ready, phone)
    await phone.fault("calls.play", status=400, error="Odd")
    with pytest.raises(ServiceValidationError):
        await act(hass_ready, "play_audio", media=[file] * 2)
    (shown,) = notifications.values()
    assert "tone.wav (1/2)" in shown["message"].replace("\\", "")


async def test_only_a_call_whose_state_is_news_is_requested_after_a_play(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    calls = number(entry).coordinator.calls
    call_id = await phone.ring()
    url = "http://127.0.0.1:1/a.mp3"
    await act(hass_ready, "play_audio", call_id=call_id, media_url=url)
    assert await until(lambda: calls.find(call_id))
    assert len(await phone.requests("calls.get")) == 1
    await act(hass_ready, "answer_call", call_id=call_id)
    await act(hass_ready, "play_audio", call_id=call_id, media_url=url)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert len(await phone.requests("calls.get")) == 1
