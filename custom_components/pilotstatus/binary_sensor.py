"""Binary sensors: a call is live, the number is linked to WhatsApp."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import PilotStatusConfigEntry, PilotStatusCoordinator
from .entity import PilotStatusEntity

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class PilotStatusBinarySensorDescription(BinarySensorEntityDescription):
    """A binary sensor; ``is_on_fn`` answers ``None`` while nothing is known."""

    is_on_fn: Callable[[PilotStatusCoordinator], bool | None]


BINARY_SENSORS: Final = (
    PilotStatusBinarySensorDescription(
        key="call_in_progress",
        is_on_fn=lambda coordinator: bool(coordinator.calls.live_calls),
    ),
    PilotStatusBinarySensorDescription(
        key="connected",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        is_on_fn=lambda coordinator: coordinator.connected,
    ),
)


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: PilotStatusConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of a number."""
    async_add_entities(
        PilotStatusBinarySensor(entry.runtime_data, sensor) for sensor in BINARY_SENSORS
    )


class PilotStatusBinarySensor(PilotStatusEntity, BinarySensorEntity):
    """A binary sensor of a number."""

    entity_description: PilotStatusBinarySensorDescription

    @property
    def is_on(self) -> bool | None:
        """Return what the coordinator knows."""
        return self.entity_description.is_on_fn(self.coordinator)
