"""Contacts that are added and changed by hand."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.data import PilotStatusData
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntryState,
    ConfigSubentry,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.json import json_bytes
from simulator.client import Phone

from .common import make_entry, number, short
from .test_repository import COMPONENT, LANGUAGES, load

ANA = {"name": "Ana", "phone": "(11) 99999-9999"}


@pytest.fixture
def brazil(hass_ready: HomeAssistant) -> HomeAssistant:
    """Return a Home Assistant in Brazil."""
    hass_ready.config.country = "BR"
    return hass_ready


async def start(hass: HomeAssistant, entry: MockConfigEntry) -> Any:
    """Open the form of a new contact."""
    form = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "contact"), context={"source": SOURCE_USER}
    )
    assert (form["type"], form["step_id"], form["errors"]) == (FlowResultType.FORM, "user", None)
    return form


async def submit(hass: HomeAssistant, form: Any, **user_input: str) -> Any:
    """Submit a form; return the result."""
    result = await hass.config_entries.subentries.async_configure(form["flow_id"], user_input)
    await hass.async_block_till_done()
    return result


async def add(hass: HomeAssistant, entry: MockConfigEntry, name: str, phone: str) -> ConfigSubentry:
    """Add a contact; return its subentry."""
    result = await submit(hass, await start(hass, entry), name=name, phone=phone)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    *_, added = entry.subentries.values()
    assert isinstance(added, ConfigSubentry)
    return added


async def change(hass: HomeAssistant, entry: MockConfigEntry, subentry: ConfigSubentry) -> Any:
    """Open the form of a contact."""
    form = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "contact"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": subentry.subentry_id},
    )
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "reconfigure")
    return form


def shown(form: Any) -> dict[str, Any]:
    """Return what stands in the fields of a form."""
    return {
        str(field): (field.description or {}).get("suggested_value")
        for field in form["data_schema"].schema
    }


async def test_a_contact_is_added_with_the_number_as_people_write_it(
    brazil: HomeAssistant, entry: MockConfigEntry
) -> None:
    subentry = await add(brazil, entry, "  Ana \t Maria\n", "(11) 9999-9999")
    assert subentry.subentry_type == "contact"
    assert (subentry.title, subentry.unique_id) == ("Ana Maria", "+5511999999999")
    assert dict(subentry.data) == {"name": "Ana Maria", "phone": "+5511999999999"}
    assert number(entry).contacts.name_of("+551199999999") == "Ana Maria"


@pytest.mark.parametrize("name", ["Z\u00e9 \U0001f3e0", "101", "\u5c71\u7530", "x" * 60])
async def test_a_name_may_be_of_any_alphabet(
    brazil: HomeAssistant, entry: MockConfigEntry, name: str
) -> None:
    assert (await add(brazil, entry, name, ANA["phone"])).title == name


@pytest.mark.parametrize("name", ["a\x00b", "a\x1bb", "a\ud800b", "a\u202eb"], ids=short)
async def test_a_name_has_nothing_that_cannot_be_shown(
    brazil: HomeAssistant, entry: MockConfigEntry, name: str
) -> None:
    subentry = await add(brazil, entry, name, ANA["phone"])
    assert subentry.title == "a b"
    json_bytes(subentry.as_dict())


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", "name_missing"),
        (" \n\x00", "name_missing"),
        ("x" * 61, "name_too_long"),
        ("x" * 10_000, "name_too_long"),
        ("11 98888-8888", "name_is_phone"),
        ("+351 912 345 678", "name_is_phone"),
    ],
    ids=short,
)
async def test_a_name_that_cannot_be_used_is_refused(
    brazil: HomeAssistant, entry: MockConfigEntry, name: str, error: str
) -> None:
    form = await submit(brazil, await start(brazil, entry), name=name, phone=ANA["phone"])
    assert form["errors"] == {"name": error}
    assert shown(form) == {"name": name, "phone": ANA["phone"]}
    assert (await submit(brazil, form, **ANA))["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("country", "text", "error"),
    [
        ("BR", "casa", "phone_invalid"),
        ("BR", "", "phone_invalid"),
        ("BR", "11 9999", "phone_too_short"),
        ("BR", "11 99999-99999", "phone_too_long"),
        ("BR", "20 99999-9999", "phone_area"),
        (None, "11 99999-9999", "phone_no_country"),
        ("DE", "49511234567", "phone_ambiguous"),
    ],
)
async def test_a_phone_number_that_is_none_is_refused_with_the_reason(
    hass_ready: HomeAssistant, entry: MockConfigEntry, country: str, text: str, error: str
) -> None:
    hass_ready.config.country = country
    form = await submit(hass_ready, await start(hass_ready, entry), name="Ana", phone=text)
    assert form["errors"] == {"phone": error}
    assert shown(form) == {"name": "Ana", "phone": text}
    result = await submit(hass_ready, form, name="Ana", phone="+55 11 99999-9999")
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_what_is_wrong_with_both_fields_is_shown_at_once(
    brazil: HomeAssistant, entry: MockConfigEntry
) -> None:
    form = await submit(brazil, await start(brazil, entry), name=" ", phone="+")
    assert form["errors"] == {"name": "name_missing", "phone": "phone_invalid"}


@pytest.mark.parametrize("name", ["Ana Maria", "ana  MARIA", " ANA MARIA "])
async def test_two_contacts_of_a_number_cannot_have_one_name(
    brazil: HomeAssistant, entry: MockConfigEntry, name: str
) -> None:
    await add(brazil, entry, "Ana Maria", ANA["phone"])
    form = await submit(brazil, await start(brazil, entry), name=name, phone="11 98888-8888")
    assert form["errors"] == {"name": "name_taken"}
    await submit(brazil, form, name="Bia", phone="11 98888-8888")
    assert [it.title for it in entry.subentries.values()] == ["Ana Maria", "Bia"]


@pytest.mark.parametrize("text", ["+55 11 99999-9999", "+55 11 9999-9999", "011 9999-9999"])
@pytest.mark.parametrize("known", ["+5511999999999", "+551199999999"])
async def test_two_contacts_of_a_number_cannot_have_one_phone(
    brazil: HomeAssistant, entry: MockConfigEntry, known: str, text: str
) -> None:
    """Whether with the ninth digit or without it."""
    subentry = await add(brazil, entry, **ANA)
    brazil.config_entries.async_update_subentry(
        entry, subentry, data={"name": "Ana", "phone": known}, unique_id=known
    )
    form = await submit(brazil, await start(brazil, entry), name="Bia", phone=text)
    assert form["errors"] == {"phone": "phone_taken"}
    assert form["description_placeholders"] == {"contact": "Ana"}
    await submit(brazil, form, name="Bia", phone="11 98888-8888")
    assert [it.title for it in entry.subentries.values()] == ["Ana", "Bia"]


async def test_two_numbers_may_have_the_same_contact(
    brazil: HomeAssistant, entry: MockConfigEntry, second_entry: MockConfigEntry
) -> None:
    for it in (entry, second_entry):
        assert (await add(brazil, it, **ANA)).title == "Ana"


async def test_a_contact_is_changed(brazil: HomeAssistant, entry: MockConfigEntry) -> None:
    subentry = await add(brazil, entry, **ANA)
    form = await change(brazil, entry, subentry)
    assert shown(form) == {"name": "Ana", "phone": "+5511999999999"}
    result = await submit(brazil, form, name="Ana Maria", phone="11 8888-8888")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    (now,) = entry.subentries.values()
    assert now.subentry_id == subentry.subentry_id
    assert (now.title, now.unique_id) == ("Ana Maria", "+5511988888888")
    assert dict(now.data) == {"name": "Ana Maria", "phone": "+5511988888888"}
    contacts = number(entry).contacts
    assert contacts.name_of("+5511988888888") == "Ana Maria"
    assert contacts.find("+5511999999999") is None


async def test_a_contact_may_keep_its_name_or_its_phone(
    brazil: HomeAssistant, entry: MockConfigEntry
) -> None:
    subentry = await add(brazil, entry, **ANA)
    for user_input in ({"name": "ANA", "phone": "11 99999-9999"}, ANA):
        result = await submit(brazil, await change(brazil, entry, subentry), **user_input)
        assert result["type"] is FlowResultType.ABORT
        assert entry.subentries[subentry.subentry_id].title == user_input["name"]


async def test_a_contact_cannot_take_the_name_or_the_phone_of_another(
    brazil: HomeAssistant, entry: MockConfigEntry
) -> None:
    await add(brazil, entry, **ANA)
    bia = await add(brazil, entry, "Bia", "11 98888-8888")
    form = await submit(brazil, await change(brazil, entry, bia), name="ana", phone="11 9999-9999")
    assert (form["step_id"], form["errors"]) == (
        "reconfigure",
        {"name": "name_taken", "phone": "phone_taken"},
    )
    assert shown(form) == {"name": "ana", "phone": "11 9999-9999"}
    assert entry.subentries[bia.subentry_id] == bia


async def test_contacts_of_a_number_that_is_not_loaded_can_be_added_and_changed(
    brazil: HomeAssistant, phone: Phone
) -> None:
    entry = make_entry(phone)
    entry.add_to_hass(brazil)
    assert entry.state is ConfigEntryState.NOT_LOADED
    subentry = await add(brazil, entry, **ANA)
    form = await submit(brazil, await start(brazil, entry), **ANA)
    assert form["errors"] == {"name": "name_taken", "phone": "phone_taken"}
    await submit(brazil, await change(brazil, entry, subentry), name="Bia", phone="11 98888-8888")
    assert entry.subentries[subentry.subentry_id].title == "Bia"
    assert not isinstance(getattr(entry, "runtime_data", None), PilotStatusData)


async def test_every_reason_of_a_phone_number_is_translated_in_the_form() -> None:
    for language in LANGUAGES:
        words = load(COMPONENT / "translations" / f"{language}.json")
        reasons = {key for key in words["exceptions"] if key.startswith("phone_")}
        named = words["config_subentries"]["contact"]["error"].keys()
        assert reasons == {key for key in named if key.startswith("phone_")} - {"phone_taken"}
