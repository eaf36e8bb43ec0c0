"""The notify entity of a contact: what is sent to it is spoken in a call."""

from types import MappingProxyType
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.playback import Timings
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from simulator.client import Phone

from .audio import samples_of
from .common import ANA, BRUNO, CARLA, Notifications, number, state_of
from .engine import Engine

ENTITY = "notify.ana"


@pytest.fixture(autouse=True)
def patient(peopled_entry: MockConfigEntry) -> None:
    """Wait no longer than the simulator needs."""
    number(peopled_entry).player.timings = Timings(tail=1)


async def send(hass: HomeAssistant, message: str, entity_id: str = ENTITY, **data: Any) -> None:
    """Send a message to a contact, as any notification action does."""
    data = {"entity_id": entity_id, "message": message, **data}
    await hass.services.async_call("notify", "send_message", data, blocking=True)


async def test_a_message_is_spoken_to_the_contact(
    hass_ready: HomeAssistant, spoken: Engine, phone: Phone
) -> None:
    await phone.person(ANA, does="answer", after=0.5)
    await send(hass_ready, "Tem água na adega.")
    (call,) = await phone.calls()
    assert (call["peerNumber"], call["status"]) == (ANA[1:], "COMPLETED")
    assert await phone.heard_samples(call["id"]) == samples_of(spoken.file)
    assert spoken.messages == ["Tem água na adega."]
    # When somebody was told last.
    assert state_of(hass_ready, ENTITY).state != "unknown"


@pytest.mark.parametrize(
    ("title", "message", "words"),
    [
        ("Alarme", "Tem água.", "Alarme. Tem água."),
        ("Alarme!", "Tem água.", "Alarme! Tem água."),
        (" ", " Tem água. ", "Tem água."),
    ],
)
async def test_the_title_is_spoken_first(
    hass_ready: HomeAssistant, spoken: Engine, phone: Phone, title: str, message: str, words: str
) -> None:
    await phone.person(ANA, does="answer", after=0.1)
    await send(hass_ready, message, title=title)
    assert spoken.messages == [words]


async def test_who_does_not_answer_fails_the_action_and_is_named(
    hass_ready: HomeAssistant, spoken: Engine, phone: Phone, notifications: Notifications
) -> None:
    await phone.person(ANA, does="decline")
    with pytest.raises(HomeAssistantError) as caught:
        await send(hass_ready, "Tem água.")
    assert caught.value.translation_key == "not_answered"
    (left,) = notifications.values()
    assert "Ana did not answer the call" in left["message"]
    await phone.person(ANA, does="answer", after=0.1)
    await send(hass_ready, "Tem água.")
    assert notifications == {}


async def test_a_message_without_words_calls_nobody(
    hass_ready: HomeAssistant, spoken: Engine, phone: Phone
) -> None:
    with pytest.raises(HomeAssistantError) as caught:
        await send(hass_ready, " ")
    assert caught.value.translation_key == "media_missing"
    assert await phone.calls() == []


async def test_two_contacts_are_called_one_after_the_other(
    hass_ready: HomeAssistant, spoken: Engine, phone: Phone
) -> None:
    for person in (ANA, BRUNO):
        await phone.person(person, does="answer", after=0.1)
    data = {"entity_id": [ENTITY, "notify.bruno"], "message": "Tem água."}
    await hass_ready.services.async_call("notify", "send_message", data, blocking=True)
    second, first = await phone.calls()
    assert first["endedAt"] <= second["createdAt"]


async def test_each_contact_is_a_device_with_one_entity_named_after_the_person(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry
) -> None:
    registry = er.async_get(hass_ready)
    for subentry_id, subentry in peopled_entry.subentries.items():
        entities = [
            it
            for it in er.async_entries_for_config_entry(registry, peopled_entry.entry_id)
            if it.config_subentry_id == subentry_id
        ]
        assert [it.unique_id for it in entities] == [f"{subentry_id}_notify"]
        device = dr.async_get(hass_ready).async_get(entities[0].device_id or "")
        assert device is not None
        assert device.name == subentry.title
        assert device.identifiers == {("pilotstatus", subentry_id)}


async def test_contacts_that_are_added_renamed_or_removed_are_followed_without_a_reload(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry
) -> None:
    entries, player = hass_ready.config_entries, number(peopled_entry).player
    carla = ConfigSubentry(
        data=MappingProxyType({"name": "Carla", "phone": CARLA}),
        subentry_type="contact",
        title="Carla",
        unique_id=CARLA,
    )
    entries.async_add_subentry(peopled_entry, carla)
    await hass_ready.async_block_till_done()
    assert state_of(hass_ready, "notify.carla").name == "Carla"
    ana = next(it for it in peopled_entry.subentries.values() if it.title == "Ana")
    entries.async_update_subentry(
        peopled_entry, ana, data={"name": "Anna", "phone": ANA}, title="Anna"
    )
    entries.async_remove_subentry(peopled_entry, carla.subentry_id)
    await hass_ready.async_block_till_done()
    assert state_of(hass_ready, ENTITY).name == "Anna"
    assert hass_ready.states.get("notify.carla") is None
    assert number(peopled_entry).player is player
    assert [it.name for it in number(peopled_entry).contacts.all] == ["Anna", "Bruno"]
