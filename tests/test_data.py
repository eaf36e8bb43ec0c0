"""The parts of one number, put together."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.api import Call, CallStatus
from custom_components.pilotstatus.data import async_build_data
from homeassistant.core import HomeAssistant


@pytest.mark.parametrize(
    ("base_url", "is_private"),
    [("https://pilotstatus.com.br", False), ("http://192.168.0.9:8800", True)],
)
async def test_whether_the_server_is_on_this_network_follows_from_its_address(
    hass_ready: HomeAssistant, base_url: str, *, is_private: bool
) -> None:
    data = {"api_key": "ps_x", "key_type": "api_key", "base_url": base_url}
    number = async_build_data(hass_ready, MockConfigEntry(domain="pilotstatus", data=data))
    assert number.is_private_server is number.media.is_private_server is is_private


async def test_stored_media_ends_with_its_call_in_the_log(hass_ready: HomeAssistant) -> None:
    data = {"api_key": "ps_x", "key_type": "api_key", "base_url": "https://pilotstatus.com.br"}
    number = async_build_data(hass_ready, MockConfigEntry(domain="pilotstatus", data=data))
    item = number.media.store.add("mp3", b"audio")
    item.call_id = "call_1"
    number.coordinator.calls.merge([Call(id="call_1", status=CallStatus.ACCEPTED)])
    assert number.media.store.get(item.token, "mp3") is item
    number.coordinator.calls.merge([Call(id="call_1", status=CallStatus.COMPLETED)])
    assert number.media.store.get(item.token, "mp3") is None
