"""Which conditions Home Assistant is offered, and how its editor shows them."""

import sys

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from .common import LINE, newer_only
from .test_trigger import PACKAGE, import_door, offered, offered_for_device

CONDITIONS = {f"pilotstatus.line_is_{state}" for state in ("idle", "ringing", "dialing", "in_call")}


@newer_only
async def test_the_editor_is_offered_the_conditions_and_shows_their_fields(
    hass_ready: HomeAssistant, entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    assert await async_setup_component(hass_ready, "automation", {})
    descriptions = await offered(hass_ready, hass_ws_client, "condition_platforms/subscribe")
    assert descriptions.keys() == CONDITIONS
    for description in descriptions.values():
        assert description["target"]["entity"] == [
            {"integration": "pilotstatus", "domain": ["sensor"], "device_class": ["enum"]}
        ]
        assert description["fields"].keys() == {"behavior", "for"}


@newer_only
async def test_the_editor_offers_them_for_the_device_of_a_number(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    assert await async_setup_component(hass_ready, "automation", {})
    question = "get_conditions_for_target"
    assert await offered_for_device(hass_ready, hass_ws_client, question, LINE) == CONDITIONS
    assert await offered_for_device(hass_ready, hass_ws_client, question, "notify.ana") == set()


async def test_none_are_offered_where_something_that_they_need_is_missing(
    hass_ready: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, f"{PACKAGE}.line_condition", None)
    assert await import_door("condition").async_get_conditions(hass_ready) == {}
