"""Pilot Status: Home Assistant speaks into WhatsApp calls."""

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN
from .data import PilotStatusConfigEntry, async_build_data
from .issues import async_clear_issues
from .media.view import MediaView
from .notification import async_dismiss_notifications
from .origin import async_record_runs
from .registration import async_unregister
from .selectors import async_describe_fields
from .services import async_setup_services
from .webhook import WebhookManager

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.MEDIA_PLAYER,
    Platform.NOTIFY,
    Platform.SENSOR,
]

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Register the actions and the media view, and record who may run the actions."""
    async_record_runs(hass)
    async_setup_services(hass)
    await async_describe_fields(hass)

    def loaded_entries() -> list[PilotStatusConfigEntry]:
        return hass.config_entries.async_loaded_entries(DOMAIN)

    hass.http.register_view(
        MediaView(lambda: (entry.runtime_data.media.store for entry in loaded_entries()))
    )
    return True


async def async_setup_entry(hass: HomeAssistant, entry: PilotStatusConfigEntry) -> bool:
    """Set up one number."""
    entry.runtime_data = data = async_build_data(hass, entry)
    webhook = WebhookManager(hass, entry)
    await webhook.async_prepare()
    await data.coordinator.async_config_entry_first_refresh()
    # Before the entities, which show what these two make of a change.
    entry.async_on_unload(data.coordinator.async_add_listener(data.media.store.purge))
    entry.async_on_unload(data.coordinator.async_add_listener(data.player.async_update))
    entry.async_on_unload(entry.add_update_listener(_async_handle_update))
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    webhook.async_start()
    return True


async def async_unload_entry(hass: HomeAssistant, entry: PilotStatusConfigEntry) -> bool:
    """Unload one number; one that is disabled has no use for deliveries."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    if entry.disabled_by is not None:
        async_clear_issues(hass, entry)
        await async_unregister(hass, entry)
    return True


async def async_remove_entry(hass: HomeAssistant, entry: PilotStatusConfigEntry) -> None:
    """Remove what a removed number leaves at the server and in Home Assistant."""
    async_clear_issues(hass, entry)
    async_dismiss_notifications(hass, entry)
    await async_unregister(hass, entry)


async def _async_handle_update(_hass: HomeAssistant, entry: PilotStatusConfigEntry) -> None:
    """Learn of contacts that were added, changed or removed: calls go on meanwhile."""
    entry.runtime_data.contacts.async_update()
