"""Lists, and what is known of a sound after it was sent."""

import asyncio
from collections.abc import Iterator
import gc
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.media.store import StoredMedia
from custom_components.pilotstatus.playback import Timings
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from simulator.client import Phone

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
    state_of,
    states_of,
    until,
)
from .engine import SPEECH, Engine
from .sounds import make_sound, samples_of


def shown(hass: HomeAssistant) -> tuple[str, str | None]:
    """Return what the sensor shows, and the error."""
    state = state_of(hass, PLAYBACK)
    return state.state, state.attributes["error"]


@pytest.fixture
def quick(media_entry: MockConfigEntry) -> None:
    """Give Pilot Status less time to fetch."""
    number(media_entry).player.timings = Timings(fetch=0.3, hasty=0.1)


async def test_a_sound_that_nobody_fetches(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
    quick: None,
) -> None:
    """The silent failure is told after the answer, with the address that was not reached."""
    await phone.settings(strict_internet=True)
    sound = make_sound(tmp_path, "mp3", 0.2)
    await phone.ring()
    await act(hass_ready, "play_audio", media=local(sound.name))
    await asyncio.sleep(0.5)
    assert notifications == {}
    await act(hass_ready, "answer_call")
    (told,) = (await until(lambda: notifications)).values()
    assert hass_ready.config.internal_url in told["message"].replace("\\", "")
    assert shown(hass_ready) == ("failed", "not_fetched")
    assert len(number(media_entry).media.store) == 0


@pytest.mark.parametrize(("seconds", "is_told"), [(0.2, True), (0, False)])
async def test_who_hears_nothing_hangs_up(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
    seconds: float,
    is_told: bool,  # noqa: FBT001
) -> None:
    """That, too, was a failure; who hung up at once left no time to fetch."""
    number(media_entry).player.timings = Timings(hasty=0.1)
    await phone.settings(strict_internet=True)
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=local(make_sound(tmp_path, "mp3", 0.2).name))
    await asyncio.sleep(seconds)
    await phone.act(call_id, "hang_up")
    assert bool(await until(lambda: notifications, 2 if is_told else 0.5)) is is_told


async def test_a_list_is_played_in_order(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    """The first is queued at once, and makes nobody wait; each follows the one before."""
    sounds = [make_sound(tmp_path, name, 0.4) for name in ("wav", "mp3")]
    call_id = await phone.ring()
    answer = await act(hass_ready, "play_audio", media=[local(sound.name) for sound in sounds])
    assert answer["queued"]
    await asyncio.sleep(0.3)
    assert len((await phone.call(call_id))["plays"]) == 1
    await act(hass_ready, "answer_call")
    expected = b"".join(samples_of(sound) for sound in sounds)
    assert len(await heard(phone, call_id, len(samples_of(sounds[0])))) < len(expected)
    assert await heard(phone, call_id, len(expected)) == expected


async def test_what_has_no_known_length_is_followed_at_once(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    """Public URLs, in their order."""
    call_id = await answered_call(hass_ready, phone)
    urls = [f"http://127.0.0.1:1/{name}.mp3" for name in ("one", "two", "three")]
    await act(hass_ready, "play_audio", media_url=urls)
    assert [play["mediaUrl"] for play in await plays_of(phone, call_id, 3)] == urls


async def test_a_list_in_a_call_that_ends(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
) -> None:
    """What was not played is named, and nothing is kept."""
    sounds = [local(make_sound(tmp_path, name, 2).name) for name in ("wav", "mp3")]
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=sounds)
    assert await until(lambda: state_of(hass_ready, PLAYBACK).attributes["fetched_at"])
    await phone.act(call_id, "hang_up")
    (told,) = (await until(lambda: notifications)).values()
    assert "tone.mp3 (2/2)" in told["message"].replace("\\", "")
    assert shown(hass_ready) == ("failed", "call_over")
    assert len(number(media_entry).media.store) == 0


async def test_a_list_in_a_call_that_nobody_answers(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
) -> None:
    """Is no failure of playing, and nothing waits or is kept any longer."""
    sound = local(make_sound(tmp_path, "wav", 0.2).name)
    call_id = await phone.ring()
    await act(hass_ready, "play_audio", media=[sound] * 2)
    await phone.act(call_id, "hang_up")
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert await until(lambda: not len(number(media_entry).media.store))
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert notifications == {}
    assert len((await phone.call(call_id))["plays"]) == 1


async def test_one_item_that_cannot_be_played_stops_all(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
) -> None:
    """It is said which one, and nothing is played in vain."""
    sound = local(make_sound(tmp_path, "wav", 0.2).name)
    call_id = await answered_call(hass_ready, phone)
    with pytest.raises(ServiceValidationError, match=r"vanished\.mp3 \(2/3\)"):
        await act(hass_ready, "play_audio", media=[sound, local("vanished.mp3"), sound])
    (told,) = notifications.values()
    assert "vanished.mp3 (2/3)" in told["message"].replace("\\", "")
    assert (await phone.call(call_id))["plays"] == []
    assert len(number(media_entry).media.store) == 0


async def test_one_item_that_is_refused_stops_the_rest(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
) -> None:
    """It is said which one."""
    sound = local(make_sound(tmp_path, "wav", 0.3).name)
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=[sound] * 3)
    await phone.fault("calls.play", status=400, error="Odd", times=9)
    (told,) = (await until(lambda: notifications)).values()
    message = told["message"].replace("\\", "")
    assert "Odd" in message
    assert "tone.wav (2/3)" in message
    assert shown(hass_ready) == ("failed", "rejected")
    assert len((await phone.call(call_id))["plays"]) == 1
    assert len(number(media_entry).media.store) == 1


@pytest.mark.parametrize(
    ("fault", "kept"), [({"status": 409}, 0), ({"status": 503}, 1), ({"drop": "after"}, 1)]
)
async def test_what_may_have_been_played_can_still_be_fetched(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    client: TestClient[Any, Any],
    phone: Phone,
    tmp_path: Path,
    fault: dict[str, object],
    kept: int,
) -> None:
    """And the sensor tells if it was; the rest of the list, and what was refused, is let go."""
    sound = local(make_sound(tmp_path, "wav", 0.2).name)
    await answered_call(hass_ready, phone)
    await phone.fault("calls.play", **fault)
    with pytest.raises(HomeAssistantError):
        await act(hass_ready, "play_audio", media=[sound] * 2)
    items = list(number(media_entry).media.store)
    assert len(items) == kept
    for item in items:
        assert state_of(hass_ready, PLAYBACK).attributes["fetched_at"] is None
        assert (await client.get(item.path)).status == 200
        assert state_of(hass_ready, PLAYBACK).attributes["fetched_at"] is not None


async def test_what_no_call_gets_is_let_go(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
) -> None:
    """Where the call cannot be placed, and where the automation is stopped before."""
    sound = local(make_sound(tmp_path, "wav", 0.2).name)
    store = number(media_entry).media.store
    await phone.fault("calls.start", status=402)
    with pytest.raises(HomeAssistantError, match="plan or balance"):
        await act(hass_ready, "place_call", to="+5511999999999", media=sound)
    (told,) = notifications.values()
    assert "tone" not in told["message"]
    assert len(store) == 0
    await phone.fault("calls.start", delay=5)
    placing = asyncio.ensure_future(act(hass_ready, "place_call", to="+5511999999999", media=sound))
    assert await until(lambda: len(store))
    placing.cancel()
    assert await until(lambda: not len(store))


async def test_a_list_does_not_outlast_the_timeout_of_a_placed_call(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    """Nobody answers, and the automation goes on."""
    sound = local(make_sound(tmp_path, "wav", 0.2).name)
    answer = await act(
        hass_ready,
        "place_call",
        to="+5511999999999",
        media=[sound] * 2,
        wait_for_answer=True,
        timeout=1,
    )
    assert (answer["status"], answer["answered"]) == ("ringing", False)


async def test_what_is_queued_plays_to_its_end(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    states = states_of(hass_ready, PLAYBACK)
    await phone.ring()
    await act(hass_ready, "play_audio", media=local(make_sound(tmp_path, "wav", 0.3).name))
    assert await until(lambda: state_of(hass_ready, PLAYBACK).attributes["fetched_at"])
    assert state_of(hass_ready, PLAYBACK).attributes["length"] == pytest.approx(0.3)
    await act(hass_ready, "answer_call")
    assert await until(lambda: states[-1:] == ["played"])
    assert list(dict.fromkeys(states)) == ["queued", "playing", "played"]
    assert state_of(hass_ready, PLAYBACK).attributes["error"] is None


async def test_a_call_that_ends_interrupts_what_plays(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
) -> None:
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=local(make_sound(tmp_path, "wav", 30).name))
    assert await until(lambda: shown(hass_ready) == ("playing", None))
    await phone.act(call_id, "hang_up")
    assert await until(lambda: shown(hass_ready) == ("interrupted", None))
    assert notifications == {}


async def test_an_event_finds_the_playback_up_to_date(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    seen: list[tuple[str, str, str]] = []
    await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=local(make_sound(tmp_path, "wav", 30).name))
    assert await until(lambda: shown(hass_ready) == ("playing", None))
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
    assert seen == [("ended", "interrupted", "idle")]


async def test_the_next_item_waits_until_speech_is_complete(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    engine: Engine,
    tmp_path: Path,
) -> None:
    engine.goes_on.clear()
    call_id = await answered_call(hass_ready, phone)
    sound = local(make_sound(tmp_path, "wav", 0.2).name)
    await act(hass_ready, "play_audio", media=[SPEECH, sound])
    assert await until(lambda: shown(hass_ready) == ("playing", None))
    # Longer than what has been spoken so far.
    await asyncio.sleep(0.6)
    assert len((await phone.call(call_id))["plays"]) == 1
    engine.goes_on.set()
    assert len(await plays_of(phone, call_id, 2)) == 2


def kept_media(call_id: str) -> list[StoredMedia]:
    """Return the media of a call that is still in memory."""
    return [it for it in gc.get_objects() if isinstance(it, StoredMedia) and it.call_id == call_id]


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Let only what nobody refers to be freed."""
    gc.disable()
    yield
    gc.enable()


async def test_nothing_keeps_media_after_its_call(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    no_collector: None,
) -> None:
    """Neither the last playback nor the player, and without the garbage collector."""
    sounds = [local(make_sound(tmp_path, name, 0.2).name) for name in ("wav", "mp3")]
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=sounds)
    assert len(await plays_of(phone, call_id, 2)) == 2
    assert len(kept_media(call_id)) == 2
    await act(hass_ready, "hang_up")
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert kept_media(call_id) == []


async def test_nothing_keeps_media_that_may_have_been_played(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    call_id = await answered_call(hass_ready, phone)
    await phone.fault("calls.play", drop="after")
    with pytest.raises(HomeAssistantError):
        await act(hass_ready, "play_audio", media=local(make_sound(tmp_path, "wav", 0.2).name))
    assert len(kept_media(call_id)) == 1
    await act(hass_ready, "hang_up")
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    gc.collect()
    assert kept_media(call_id) == []


@pytest.mark.parametrize("is_list", [False, True])
async def test_a_reload_while_media_waits_for_an_answer_is_reported(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
    *,
    is_list: bool,
) -> None:
    """What Home Assistant had to serve, or to send later, is lost."""
    await phone.settings(fetch="connect")
    call_id = await phone.ring()
    sound = local(make_sound(tmp_path, "wav", 0.2).name)
    media = ["http://127.0.0.1:1/a.mp3", "http://127.0.0.1:1/b.mp3"] if is_list else [sound]
    await act(hass_ready, "play_audio", media=media)
    assert shown(hass_ready) == ("queued", None)
    assert await hass_ready.config_entries.async_reload(media_entry.entry_id)
    assert shown(hass_ready) == ("failed", "playback_lost")
    (told,) = (await until(lambda: notifications)).values()
    assert "a.mp3" in told["message"] if is_list else "tone.wav" in told["message"]
    assert "restarted" in told["message"]
    assert call_id.replace("_", r"\_") in told["message"]


async def test_a_reload_changes_nothing_for_what_pilot_status_holds(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
) -> None:
    """A public URL, and stored media that was fetched: how they end is unknown."""
    await phone.ring()
    await act(hass_ready, "play_audio", media_url="http://127.0.0.1:1/a.mp3")
    assert await hass_ready.config_entries.async_reload(media_entry.entry_id)
    assert shown(hass_ready) == ("accepted", None)
    await act(hass_ready, "play_audio", media=local(make_sound(tmp_path, "wav", 0.2).name))
    assert await until(lambda: state_of(hass_ready, PLAYBACK).attributes["fetched_at"])
    assert shown(hass_ready) == ("queued", None)
    assert await hass_ready.config_entries.async_reload(media_entry.entry_id)
    assert shown(hass_ready) == ("accepted", None)
    assert state_of(hass_ready, PLAYBACK).attributes["fetched_at"]
    await hass_ready.async_block_till_done()
    assert notifications == {}


async def test_a_call_that_nobody_answered_meanwhile_was_no_failure(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
) -> None:
    await phone.settings(fetch="connect")
    call_id = await phone.ring()
    await act(hass_ready, "play_audio", media=local(make_sound(tmp_path, "wav", 0.2).name))
    assert await hass_ready.config_entries.async_unload(media_entry.entry_id)
    await phone.act(call_id, "hang_up")
    assert await hass_ready.config_entries.async_setup(media_entry.entry_id)
    assert shown(hass_ready) == ("interrupted", None)
    await hass_ready.async_block_till_done()
    assert notifications == {}


async def test_a_playback_that_began_last_is_the_last(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    """What becomes of an earlier one does not hide it."""
    sound = make_sound(tmp_path, "wav", 0.4)
    await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=local(sound.name))
    assert await until(lambda: shown(hass_ready) == ("playing", None))
    await act(hass_ready, "play_audio", media_url="http://127.0.0.1:1/a.mp3")
    assert await until(lambda: number(media_entry).player.playing is None)
    last = state_of(hass_ready, PLAYBACK)
    assert (last.state, last.attributes["media"]) == ("accepted", "http://127.0.0.1:1/a.mp3")


async def test_an_unload_in_the_middle_of_a_play_follows_nothing(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    await phone.ring()
    await phone.fault("calls.play", delay=0.3)
    running = hass_ready.async_create_task(
        act(hass_ready, "play_audio", media=local(make_sound(tmp_path, "wav", 30).name))
    )
    while not await phone.requests("calls.play"):  # noqa: ASYNC110 - it is another process
        await asyncio.sleep(0.01)
    assert await hass_ready.config_entries.async_unload(media_entry.entry_id)
    assert (await running)["success"]
    async with asyncio.timeout(5):
        await hass_ready.async_block_till_done(wait_background_tasks=True)
