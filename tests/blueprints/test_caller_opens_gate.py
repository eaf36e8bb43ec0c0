"""A contact who calls opens the gate, and nobody else does."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from simulator.client import Phone
from simulator.numbers import SECOND_KEY

from ..common import ANA, BRUNO, CARLA, EVENT, make_entry, set_up, state_of, until, until_asked
from .automations import automate, both, idle, told

OPENING = [{"event": "gate_opened"}]
BLUEPRINT = "caller_opens_gate.yaml"


@pytest.fixture
def gate(hass_ready: HomeAssistant) -> list[Any]:
    """Return a list that grows whenever the gate opens."""
    events: list[Any] = async_capture_events(hass_ready, "gate_opened")
    return events


async def automate_gate(
    hass: HomeAssistant, path: str, contacts: list[str], opening: list[Any] | None = None
) -> None:
    """Let contacts open the gate."""
    opening = OPENING if opening is None else opening
    await automate(hass, path, number=EVENT, contacts=contacts, opening=opening)


async def is_declined(phone: Phone, call_id: str) -> bool:
    """Wait until a call is declined; return whether it is."""

    async def declined() -> bool:
        return bool((await phone.call(call_id))["status"] == "REJECTED")

    return await until_asked(declined)


@both(BLUEPRINT)
async def test_the_gate_opens_for_a_chosen_contact_and_the_call_is_declined(
    hass_ready: HomeAssistant,
    peopled_entry: MockConfigEntry,
    phone: Phone,
    gate: list[Any],
    path: str,
) -> None:
    await automate_gate(hass_ready, path, ["notify.bruno", "notify.ana"])
    call_id = await phone.ring(ANA)
    assert await until(lambda: gate)
    assert await is_declined(phone, call_id)
    await told(hass_ready, call_id, "declined")
    assert len(gate) == 1


@both(BLUEPRINT)
@pytest.mark.parametrize("peer", [CARLA, BRUNO, None], ids=["stranger", "not chosen", "hidden"])
@pytest.mark.parametrize("contacts", [["notify.ana"], [], ["notify.gone"]], ids=str)
async def test_nobody_else_opens_the_gate(
    hass_ready: HomeAssistant,
    peopled_entry: MockConfigEntry,
    phone: Phone,
    gate: list[Any],
    path: str,
    peer: str | None,
    contacts: list[str],
) -> None:
    await automate_gate(hass_ready, path, contacts)
    call_id = await phone.ring(peer)
    await told(hass_ready, call_id, "ringing")
    assert gate == []
    assert await phone.requests("calls.reject") == []
    assert (await phone.call(call_id))["status"] == "RINGING"


@both(BLUEPRINT)
async def test_a_hidden_caller_is_not_a_contact_without_a_device(
    hass_ready: HomeAssistant,
    peopled_entry: MockConfigEntry,
    phone: Phone,
    gate: list[Any],
    path: str,
) -> None:
    er.async_get(hass_ready).async_update_entity("notify.ana", device_id=None)
    await automate_gate(hass_ready, path, ["notify.ana"])
    await told(hass_ready, await phone.ring(None), "ringing")
    assert gate == []


@both(BLUEPRINT)
async def test_a_call_to_a_chosen_contact_opens_nothing(
    hass_ready: HomeAssistant,
    peopled_entry: MockConfigEntry,
    phone: Phone,
    gate: list[Any],
    path: str,
) -> None:
    await automate_gate(hass_ready, path, ["notify.ana"])
    call_id = await phone.dial(ANA)
    await told(hass_ready, call_id, "dialing")
    assert gate == []
    await phone.act(call_id, "answer")
    await told(hass_ready, call_id, "connected")
    assert gate == []


@both(BLUEPRINT)
async def test_a_contact_of_another_number_with_the_same_name_opens_nothing(
    hass_ready: HomeAssistant,
    peopled_entry: MockConfigEntry,
    phone: Phone,
    gate: list[Any],
    path: str,
) -> None:
    await set_up(hass_ready, make_entry(phone, "num_second", SECOND_KEY, {"Bruno": CARLA}))
    await automate_gate(hass_ready, path, ["notify.bruno_2"])
    assert er.async_get(hass_ready).async_get("notify.bruno_2") is not None
    call_id = await phone.ring(BRUNO)
    await told(hass_ready, call_id, "ringing")
    # Nor does a call to that other number.
    call_id = await phone.ring(CARLA, "num_second")
    await told(hass_ready, call_id, "ringing", "event.loja_call")
    assert gate == []
    assert await phone.requests("calls.reject") == []


@both(BLUEPRINT)
async def test_two_calls_at_once_are_both_declined(
    hass_ready: HomeAssistant,
    peopled_entry: MockConfigEntry,
    phone: Phone,
    gate: list[Any],
    path: str,
) -> None:
    await automate_gate(hass_ready, path, ["notify.ana", "notify.bruno"])
    await phone.fault("calls.reject", delay=0.5, times=2)
    calls = [await phone.ring(ANA), await phone.ring(BRUNO)]
    assert [await is_declined(phone, it) for it in calls] == [True, True]
    await idle(hass_ready)
    assert len(gate) == 2


@both(BLUEPRINT)
async def test_a_call_that_is_going_on_is_not_touched(
    hass_ready: HomeAssistant,
    peopled_entry: MockConfigEntry,
    phone: Phone,
    gate: list[Any],
    path: str,
) -> None:
    await automate_gate(hass_ready, path, ["notify.ana"])
    other = await phone.ring(CARLA)
    await told(hass_ready, other, "ringing")
    call_id = await phone.ring(ANA)
    assert await is_declined(phone, call_id)
    await idle(hass_ready)
    assert (await phone.call(other))["status"] == "RINGING"


@both(BLUEPRINT)
async def test_the_gate_does_not_wait_for_pilot_status(
    hass_ready: HomeAssistant,
    peopled_entry: MockConfigEntry,
    phone: Phone,
    gate: list[Any],
    path: str,
) -> None:
    await automate_gate(hass_ready, path, ["notify.ana"])
    await phone.fault("calls.reject", status=500, delay=1, times=9)
    await phone.ring(ANA)
    assert await until(lambda: gate)
    assert await phone.requests("calls.reject") == []
    await idle(hass_ready)
    assert await phone.requests("calls.reject")
    assert len(gate) == 1


@both(BLUEPRINT)
async def test_a_call_is_declined_if_the_gate_does_not_open(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry, phone: Phone, path: str
) -> None:
    broken = [{"action": "cover.open_cover", "target": {"entity_id": "cover.gate"}}]
    await automate_gate(hass_ready, path, ["notify.ana"], broken)
    assert await is_declined(phone, await phone.ring(ANA))
    await idle(hass_ready)


@both(BLUEPRINT)
async def test_a_call_opens_the_gate_once_whatever_becomes_of_the_entity(
    hass_ready: HomeAssistant,
    peopled_entry: MockConfigEntry,
    phone: Phone,
    gate: list[Any],
    path: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await automate_gate(hass_ready, path, ["notify.ana"])
    await phone.fault("calls.reject", status=500, times=9)
    call_id = await phone.ring(ANA)
    await told(hass_ready, call_id, "ringing")
    assert await hass_ready.config_entries.async_reload(peopled_entry.entry_id)
    await idle(hass_ready)
    er.async_get(hass_ready).async_update_entity(EVENT, name="Portão")
    await idle(hass_ready)
    # As if it had been disabled for a while.
    shown = state_of(hass_ready, EVENT)
    assert shown.attributes["event_type"] == "ringing"
    hass_ready.states.async_remove(EVENT)
    await idle(hass_ready)
    hass_ready.states.async_set(EVENT, shown.state, shown.attributes)
    await idle(hass_ready)
    assert len(gate) == 1
    assert "UndefinedError" not in caplog.text
