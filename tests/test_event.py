"""The event entity, when calls are found by polling."""

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from simulator.client import Phone

from .common import EVENT, make_entry, poll, set_up, state_of


async def test_a_restart_in_mid_ring_loses_no_call(hass_ready: HomeAssistant, phone: Phone) -> None:
    call_id = await phone.ring()
    await set_up(hass_ready, make_entry(phone))
    attributes = state_of(hass_ready, EVENT).attributes
    assert (attributes["event_type"], attributes["call_id"]) == ("ringing", call_id)


async def test_calls_that_ended_before_the_start_are_not_reported(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    await phone.act(await phone.ring(), "hang_up")
    await set_up(hass_ready, make_entry(phone))
    assert state_of(hass_ready, EVENT).state == "unknown"


async def test_an_automation_answers_a_polled_call_and_a_failed_poll_keeps_the_event_available(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    automation = {
        "triggers": {"trigger": "state", "entity_id": EVENT, "not_from": "unavailable"},
        "conditions": "{{ trigger.to_state.attributes.event_type == 'ringing' }}",
        "actions": [
            {"action": "pilotstatus.answer_call"},
            {
                "action": "pilotstatus.play_audio",
                "data": {"media_url": "http://127.0.0.1:1/a.mp3"},
            },
        ],
    }
    assert await async_setup_component(hass_ready, "automation", {"automation": automation})
    call_id = await phone.ring()
    await poll(polled_entry)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    call = await phone.call(call_id)
    assert (call["status"], len(call["plays"])) == ("ACCEPTED", 1)
    await phone.fault("calls.list", times=3, status=503)
    await poll(polled_entry)
    assert state_of(hass_ready, EVENT).state != "unavailable"
