"""The logbook shows each event of a call as one sentence."""

from datetime import timedelta
import json
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.pilotstatus.const import EVENT_CALL
from custom_components.pilotstatus.logbook import ICONS
from homeassistant.components.recorder import get_instance
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from simulator.client import Phone

from .common import EVENT, act, add_contact, poll
from .conftest import ROOT

ANA = "+5511987654321"


@pytest.fixture
async def logbook(recorder_mock: Any, hass_ready: HomeAssistant) -> None:
    """Set up the logbook, and what it is stored in."""
    for component in ("recorder", "logbook"):
        assert await async_setup_component(hass_ready, component, {})


async def entries(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, **data: Any
) -> list[dict[str, Any]]:
    """Return what the logbook shows, as the frontend asks for it."""
    await hass.async_block_till_done()
    await get_instance(hass).async_block_till_done()
    client = await hass_ws_client(hass)
    start = dt_util.utcnow() - timedelta(hours=1)
    question = {"type": "logbook/get_events", "start_time": start.isoformat(), **data}
    await client.send_json_auto_id(question)
    shown: list[dict[str, Any]] = (await client.receive_json())["result"]
    return shown


async def sentences(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> list[str]:
    """Return what the logbook shows of calls beside the entity of them."""
    shown = await entries(hass, hass_ws_client, entity_ids=[EVENT])
    return [f"{it['name']} {it['message']}" for it in shown if "message" in it]


async def test_the_logbook_tells_a_call_in_sentences(
    logbook: None,
    hass_ready: HomeAssistant,
    polled_entry: MockConfigEntry,
    phone: Phone,
    hass_ws_client: WebSocketGenerator,
) -> None:
    await add_contact(hass_ready, polled_entry, "Ana", ANA)
    await phone.ring(ANA)
    await poll(polled_entry)
    await act(hass_ready, "answer_call")
    await act(hass_ready, "hang_up")
    assert await sentences(hass_ready, hass_ws_client) == [
        "Casa: Ana is calling",
        "Casa: Call with Ana answered",
        "Casa: Call with Ana ended after 0 s",
    ]
    shown = await entries(hass_ready, hass_ws_client, entity_ids=[EVENT])
    # A card filters by the state: that of the entity, a time, is shown beside the sentences.
    assert [(it["state"], it["icon"]) for it in shown if "message" in it] == [
        ("ringing", "mdi:phone-ring"),
        ("connected", "mdi:phone-in-talk"),
        ("ended", "mdi:phone-hangup"),
    ]


def test_the_logbook_has_the_icons_of_the_event_entity() -> None:
    icons = json.loads((ROOT / "custom_components" / "pilotstatus" / "icons.json").read_text())
    shown = icons["entity"]["event"]["call"]["state_attributes"]["event_type"]["state"]
    assert shown == ICONS


async def test_an_answered_call_makes_few_lines_of_activity(
    logbook: None,
    hass_ready: HomeAssistant,
    polled_entry: MockConfigEntry,
    media_parts: None,
    phone: Phone,
    hass_ws_client: WebSocketGenerator,
) -> None:
    before = len(await entries(hass_ready, hass_ws_client))
    await phone.ring(ANA)
    await poll(polled_entry)
    await act(hass_ready, "answer_call")
    await act(hass_ready, "hang_up")
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    await poll(polled_entry)
    assert len(await entries(hass_ready, hass_ws_client)) - before == 14


async def test_what_others_fire_under_that_name_does_no_harm(
    logbook: None,
    hass_ready: HomeAssistant,
    polled_entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    hass_ready.bus.async_fire(EVENT_CALL, {})
    hass_ready.bus.async_fire(EVENT_CALL, {"event_type": "odd", "entity_id": "event.gone"})
    shown = await entries(hass_ready, hass_ws_client)
    assert [it.get("name") for it in shown if it.get("domain") == "pilotstatus"] == [None, None]
    assert "Error with pilotstatus describe event" not in caplog.text
