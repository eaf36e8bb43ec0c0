"""What tests do in Home Assistant, and what they wait for."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.pilotstatus.const import DOMAIN
from custom_components.pilotstatus.data import PilotStatusData
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util
from simulator.client import Phone
from simulator.numbers import DEMO_KEY

from .sounds import samples_in

MEDIA = "http://127.0.0.1:1/greeting.mp3"
EVENT = "event.casa_0001_call"
PLAYBACK = "sensor.casa_0001_last_playback"
PLAYER = "media_player.casa_0001_call"
STATUS = "sensor.casa_0001_last_call_status"

type Notifications = dict[str, Any]


def make_entry(phone: Phone, number: str = "num_demo", key: str = DEMO_KEY) -> MockConfigEntry:
    """Return the entry of a number, as the config flow would make it."""
    titles = {"num_demo": "Casa (…0001)", "num_second": "Loja (…0002)"}
    return MockConfigEntry(
        domain=DOMAIN,
        title=titles[number],
        unique_id=number,
        data={"api_key": key, "key_type": "api_key", "base_url": phone.url},
    )


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Set up a number, and let everything about it settle."""
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    return entry


def number(entry: MockConfigEntry) -> PilotStatusData:
    """Return what is set up for a number."""
    data = entry.runtime_data
    assert isinstance(data, PilotStatusData)
    return data


def state_of(hass: HomeAssistant, entity_id: str) -> State:
    """Return the state of an entity that is there."""
    state = hass.states.get(entity_id)
    assert state is not None
    return state


async def poll(entry: MockConfigEntry) -> None:
    """Ask the server for calls now, as a poll does."""
    await number(entry).coordinator.async_refresh()


async def act(hass: HomeAssistant, action: str, **data: Any) -> Any:
    """Run an action and return its response."""
    return await hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)


async def play(hass: HomeAssistant, call_id: str, media_url: str = MEDIA, **data: Any) -> Any:
    """Play a URL into a call and return the response."""
    return await act(hass, "play_audio", call_id=call_id, media_url=media_url, **data)


async def answered_call(hass: HomeAssistant, phone: Phone) -> str:
    """Return a call that Home Assistant has answered."""
    call_id = await phone.ring()
    await act(hass, "answer_call", call_id=call_id)
    return call_id


def states_of(hass: HomeAssistant, entity_id: str) -> list[str]:
    """Return a list that every state of an entity is added to from now on."""
    states: list[str] = []

    @callback
    def add(event: Event[EventStateChangedData]) -> None:
        if (state := event.data["new_state"]) is not None:
            states.append(state.state)

    async_track_state_change_event(hass, entity_id, add)
    return states


async def pass_time(hass: HomeAssistant, seconds: float) -> None:
    """Let the clock of Home Assistant move on, and the polls that are due end."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await hass.async_block_till_done(wait_background_tasks=True)


async def until[T](answer: Callable[[], T], seconds: float = 8) -> T:
    """Ask until the answer is true, and return it; an untrue one where time runs out."""
    for _ in range(int(seconds * 100)):
        if now := answer():
            return now
        await asyncio.sleep(0.01)
    return answer()


async def plays_of(phone: Phone, call_id: str, count: int = 1) -> list[dict[str, Any]]:
    """Return what was played into a call, once it is known what became of so many plays."""
    plays: list[dict[str, Any]] = []
    for _ in range(100):
        plays = (await phone.call(call_id))["plays"]
        if len(plays) == count and all(play["seconds"] or play["error"] for play in plays):
            break
        await asyncio.sleep(0.05)
    return plays


async def heard(phone: Phone, call_id: str, size: int) -> bytes:
    """Wait until a call has heard so many bytes of samples; return them."""
    samples = b""
    for _ in range(150):
        samples = samples_in(await phone.heard(call_id))
        if len(samples) >= size:
            break
        await asyncio.sleep(0.05)
    return samples


def local(name: str) -> str:
    """Return the media-source id of a file in the media folder."""
    return f"media-source://media_source/local/{name}"
