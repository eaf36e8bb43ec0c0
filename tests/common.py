"""Actions of the tests in Home Assistant, and what they wait for."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.pilotstatus.api import ServerFaultError
from custom_components.pilotstatus.const import DOMAIN, EVENT_CALL, SUBENTRY_CONTACT
from custom_components.pilotstatus.data import PilotStatusData
from custom_components.pilotstatus.errors import ActionError
from custom_components.pilotstatus.failures import FailureReporter
from homeassistant.config_entries import ConfigSubentry, ConfigSubentryData
from homeassistant.const import MAJOR_VERSION, MINOR_VERSION
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util
from simulator.client import Phone
from simulator.numbers import DEMO_KEY

MEDIA = "http://127.0.0.1:1/greeting.mp3"
EVENT = "event.casa_call"
LINE = "sensor.casa_line"
PLAYBACK = "sensor.casa_last_playback"
PLAYER = "media_player.casa_call_audio"
STATUS = "sensor.casa_last_call_status"

#: Seconds after which the webhook is checked, and calls are polled while it delivers.
QUARTER = 15 * 60 + 1

#: Whether this Home Assistant has what our triggers and conditions need.
OFFERS_TRIGGERS: Final = (MAJOR_VERSION, MINOR_VERSION) >= (2026, 7)
newer_only = pytest.mark.skipif(not OFFERS_TRIGGERS, reason="this version has no such triggers")

#: Three people, E.164, and the entities of those who are contacts.
ANA, BRUNO, CARLA = "+5511991110001", "+5511991110002", "+5511991110003"

type Notifications = dict[str, Any]


#: Nothing listens there.
UNREACHABLE = "http://127.0.0.1:1"


def make_entry(
    phone: Phone,
    number: str = "num_demo",
    key: str = DEMO_KEY,
    contacts: Mapping[str, str] = MappingProxyType({}),
    **data: str,
) -> MockConfigEntry:
    """Return the config entry of a number, as the config flow would create it, and ``data``.

    ``contacts`` are phone numbers by name.
    """
    titles = {"num_demo": "Casa", "num_second": "Loja"}
    return MockConfigEntry(
        domain=DOMAIN,
        title=titles[number],
        unique_id=number,
        data={"api_key": key, "key_type": "api_key", "base_url": phone.url, **data},
        subentries_data=[contact_data(name, number) for name, number in contacts.items()],
    )


def contact_data(name: str, number: str) -> ConfigSubentryData:
    """Return the subentry of a contact, as its flow would create it."""
    return ConfigSubentryData(
        data={"name": name, "phone": number},
        subentry_type="contact",
        title=name,
        unique_id=number,
    )


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Set up a number, and wait for its background tasks; return its entry."""
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    return entry


def number(entry: MockConfigEntry) -> PilotStatusData:
    """Return the runtime data of a number."""
    data = entry.runtime_data
    assert isinstance(data, PilotStatusData)
    return data


def short(value: object) -> str:
    """Return a name for a parameter of a test that may be of any length."""
    return repr(value)[:24]


def state_of(hass: HomeAssistant, entity_id: str) -> State:
    """Return the state of an entity that exists."""
    state = hass.states.get(entity_id)
    assert state is not None
    return state


def shown_playback(hass: HomeAssistant) -> tuple[str, str | None]:
    """Return the state of the last playback, and its error."""
    state = state_of(hass, PLAYBACK)
    return state.state, state.attributes["error"]


def webhook_path(entry: MockConfigEntry) -> str:
    """Return the path of a number's webhook in Home Assistant."""
    return f"/api/webhook/{entry.data['webhook_id']}"


async def poll(entry: MockConfigEntry) -> None:
    """Poll the calls now."""
    await number(entry).coordinator.async_refresh()


async def act(hass: HomeAssistant, action: str, **data: Any) -> Any:
    """Perform an action; return its response."""
    return await hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)


async def refusal(hass: HomeAssistant, action: str, **data: Any) -> str:
    """Return why an action was refused."""
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, action, **data)
    return str(caught.value.translation_key)


async def play(hass: HomeAssistant, call_id: str, media_url: str = MEDIA, **data: Any) -> Any:
    """Play a URL into a call; return the response."""
    return await act(hass, "play_audio", call_id=call_id, media_url=media_url, **data)


async def answered_call(hass: HomeAssistant, phone: Phone) -> str:
    """Ring, and answer in Home Assistant; return the call's id."""
    call_id = await phone.ring()
    await act(hass, "answer_call", call_id=call_id)
    return call_id


async def be_told(entry: MockConfigEntry, call_id: str, event: str) -> None:
    """Wait until an event of a call was delivered: those of one moment arrive in any order."""
    told = {"what": "delivery", "call_id": call_id, "event": event}

    def is_delivered() -> bool:
        timeline = number(entry).observed.as_dict()["timeline"]
        return any(told.items() <= it.items() for it in timeline)

    assert await until(is_delivered), told


async def settled_call(hass: HomeAssistant, entry: MockConfigEntry, phone: Phone) -> str:
    """Ring, and answer in Home Assistant; return the call when nothing is left to tell or to ask.

    Deliveries reach Home Assistant.
    """
    call_id = await phone.ring()
    await be_told(entry, call_id, "call.ringing")
    await act(hass, "answer_call", call_id=call_id)
    await be_told(entry, call_id, "call.connected")
    await hass.async_block_till_done(wait_background_tasks=True)
    return call_id


def states_of(hass: HomeAssistant, entity_id: str) -> list[str]:
    """Return a list to which each further state of an entity is added."""
    states: list[str] = []

    @callback
    def add(event: Event[EventStateChangedData]) -> None:
        if (state := event.data["new_state"]) is not None:
            states.append(state.state)

    async_track_state_change_event(hass, entity_id, add)
    return states


def calls_on_the_bus(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return a list to which the data of each further event about a call is added."""
    fired: list[dict[str, Any]] = []

    @callback
    def add(event: Event) -> None:
        fired.append(dict(event.data))

    hass.bus.async_listen(EVENT_CALL, add)
    return fired


async def add_contact(
    hass: HomeAssistant, entry: MockConfigEntry, name: str, phone: str
) -> ConfigSubentry:
    """Add a contact to a number that is set up; return its subentry."""
    subentry = ConfigSubentry(
        data=MappingProxyType({"name": name, "phone": phone}),
        subentry_type=SUBENTRY_CONTACT,
        title=name,
        unique_id=phone,
    )
    hass.config_entries.async_add_subentry(entry, subentry)
    await hass.async_block_till_done()
    return subentry


async def rename_contact(
    hass: HomeAssistant, entry: MockConfigEntry, subentry: ConfigSubentry, name: str
) -> None:
    """Give a contact another name."""
    data = {**subentry.data, "name": name}
    hass.config_entries.async_update_subentry(entry, subentry, data=data, title=name)
    await hass.async_block_till_done()


async def pass_time(hass: HomeAssistant, seconds: float) -> None:
    """Advance the clock of Home Assistant, and wait for the polls that are due."""
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await hass.async_block_till_done(wait_background_tasks=True)


async def until[T](answer: Callable[[], T], seconds: float = 8) -> T:
    """Ask until the answer is true, and return it; return the last one when time runs out."""
    for _ in range(int(seconds * 100)):
        if now := answer():
            return now
        await asyncio.sleep(0.01)
    return answer()


async def until_asked[T](question: Callable[[], Awaitable[T]], seconds: float = 8) -> T:
    """Ask the simulator until its answer is true, and return it, as ``until`` does."""
    for _ in range(int(seconds * 100)):
        if now := await question():
            return now
        await asyncio.sleep(0.01)
    return await question()


async def plays_of(phone: Phone, call_id: str, count: int = 1) -> list[dict[str, Any]]:
    """Wait until a call has so many plays that have ended; return its plays."""
    plays: list[dict[str, Any]] = []
    for _ in range(100):
        plays = (await phone.call(call_id))["plays"]
        if len(plays) == count and all(play["seconds"] or play["error"] for play in plays):
            break
        await asyncio.sleep(0.05)
    return plays


async def heard(phone: Phone, call_id: str, size: int) -> bytes:
    """Wait until a call has heard so many bytes of samples; return all that it has heard."""
    samples = b""
    for _ in range(150):
        samples = await phone.heard_samples(call_id)
        if len(samples) >= size:
            break
        await asyncio.sleep(0.05)
    return samples


def local(name: str) -> str:
    """Return the media source ID of a file in the media folder."""
    return f"media-source://media_source/local/{name}"


async def fail(
    failures: FailureReporter,
    action: str = "hang_up",
    error: ActionError | None = None,
    call_id: str = "",
    media: str = "",
) -> HomeAssistantError:
    """Let an action fail, and return what it raises."""
    try:
        async with failures.attempt(action, call_id) as attempt:
            attempt.media = media
            raise error or ServerFaultError(status=500)
    except HomeAssistantError as err:
        return err
    pytest.fail("nothing was raised")
