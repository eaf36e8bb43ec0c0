"""An alarm calls contacts in turn until somebody answers."""

import asyncio
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial
from typing import Any

from freezegun import freeze_time
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from simulator.client import Phone

from ..audio import samples_of
from ..common import ANA, BRUNO, until, until_asked
from ..engine import Engine
from .automations import automate, hasten, idle, runs

BLUEPRINT = "alarm_calls_people.yaml"
CELLAR, SMOKE = "binary_sensor.cellar_water", "binary_sensor.kitchen_smoke"
NAMES = {CELLAR: "Água na adega", SMOKE: "Fumaça na cozinha"}


def report(hass: HomeAssistant, sensor: str, state: str = "on") -> None:
    """Let a sensor report a state."""
    hass.states.async_set(sensor, state, {"friendly_name": NAMES[sensor]})


async def automate_alarm(hass: HomeAssistant, **inputs: Any) -> None:
    """Let two sensors raise the alarm."""
    siren = [{"event": "siren"}]
    await automate(hass, BLUEPRINT, sensors=[CELLAR, SMOKE], nobody_answered=siren, **inputs)


@pytest.fixture
async def sirens(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry, spoken: Engine
) -> list[Any]:
    """Let two sensors call Bruno, then Ana; return a list that grows if nobody answers."""
    hasten(peopled_entry)
    for sensor in NAMES:
        report(hass_ready, sensor, "off")
    await automate_alarm(hass_ready, contacts=["notify.bruno", "notify.ana"], rounds=1)
    events: list[Any] = async_capture_events(hass_ready, "siren")
    return events


async def called(phone: Phone) -> list[tuple[str, str]]:
    """Return who was called, in order, and what became of it."""
    return [(call["peerNumber"], call["status"]) for call in reversed(await phone.calls())]


async def was_called(phone: Phone, wanted: list[tuple[str, str]]) -> bool:
    """Whether these people were called, and no others."""
    return await called(phone) == wanted


async def test_people_are_called_in_turn_until_one_hears_the_alarm(
    hass_ready: HomeAssistant, sirens: list[Any], spoken: Engine, phone: Phone
) -> None:
    await phone.person(BRUNO, does="decline")
    await phone.person(ANA, does="answer", after=0.3)
    report(hass_ready, CELLAR)
    wanted = [(BRUNO[1:], "REJECTED"), (ANA[1:], "COMPLETED")]
    assert await until_asked(partial(was_called, phone, wanted))
    await idle(hass_ready)
    (heard, _) = await phone.calls()
    # The message is said twice unless another number is chosen.
    assert await phone.heard_samples(heard["id"]) == samples_of(spoken.file) * 2
    assert spoken.messages == ["Atenção, alarme em casa: Água na adega."]
    assert sirens == []


async def test_if_nobody_answers_the_actions_run(
    hass_ready: HomeAssistant, sirens: list[Any], phone: Phone
) -> None:
    for person in (ANA, BRUNO):
        await phone.person(person, does="decline")
    report(hass_ready, CELLAR)
    assert await until(lambda: sirens)
    await idle(hass_ready)
    assert await called(phone) == [(BRUNO[1:], "REJECTED"), (ANA[1:], "REJECTED")]


async def test_if_nobody_can_be_called_the_actions_run(
    hass_ready: HomeAssistant, sirens: list[Any], phone: Phone
) -> None:
    await phone.number("num_demo", connected=False)
    report(hass_ready, CELLAR)
    assert await until(lambda: sirens)
    await idle(hass_ready)
    assert await called(phone) == []


async def test_if_nothing_can_be_said_the_actions_run(
    hass_ready: HomeAssistant, sirens: list[Any], spoken: Engine, phone: Phone
) -> None:
    spoken.fails = "before"
    report(hass_ready, CELLAR)
    assert await until(lambda: sirens)
    await idle(hass_ready)
    assert await called(phone) == []


async def test_a_sensor_that_appears_with_an_alarm_is_told(
    hass_ready: HomeAssistant, sirens: list[Any], phone: Phone
) -> None:
    await phone.person(BRUNO, does="answer", after=0.2)
    report(hass_ready, CELLAR)
    await idle(hass_ready)
    hass_ready.states.async_remove(SMOKE)
    report(hass_ready, SMOKE)
    await idle(hass_ready)
    assert await called(phone) == [(BRUNO[1:], "COMPLETED")] * 2


async def test_two_alarms_are_both_told(
    hass_ready: HomeAssistant, sirens: list[Any], spoken: Engine, phone: Phone
) -> None:
    await phone.person(BRUNO, does="answer", after=0.2)
    report(hass_ready, CELLAR)
    report(hass_ready, SMOKE)
    assert await until_asked(partial(was_called, phone, [(BRUNO[1:], "COMPLETED")] * 2))
    await idle(hass_ready)
    messages = [f"Atenção, alarme em casa: {name}." for name in NAMES.values()]
    assert sorted(spoken.messages) == sorted(messages)


async def test_a_sensor_that_flickers_is_one_alarm(
    hass_ready: HomeAssistant, sirens: list[Any], phone: Phone
) -> None:
    await phone.person(BRUNO, does="answer", after=0.2)
    report(hass_ready, CELLAR)
    assert await until(lambda: runs(hass_ready) == 1)
    for state in ("off", "on", "off", "on"):
        report(hass_ready, CELLAR, state)
        await asyncio.sleep(0)
    assert runs(hass_ready) == 1
    await idle(hass_ready)
    for state in ("off", "on"):
        report(hass_ready, CELLAR, state)
        await idle(hass_ready)
    assert await called(phone) == [(BRUNO[1:], "COMPLETED")]


def after(seconds: float) -> AbstractContextManager[Any]:
    """Let the clock be ahead, while it goes on."""
    return freeze_time(dt_util.utcnow() + timedelta(seconds=seconds), tick=True, real_asyncio=True)


@pytest.mark.parametrize(
    ("dry_after", "state", "dry_for", "alarms"),
    [(0, "off", 61, 2), (601, "off", 1, 2), (0, "unavailable", 1, 2), (500, "off", 50, 1)],
    ids=["dry for a while", "much later", "lost meanwhile", "flickers"],
)
async def test_what_is_no_flicker_is_a_new_alarm(
    hass_ready: HomeAssistant,
    entry: MockConfigEntry,
    dry_after: int,
    state: str,
    dry_for: int,
    alarms: int,
) -> None:
    sirens: list[Any] = async_capture_events(hass_ready, "siren")
    report(hass_ready, CELLAR, "off")
    # Nobody is there to be called: the actions tell of the alarms.
    await automate_alarm(hass_ready, contacts=[])
    report(hass_ready, CELLAR)
    await idle(hass_ready)
    assert len(sirens) == 1
    with after(dry_after):
        report(hass_ready, CELLAR, state)
        await idle(hass_ready)
    with after(dry_after + dry_for):
        report(hass_ready, CELLAR)
        await idle(hass_ready)
    assert len(sirens) == alarms
