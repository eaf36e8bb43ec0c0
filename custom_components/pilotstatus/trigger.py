"""The triggers, which newer Home Assistant offers in its editor of automations."""

from typing import Any

import voluptuous as vol

from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType

from .texts import async_common_text

try:
    from .call_trigger import TRIGGERS
except ImportError:
    # In versions that lack something that ours need. An error here would keep Home Assistant
    # from the other modules that it looks for together with this one.
    TRIGGERS = {}


async def async_get_triggers(_hass: HomeAssistant) -> dict[str, type[Any]]:
    """Return the triggers by their names, none if this Home Assistant lacks what they need."""
    return dict(TRIGGERS)


async def async_validate_trigger_config(hass: HomeAssistant, _config: ConfigType) -> ConfigType:
    """Refuse a trigger. Only versions that do not ask for triggers by their names come here."""
    raise vol.Invalid(async_common_text(hass, "newer_home_assistant"))
