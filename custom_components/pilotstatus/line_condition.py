"""Conditions on what the line of a number is doing."""

from collections.abc import Mapping
from typing import Final, override

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import (  # type: ignore[attr-defined,unused-ignore]
    EntityStateConditionBase,
)

from .const import DOMAIN
from .line import LineState
from .targets import async_entries_of

_LINE: Final = "line"
_SENSORS: Final[Mapping[str, DomainSpec]] = {SENSOR_DOMAIN: DomainSpec()}


class LineCondition(EntityStateConditionBase):  # type: ignore[misc,unused-ignore]
    """Tests the lines of the numbers that are its target, by their devices or any entity of them.

    Other sensors of a number have states of the same names.
    """

    _hass: HomeAssistant
    _domain_specs = _SENSORS

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the line sensors of the numbers of which entities are."""
        return _lines_of(self._hass, entities)

    @property
    @override
    def needs_polling(self) -> bool:
        """Return whether the target names entities whose states do not tell of the line."""
        named = self._target_selection.entity_ids
        return bool(super().needs_polling) or self.entity_filter(named) != named


def _lines_of(hass: HomeAssistant, entities: set[str]) -> set[str]:
    registry = er.async_get(hass)
    found = (
        registry.async_get_entity_id(SENSOR_DOMAIN, DOMAIN, f"{entry_id}_{_LINE}")
        for entry_id in async_entries_of(hass, entities)
    )
    return set(filter(None, found))


def _line_is(state: LineState) -> type[LineCondition]:
    """Return the condition that a line is in a state."""
    states: set[str | bool] = {str(state)}

    class StateCondition(LineCondition):
        """Tests whether lines are in a state."""

        _states = states

    return StateCondition


CONDITIONS: dict[str, type[LineCondition]] = {
    f"line_is_{state}": _line_is(state) for state in LineState
}
