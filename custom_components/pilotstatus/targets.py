"""Which number an action, a trigger or a condition means, and whom."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
import inspect
from typing import Any, Final

from homeassistant.components.notify import DOMAIN as NOTIFY_DOMAIN
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers import config_validation as cv, entity_registry as er, service

from .announcement import Person
from .api import PilotStatusError
from .const import ATTR_CONFIG_ENTRY_ID, CALL_OWNERS, DOMAIN
from .contacts import Contact, Contacts
from .data import PilotStatusConfigEntry
from .errors import ActionRefusedError
from .phone_number import parse_phone

type _Entries = Sequence[PilotStatusConfigEntry]

#: The fields of an action that hold what was chosen as its target.
TARGET_FIELDS: Final = tuple(str(it) for it in cv.ENTITY_SERVICE_FIELDS)
#: All fields with which an action names a number.
_NAMING: Final = frozenset((*TARGET_FIELDS, ATTR_CONFIG_ENTRY_ID))
#: Contacts that an error names.
_MAX_NAMED: Final = 20


def _find_entry(hass: HomeAssistant, entry_ids: Collection[str]) -> PilotStatusConfigEntry:
    """Return the one number that is meant by entry ids, or the only number if there are none.

    Raises ActionRefusedError if that is none or more than one.
    """
    numbers = _all_entries(hass)
    if entry_ids:
        numbers = [entry for entry in numbers if entry.entry_id in entry_ids]
    if len(numbers) != 1:
        choices = ", ".join(entry.title for entry in numbers)
        raise ActionRefusedError("which_number", numbers=choices)
    return numbers[0]


async def async_find_for_call(
    call: ServiceCall, call_id: str | None, *, is_about_call: bool
) -> PilotStatusConfigEntry:
    """Return the number that an action on a call means.

    It is the named one, else the one that knows the call, else the one with a live call if
    none is named, else the only one. Raises ActionRefusedError.
    """
    hass = call.hass
    owners = hass.data.get(CALL_OWNERS, {}).get(call_id or "", ())
    # As most actions are, however many numbers there are.
    is_plain = len(owners) == 1 and _NAMING.isdisjoint(call.data)
    if is_plain and (entry := hass.config_entries.async_get_entry(*owners)) is not None:
        return entry
    named = await _async_named_entries(call)
    if not named and call_id is not None:
        if len(owners) > 1:
            titles = [it.title for it in _all_entries(hass) if it.entry_id in owners]
            raise ActionRefusedError("which_number_knows", numbers=", ".join(titles))
        named = set(owners)
    numbers = _all_entries(hass)
    if not named and call_id is None and is_about_call and len(numbers) > 1:
        named = await _async_with_live_calls(numbers)
    return _find_entry(hass, named)


async def async_find_people(
    call: ServiceCall, entity_ids: Iterable[str], written: Iterable[str | int]
) -> tuple[PilotStatusConfigEntry, list[Person]]:
    """Return the number that calls people, and the people in order.

    They are named by the entities of contacts, by contacts' names and by phone numbers. The
    number is the named one, else the contacts', else the only one. Raises ActionRefusedError.
    """
    hass = call.hass
    named = await _async_named_entries(call)
    numbers = _all_entries(hass)
    where = [it for it in numbers if it.entry_id in named] if named else numbers
    found = []
    for entity_id in entity_ids:
        if (contact_found := async_find_contact(hass, entity_id)) is None:
            raise ActionRefusedError("contact_unknown", entity=entity_id)
        found.append(contact_found)
    people = [Person(name=contact.name, phone=contact.phone) for _, contact in found]
    owners = {entry.entry_id for entry, _ in found}
    for one in written:
        contacts = _named(where, one) if isinstance(one, str) else []
        if contacts:
            owners |= {entry.entry_id for entry, _ in contacts}
            _, contact = contacts[0]
            people.append(Person(name=contact.name, phone=contact.phone))
        else:
            people.append(Person(phone=_phone(hass, where, one)))
    entry = _find_entry(hass, named or owners)
    known = Contacts(entry)
    return entry, [
        it if it.name else Person(name=known.name_of(it.phone), phone=it.phone) for it in people
    ]


@callback
def async_find_contact(
    hass: HomeAssistant, entity_id: str
) -> tuple[PilotStatusConfigEntry, Contact] | None:
    """Return the contact of an entity, and the entry of its number."""
    registered = er.async_get(hass).async_get(entity_id)
    if registered is None or registered.domain != NOTIFY_DOMAIN:
        return None
    for entry in _all_entries(hass):
        if entry.entry_id == registered.config_entry_id:
            contact = Contacts(entry).get(registered.config_subentry_id or "")
            return None if contact is None else (entry, contact)
    return None


@callback
def async_entries_of(hass: HomeAssistant, entity_ids: Iterable[str]) -> set[str]:
    """Return the ids of the entries of the numbers that have entities: a contact's is its own."""
    registered = (er.async_get(hass).async_get(it) for it in entity_ids)
    return {
        it.config_entry_id
        for it in registered
        if it is not None
        and it.platform == DOMAIN
        and it.config_entry_id is not None
        and it.config_subentry_id is None
    }


async def _async_named_entries(call: ServiceCall) -> set[str]:
    """Return the ids of the numbers' entries that an action names, none if it names nothing.

    Raises ActionRefusedError if what it names is no number.
    """
    hass = call.hass
    ids = {entry.entry_id for entry in _all_entries(hass)}
    if not ids:
        raise ActionRefusedError("no_number")
    if (entry_id := call.data.get(ATTR_CONFIG_ENTRY_ID)) is not None:
        if entry_id not in ids:
            raise ActionRefusedError("unknown_number", config_entry_id=entry_id)
        return {entry_id}
    if not any(call.data.get(field) for field in TARGET_FIELDS):
        return set()
    # Newer versions take Home Assistant from the call.
    extract: Any = service.async_extract_config_entry_ids
    arguments = (hass, call) if "hass" in inspect.signature(extract).parameters else (call,)
    referenced: set[str] = await extract(*arguments)
    if not (named := ids & referenced):
        raise ActionRefusedError("target_is_no_number")
    return named


async def _async_with_live_calls(numbers: _Entries) -> set[str]:
    """Return the ids of the entries whose numbers have a live call."""
    ready = [entry for entry in numbers if entry.state is ConfigEntryState.LOADED]

    def live() -> set[str]:
        return {it.entry_id for it in ready if it.runtime_data.coordinator.calls.meant_calls}

    if found := live():
        return found

    async def refresh(entry: PilotStatusConfigEntry) -> None:
        with suppress(PilotStatusError):
            await entry.runtime_data.coordinator.async_refresh_calls()

    # One may have begun since the last poll.
    await asyncio.gather(*(refresh(entry) for entry in ready))
    return live()


def _all_entries(hass: HomeAssistant) -> list[PilotStatusConfigEntry]:
    entries: list[PilotStatusConfigEntry] = hass.config_entries.async_entries(
        DOMAIN, include_ignore=False, include_disabled=False
    )
    return entries


def _named(numbers: _Entries, name: str) -> list[tuple[PilotStatusConfigEntry, Contact]]:
    found = [(entry, Contacts(entry).named(name)) for entry in numbers]
    return [(entry, contact) for entry, contact in found if contact is not None]


def _phone(hass: HomeAssistant, numbers: _Entries, written: str | int) -> str:
    """Return a phone number, E.164; what can only be a name is refused as such."""
    is_name = isinstance(written, str) and any(map(str.isalpha, written))
    # With a digit in it, it could be a phone number, which no error repeats.
    if is_name and not any(map(str.isdigit, str(written))):
        names = [contact.name for entry in numbers for contact in Contacts(entry).all]
        more = ["…"] if len(names) > _MAX_NAMED else []
        known = ", ".join([*names[:_MAX_NAMED], *more]) or "-"
        raise ActionRefusedError("contact_not_named", name=str(written), contacts=known)
    return parse_phone(written, hass.config.country)
