"""What all entities of a number share."""

from typing import Any, override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .api import DEFAULT_BASE_URL
from .const import DOMAIN
from .coordinator import PilotStatusCoordinator
from .data import PilotStatusConfigEntry


class PilotStatusEntity(CoordinatorEntity[PilotStatusCoordinator]):
    """An entity of one number; its key is also its translation key.

    Its state is written only if what it shows has changed.
    """

    _attr_has_entity_name = True
    _shown: tuple[bool, Any] | None = None

    def __init__(self, entry: PilotStatusConfigEntry, description: EntityDescription) -> None:
        """Attach the entity to the number's device."""
        super().__init__(entry.runtime_data.coordinator)
        self._contacts = entry.runtime_data.contacts
        self.entity_description = description
        self._attr_translation_key = description.key
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, entry.entry_id)},
            name=entry.title,
            manufacturer="Pilot Status",
            entry_type=DeviceEntryType.SERVICE,
            configuration_url=DEFAULT_BASE_URL,
        )

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to changes. What is shown now is written next, by Home Assistant."""
        await super().async_added_to_hass()
        self._shown = self.available, self._reading()

    @override
    @callback
    def _handle_coordinator_update(self) -> None:
        self._async_show()

    @callback
    def _async_show(self) -> None:
        """Write the state if what is shown has changed."""
        shown = self.available, self._reading()
        if shown != self._shown:
            self._shown = shown
            self.async_write_ha_state()

    def _reading(self) -> Any:
        """Return what is shown, beside being available: equal as long as nothing has changed."""
        return None
