"""The triggers, which newer Home Assistant offers in its editor of automations."""

from typing import Any

from homeassistant.core import HomeAssistant

try:
    from .call_trigger import TRIGGERS
except ImportError:
    # In versions that know triggers, but not all that ours need. An error here would keep Home
    # Assistant from the other modules that it looks for together with this one.
    TRIGGERS = {}


async def async_get_triggers(_hass: HomeAssistant) -> dict[str, type[Any]]:
    """Return the triggers by their names, none if this Home Assistant lacks what they need."""
    return dict(TRIGGERS)
