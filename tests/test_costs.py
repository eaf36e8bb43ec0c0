"""What things cost, counted: requests, states that are written, copies that are made."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
import tracemalloc
from typing import Any

from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus import coordinator, failures
from custom_components.pilotstatus.keep_warm import ConnectionWarmer
from custom_components.pilotstatus.media.url import check_media_url, without_secrets
from custom_components.pilotstatus.notification import async_texts
from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from simulator.client import Phone

from .audio import make_audio
from .common import (
    EVENT,
    LINE,
    MEDIA,
    PLAYBACK,
    PLAYER,
    STATUS,
    act,
    local,
    make_entry,
    number,
    pass_time,
    play,
    poll,
    set_up,
    settled_call,
    state_of,
    until,
    webhook_path,
)
from .payloads import payload


@contextmanager
def counting_writes(hass: HomeAssistant) -> Iterator[Counter[str]]:
    """Count the states that are written, whether they have changed or not, by entity."""
    written: Counter[str] = Counter()

    @callback
    def count(event: Event[Any]) -> None:
        written[event.data["entity_id"]] += 1

    remove: list[Callable[[], None]] = [
        hass.bus.async_listen(EVENT_STATE_CHANGED, count),
        hass.bus.async_listen(EVENT_STATE_REPORTED, count, event_filter=callback(lambda _: True)),
    ]
    yield written
    for it in remove:
        it()


async def requests_of(phone: Phone) -> Counter[str]:
    """Return how often each endpoint was requested."""
    names = ("calls.list", "calls.get", "calls.play", "numbers.list", "webhooks.list")
    return Counter({name: len(await phone.requests(name)) for name in names})


async def test_a_play_costs_one_request_and_writes_the_playback_alone(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    call_id = await settled_call(hass_ready, pushed_entry, phone)
    requested = await requests_of(phone)
    for data in ({"call_id": call_id}, {}):
        with counting_writes(hass_ready) as written:
            await act(hass_ready, "play_audio", media_url=f"{MEDIA}?{len(data)}", **data)
            await hass_ready.async_block_till_done(wait_background_tasks=True)
        # What is shown of the two is the same, so the second writes nothing.
        assert written == ({PLAYBACK: 1} if data else {})
    assert await requests_of(phone) - requested == {"calls.play": 2}


async def test_a_play_of_stored_media_writes_each_change_of_the_playback_once(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Any
) -> None:
    sound = make_audio(tmp_path, "wav", 0.3)
    call_id = await settled_call(hass_ready, media_entry, phone)
    requested = await requests_of(phone)
    with counting_writes(hass_ready) as written:
        await act(hass_ready, "play_audio", call_id=call_id, media=local(sound.name))
        assert await until(lambda: state_of(hass_ready, PLAYBACK).state == "played")
    # Accepted, playing, played; and the player is playing, then no more.
    assert written == {PLAYBACK: 3, PLAYER: 2}
    assert await requests_of(phone) - requested == {"calls.play": 1}


async def test_what_tells_nothing_new_writes_nothing(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    client: TestClient[Any, Any],
    phone: Phone,
) -> None:
    call_id = await settled_call(hass_ready, pushed_entry, phone)
    asking = number(pushed_entry).coordinator
    event = payload("event_call_ringing") | {"callId": call_id, "externalCallId": None}
    await poll(pushed_entry)
    with counting_writes(hass_ready) as written:
        await poll(pushed_entry)
        await asking.async_refresh_call(call_id)
        await asking.async_refresh_calls()
        await asking.async_refresh_number()
        for _ in range(3):
            answer = await client.post(webhook_path(pushed_entry), json=event)
            assert answer.status == 200
        await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert written == {}


async def test_the_first_poll_after_the_start_writes_nothing(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    await phone.api("POST", "/calls", {"to": "+5511999999999"})
    entry = await set_up(hass_ready, make_entry(phone))
    with counting_writes(hass_ready) as written:
        await poll(entry)
        await hass_ready.async_block_till_done()
    assert written == {}


async def test_a_delivery_writes_what_it_changes(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone
) -> None:
    changed = {
        "ring": {EVENT, STATUS, PLAYER, LINE},
        "accept": {EVENT, STATUS, LINE},
        "hang_up": {EVENT, STATUS, PLAYER, LINE},
    }
    call_id = ""
    for step, entities in changed.items():
        with counting_writes(hass_ready) as written:
            if step == "ring":
                call_id = await phone.ring()
            elif step == "accept":
                await phone.api("POST", f"/calls/{call_id}/accept", {})
            else:
                await phone.act(call_id, step)
            assert await until(lambda: written[EVENT])
        assert set(written) == entities
        # The ring is confirmed by the server in the background, which may tell more.
        assert step == "ring" or set(written.values()) == {1}
        await hass_ready.async_block_till_done(wait_background_tasks=True)


async def test_calls_are_requested_once_at_a_set_up_and_the_webhook_comes_first(
    hass_ready: HomeAssistant, client: TestClient[Any, Any], phone: Phone
) -> None:
    entry = await set_up(hass_ready, make_entry(phone))
    assert [it["id"] for it in await phone.webhooks()]
    received = [it["endpoint"] for it in await phone.requests("calls.list")]
    assert received == ["calls.list"]
    assert await hass_ready.config_entries.async_reload(entry.entry_id)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert len(await phone.requests("calls.list")) == 2
    assert len(await phone.requests("webhooks.create")) == 1


async def test_the_connection_is_kept_warm_while_a_call_waits_for_its_answer(
    hass_ready: HomeAssistant,
    client: TestClient[Any, Any],
    phone: Phone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    often = partial(ConnectionWarmer, interval=0.3)
    monkeypatch.setattr(coordinator, "ConnectionWarmer", often)
    await set_up(hass_ready, make_entry(phone))
    call_id = await phone.ring()
    assert await until(lambda: state_of(hass_ready, STATUS).state == "ringing")
    asked = len(await phone.requests("calls.get"))
    async with asyncio.timeout(10):
        while len(await phone.requests("calls.get")) < asked + 3:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
    paths = [it["path"] for it in await phone.requests("calls.get")]
    assert set(paths) == {f"/v1/calls/{call_id}"}
    await act(hass_ready, "answer_call", call_id=call_id)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    asked = len(await phone.requests("calls.get"))
    await asyncio.sleep(1)
    assert len(await phone.requests("calls.get")) == asked


async def test_a_call_that_is_polled_often_needs_no_warm_connection(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    await phone.ring()
    await poll(polled_entry)
    for _ in range(4):
        await pass_time(hass_ready, 5)
    assert await phone.requests("calls.get") == []


async def test_media_that_arrives_whole_is_not_copied(
    media_entry: MockConfigEntry, client: TestClient[Any, Any]
) -> None:
    data = bytes(8 * 1024 * 1024)
    store = number(media_entry).media.store
    item = store.add("wav", data)
    item.finish()
    assert item.data is data
    chunks = [chunk async for chunk in item.chunks()]
    assert all(isinstance(chunk, memoryview) and chunk.obj is data for chunk in chunks)
    assert b"".join(chunks) == data
    chunks.clear()
    tracemalloc.start()
    try:
        response = await client.get(item.path, headers={"Range": "bytes=-7000000"})
        before = tracemalloc.get_traced_memory()[0]
        size = 0
        async for chunk in response.content.iter_any():
            size += len(chunk)
        assert size == 7_000_000
        assert tracemalloc.get_traced_memory()[1] - before < 2 * 1024 * 1024
    finally:
        tracemalloc.stop()


async def test_others_have_their_turn_while_media_is_served(
    media_entry: MockConfigEntry, client: TestClient[Any, Any]
) -> None:
    item = number(media_entry).media.store.add("wav", bytes(4 * 1024 * 1024))
    item.finish()
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(take_turns())
    response = await client.get(item.path)
    assert len(await response.read()) == 4 * 1024 * 1024
    other.cancel()
    # One between slices of 64 KiB at least.
    assert turns >= 64


@pytest.mark.parametrize("end", ["delivery", "poll"])
async def test_media_is_freed_with_its_call(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    tmp_path: Any,
    end: str,
) -> None:
    sound = make_audio(tmp_path, "wav", 0.3)
    call_id = await settled_call(hass_ready, media_entry, phone)
    await act(hass_ready, "play_audio", call_id=call_id, media=local(sound.name))
    store = number(media_entry).media.store
    (item,) = store
    if end == "poll":
        await phone.delivery(lose=True)
    await phone.act(call_id, "hang_up")
    if end == "poll":
        await poll(media_entry)
    assert await until(lambda: not len(store))
    assert item.data == b""


async def test_an_action_that_succeeds_loads_no_words_for_its_failure(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    phone: Phone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loaded: list[str] = []

    async def load(hass: HomeAssistant, language: str) -> Mapping[str, str]:
        loaded.append(language)
        return await async_texts(hass, language)

    monkeypatch.setattr(failures, "async_texts", load)
    call_id = await settled_call(hass_ready, pushed_entry, phone)
    step = {"action": "pilotstatus.play_audio", "data": {"call_id": call_id, "media_url": MEDIA}}
    script = {"say": {"sequence": [step]}}
    assert await async_setup_component(hass_ready, "script", {"script": script})
    await hass_ready.services.async_call("script", "say", blocking=True)
    assert len((await phone.call(call_id))["plays"]) == 1
    assert loaded == []
    await phone.fault("calls.play", status=500)
    with pytest.raises(HomeAssistantError):
        await hass_ready.services.async_call("script", "say", blocking=True)
    assert loaded == ["en", "en"]


async def test_answers_about_urls_are_found_again(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    call_id = await settled_call(hass_ready, pushed_entry, phone)
    await play(hass_ready, call_id)
    before = [it.cache_info() for it in (check_media_url, without_secrets)]
    await play(hass_ready, call_id)
    after = [it.cache_info() for it in (check_media_url, without_secrets)]
    assert [it.misses for it in after] == [it.misses for it in before]
    assert all(it.maxsize for it in after)
