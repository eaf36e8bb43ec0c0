"""System health: whether all that calls need is there, for all numbers together."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from homeassistant.components import system_health
from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.core import HomeAssistant, callback

from .api import DEFAULT_BASE_URL
from .const import CONF_BASE_URL, DOMAIN
from .data import PilotStatusConfigEntry
from .errors import ActionRefusedError
from .media.speech import engine_of, speech_id
from .network import address_kind, reachable_url

_NONE: Final = "none"


@callback
def async_register(_hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    """Register what is shown."""
    register.async_register_info(_async_info, f"/config/integrations/integration/{DOMAIN}")


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return what is shown, each by its translation key."""
    entries: list[PilotStatusConfigEntry] = hass.config_entries.async_entries(DOMAIN)
    loaded: list[PilotStatusConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    server = next((it.data[CONF_BASE_URL] for it in entries), DEFAULT_BASE_URL)
    is_private = any(it.runtime_data.is_private_server for it in loaded)
    version, _ = await get_ffmpeg_manager(hass).async_get_version()
    return {
        "server": system_health.async_check_can_reach_url(hass, server),
        "numbers": f"{len(loaded)}/{len(entries)}",
        "deliveries": _deliveries(loaded),
        "external_address": address_kind(hass, reachable_url(hass, is_private_server=is_private)),
        "ffmpeg": version or _NONE,
        "speech": _speech(hass, loaded),
    }


def _deliveries(entries: Sequence[PilotStatusConfigEntry]) -> str | datetime:
    """Return when something was last delivered to any number."""
    found = [it.runtime_data.observed.last_delivery for it in entries]
    return max(filter(None, found), default=_NONE)


def _speech(hass: HomeAssistant, entries: Sequence[PilotStatusConfigEntry]) -> str:
    """Return the engines that speak messages."""
    engines = set()
    for entry in entries:
        try:
            engines.add(engine_of(speech_id(hass, "-", options=entry.options)))
        except ActionRefusedError:
            engines.add(_NONE)
    return ", ".join(sorted(engines)) or _NONE
