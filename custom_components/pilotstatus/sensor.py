"""Sensors: the last call and the last play."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from homeassistant.components.sensor import (
    RestoreSensor,
    SensorDeviceClass,
    SensorEntityDescription,
)
from homeassistant.const import UnitOfTime
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .api import CallStatus
from .call_log import as_data
from .const import ATTR_CALL_ID, ATTR_MEDIA_URL
from .coordinator import PilotStatusConfigEntry, PilotStatusCoordinator
from .entity import PilotStatusEntity
from .playback_state import PlaybackStatus

PARALLEL_UPDATES = 0


class Reading(NamedTuple):
    """What a sensor shows; of the attributes, those that its description names."""

    value: Any
    attributes: Mapping[str, Any] = {}


@dataclass(frozen=True, kw_only=True)
class PilotStatusSensorDescription(SensorEntityDescription):
    """A sensor; ``reading_fn`` answers ``None`` while nothing is known."""

    reading_fn: Callable[[PilotStatusCoordinator], Reading | None]
    attributes: tuple[str, ...] = ()


def _last_call_status(coordinator: PilotStatusCoordinator) -> Reading | None:
    if (call := coordinator.calls.last_call) is None:
        return None
    # A status that is not documented would be no option of the sensor.
    known = isinstance(call.status, CallStatus)
    return Reading(call.status.lower() if call.status and known else None, as_data(call))


def _last_call_duration(coordinator: PilotStatusCoordinator) -> Reading | None:
    call = coordinator.calls.last_call
    return None if call is None else Reading(call.duration)


def _last_call_time(coordinator: PilotStatusCoordinator) -> Reading | None:
    call = coordinator.calls.last_call
    return None if call is None else Reading(call.started_at or call.created_at)


def _last_playback(coordinator: PilotStatusCoordinator) -> Reading | None:
    if (playback := coordinator.last_playback) is None:
        return None
    return Reading(
        playback.status,
        {
            ATTR_CALL_ID: playback.call_id,
            ATTR_MEDIA_URL: playback.media_url,
            "error": playback.error,
            "fetched_at": playback.fetched_at and playback.fetched_at.isoformat(),
        },
    )


SENSORS: Final = (
    PilotStatusSensorDescription(
        key="last_call_status",
        device_class=SensorDeviceClass.ENUM,
        options=[status.lower() for status in CallStatus],
        reading_fn=_last_call_status,
        attributes=(
            ATTR_CALL_ID,
            "direction",
            "peer_number",
            "started_at",
            "connected_at",
            "ended_at",
            "duration",
            "error_code",
            "error_message",
        ),
    ),
    PilotStatusSensorDescription(
        key="last_playback",
        device_class=SensorDeviceClass.ENUM,
        options=list(PlaybackStatus),
        reading_fn=_last_playback,
        attributes=(ATTR_CALL_ID, ATTR_MEDIA_URL, "error", "fetched_at"),
    ),
    PilotStatusSensorDescription(
        key="last_call_duration",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=0,
        reading_fn=_last_call_duration,
    ),
    PilotStatusSensorDescription(
        key="last_call_time",
        device_class=SensorDeviceClass.TIMESTAMP,
        reading_fn=_last_call_time,
    ),
)


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: PilotStatusConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of a number."""
    async_add_entities(PilotStatusSensor(entry.runtime_data, sensor) for sensor in SENSORS)


class PilotStatusSensor(PilotStatusEntity, RestoreSensor):
    """A sensor that keeps its last reading over a restart until there is a newer one."""

    entity_description: PilotStatusSensorDescription

    async def async_added_to_hass(self) -> None:
        """Show what is known, or what was known before the restart."""
        await super().async_added_to_hass()
        data = await self.async_get_last_sensor_data()
        state = await self.async_get_last_state()
        if data and state:
            self._show(Reading(data.native_value, state.attributes))
        self._show(self.entity_description.reading_fn(self.coordinator))

    @callback
    def _handle_coordinator_update(self) -> None:
        """Show what the coordinator knows."""
        self._show(self.entity_description.reading_fn(self.coordinator))
        super()._handle_coordinator_update()

    @callback
    def _show(self, reading: Reading | None) -> None:
        if reading is not None:
            self._attr_native_value = reading.value
            self._attr_extra_state_attributes = {
                name: reading.attributes.get(name) for name in self.entity_description.attributes
            }
