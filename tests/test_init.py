"""Setup, unload and reload of a number."""

import asyncio
from datetime import timedelta

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.const import DOMAIN
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
from simulator.client import Phone

from .common import act, make_entry, number, play, state_of, until, until_asked


async def test_an_unload_makes_entities_unavailable_and_a_reload_keeps_the_actions(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    assert await hass_ready.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    assert state_of(hass_ready, "sensor.casa_last_call_status").state == "unavailable"
    assert await hass_ready.config_entries.async_reload(entry.entry_id)
    await hass_ready.async_block_till_done()
    assert state_of(hass_ready, "sensor.casa_last_call_status").state == "unknown"
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


@pytest.mark.parametrize("missing", ["key_type", "base_url"])
async def test_missing_data_of_an_entry_has_a_default(
    hass_ready: HomeAssistant, phone: Phone, missing: str
) -> None:
    entry = make_entry(phone)
    data = {key: value for key, value in entry.data.items() if key != missing}
    entry = MockConfigEntry(domain=DOMAIN, title=entry.title, data=data)
    entry.add_to_hass(hass_ready)
    is_set_up = await hass_ready.config_entries.async_setup(entry.entry_id)
    # The server of the default address cannot be reached from here.
    assert is_set_up is (missing == "key_type")
    wanted = ConfigEntryState.LOADED if is_set_up else ConfigEntryState.SETUP_RETRY
    assert entry.state is wanted
    form = await entry.start_reconfigure_flow(hass_ready)
    assert form["step_id"] == "reconfigure"


@pytest.mark.parametrize("address", ["http://[", "casa", "", "http://a b"])
async def test_an_address_that_is_none_cannot_be_reached(
    hass_ready: HomeAssistant, phone: Phone, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    entry = make_entry(phone, base_url=address)
    entry.add_to_hass(hass_ready)
    assert not await hass_ready.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert not [it for it in caplog.records if it.levelname == "ERROR" and it.exc_info]


async def test_an_entry_without_a_key_asks_for_it(hass_ready: HomeAssistant, phone: Phone) -> None:
    entry = MockConfigEntry(domain=DOMAIN, title="Casa", data={"base_url": phone.url})
    entry.add_to_hass(hass_ready)
    assert not await hass_ready.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    (flow,) = hass_ready.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH


async def test_an_unload_wakes_an_action_that_waits(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    waiting = hass_ready.async_create_task(
        act(hass_ready, "place_call", to="+5511999999999", wait_for_answer=True, timeout=300)
    )
    assert await until_asked(phone.calls)
    assert await until(lambda: number(entry).coordinator.update_interval == timedelta(seconds=5))
    assert await hass_ready.config_entries.async_unload(entry.entry_id)
    async with asyncio.timeout(10):
        response = await waiting
    assert response["answered"] is False
