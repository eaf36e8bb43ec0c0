"""Setup, unload and reload of a number."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.const import DOMAIN
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
from simulator.client import Phone

from .common import make_entry, play, state_of, until_asked


async def test_an_unload_makes_entities_unavailable_and_a_reload_keeps_the_actions(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    assert await hass_ready.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    assert state_of(hass_ready, "sensor.casa_0001_last_call_status").state == "unavailable"
    assert await hass_ready.config_entries.async_reload(entry.entry_id)
    await hass_ready.async_block_till_done()
    assert state_of(hass_ready, "sensor.casa_0001_last_call_status").state == "unknown"
    assert hass_ready.services.has_service(DOMAIN, "play_audio")


async def test_an_unload_does_not_interrupt_a_play(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    call_id = await phone.ring()
    await phone.fault("calls.play", delay=0.3)
    running = hass_ready.async_create_task(play(hass_ready, call_id))
    assert await until_asked(lambda: phone.requests("calls.play"))
    assert await hass_ready.config_entries.async_unload(entry.entry_id)
    assert (await running)["success"]
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert len((await phone.call(call_id))["plays"]) == 1


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ({"status": 401}, ConfigEntryState.SETUP_ERROR),
        ({"status": 503, "times": 3}, ConfigEntryState.SETUP_RETRY),
    ],
)
async def test_a_refused_key_starts_reauth_and_another_error_retries_the_setup(
    hass_ready: HomeAssistant, phone: Phone, fault: dict[str, int], state: ConfigEntryState
) -> None:
    entry = make_entry(phone)
    entry.add_to_hass(hass_ready)
    await phone.fault("calls.list", **fault)
    assert not await hass_ready.config_entries.async_setup(entry.entry_id)
    assert entry.state is state
    flows = hass_ready.config_entries.flow.async_progress_by_handler(DOMAIN)
    wanted = [SOURCE_REAUTH] if state is ConfigEntryState.SETUP_ERROR else []
    assert [flow["context"]["source"] for flow in flows] == wanted
