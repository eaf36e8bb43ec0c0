"""Which number an action means, and whom."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from simulator.client import Phone
from simulator.numbers import SECOND_KEY

from .common import ANA, BRUNO, CARLA, EVENT, MEDIA, act, make_entry, poll, refusal, set_up

LOJA_EVENT = "event.loja_call"


@pytest.fixture
async def casa(hass_ready: HomeAssistant, phone: Phone) -> MockConfigEntry:
    """Return a number with the contacts Ana and Bruno."""
    return await set_up(hass_ready, make_entry(phone, contacts={"Ana": ANA, "Bruno": BRUNO}))


@pytest.fixture
async def loja(hass_ready: HomeAssistant, casa: MockConfigEntry, phone: Phone) -> MockConfigEntry:
    """Return a second number, with the contact Carla."""
    entry = make_entry(phone, "num_second", SECOND_KEY, contacts={"Carla": CARLA})
    return await set_up(hass_ready, entry)


def device_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return the id of an entity's device."""
    entity = er.async_get(hass).async_get(entity_id)
    assert entity is not None
    assert entity.device_id is not None
    return entity.device_id


async def dial(hass: HomeAssistant, **data: Any) -> Any:
    """Place a call."""
    return await act(hass, "place_call", **data)


async def callers(phone: Phone) -> list[str]:
    """Return of each call, the first one first, which number placed it, and to whom."""
    return [f"{it['numberId']} {it['peerNumber']}" for it in reversed(await phone.calls())]


@pytest.mark.parametrize("way", ["entity", "device", "area", "config entry"])
async def test_the_number_that_is_the_target_acts(
    hass_ready: HomeAssistant, loja: MockConfigEntry, phone: Phone, way: str
) -> None:
    device = device_of(hass_ready, LOJA_EVENT)
    area = ar.async_get(hass_ready).async_create("Shop").id
    dr.async_get(hass_ready).async_update_device(device, area_id=area)
    targets = {
        "entity": {"entity_id": LOJA_EVENT},
        "device": {"device_id": device},
        "area": {"area_id": area},
        "config entry": {"config_entry_id": loja.entry_id},
    }
    await dial(hass_ready, to="+5511999999999", **targets[way])
    assert await callers(phone) == ["num_second 5511999999999"]


async def test_a_target_that_is_no_number_is_refused(
    hass_ready: HomeAssistant, loja: MockConfigEntry, phone: Phone
) -> None:
    to = "+5511999999999"
    refused = await refusal(hass_ready, "place_call", to=to, entity_id="sun.sun")
    assert refused == "target_is_no_number"
    both = [EVENT, LOJA_EVENT]
    assert await refusal(hass_ready, "place_call", to=to, entity_id=both) == "which_number"
    assert await refusal(hass_ready, "get_calls", entity_id=both) == "which_number"
    assert await phone.calls() == []


async def test_of_two_numbers_the_one_whose_contact_is_called_acts(
    hass_ready: HomeAssistant, loja: MockConfigEntry, phone: Phone
) -> None:
    await dial(hass_ready, contact="notify.carla")
    await dial(hass_ready, to=" carla ")
    await dial(hass_ready, contact="notify.ana")
    # A person can also be called by another number, if that is the target.
    await dial(hass_ready, contact="notify.ana", entity_id=LOJA_EVENT)
    assert await callers(phone) == [
        f"num_second {CARLA[1:]}",
        f"num_second {CARLA[1:]}",
        f"num_demo {ANA[1:]}",
        f"num_second {ANA[1:]}",
    ]
    people = {"contacts": ["notify.ana", "notify.carla"], "media_url": MEDIA}
    assert await refusal(hass_ready, "announce", **people) == "which_number"
    assert await refusal(hass_ready, "place_call", to="+5511999999999") == "which_number"


async def test_the_only_number_calls_whoever_is_written(
    hass_ready: HomeAssistant, casa: MockConfigEntry, phone: Phone
) -> None:
    hass_ready.config.country = "BR"
    for to in ("Ana", "ANA ", "(11) 99999-9999", 5511999999999, "+351 912 345 678"):
        await dial(hass_ready, to=to)
    assert [it.partition(" ")[2] for it in await callers(phone)] == [
        *(ANA[1:], ANA[1:], "5511999999999", "5511999999999", "351912345678")
    ]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({}, "person_missing"),
        ({"to": "Ana", "contact": "notify.bruno"}, "person_twice"),
        ({"to": "Anna"}, "contact_not_named"),
        ({"to": "tel:+5511999999999"}, "phone_invalid"),
        ({"to": ""}, "phone_invalid"),
        ({"contact": "notify.nobody"}, "contact_unknown"),
        ({"contact": EVENT}, "contact_unknown"),
    ],
)
async def test_who_cannot_be_told_is_not_called(
    hass_ready: HomeAssistant, casa: MockConfigEntry, phone: Phone, data: dict[str, Any], key: str
) -> None:
    hass_ready.config.country = "BR"
    assert await refusal(hass_ready, "place_call", **data) == key
    assert await phone.calls() == []


async def test_a_name_that_is_not_known_is_told_with_those_that_are(
    hass_ready: HomeAssistant, casa: MockConfigEntry
) -> None:
    with pytest.raises(ServiceValidationError, match=r"Anna\. Known contacts: Ana, Bruno\."):
        await dial(hass_ready, to="Anna")


async def test_a_contact_whose_number_is_not_loaded_is_told_as_such(
    hass_ready: HomeAssistant, casa: MockConfigEntry, loja: MockConfigEntry
) -> None:
    await hass_ready.config_entries.async_unload(loja.entry_id)
    assert await refusal(hass_ready, "place_call", contact="notify.carla") == "number_not_ready"


async def test_of_two_numbers_the_one_with_a_live_call_is_meant(
    hass_ready: HomeAssistant, loja: MockConfigEntry, phone: Phone
) -> None:
    # Neither has been asked since it rang.
    call_id = await phone.ring(number="num_second")
    assert (await act(hass_ready, "answer_call"))["call_id"] == call_id
    await phone.ring(number="num_demo")
    await poll(loja)
    answer = await act(hass_ready, "hang_up")
    assert answer["call_id"] == call_id
    assert (await act(hass_ready, "get_calls", config_entry_id=loja.entry_id))["calls"]
    assert await refusal(hass_ready, "get_calls") == "which_number"


async def test_if_both_numbers_have_a_live_call_or_none_has_neither_is_guessed(
    hass_ready: HomeAssistant, casa: MockConfigEntry, loja: MockConfigEntry, phone: Phone
) -> None:
    assert await refusal(hass_ready, "hang_up") == "which_number"
    for name, entry in (("num_demo", casa), ("num_second", loja)):
        await phone.ring(number=name)
        await poll(entry)
    assert await refusal(hass_ready, "hang_up") == "which_number"


async def test_without_a_number_there_is_nobody_to_call(
    hass_ready: HomeAssistant, casa: MockConfigEntry
) -> None:
    await hass_ready.config_entries.async_remove(casa.entry_id)
    assert await refusal(hass_ready, "place_call", to="Ana") == "no_number"
    assert er.async_get(hass_ready).async_get("notify.ana") is None
