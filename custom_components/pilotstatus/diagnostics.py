"""Diagnostics that a user can attach to an issue: nothing secret."""

from dataclasses import asdict
from typing import Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_API_KEY, CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant

from .const import CONF_CLOUDHOOK_URL, CONF_WEBHOOK_SECRET
from .data import PilotStatusConfigEntry

_SECRETS: Final = {
    CONF_API_KEY,
    "error_message",
    "media",
    "peer_number",
    CONF_CLOUDHOOK_URL,
    CONF_WEBHOOK_ID,
    CONF_WEBHOOK_SECRET,
}


async def async_get_config_entry_diagnostics(
    _hass: HomeAssistant, entry: PilotStatusConfigEntry
) -> dict[str, Any]:
    """Return the state of one number, redacted."""
    number = entry.runtime_data
    coordinator, playback = number.coordinator, number.player.last
    return async_redact_data(
        {
            "data": dict(entry.data),
            "options": dict(entry.options),
            "last_update_success": coordinator.last_update_success,
            "update_interval": str(coordinator.update_interval),
            "connected": coordinator.connected,
            "failures": {it: dict(causes) for it, causes in number.failures.counts.items()},
            "calls": [asdict(call) for call in coordinator.calls.all],
            "last_playback": playback and playback.as_dict(),
        },
        _SECRETS,
    )
