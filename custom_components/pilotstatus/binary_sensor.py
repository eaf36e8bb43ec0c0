"""The binary sensor: whether the number is linked to WhatsApp."""

from typing import Any, Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import PilotStatusConfigEntry
from .entity import PilotStatusEntity

PARALLEL_UPDATES = 0

CONNECTED: Final = BinarySensorEntityDescription(
    key="connected",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: PilotStatusConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensor of a number."""
    async_add_entities([PilotStatusConnectedSensor(entry, CONNECTED)])


class PilotStatusConnectedSensor(PilotStatusEntity, BinarySensorEntity):
    """Whether the number is linked to WhatsApp."""

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether the number is linked, ``None`` while that is unknown."""
        return self.coordinator.connected

    @override
    def _reading(self) -> Any:
        return self.is_on
