"""Binary sensors: a call is live, the number is linked to WhatsApp."""

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

CALL_IN_PROGRESS: Final = BinarySensorEntityDescription(key="call_in_progress")
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
    """Add the binary sensors of a number."""
    async_add_entities(
        [
            PilotStatusCallInProgressSensor(entry, CALL_IN_PROGRESS),
            PilotStatusConnectedSensor(entry, CONNECTED),
        ]
    )


class _PilotStatusBinarySensor(PilotStatusEntity, BinarySensorEntity):
    """What the binary sensors share."""

    @override
    def _reading(self) -> Any:
        return self.is_on


class PilotStatusCallInProgressSensor(_PilotStatusBinarySensor):
    """Whether a call of the number is live."""

    @property
    @override
    def is_on(self) -> bool:
        """Return whether a call is live."""
        return bool(self.coordinator.calls.live_calls)


class PilotStatusConnectedSensor(_PilotStatusBinarySensor):
    """Whether the number is linked to WhatsApp."""

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether the number is linked, ``None`` while that is unknown."""
        return self.coordinator.connected
