"""The binary sensors: a call in progress, and the connection to WhatsApp."""

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from simulator.client import Phone

from .common import number, poll, state_of

IN_PROGRESS = "binary_sensor.casa_call_in_progress"
CONNECTED = "binary_sensor.casa_whatsapp_connection"


async def test_a_call_is_in_progress_from_its_ring_to_its_end(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    assert state_of(hass_ready, IN_PROGRESS).state == "off"
    first, second = await phone.ring(), await phone.ring()
    await poll(entry)
    assert state_of(hass_ready, IN_PROGRESS).state == "on"
    await phone.act(first, "hang_up")
    await poll(entry)
    assert state_of(hass_ready, IN_PROGRESS).state == "on"
    await phone.act(second, "hang_up")
    await poll(entry)
    assert state_of(hass_ready, IN_PROGRESS).state == "off"


async def test_the_connection_is_unknown_until_it_is_reported(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    await phone.fault("numbers.list", status=403, times=9)
    data = {"api_key": "ps_demo_key", "key_type": "api_key", "base_url": phone.url}
    entry = MockConfigEntry(domain="pilotstatus", title="Casa", unique_id="num_demo", data=data)
    entry.add_to_hass(hass_ready)
    assert await hass_ready.config_entries.async_setup(entry.entry_id)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    connected = "binary_sensor.casa_whatsapp_connection"
    assert state_of(hass_ready, connected).state == "unknown"
    for value, shown in ((True, "on"), (False, "off")):
        number(entry).coordinator.async_set_connected(value)
        assert state_of(hass_ready, connected).state == shown
