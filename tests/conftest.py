"""What all tests share: a running simulator, and a number set up against it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
import subprocess
import sys

import aiohttp
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.const import DOMAIN
from homeassistant.core import HomeAssistant

from .phone import DEMO_KEY, SECOND_KEY, Phone

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def simulator_url() -> Iterator[str]:
    """Run the simulator as a process of its own, for all tests of a worker."""
    with subprocess.Popen(
        [sys.executable, "-m", "simulator", "--port", "0", "--seed-key", DEMO_KEY],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip().removesuffix("/phone")
        finally:
            process.terminate()


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[aiohttp.ClientSession]:
    """Return a session of the test's own."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def phone(simulator_url: str, session: aiohttp.ClientSession) -> Phone:
    """Return a simulator that is as new."""
    phone = Phone(session, simulator_url)
    await phone.reset()
    return phone


def make_entry(phone: Phone, number: str = "num_demo", key: str = DEMO_KEY) -> MockConfigEntry:
    """Return the entry of a number, as the config flow would make it."""
    titles = {"num_demo": "Casa (…0001)", "num_second": "Loja (…0002)"}
    return MockConfigEntry(
        domain=DOMAIN,
        title=titles[number],
        unique_id=number,
        data={"api_key": key, "key_type": "api_key", "base_url": phone.url},
    )


@pytest.fixture
async def hass_ready(hass: HomeAssistant, enable_custom_integrations: None) -> HomeAssistant:
    """Return a Home Assistant that finds the component."""
    return hass


@pytest.fixture
async def entry(hass_ready: HomeAssistant, phone: Phone) -> MockConfigEntry:
    """Return the demo number, set up."""
    entry = make_entry(phone)
    entry.add_to_hass(hass_ready)
    assert await hass_ready.config_entries.async_setup(entry.entry_id)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    return entry


@pytest.fixture
async def polled_entry(hass_ready: HomeAssistant, phone: Phone) -> MockConfigEntry:
    """Return the demo number, set up where no webhook can be had."""
    await phone.fault("webhooks.list", status=403, times=1000)
    entry = make_entry(phone)
    entry.add_to_hass(hass_ready)
    assert await hass_ready.config_entries.async_setup(entry.entry_id)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    return entry


@pytest.fixture
async def second_entry(hass_ready: HomeAssistant, phone: Phone) -> MockConfigEntry:
    """Return a second number, set up."""
    entry = make_entry(phone, "num_second", SECOND_KEY)
    entry.add_to_hass(hass_ready)
    assert await hass_ready.config_entries.async_setup(entry.entry_id)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    return entry
