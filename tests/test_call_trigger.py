"""Automations that our triggers start, in versions of Home Assistant that have them."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from simulator.client import Phone
from simulator.transitions import Status

from .common import EVENT, act, newer_only, poll

pytestmark = newer_only

KINDS = ("ringing", "dialing", "connected", "ended", "missed", "declined", "unanswered")


async def automate(hass: HomeAssistant, *triggers: dict[str, Any]) -> list[ServiceCall]:
    """Set up an automation; return a list to which each of its runs is added."""
    runs: list[ServiceCall] = async_mock_service(hass, "test", "run")
    config = {
        "alias": "Test",
        "mode": "queued",
        "triggers": [{"target": {"entity_id": EVENT}, **it} for it in triggers],
        "actions": {
            "action": "test.run",
            "data": {"on": "{{ trigger.platform }}", "call_id": "{{ trigger.call_id }}"},
        },
    }
    assert await async_setup_component(hass, "automation", {"automation": config})
    await hass.async_block_till_done()
    return runs


def on(kind: str, **options: Any) -> dict[str, Any]:
    """Return the trigger on one thing that happens to calls."""
    return {"trigger": f"pilotstatus.call_{kind}", **({"options": options} if options else {})}


@pytest.mark.parametrize(
    ("begins", "steps", "told"),
    [
        ("ring", ["hang_up"], ["ringing", "missed"]),
        ("ring", ["pilotstatus.reject_call"], ["ringing", "declined"]),
        ("dial", ["answer", "hang_up"], ["dialing", "connected", "ended"]),
        ("dial", ["pilotstatus.hang_up"], ["dialing", "unanswered"]),
    ],
)
async def test_each_change_starts_its_own_trigger_once_and_no_other(
    hass_ready: HomeAssistant,
    polled_entry: MockConfigEntry,
    phone: Phone,
    begins: str,
    steps: list[str],
    told: list[str],
) -> None:
    runs = await automate(hass_ready, *map(on, KINDS))
    call_id = await (phone.ring() if begins == "ring" else phone.dial())
    await phone.newest(Status.RINGING)
    await poll(polled_entry)
    for step in steps:
        domain, _, action = step.rpartition(".")
        await (act(hass_ready, action, call_id=call_id) if domain else phone.act(call_id, action))
        await poll(polled_entry)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    await poll(polled_entry)
    await hass_ready.async_block_till_done()
    assert [it.data["on"] for it in runs] == [f"pilotstatus.call_{it}" for it in told]
    assert {it.data["call_id"] for it in runs} == {call_id}
