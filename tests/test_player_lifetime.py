"""How long media is kept, and what becomes of playbacks over reloads and unloads."""

import asyncio
from collections.abc import Iterator
import gc
from pathlib import Path
import time
from typing import Any

from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.media import growing
from custom_components.pilotstatus.media.audio_format import audio_length
from custom_components.pilotstatus.media.store import MediaStore, StoredMedia
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from simulator.client import Phone

from .audio import make_audio
from .common import (
    PLAYBACK,
    Notifications,
    act,
    answered_call,
    local,
    number,
    plays_of,
    shown_playback,
    state_of,
    until,
    until_asked,
)


@pytest.mark.parametrize(
    ("fault", "kept"), [({"status": 409}, 0), ({"status": 503}, 1), ({"drop": "after"}, 1)]
)
async def test_media_that_may_have_been_played_can_still_be_fetched_and_the_rest_is_released(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    client: TestClient[Any, Any],
    phone: Phone,
    tmp_path: Path,
    fault: dict[str, object],
    kept: int,
) -> None:
    audio = local(make_audio(tmp_path, "wav", 0.2).name)
    await answered_call(hass_ready, phone)
    await phone.fault("calls.play", **fault)
    with pytest.raises(HomeAssistantError):
        await act(hass_ready, "play_audio", media=[audio] * 2)
    items = list(number(media_entry).media.store)
    assert len(items) == kept
    for item in items:
        assert state_of(hass_ready, PLAYBACK).attributes["fetched_at"] is None
        assert (await client.get(item.path)).status == 200
        assert state_of(hass_ready, PLAYBACK).attributes["fetched_at"] is not None


async def test_media_is_released_if_the_call_is_refused(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
) -> None:
    audio = local(make_audio(tmp_path, "wav", 0.2).name)
    store = number(media_entry).media.store
    await phone.fault("calls.start", status=402)
    with pytest.raises(HomeAssistantError, match="plan or balance"):
        await act(hass_ready, "place_call", to="+5511999999999", media=audio)
    (notification,) = notifications.values()
    assert "tone" not in notification["message"]
    assert len(store) == 0


@pytest.mark.parametrize("name", ["wav", "flac"])
async def test_media_is_released_if_the_action_is_cancelled_the_moment_it_is_stored(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    audio = local(make_audio(tmp_path, name, 0.2).name)
    store, add = number(media_entry).media.store, MediaStore.add
    added: list[StoredMedia] = []

    def add_and_cancel(store: MediaStore, extension: str, data: bytes) -> StoredMedia:
        placing.cancel()
        added.append(add(store, extension, data))
        return added[-1]

    def slow_length(data: bytes) -> float | None:
        time.sleep(0.1)
        return audio_length(data)

    monkeypatch.setattr(MediaStore, "add", add_and_cancel)
    monkeypatch.setattr(growing, "audio_length", slow_length)
    placing = asyncio.ensure_future(act(hass_ready, "place_call", to="+5511999999999", media=audio))
    with pytest.raises(asyncio.CancelledError):
        await placing
    assert len(added) == 1
    assert len(store) == 0


async def test_media_is_released_if_the_action_is_cancelled_while_the_call_is_placed(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    audio = local(make_audio(tmp_path, "wav", 0.2).name)
    store = number(media_entry).media.store
    await phone.fault("calls.start", delay=5)
    placing = asyncio.ensure_future(act(hass_ready, "place_call", to="+5511999999999", media=audio))
    assert await until_asked(lambda: phone.requests("calls.start"))
    assert len(store) == 1
    placing.cancel()
    assert await until(lambda: not len(store))


def kept_media(call_id: str) -> list[StoredMedia]:
    """Return the media of a call that is still in memory."""
    return [it for it in gc.get_objects() if isinstance(it, StoredMedia) and it.call_id == call_id]


@pytest.fixture
def no_collector() -> Iterator[None]:
    """Disable the garbage collector, so that only reference counts free memory."""
    gc.disable()
    yield
    gc.enable()


async def test_media_is_freed_after_its_call_even_without_the_garbage_collector(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    no_collector: None,
) -> None:
    items = [local(make_audio(tmp_path, name, 0.2).name) for name in ("wav", "mp3")]
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=items)
    assert len(await plays_of(phone, call_id, 2)) == 2
    assert len(kept_media(call_id)) == 2
    await act(hass_ready, "hang_up")
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert kept_media(call_id) == []


async def test_media_that_may_have_been_played_is_freed_after_its_call(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    call_id = await answered_call(hass_ready, phone)
    await phone.fault("calls.play", drop="after")
    with pytest.raises(HomeAssistantError):
        await act(hass_ready, "play_audio", media=local(make_audio(tmp_path, "wav", 0.2).name))
    assert len(kept_media(call_id)) == 1
    await act(hass_ready, "hang_up")
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    gc.collect()
    assert kept_media(call_id) == []


@pytest.mark.parametrize("is_list", [False, True])
async def test_a_reload_reports_media_that_home_assistant_had_yet_to_serve_or_to_send(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
    *,
    is_list: bool,
) -> None:
    await phone.settings(fetch="connect")
    call_id = await phone.ring()
    audio = local(make_audio(tmp_path, "wav", 0.2).name)
    media = ["http://127.0.0.1:1/a.mp3", "http://127.0.0.1:1/b.mp3"] if is_list else [audio]
    await act(hass_ready, "play_audio", media=media)
    assert shown_playback(hass_ready) == ("queued", None)
    assert await hass_ready.config_entries.async_reload(media_entry.entry_id)
    assert shown_playback(hass_ready) == ("failed", "playback_lost")
    (notification,) = (await until(lambda: notifications)).values()
    assert "a.mp3" in notification["message"] if is_list else "tone.wav" in notification["message"]
    assert "restarted" in notification["message"]
    assert call_id.replace("_", r"\_") in notification["message"]


async def test_a_reload_reports_nothing_about_media_that_pilot_status_holds(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
) -> None:
    """How a public URL, or media that was fetched, ends is unknown."""
    await phone.ring()
    await act(hass_ready, "play_audio", media_url="http://127.0.0.1:1/a.mp3")
    assert await hass_ready.config_entries.async_reload(media_entry.entry_id)
    assert shown_playback(hass_ready) == ("accepted", None)
    await act(hass_ready, "play_audio", media=local(make_audio(tmp_path, "wav", 0.2).name))
    assert await until(lambda: state_of(hass_ready, PLAYBACK).attributes["fetched_at"])
    assert shown_playback(hass_ready) == ("queued", None)
    assert await hass_ready.config_entries.async_reload(media_entry.entry_id)
    assert shown_playback(hass_ready) == ("accepted", None)
    assert state_of(hass_ready, PLAYBACK).attributes["fetched_at"]
    await hass_ready.async_block_till_done()
    assert notifications == {}


async def test_a_call_that_ended_unanswered_while_unloaded_is_not_reported(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
) -> None:
    await phone.settings(fetch="connect")
    call_id = await phone.ring()
    await act(hass_ready, "play_audio", media=local(make_audio(tmp_path, "wav", 0.2).name))
    assert await hass_ready.config_entries.async_unload(media_entry.entry_id)
    await phone.act(call_id, "hang_up")
    assert await hass_ready.config_entries.async_setup(media_entry.entry_id)
    assert shown_playback(hass_ready) == ("interrupted", None)
    await hass_ready.async_block_till_done()
    assert notifications == {}


async def test_an_unload_while_media_is_sent_leaves_no_task(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    await phone.ring()
    await phone.fault("calls.play", delay=0.3)
    running = hass_ready.async_create_task(
        act(hass_ready, "play_audio", media=local(make_audio(tmp_path, "wav", 30).name))
    )
    assert await until_asked(lambda: phone.requests("calls.play"))
    assert await hass_ready.config_entries.async_unload(media_entry.entry_id)
    assert (await running)["success"]
    async with asyncio.timeout(5):
        await hass_ready.async_block_till_done(wait_background_tasks=True)
