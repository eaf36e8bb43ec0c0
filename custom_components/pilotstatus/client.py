"""The client of a config entry."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_API_KEY
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .api import DEFAULT_BASE_URL, DEFAULT_BUDGET, PilotStatusClient
from .const import CONF_BASE_URL, CONF_KEY_TYPE


def make_client(
    hass: HomeAssistant, data: Mapping[str, Any], *, budget: float = DEFAULT_BUDGET
) -> PilotStatusClient:
    """Return a client for the data of an entry; without a key every request is refused.

    ``budget`` is how many seconds a request may spend waiting for a rate limit to lift.
    """
    return PilotStatusClient(
        async_get_clientsession(hass),
        data.get(CONF_API_KEY, ""),
        key_type=data.get(CONF_KEY_TYPE, "api_key"),
        base_url=data.get(CONF_BASE_URL, DEFAULT_BASE_URL),
        budget=budget,
    )
