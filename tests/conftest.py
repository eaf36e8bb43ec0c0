"""What all tests share: a running simulator, and a number set up against it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
import subprocess
import sys
from typing import Any

import aiohttp
from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.const import DOMAIN
from homeassistant.components import persistent_notification
from homeassistant.components.persistent_notification import UpdateType
from homeassistant.core import HomeAssistant, callback
from homeassistant.setup import async_setup_component
from simulator.client import Phone
from simulator.numbers import DEMO_KEY, SECOND_KEY

from .common import Notifications, make_entry, set_up
from .engine import Engine, set_up_engine
from .sounds import make_sound

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


@pytest.fixture
async def hass_ready(hass: HomeAssistant, enable_custom_integrations: None) -> HomeAssistant:
    """Return a Home Assistant that finds the component."""
    return hass


@pytest.fixture
async def client(
    hass_ready: HomeAssistant, hass_client_no_auth: Callable[[], Awaitable[TestClient[Any, Any]]]
) -> TestClient[Any, Any]:
    """Return Home Assistant's own web server, running, and known by its address."""
    assert await async_setup_component(hass_ready, DOMAIN, {})
    client = await hass_client_no_auth()
    hass_ready.config.internal_url = str(client.make_url("")).rstrip("/")
    return client


@pytest.fixture
async def entry(hass_ready: HomeAssistant, phone: Phone) -> MockConfigEntry:
    """Return the demo number, set up where Pilot Status cannot reach the pushed_entry."""
    return await set_up(hass_ready, make_entry(phone))


@pytest.fixture
async def polled_entry(hass_ready: HomeAssistant, phone: Phone) -> MockConfigEntry:
    """Return the demo number, set up where no webhook can be had."""
    await phone.fault("webhooks.list", status=403, times=1000)
    return await set_up(hass_ready, make_entry(phone))


@pytest.fixture
async def second_entry(hass_ready: HomeAssistant, phone: Phone) -> MockConfigEntry:
    """Return a second number, set up."""
    return await set_up(hass_ready, make_entry(phone, "num_second", SECOND_KEY))


@pytest.fixture
async def pushed_entry(client: TestClient[Any, Any], entry: MockConfigEntry) -> MockConfigEntry:
    """Return the demo number with a web server here and its webhook at the simulator."""
    return entry


@pytest.fixture
async def media_parts(hass_ready: HomeAssistant, tmp_path: Path) -> None:
    """Set up what Home Assistant plays media with; the test's folder is the media folder."""
    hass_ready.config.media_dirs = {"local": str(tmp_path)}
    for component in ("websocket_api", "media_player", "media_source", "ffmpeg", "tts"):
        assert await async_setup_component(hass_ready, component, {})


@pytest.fixture
async def media_entry(media_parts: None, pushed_entry: MockConfigEntry) -> MockConfigEntry:
    """Return the demo number with media, speech, FFmpeg and a web server."""
    return pushed_entry


@pytest.fixture
async def engine(hass_ready: HomeAssistant, media_entry: MockConfigEntry, tmp_path: Path) -> Engine:
    """Return a text-to-speech engine that is set up."""
    engine = Engine(make_sound(tmp_path, "mp3", 1))
    await set_up_engine(hass_ready, engine)
    return engine


@pytest.fixture
def notifications(hass_ready: HomeAssistant) -> Notifications:
    """Return the persistent notifications, kept up to date."""
    current: Notifications = {}

    @callback
    def changed(update: UpdateType, changes: dict[str, Any]) -> None:
        for key, notification in changes.items():
            if update is UpdateType.REMOVED:
                current.pop(key)
            else:
                current[key] = notification

    persistent_notification.async_register_callback(hass_ready, changed)
    return current
