"""Fixtures of all tests: a running simulator, and numbers that are set up against it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
import subprocess
import sys
from typing import Any

import aiohttp
from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus import data as data_module
from custom_components.pilotstatus.const import DOMAIN
from custom_components.pilotstatus.failures import FailureReporter
from homeassistant.components import persistent_notification
from homeassistant.components.persistent_notification import UpdateType
from homeassistant.core import HomeAssistant, callback
from homeassistant.setup import async_setup_component
from simulator.client import Phone
from simulator.numbers import DEMO_KEY, SECOND_KEY

from .audio import Sound, make_audio, samples_of, serve_file
from .common import ANA, BRUNO, UNREACHABLE, Notifications, local, make_entry, set_up
from .engine import Engine, set_up_engine

#: The options of these folders, and their figures.
pytest_plugins = ("tests.faults.figures", "tests.fuzz.options")

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def simulator_url() -> Iterator[str]:
    """Run the simulator in its own process, for all tests of a worker; return its URL."""
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
    """Return an HTTP session for the test."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def phone(simulator_url: str, session: aiohttp.ClientSession) -> Phone:
    """Return the simulator after a reset."""
    phone = Phone(session, simulator_url)
    await phone.reset()
    return phone


@pytest.fixture
async def hass_ready(hass: HomeAssistant, enable_custom_integrations: None) -> HomeAssistant:
    """Return a Home Assistant that finds custom components."""
    return hass


@pytest.fixture
async def client(
    hass_ready: HomeAssistant, hass_client_no_auth: Callable[[], Awaitable[TestClient[Any, Any]]]
) -> TestClient[Any, Any]:
    """Start the web server of Home Assistant, and set its address; return a client of it."""
    # Their views can only be added before the server of a test starts.
    for component in (DOMAIN, "notify"):
        assert await async_setup_component(hass_ready, component, {})
    client = await hass_client_no_auth()
    hass_ready.config.internal_url = str(client.make_url("")).rstrip("/")
    return client


@pytest.fixture
async def entry(hass_ready: HomeAssistant, phone: Phone) -> MockConfigEntry:
    """Return the demo number, set up while Pilot Status cannot reach Home Assistant."""
    return await set_up(hass_ready, make_entry(phone))


@pytest.fixture
async def polled_entry(hass_ready: HomeAssistant, phone: Phone) -> MockConfigEntry:
    """Return the demo number, set up while webhooks are refused."""
    await phone.fault("webhooks.list", status=403, times=1000)
    return await set_up(hass_ready, make_entry(phone))


@pytest.fixture
def public_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat the simulator as a server on the internet."""
    monkeypatch.setattr(data_module, "is_private_host", lambda _: False)


@pytest.fixture
async def second_entry(hass_ready: HomeAssistant, phone: Phone) -> MockConfigEntry:
    """Return a second number, set up."""
    return await set_up(hass_ready, make_entry(phone, "num_second", SECOND_KEY))


@pytest.fixture
async def peopled_entry(
    hass_ready: HomeAssistant, media_parts: None, client: TestClient[Any, Any], phone: Phone
) -> MockConfigEntry:
    """Return the demo number with the contacts Ana and Bruno, with media and deliveries."""
    return await set_up(hass_ready, make_entry(phone, contacts={"Ana": ANA, "Bruno": BRUNO}))


@pytest.fixture
async def pushed_entry(client: TestClient[Any, Any], entry: MockConfigEntry) -> MockConfigEntry:
    """Return the demo number, set up while deliveries reach Home Assistant."""
    return entry


@pytest.fixture
async def media_parts(hass_ready: HomeAssistant, tmp_path: Path) -> None:
    """Set up the media components; ``tmp_path`` is the media folder."""
    hass_ready.config.media_dirs = {"local": str(tmp_path)}
    for component in ("websocket_api", "media_player", "media_source", "ffmpeg", "tts"):
        assert await async_setup_component(hass_ready, component, {})


@pytest.fixture
async def media_entry(media_parts: None, pushed_entry: MockConfigEntry) -> MockConfigEntry:
    """Return the demo number, set up with media, text-to-speech, FFmpeg and deliveries."""
    return pushed_entry


@pytest.fixture
async def sound(tmp_path: Path, socket_enabled: None) -> AsyncIterator[Sound]:
    """Serve audio; ``tmp_path`` may also be the media folder."""
    file = make_audio(tmp_path, "wav", 0.4)
    async with serve_file(file, "sound.wav") as url:
        yield Sound(local(file.name), url, samples_of(file))


@pytest.fixture
async def spoken(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry, tmp_path: Path
) -> Engine:
    """Set up a number with contacts and a text-to-speech engine; return the engine."""
    engine = Engine(make_audio(tmp_path, "mp3", 0.5))
    await set_up_engine(hass_ready, engine)
    # What was spoken before is spoken from a file.
    await hass_ready.services.async_call("tts", "clear_cache", blocking=True)
    return engine


@pytest.fixture
async def engine(hass_ready: HomeAssistant, media_entry: MockConfigEntry, tmp_path: Path) -> Engine:
    """Set up a text-to-speech engine; return it."""
    engine = Engine(make_audio(tmp_path, "mp3", 1))
    await set_up_engine(hass_ready, engine)
    return engine


@pytest.fixture
def notifications(hass_ready: HomeAssistant) -> Notifications:
    """Return the persistent notifications by their ids, kept up to date."""
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


@pytest.fixture
async def casa(hass_ready: HomeAssistant) -> MockConfigEntry:
    """Return the entry of a number that is not set up, but has its translations."""
    assert await async_setup_component(hass_ready, DOMAIN, {})
    data = {"api_key": DEMO_KEY, "key_type": "api_key", "base_url": UNREACHABLE}
    entry = MockConfigEntry(domain=DOMAIN, title="Casa", unique_id="num_demo", data=data)
    entry.add_to_hass(hass_ready)
    return entry


@pytest.fixture
def failures(hass_ready: HomeAssistant, casa: MockConfigEntry) -> FailureReporter:
    """Return what reports the failed actions of that number."""
    return FailureReporter(hass_ready, casa)
