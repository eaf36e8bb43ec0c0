"""Sensors: the line, the last call and the last playback."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple, override

from homeassistant.components.sensor import (
    RestoreSensor,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import UnitOfTime
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.restore_state import ExtraStoredData, RestoredExtraData, RestoreEntity

from .api import Call, CallStatus, parse_instant, parse_seconds, parse_text
from .call_state import seconds_talked
from .const import ATTR_CALL_ID
from .data import PilotStatusConfigEntry
from .entity import PilotStatusEntity
from .line import LineState, line_call, line_state, since
from .playback import Playback, PlaybackStatus

PARALLEL_UPDATES = 0


class Reading(NamedTuple):
    """What a sensor shows."""

    value: Any
    attributes: Mapping[str, Any] = {}


@dataclass(frozen=True, kw_only=True)
class PilotStatusSensorDescription(SensorEntityDescription):
    """A sensor of the last call.

    ``restore_fn`` returns a restored value, ``None`` for what is none.
    """

    value_fn: Callable[[Call], Any]
    restore_fn: Callable[[Any], Any]
    attributes: tuple[str, ...] = ()


def _last_call_status(call: Call) -> str | None:
    # A status that is not documented would be no option of the sensor.
    return call.status.lower() if isinstance(call.status, CallStatus) else None


_LINE_ATTRIBUTES: Final = (ATTR_CALL_ID, "direction", "peer_number", "contact", "since")
_STATUSES: Final = [status.lower() for status in CallStatus]


def _restored_instant(value: Any) -> datetime | None:
    return parse_instant(value.isoformat()) if isinstance(value, datetime) else None


LINE: Final = SensorEntityDescription(
    key="line", device_class=SensorDeviceClass.ENUM, options=list(LineState)
)
CALL_SENSORS: Final = (
    PilotStatusSensorDescription(
        key="last_call_status",
        device_class=SensorDeviceClass.ENUM,
        options=_STATUSES,
        value_fn=_last_call_status,
        restore_fn=lambda value: value if value in _STATUSES else None,
        attributes=(
            ATTR_CALL_ID,
            "direction",
            "peer_number",
            "contact",
            "started_at",
            "connected_at",
            "ended_at",
            "duration",
            "error_code",
            "error_message",
        ),
    ),
    PilotStatusSensorDescription(
        key="last_call_duration",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
        value_fn=seconds_talked,
        restore_fn=parse_seconds,
    ),
    PilotStatusSensorDescription(
        key="last_call_time",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_registry_enabled_default=False,
        value_fn=lambda call: call.started_at or call.created_at,
        restore_fn=_restored_instant,
    ),
)
LAST_PLAYBACK: Final = SensorEntityDescription(
    key="last_playback",
    device_class=SensorDeviceClass.ENUM,
    options=list(PlaybackStatus),
)


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: PilotStatusConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of a number."""
    async_add_entities(
        [
            PilotStatusLineSensor(entry, LINE),
            *(PilotStatusCallSensor(entry, sensor) for sensor in CALL_SENSORS),
            PilotStatusPlaybackSensor(entry, LAST_PLAYBACK),
        ]
    )


class PilotStatusLineSensor(PilotStatusEntity, SensorEntity):
    """What the line is doing, and the live call that counts."""

    _call: Call | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to contacts, too."""
        self._show(None)
        self.async_on_remove(self._contacts.async_add_listener(self._handle_contacts))
        await super().async_added_to_hass()

    @override
    def _reading(self) -> Reading:
        call = line_call(self.coordinator.calls.meant_calls)
        if call is not self._call:
            self._show(call)
        return Reading(self.native_value, self._attr_extra_state_attributes)

    @callback
    def _handle_contacts(self) -> None:
        self._show(self._call)
        self._async_show()

    @callback
    def _show(self, call: Call | None) -> None:
        self._call = call
        data: dict[str, Any] = {}
        if call is not None:
            data = {**self._contacts.describe(call), "since": since(call).isoformat()}
        self._attr_native_value = line_state(call)
        self._attr_extra_state_attributes = {name: data.get(name) for name in _LINE_ATTRIBUTES}


class PilotStatusCallSensor(PilotStatusEntity, RestoreSensor):
    """A sensor of the last call, restored until there is a newer one."""

    entity_description: PilotStatusSensorDescription
    _call: Call | None = None
    _call_reading = Reading(None)

    @override
    async def async_added_to_hass(self) -> None:
        """Show what is known, or what was known before the restart."""
        data = await self.async_get_last_sensor_data()
        state = await self.async_get_last_state()
        if data and state:
            description = self.entity_description
            attributes = {
                name: parse_text(value) if isinstance(value, str) else parse_seconds(value)
                for name, value in state.attributes.items()
                if name in description.attributes
            }
            self._show(Reading(description.restore_fn(data.native_value), attributes))
        if "contact" in self.entity_description.attributes:
            self.async_on_remove(self._contacts.async_add_listener(self._handle_contacts))
        await super().async_added_to_hass()

    @override
    def _reading(self) -> Reading:
        call = self.coordinator.calls.last_call
        if call is not None and call is not self._call:
            self._call = call
            value = self.entity_description.value_fn(call)
            self._show(Reading(value, self._contacts.describe(call)))
        return self._call_reading

    @callback
    def _handle_contacts(self) -> None:
        """Show the name that the other party has now."""
        value, attributes = self._call_reading
        peer = attributes.get("peer_number")
        name = self._contacts.name_of(peer) if isinstance(peer, str) else None
        self._show(Reading(value, {**attributes, "contact": name}))
        self._async_show()

    @callback
    def _show(self, reading: Reading) -> None:
        shown = {name: reading.attributes.get(name) for name in self.entity_description.attributes}
        self._call_reading = Reading(reading.value, shown)
        self._attr_native_value = reading.value
        self._attr_extra_state_attributes = shown


class PilotStatusPlaybackSensor(PilotStatusEntity, SensorEntity, RestoreEntity):
    """The last playback, restored with what has become of it."""

    def __init__(self, entry: PilotStatusConfigEntry, description: SensorEntityDescription) -> None:
        """Show the playbacks of a number."""
        super().__init__(entry, description)
        self._player = entry.runtime_data.player
        self._playback: Playback | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Restore the last playback, and listen to what becomes of it and of others."""
        data = await self.async_get_last_extra_data()
        if data and (playback := Playback.from_dict(data.as_dict())):
            self._player.async_restore(playback)
        self.async_on_remove(self._player.async_add_listener(self._async_show))
        await super().async_added_to_hass()

    @override
    def _reading(self) -> Any:
        last = self._player.last
        if last is not None and last is not self._playback:
            self._playback = last
            self._attr_native_value = last.status
            self._attr_extra_state_attributes = {
                ATTR_CALL_ID: last.call_id,
                "media": last.media,
                "length": None if last.length is None else round(last.length, 2),
                "fetched_at": last.fetched_at and last.fetched_at.isoformat(),
                "error": last.error,
            }
        return last and (last.status, self._attr_extra_state_attributes)

    @property
    @override
    def extra_restore_state_data(self) -> ExtraStoredData | None:
        """Return the last playback, to be restored."""
        last = self._player.last
        return None if last is None else RestoredExtraData(last.as_dict())
