"""The contacts of one number, and which of them a phone number belongs to."""

from dataclasses import dataclass
from typing import Any, Self

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_NAME
from homeassistant.core import CALLBACK_TYPE, callback

from .api import Call
from .call_state import as_data
from .const import CONF_PHONE, SUBENTRY_CONTACT
from .phone_number import phone_end, with_ninth_digit


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person with a telephone. ``id`` is that of the subentry, ``phone`` is E.164."""

    id: str
    name: str
    phone: str

    @classmethod
    def of(cls, subentry: ConfigSubentry) -> Self:
        """Return the contact that a subentry holds."""
        data = subentry.data
        return cls(id=subentry.subentry_id, name=data[CONF_NAME], phone=data[CONF_PHONE])


class Contacts:
    """The contacts of one number, kept up to date with the subentries of its entry."""

    def __init__(self, entry: ConfigEntry) -> None:
        """Read the contacts of an entry."""
        self._entry = entry
        self._listeners: list[CALLBACK_TYPE] = []
        self._by_id: dict[str, Contact] = {}
        self._by_phone: dict[str, Contact] = {}
        self._read()

    @property
    def all(self) -> list[Contact]:
        """All contacts, in the order in which they were added."""
        return list(self._by_id.values())

    def get(self, contact_id: str) -> Contact | None:
        """Return the contact of a subentry."""
        return self._by_id.get(contact_id)

    def find(self, peer_number: str | None) -> Contact | None:
        """Return whom a phone number, E.164, belongs to: who has none is nobody."""
        return None if peer_number is None else self._by_phone.get(with_ninth_digit(peer_number))

    def name_of(self, peer_number: str | None) -> str | None:
        """Return the name of the contact that a phone number belongs to."""
        contact = self.find(peer_number)
        return None if contact is None else contact.name

    def shown(self, peer_number: str | None) -> str | None:
        """Return the name for a phone number, else its end: for words that must not hold it."""
        return self.name_of(peer_number) or (peer_number and phone_end(peer_number))

    def describe(self, call: Call) -> dict[str, Any]:
        """Return a call as attributes and responses show it, with the name of its contact."""
        return as_data(call) | {"contact": self.name_of(call.peer_number)}

    def named(self, name: str) -> Contact | None:
        """Return the contact of a name, however it is capitalized."""
        wanted = same_name(name)
        return next((it for it in self._by_id.values() if same_name(it.name) == wanted), None)

    @callback
    def async_add_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener when contacts have changed; return how to remove it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def async_update(self) -> None:
        """Read the contacts again, and call the listeners if they have changed."""
        before = self._by_id
        self._read()
        if self._by_id != before:
            for listener in tuple(self._listeners):
                listener()

    def _read(self) -> None:
        contacts = [
            Contact.of(it)
            for it in self._entry.subentries.values()
            if it.subentry_type == SUBENTRY_CONTACT
        ]
        self._by_id = {it.id: it for it in contacts}
        self._by_phone = {with_ninth_digit(it.phone): it for it in contacts}


def same_name(name: str) -> str:
    """Return what two spellings of one name have in common."""
    return " ".join(name.split()).casefold()
