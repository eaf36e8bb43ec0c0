"""One notify entity for each contact: its messages are spoken in a call."""

from typing import Final, override

from homeassistant.components.notify import NotifyEntity, NotifyEntityFeature
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .announcement import Announcement, Person
from .const import DOMAIN, SERVICE_ANNOUNCE
from .contacts import Contact
from .data import PilotStatusConfigEntry
from .errors import ActionRefusedError
from .media.speech import speech_id

# An announcement waits for the one before it by itself.
PARALLEL_UPDATES = 0

_KEY: Final = "notify"


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: PilotStatusConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add an entity for each contact, also for those that come later."""
    contacts = entry.runtime_data.contacts
    known: set[str] = set()

    @callback
    def add_new() -> None:
        for contact in contacts.all:
            if contact.id not in known:
                entity = PilotStatusContact(entry, contact)
                async_add_entities([entity], config_subentry_id=contact.id)
        known.clear()
        known.update(contact.id for contact in contacts.all)

    add_new()
    entry.async_on_unload(contacts.async_add_listener(add_new))


class PilotStatusContact(NotifyEntity):
    """Calls a person, and speaks what they are to be told."""

    _attr_has_entity_name = True
    _attr_name = None
    _attr_supported_features = NotifyEntityFeature.TITLE
    _attr_translation_key = _KEY

    def __init__(self, entry: PilotStatusConfigEntry, contact: Contact) -> None:
        """Attach the entity to the person's device."""
        self._contact_id = contact.id
        self._entry = entry
        self._attr_unique_id = f"{contact.id}_{_KEY}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, contact.id)},
            name=contact.name,
            entry_type=DeviceEntryType.SERVICE,
            manufacturer="Pilot Status",
        )

    @override
    async def async_added_to_hass(self) -> None:
        """Follow changes of the contact."""
        await super().async_added_to_hass()
        contacts = self._entry.runtime_data.contacts
        self.async_on_remove(contacts.async_add_listener(self._rename_device))

    @callback
    def _rename_device(self) -> None:
        """Name the device after the person again."""
        contact = self._entry.runtime_data.contacts.get(self._contact_id)
        if contact is not None and self.device_entry is not None:
            devices = dr.async_get(self.hass)
            devices.async_update_device(self.device_entry.id, name=contact.name)

    @override
    async def async_send_message(self, message: str, title: str | None = None) -> None:
        """Call the person and speak; raises HomeAssistantError if they do not answer."""
        number = self._entry.runtime_data
        async with number.failures.attempt(SERVICE_ANNOUNCE, context=self._context) as attempt:
            if (contact := number.contacts.get(self._contact_id)) is None:
                raise ActionRefusedError("contact_unknown", entity=self.entity_id)
            person = Person(name=contact.name, phone=contact.phone)
            attempt.person = person.shown
            words = _sentence(title or "", message)
            if not words:
                raise ActionRefusedError("media_missing")
            wanted = speech_id(self.hass, words, options=self._entry.options)
            announcement = Announcement(people=[person], wanted=[wanted])
            progress = await number.announcer.async_announce(announcement, attempt)
            if not progress.reached:
                raise ActionRefusedError("not_answered", person=person.shown)


def _sentence(title: str, message: str) -> str:
    """Return a title and a message as they are spoken: with a pause between them."""
    title, message = title.strip(), message.strip()
    if not title or not message:
        return title or message
    return f"{title} {message}" if title[-1] in ".!?:;…" else f"{title}. {message}"
