"""A client with the key of the demo number."""

import aiohttp
import pytest

from custom_components.pilotstatus.api import PilotStatusClient
from simulator.client import Phone
from simulator.numbers import DEMO_KEY


@pytest.fixture
def client(session: aiohttp.ClientSession, phone: Phone) -> PilotStatusClient:
    """Return the client."""
    return PilotStatusClient(session, DEMO_KEY, base_url=phone.url)
