"""What all entities of a number share."""

from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .coordinator import PilotStatusCoordinator
from .data import PilotStatusConfigEntry


class PilotStatusEntity(CoordinatorEntity[PilotStatusCoordinator]):
    """An entity of one number; its key is also its translation key."""

    _attr_has_entity_name = True

    def __init__(self, entry: PilotStatusConfigEntry, description: EntityDescription) -> None:
        """Attach the entity to the number's device."""
        super().__init__(entry.runtime_data.coordinator)
        identity = entry.unique_id or entry.entry_id
        self.entity_description = description
        self._attr_translation_key = description.key
        self._attr_unique_id = f"{identity}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, identity)},
            name=entry.title,
            manufacturer="Pilot Status",
            entry_type=DeviceEntryType.SERVICE,
        )
