"""The contacts of a number, and whom a phone number belongs to."""

from types import MappingProxyType

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.contacts import Contact, Contacts, same_name
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant

from .common import number, state_of


def person(name: str, phone: str, subentry_type: str = "contact") -> ConfigSubentry:
    """Return the subentry of a person."""
    return ConfigSubentry(
        data=MappingProxyType({"name": name, "phone": phone}),
        subentry_type=subentry_type,
        title=name,
        unique_id=phone,
    )


def add(hass: HomeAssistant, entry: MockConfigEntry, name: str, phone: str) -> ConfigSubentry:
    """Add a contact as its flow does."""
    subentry = person(name, phone)
    hass.config_entries.async_add_subentry(entry, subentry)
    return subentry


@pytest.fixture
def contacts(hass_ready: HomeAssistant, entry: MockConfigEntry) -> Contacts:
    """Return the contacts of a number that is loaded: Zé and Ana."""
    add(hass_ready, entry, "Zé", "+351912345678")
    add(hass_ready, entry, "Ana", "+5511999999999")
    return Contacts(entry)


def test_a_contact_is_what_its_subentry_holds() -> None:
    subentry = person("Ana", "+5511999999999")
    assert Contact.of(subentry) == Contact(
        id=subentry.subentry_id, name="Ana", phone="+5511999999999"
    )


def test_contacts_are_in_the_order_in_which_they_were_added(
    entry: MockConfigEntry, contacts: Contacts
) -> None:
    assert [it.name for it in contacts.all] == ["Zé", "Ana"]
    assert [it.id for it in contacts.all] == list(entry.subentries)


def test_a_number_without_contacts_knows_nobody(entry: MockConfigEntry) -> None:
    contacts = Contacts(entry)
    assert contacts.all == []
    assert contacts.get("x") is None
    assert contacts.find("+5511999999999") is None
    assert contacts.named("Ana") is None


def test_other_subentries_are_no_contacts(
    hass_ready: HomeAssistant, entry: MockConfigEntry
) -> None:
    hass_ready.config_entries.async_add_subentry(entry, person("Ana", "+5511999999999", "other"))
    assert Contacts(entry).all == []


def test_a_contact_is_found_by_its_id(entry: MockConfigEntry, contacts: Contacts) -> None:
    for contact_id in entry.subentries:
        contact = contacts.get(contact_id)
        assert contact is not None
        assert contact.id == contact_id
    assert contacts.get("x") is None


@pytest.mark.parametrize(
    ("peer_number", "name"),
    [
        ("+5511999999999", "Ana"),
        ("+551199999999", "Ana"),
        ("+351912345678", "Zé"),
        ("+5511999999998", None),
        ("+552199999999", None),
        ("5511999999999", None),
        ("", None),
        (None, None),
    ],
)
def test_a_phone_number_belongs_to_whom_has_it_with_or_without_the_ninth_digit(
    contacts: Contacts, peer_number: str | None, name: str | None
) -> None:
    contact = contacts.find(peer_number)
    assert (contact and contact.name) == name
    assert contacts.name_of(peer_number) == name


def test_a_contact_without_the_ninth_digit_is_found_with_it(
    hass_ready: HomeAssistant, entry: MockConfigEntry
) -> None:
    add(hass_ready, entry, "Ana", "+551199999999")
    assert Contacts(entry).name_of("+5511999999999") == "Ana"
    assert Contacts(entry).name_of("+551199999999") == "Ana"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ana", "+5511999999999"),
        (" aNA\n", "+5511999999999"),
        ("ZÉ", "+351912345678"),
        ("Ze", None),
        ("", None),
    ],
)
def test_a_contact_is_found_by_its_name_however_it_is_capitalized(
    contacts: Contacts, name: str, expected: str | None
) -> None:
    contact = contacts.named(name)
    assert (contact and contact.phone) == expected


def test_spellings_of_one_name() -> None:
    assert same_name(" Ana \t MARIA ") == same_name("ana maria")
    assert same_name("Straße") == same_name("STRASSE")
    assert same_name("Ana Maria") != same_name("AnaMaria")


async def test_a_loaded_number_learns_of_contacts_that_are_added_changed_and_removed(
    hass_ready: HomeAssistant, entry: MockConfigEntry
) -> None:
    contacts = number(entry).contacts
    heard: list[list[str]] = []
    remove_listener = contacts.async_add_listener(
        lambda: heard.append([it.name for it in contacts.all])
    )
    ana = add(hass_ready, entry, "Ana", "+5511999999999")
    await hass_ready.async_block_till_done()
    assert heard == [["Ana"]]
    assert contacts.name_of("+551199999999") == "Ana"

    hass_ready.config_entries.async_update_subentry(
        entry, ana, data={"name": "Bia", "phone": "+5511988888888"}, unique_id="+5511988888888"
    )
    await hass_ready.async_block_till_done()
    assert heard == [["Ana"], ["Bia"]]
    assert contacts.name_of("+5511999999999") is None
    assert contacts.name_of("+5511988888888") == "Bia"
    assert contacts.named("Ana") is None

    hass_ready.config_entries.async_remove_subentry(entry, ana.subentry_id)
    await hass_ready.async_block_till_done()
    assert heard == [["Ana"], ["Bia"], []]
    assert contacts.find("+5511988888888") is None

    remove_listener()
    add(hass_ready, entry, "Ana", "+5511999999999")
    await hass_ready.async_block_till_done()
    assert len(heard) == 3
    assert contacts.name_of("+5511999999999") == "Ana"


async def test_calls_go_on_when_contacts_change(
    hass_ready: HomeAssistant, entry: MockConfigEntry
) -> None:
    before = entry.runtime_data
    add(hass_ready, entry, "Ana", "+5511999999999")
    await hass_ready.async_block_till_done()
    assert entry.runtime_data is before
    assert state_of(hass_ready, "sensor.casa_last_call_status").state == "unknown"


async def test_listeners_are_not_called_when_something_else_of_the_number_changes(
    hass_ready: HomeAssistant, entry: MockConfigEntry
) -> None:
    add(hass_ready, entry, "Ana", "+5511999999999")
    await hass_ready.async_block_till_done()
    heard: list[None] = []
    number(entry).contacts.async_add_listener(lambda: heard.append(None))
    hass_ready.config_entries.async_update_entry(entry, title="Home", options={"a": 1})
    await hass_ready.async_block_till_done()
    number(entry).contacts.async_update()
    assert heard == []


async def test_a_listener_may_remove_itself(
    hass_ready: HomeAssistant, entry: MockConfigEntry
) -> None:
    contacts = number(entry).contacts
    heard = []

    def once() -> None:
        heard.append("once")
        remove()

    remove = contacts.async_add_listener(once)
    contacts.async_add_listener(lambda: heard.append("always"))
    for name, phone in (("Ana", "+5511999999999"), ("Bia", "+5511988888888")):
        add(hass_ready, entry, name, phone)
        await hass_ready.async_block_till_done()
    assert heard == ["once", "always", "always"]


async def test_contacts_are_known_again_after_a_reload(
    hass_ready: HomeAssistant, entry: MockConfigEntry
) -> None:
    add(hass_ready, entry, "Ana", "+5511999999999")
    assert await hass_ready.config_entries.async_unload(entry.entry_id)
    assert await hass_ready.config_entries.async_setup(entry.entry_id)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert [it.name for it in number(entry).contacts.all] == ["Ana"]
