"""Conditions on the line, in versions of Home Assistant that have them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from homeassistant.core import HomeAssistant
from homeassistant.helpers import condition, entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from simulator.client import Phone
from simulator.transitions import Status

from .common import EVENT, LINE, STATUS, act, newer_only, poll, state_of, until_asked

pytestmark = newer_only

STATES = ("idle", "ringing", "dialing", "in_call")

type Ask = Callable[[], Awaitable[list[str]]]


def line_is(state: str, target: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Return the condition that lines are in a state, as YAML has it."""
    return {
        "condition": f"pilotstatus.line_is_{state}",
        "target": target,
        **({"options": options} if options else {}),
    }


async def automate(hass: HomeAssistant, target: dict[str, Any], **options: Any) -> Ask:
    """Set up an automation for each state; return what asks in which of them it would run."""
    runs = async_mock_service(hass, "test", "run")
    automations = [
        {
            "alias": f"Is {state}",
            "triggers": {"trigger": "event", "event_type": "asked"},
            "conditions": line_is(state, target, **options),
            "actions": {"action": "test.run", "data": {"state": state}},
        }
        for state in STATES
    ]
    assert await async_setup_component(hass, "automation", {"automation": automations})
    await hass.async_block_till_done()

    async def ask() -> list[str]:
        runs.clear()
        hass.bus.async_fire("asked")
        await hass.async_block_till_done()
        return [str(run.data["state"]) for run in runs]

    return ask


def device_of(hass: HomeAssistant, entity_id: str) -> dict[str, Any]:
    """Return a target that names the device of an entity."""
    registered = er.async_get(hass).async_get(entity_id)
    assert registered is not None
    return {"device_id": [registered.device_id]}


async def test_a_line_is_in_one_state_at_a_time(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    ask = await automate(hass_ready, device_of(hass_ready, LINE))
    assert await ask() == ["idle"]
    await phone.ring()
    await poll(polled_entry)
    assert await ask() == ["ringing"]
    await act(hass_ready, "answer_call")
    assert await ask() == ["in_call"]
    await act(hass_ready, "hang_up")
    assert await ask() == ["idle"]
    await phone.dial()
    await phone.newest(Status.RINGING)
    await poll(polled_entry)
    assert await ask() == ["dialing"]


async def test_other_sensors_with_a_state_of_that_name_do_not_count(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    ask = await automate(hass_ready, device_of(hass_ready, LINE))
    await phone.dial()
    await phone.newest(Status.RINGING)
    await poll(polled_entry)
    assert state_of(hass_ready, STATUS).state == "ringing"
    assert await ask() == ["dialing"]


@pytest.mark.parametrize("entity_id", [LINE, STATUS, EVENT, "button.casa_answer"])
async def test_every_entity_of_a_number_means_its_line(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone, entity_id: str
) -> None:
    ask = await automate(hass_ready, {"entity_id": entity_id})
    await phone.ring()
    await poll(polled_entry)
    assert await ask() == ["ringing"]


async def test_what_is_no_number_has_no_line(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry
) -> None:
    ask = await automate(hass_ready, {"entity_id": ["notify.ana", "sensor.gone"]})
    assert await ask() == []


@pytest.mark.parametrize(("behavior", "held"), [("any", ["idle", "ringing"]), ("all", [])])
async def test_of_several_numbers_any_or_all_must_be_so(
    hass_ready: HomeAssistant,
    polled_entry: MockConfigEntry,
    second_entry: MockConfigEntry,
    phone: Phone,
    behavior: str,
    held: list[str],
) -> None:
    target = {"entity_id": [LINE, "sensor.loja_line"]}
    ask = await automate(hass_ready, target, behavior=behavior)
    assert await ask() == ["idle"]
    await phone.ring()
    await poll(polled_entry)
    assert await ask() == held


async def test_the_line_of_another_number_does_not_count(
    hass_ready: HomeAssistant,
    polled_entry: MockConfigEntry,
    second_entry: MockConfigEntry,
    phone: Phone,
) -> None:
    ask = await automate(hass_ready, device_of(hass_ready, LINE))
    await phone.ring(number="num_second")
    await poll(second_entry)
    assert await ask() == ["idle"]


async def test_it_may_have_to_be_so_for_a_while(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    ask = await automate(hass_ready, {"entity_id": EVENT}, **{"for": "00:00:01"})
    await phone.ring()
    await poll(polled_entry)
    assert await until_asked(ask) == ["ringing"]
    assert dt_util.utcnow() - state_of(hass_ready, LINE).last_changed >= timedelta(seconds=1)


async def test_whoever_shows_it_is_told_whether_its_target_tells_of_changes(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry
) -> None:
    # Older versions have no such question.
    helper: Any = condition

    async def needs_polling(target: dict[str, Any], **options: Any) -> Any:
        config = line_is("idle", target, **options)
        checker = await helper.async_from_config(
            hass_ready, await helper.async_validate_condition_config(hass_ready, config)
        )
        try:
            return checker.needs_polling
        finally:
            checker.async_unload()

    assert not await needs_polling({"entity_id": LINE})
    assert not await needs_polling(device_of(hass_ready, LINE))
    assert await needs_polling({"entity_id": EVENT})
    assert await needs_polling({"entity_id": LINE}, **{"for": "00:00:01"})
