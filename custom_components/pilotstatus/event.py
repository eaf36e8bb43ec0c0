"""The event entity: what happens to calls, the moment it happens; on the event bus, too."""

from typing import Final, override

from homeassistant.components.event import (
    ATTR_EVENT_TYPE,
    EventEntity,
    EventEntityDescription,
)
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .call_state import CallChange, CallChangeKind
from .const import ATTR_CALL_ID, EVENT_CALL
from .data import PilotStatusConfigEntry
from .entity import PilotStatusEntity

PARALLEL_UPDATES = 0

_ATTRIBUTES: Final = (ATTR_CALL_ID, "direction", "peer_number", "contact", "duration", "status")

CALL_EVENT: Final = EventEntityDescription(key="call", event_types=list(CallChangeKind))


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: PilotStatusConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the event entity of a number."""
    async_add_entities([PilotStatusCallEvent(entry, CALL_EVENT)])


class PilotStatusCallEvent(PilotStatusEntity, EventEntity):
    """Calls that ring, are answered or are over.

    The name of the contact is the one at that time: what has happened does not change.
    """

    @property
    @override
    def available(self) -> bool:
        """Return True: deliveries come without the server being asked."""
        return True

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to changes of calls, and report a call that rings, unless that was done."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.async_add_change_listener(self._handle_change))
        call, told = self.coordinator.calls.ringing_call, self.state_attributes
        if call is not None and call.id != told.get(ATTR_CALL_ID):
            self._handle_change(CallChange(CallChangeKind.RINGING, call))

    @override
    @callback
    def _handle_coordinator_update(self) -> None:
        """Keep the last event: each change is reported by itself."""

    @callback
    def _handle_change(self, change: CallChange) -> None:
        call = self._contacts.describe(change.call)
        data = {name: call[name] for name in _ATTRIBUTES}
        self._trigger_event(change.kind, data)
        self.async_write_ha_state()
        event = {ATTR_ENTITY_ID: self.entity_id, ATTR_EVENT_TYPE: str(change.kind), **data}
        self.hass.bus.async_fire(EVENT_CALL, event)
