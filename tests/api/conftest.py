"""A client of the demo number's key."""

import aiohttp
import pytest

from custom_components.pilotstatus.api import PilotStatusClient
from tests.phone import DEMO_KEY, Phone


@pytest.fixture
def client(session: aiohttp.ClientSession, phone: Phone) -> PilotStatusClient:
    """Return the client."""
    return PilotStatusClient(session, DEMO_KEY, base_url=phone.url)
