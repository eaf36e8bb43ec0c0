"""The binary sensor: the connection to WhatsApp."""

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from simulator.client import Phone

from .common import number, state_of

CONNECTED = "binary_sensor.casa_whatsapp_connection"


async def test_the_connection_is_unknown_until_it_is_reported(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    await phone.fault("numbers.list", status=403, times=9)
    data = {"api_key": "ps_demo_key", "key_type": "api_key", "base_url": phone.url}
    entry = MockConfigEntry(domain="pilotstatus", title="Casa", unique_id="num_demo", data=data)
    entry.add_to_hass(hass_ready)
    assert await hass_ready.config_entries.async_setup(entry.entry_id)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert state_of(hass_ready, CONNECTED).state == "unknown"
    for value, shown in ((True, "on"), (False, "off")):
        number(entry).coordinator.async_set_connected(value)
        assert state_of(hass_ready, CONNECTED).state == shown
