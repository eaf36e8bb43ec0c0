"""Set-up, unload and reload."""

import asyncio
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.const import DOMAIN
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
from simulator.client import Phone

from .common import make_entry, play, poll, state_of


async def test_unload_and_reload_leave_nothing_behind(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    """The action stays; the number's entities come and go."""
    assert await hass_ready.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    assert state_of(hass_ready, "sensor.casa_0001_last_call_status").state == "unavailable"
    assert await hass_ready.config_entries.async_reload(entry.entry_id)
    await hass_ready.async_block_till_done()
    assert state_of(hass_ready, "sensor.casa_0001_last_call_status").state == "unknown"
    assert hass_ready.services.has_service(DOMAIN, "play_audio")


async def test_unload_with_a_request_in_flight(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    """The play ends as it would have, and wakes nothing up."""
    call_id = await phone.ring()
    await phone.fault("calls.play", delay=0.3)
    running = hass_ready.async_create_task(play(hass_ready, call_id))
    while not await phone.requests("calls.play"):  # noqa: ASYNC110 - it is another process
        await asyncio.sleep(0.01)
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
async def test_set_up_while_the_server_refuses(
    hass_ready: HomeAssistant, phone: Phone, fault: dict[str, int], state: ConfigEntryState
) -> None:
    """A refused key asks for a new one, everything else is tried again."""
    entry = make_entry(phone)
    entry.add_to_hass(hass_ready)
    await phone.fault("calls.list", **fault)
    assert not await hass_ready.config_entries.async_setup(entry.entry_id)
    assert entry.state is state
    flows = hass_ready.config_entries.flow.async_progress_by_handler(DOMAIN)
    wanted = [SOURCE_REAUTH] if state is ConfigEntryState.SETUP_ERROR else []
    assert [flow["context"]["source"] for flow in flows] == wanted


@pytest.mark.parametrize(
    "fault", [{"status": 401}, {"status": 403, "code": "TENANT_SCOPE_NOT_ALLOWED"}]
)
async def test_a_key_that_is_refused_in_a_poll_starts_reauth(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone, fault: dict[str, Any]
) -> None:
    await phone.fault("calls.list", **fault)
    await poll(entry)
    await hass_ready.async_block_till_done()
    (flow,) = hass_ready.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == SOURCE_REAUTH
