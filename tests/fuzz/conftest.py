"""What the tests of this folder share: counts of inputs, and a witness of what they do."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from simulator.client import Phone

from .options import record_inputs
from .witness import Witness

type Count = Callable[[], None]


@pytest.fixture
def count(request: pytest.FixtureRequest) -> Iterator[Count]:
    """Return what counts an input."""
    inputs = 0

    def add() -> None:
        nonlocal inputs
        inputs += 1

    yield add
    record_inputs(request, inputs)
    assert inputs, "no input was tried"


@pytest.fixture
async def hass_ready(hass_ready: HomeAssistant) -> HomeAssistant:
    """Return a Home Assistant with its API, which is set up before the web server starts."""
    assert await async_setup_component(hass_ready, "api", {})
    return hass_ready


@pytest.fixture
async def client(media_parts: None, client: TestClient[Any, Any]) -> TestClient[Any, Any]:
    """Return a client of a web server that is started once media is set up."""
    return client


@pytest.fixture
async def witness(
    request: pytest.FixtureRequest,
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    client: TestClient[Any, Any],
    phone: Phone,
    hass_access_token: str,
    caplog: pytest.LogCaptureFixture,
) -> AsyncIterator[Witness]:
    """Return a witness of a number with media and deliveries; in the end a call is made."""
    caplog.clear()
    witness = Witness(hass_ready, media_entry, client, phone, hass_access_token, caplog)
    yield witness
    record_inputs(request, witness.count)
    assert witness.count, "no input was tried"
    await witness.assert_alive()
    await hass_ready.async_block_till_done()
