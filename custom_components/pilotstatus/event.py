"""The event entity: what happens to calls, the moment it happens."""

from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .api import CallEventKind
from .call_state import CallChange, as_data
from .const import ATTR_CALL_ID
from .data import PilotStatusConfigEntry
from .entity import PilotStatusEntity

PARALLEL_UPDATES = 0

_ATTRIBUTES: Final = (ATTR_CALL_ID, "direction", "peer_number", "duration")

CALL_EVENT: Final = EventEntityDescription(key="call", event_types=list(CallEventKind))


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: PilotStatusConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the event entity of a number."""
    async_add_entities([PilotStatusCallEvent(entry, CALL_EVENT)])


class PilotStatusCallEvent(PilotStatusEntity, EventEntity):
    """Calls that ring, are answered, end or are missed."""

    @property
    @override
    def available(self) -> bool:
        """Return True: deliveries come without the server being asked."""
        return True

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to changes of calls, and report a call that is already ringing."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.async_add_change_listener(self._handle_change))
        if call := self.coordinator.calls.ringing_call:
            self._handle_change(CallChange(CallEventKind.RINGING, call))

    @override
    @callback
    def _handle_coordinator_update(self) -> None:
        """Keep the last event: each change is reported by itself."""

    @callback
    def _handle_change(self, change: CallChange) -> None:
        data = as_data(change.call)
        self._trigger_event(change.kind, {name: data[name] for name in _ATTRIBUTES})
        self.async_write_ha_state()
