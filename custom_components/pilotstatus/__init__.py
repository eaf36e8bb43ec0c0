"""Pilot Status: the house speaks into WhatsApp calls."""

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN
from .coordinator import PilotStatusConfigEntry, PilotStatusCoordinator
from .failures import async_clear_notifications
from .issues import async_clear_issues
from .media.view import MediaView
from .selectors import async_describe_media
from .services import async_setup_services
from .webhook import WebhookManager, async_remove_webhook

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.MEDIA_PLAYER,
    Platform.SENSOR,
]

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Register the actions."""
    async_setup_services(hass)
    await async_describe_media(hass)
    hass.http.register_view(MediaView())
    return True


async def async_setup_entry(hass: HomeAssistant, entry: PilotStatusConfigEntry) -> bool:
    """Set up one number."""
    coordinator = PilotStatusCoordinator(hass, entry)
    await coordinator.async_config_entry_first_refresh()
    entry.runtime_data = coordinator
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    WebhookManager(hass, entry).async_start()
    return True


async def async_unload_entry(hass: HomeAssistant, entry: PilotStatusConfigEntry) -> bool:
    """Unload one number."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: PilotStatusConfigEntry) -> None:
    """Take away what a removed number leaves at the server and in the house."""
    async_clear_issues(hass, entry)
    async_clear_notifications(hass, entry)
    await async_remove_webhook(hass, entry)
