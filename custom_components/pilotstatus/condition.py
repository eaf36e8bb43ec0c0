"""The conditions, which newer Home Assistant offers in its editor of automations."""

from typing import Any

from homeassistant.core import HomeAssistant

try:
    from .line_condition import CONDITIONS
except ImportError:
    # In versions that know conditions, but not all that ours need: see trigger.py.
    CONDITIONS = {}


async def async_get_conditions(_hass: HomeAssistant) -> dict[str, type[Any]]:
    """Return the conditions by their names, none if this Home Assistant lacks what they need."""
    return dict(CONDITIONS)
