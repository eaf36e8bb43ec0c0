"""Somebody is called every day, and others learn if they do not answer."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from simulator.client import Phone

from ..audio import samples_of
from ..common import ANA, BRUNO, Notifications, until, until_asked
from ..engine import Engine
from .automations import automate, hasten, idle

BLUEPRINT = "daily_check.yaml"
MESSAGE = "Bom dia! Esta é a chamada de todos os dias. Tenha um ótimo dia."


@pytest.fixture
def actions(hass_ready: HomeAssistant, peopled_entry: MockConfigEntry) -> list[Any]:
    """Return a list that grows when the actions run."""
    hasten(peopled_entry)
    events: list[Any] = async_capture_events(hass_ready, "not_answered")
    return events


async def check(hass: HomeAssistant, **inputs: Any) -> None:
    """Check on Ana, at the next of the chosen times."""
    at = dt_util.now() + timedelta(minutes=2)
    not_answered = [{"event": "not_answered"}]
    inputs = {"contact": "notify.ana", "not_answered": not_answered, "rounds": 2, **inputs}
    await automate(hass, BLUEPRINT, time=at.strftime("%H:%M:%S"), **inputs)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=1))
    await idle(hass)
    async_fire_time_changed(hass, dt_util.as_utc(at) + timedelta(seconds=1))


async def called(phone: Phone) -> list[tuple[str, str]]:
    """Return who was called, in order, and what became of it."""
    return [(call["peerNumber"], call["status"]) for call in reversed(await phone.calls())]


async def was_called(phone: Phone, wanted: list[tuple[str, str]]) -> bool:
    """Whether these people were called, and no others."""
    return await called(phone) == wanted


async def test_who_answers_hears_the_message_and_nobody_else_is_called(
    hass_ready: HomeAssistant, spoken: Engine, phone: Phone, actions: list[Any]
) -> None:
    await phone.person(ANA, does="answer", after=0.2)
    await check(hass_ready, others=["notify.bruno"])
    assert await until_asked(partial(was_called, phone, [(ANA[1:], "COMPLETED")]))
    await idle(hass_ready)
    (call,) = await phone.calls()
    assert await phone.heard_samples(call["id"]) == samples_of(spoken.file)
    assert (spoken.messages, actions) == ([MESSAGE], [])


async def test_others_are_told_of_who_does_not_answer(
    hass_ready: HomeAssistant, spoken: Engine, phone: Phone, actions: list[Any]
) -> None:
    await phone.person(ANA, does="decline")
    await phone.person(BRUNO, does="answer", after=0.2)
    await check(hass_ready, others=["notify.bruno"])
    wanted = [(ANA[1:], "REJECTED")] * 2 + [(BRUNO[1:], "COMPLETED")]
    assert await until_asked(partial(was_called, phone, wanted))
    await idle(hass_ready)
    assert spoken.messages[1:] == [
        "Ana não atendeu à chamada de hoje. Por favor, veja se está tudo bem."
    ]
    assert len(actions) == 1


async def test_without_others_the_actions_run(
    hass_ready: HomeAssistant,
    spoken: Engine,
    phone: Phone,
    actions: list[Any],
    notifications: Notifications,
) -> None:
    await phone.person(ANA, does="decline")
    await check(hass_ready)
    assert await until(lambda: actions)
    await idle(hass_ready)
    assert await called(phone) == [(ANA[1:], "REJECTED")] * 2
    assert spoken.messages == [MESSAGE]
    assert notifications == {}


@pytest.mark.parametrize("others", [[], ["notify.bruno"]], ids=str)
async def test_if_nobody_can_be_called_the_actions_run(
    hass_ready: HomeAssistant, spoken: Engine, phone: Phone, actions: list[Any], others: list[str]
) -> None:
    await phone.number("num_demo", connected=False)
    await check(hass_ready, others=others)
    assert await until(lambda: actions)
    await idle(hass_ready)
    assert await called(phone) == []


async def test_others_are_told_if_the_actions_fail(
    hass_ready: HomeAssistant, spoken: Engine, phone: Phone, actions: list[Any]
) -> None:
    await phone.person(ANA, does="decline")
    await phone.person(BRUNO, does="answer", after=0.2)
    await check(hass_ready, others=["notify.bruno"], rounds=1, not_answered=[{"action": "no.such"}])
    wanted = [(ANA[1:], "REJECTED"), (BRUNO[1:], "COMPLETED")]
    assert await until_asked(partial(was_called, phone, wanted))
    await idle(hass_ready)
