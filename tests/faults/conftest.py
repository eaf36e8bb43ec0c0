"""A Home Assistant in a hurry, and a server that nothing may reach."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
import logging
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.test_utils import TestClient
import pytest

from custom_components.pilotstatus.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from simulator.client import Phone
from tests.audio import make_audio
from tests.common import Notifications, local, make_entry, set_up

from .home import Home, Hurry
from .trap import Trap


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Leave the log out of a report, which says what matters of it.

    It is long, and may have half a character, with which no worker could send it.
    """
    report = yield
    report.sections.clear()
    return report


@pytest.fixture
async def trap(socket_enabled: None) -> AsyncIterator[Trap]:
    """Return a server that counts who connects to it."""
    trap = Trap()
    server = await asyncio.start_server(trap.catch, "127.0.0.1", 0)
    trap.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield trap
    server.close()


@pytest.fixture
def base_url(phone: Phone) -> str:
    """Return the address at which the number reaches the simulator."""
    return phone.url


@pytest.fixture
async def home(  # noqa: PLR0913, PLR0917 - all that shows what became of a fault
    hass_ready: HomeAssistant,
    media_parts: None,
    hass_client: Callable[[], Awaitable[TestClient[Any, Any]]],
    phone: Phone,
    session: aiohttp.ClientSession,
    base_url: str,
    notifications: Notifications,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Home:
    """Return a home with one number, all its entities, and the web server."""
    hurry = Hurry()
    hurry.apply(monkeypatch)
    caplog.set_level(logging.DEBUG, logger=f"custom_components.{DOMAIN}")
    for component in ("api", "notify", DOMAIN):
        assert await async_setup_component(hass_ready, component, {})
    client = await hass_client()
    hass_ready.config.internal_url = str(client.make_url("")).rstrip("/")
    entry = await set_up(hass_ready, make_entry(Phone(session, base_url)))
    home = Home(
        hass=hass_ready,
        phone=phone,
        entry=entry,
        client=client,
        notifications=notifications,
        caplog=caplog,
        hurry=hurry,
        media=local(make_audio(tmp_path, "wav", 0.2).name),
    )
    home.enable_entities()
    await home.reload()
    return home
