"""The event entity and the event bus, when calls are found by polling."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.const import EVENT_CALL
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.setup import async_setup_component
from simulator.client import Phone
from simulator.transitions import Status

from .common import (
    EVENT,
    act,
    add_contact,
    calls_on_the_bus,
    make_entry,
    poll,
    rename_contact,
    set_up,
    state_of,
)

ANA = "+5511987654321"


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


async def test_each_event_goes_over_the_bus_with_what_the_entity_shows(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    await add_contact(hass_ready, polled_entry, "Ana", ANA)
    fired = calls_on_the_bus(hass_ready)
    call_id = await phone.ring(ANA)
    await poll(polled_entry)
    data = {
        "call_id": call_id,
        "direction": "inbound",
        "peer_number": ANA,
        "contact": "Ana",
        "duration": None,
        "status": "ringing",
    }
    assert fired == [{"event_type": "ringing", "entity_id": EVENT, **data}]
    assert data.items() <= state_of(hass_ready, EVENT).attributes.items()
    await act(hass_ready, "answer_call")
    await act(hass_ready, "hang_up")
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    await poll(polled_entry)
    assert [it["event_type"] for it in fired] == ["ringing", "connected", "ended"]
    assert [it["status"] for it in fired] == ["ringing", "accepted", "completed"]
    assert [it["duration"] for it in fired] == [None, None, 0]


async def test_who_hears_of_a_call_on_the_bus_finds_the_entity_up_to_date(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    shown: list[str] = []

    @callback
    def keep(_: Event) -> None:
        shown.append(state_of(hass_ready, EVENT).attributes["event_type"])

    hass_ready.bus.async_listen(EVENT_CALL, keep)
    call_id = await phone.ring()
    await poll(polled_entry)
    await phone.act(call_id, "hang_up")
    await poll(polled_entry)
    assert shown == ["ringing", "missed"]


async def test_a_call_that_rings_at_the_start_goes_over_the_bus_too(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    fired = calls_on_the_bus(hass_ready)
    call_id = await phone.ring()
    await set_up(hass_ready, make_entry(phone))
    assert [(it["event_type"], it["call_id"]) for it in fired] == [("ringing", call_id)]
    assert fired[0]["entity_id"] == EVENT


@pytest.mark.parametrize(
    ("begins", "steps", "told"),
    [
        ("ring", ["hang_up"], ["ringing", "missed"]),
        ("ring", ["pilotstatus.reject_call"], ["ringing", "declined"]),
        # We hang up on a call that we have not answered.
        ("ring", ["pilotstatus.hang_up"], ["ringing", "missed"]),
        ("dial", [], ["dialing"]),
        ("dial", ["answer", "hang_up"], ["dialing", "connected", "ended"]),
        ("dial", ["decline"], ["dialing", "declined"]),
        ("dial", ["pilotstatus.hang_up"], ["dialing", "unanswered"]),
    ],
)
async def test_what_becomes_of_a_call_is_told_in_its_own_words(
    hass_ready: HomeAssistant,
    polled_entry: MockConfigEntry,
    phone: Phone,
    begins: str,
    steps: list[str],
    told: list[str],
) -> None:
    fired = calls_on_the_bus(hass_ready)
    call_id = await (phone.ring() if begins == "ring" else phone.dial())
    await phone.newest(Status.RINGING)
    await poll(polled_entry)
    for step in steps:
        domain, _, action = step.rpartition(".")
        await (act(hass_ready, action, call_id=call_id) if domain else phone.act(call_id, action))
        await poll(polled_entry)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    await poll(polled_entry)
    assert [it["event_type"] for it in fired] == told
    assert {it["direction"] for it in fired} == {"inbound" if begins == "ring" else "outbound"}


async def test_what_has_happened_keeps_the_name_of_that_time(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    contact = await add_contact(hass_ready, polled_entry, "Ana", ANA)
    await phone.ring(ANA)
    await poll(polled_entry)
    before = state_of(hass_ready, EVENT)
    await rename_contact(hass_ready, polled_entry, contact, "Bruno")
    assert state_of(hass_ready, EVENT) is before
    assert before.attributes["contact"] == "Ana"


async def test_a_call_that_rings_while_the_number_is_reloaded_is_told_once(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    fired = calls_on_the_bus(hass_ready)
    await phone.ring()
    await poll(polled_entry)
    await hass_ready.config_entries.async_reload(polled_entry.entry_id)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    second = await phone.ring()
    await poll(polled_entry)
    assert [it["event_type"] for it in fired] == ["ringing", "ringing"]
    assert fired[1]["call_id"] == second
