"""The client that a config entry's data makes."""

import pytest

from custom_components.pilotstatus.api import InvalidAuthError, RateLimitedError
from custom_components.pilotstatus.client import make_client
from homeassistant.core import HomeAssistant
from simulator.client import Phone
from simulator.numbers import DEMO_KEY


@pytest.fixture
def data(phone: Phone) -> dict[str, str]:
    """Return the data of an entry."""
    return {"api_key": DEMO_KEY, "key_type": "api_key", "base_url": phone.url}


async def test_it_sends_the_key_of_the_entry_to_its_server(
    hass_ready: HomeAssistant, data: dict[str, str]
) -> None:
    assert await make_client(hass_ready, data).list_calls() == []
    with pytest.raises(InvalidAuthError):
        await make_client(hass_ready, {**data, "api_key": "ps_wrong"}).list_calls()


async def test_the_id_of_a_key_goes_into_its_own_header(
    hass_ready: HomeAssistant, data: dict[str, str]
) -> None:
    by_id = {**data, "api_key": "key_demo", "key_type": "api_key_id"}
    assert await make_client(hass_ready, by_id).list_calls() == []
    with pytest.raises(InvalidAuthError):
        await make_client(hass_ready, {**by_id, "key_type": "api_key"}).list_calls()


async def test_a_budget_of_nothing_waits_for_no_rate_limit(
    hass_ready: HomeAssistant, data: dict[str, str], phone: Phone
) -> None:
    await phone.fault("calls.list", status=429, headers={"Retry-After": "1"})
    with pytest.raises(RateLimitedError):
        await make_client(hass_ready, data, budget=0).list_calls()
