"""An alarm calls contacts in turn until somebody answers."""

from datetime import timedelta
from functools import partial
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from homeassistant.core import HomeAssistant
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


@pytest.fixture
async def sirens(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry, spoken: Engine
) -> list[Any]:
    """Let two sensors call Bruno, then Ana; return a list that grows if nobody answers."""
    hasten(peopled_entry)
    for sensor in NAMES:
        report(hass_ready, sensor, "off")
    await automate(
        hass_ready,
        BLUEPRINT,
        sensors=[CELLAR, SMOKE],
        contacts=["notify.bruno", "notify.ana"],
        rounds=1,
        nobody_answered=[{"event": "siren"}],
    )
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
    assert await called(phone) == [(BRUNO[1:], "REJECTED"), (ANA[1:], "REJECTED")]


async def test_if_nobody_can_be_called_the_actions_run(
    hass_ready: HomeAssistant, sirens: list[Any], phone: Phone
) -> None:
    await phone.number("num_demo", connected=False)
    report(hass_ready, CELLAR)
    assert await until(lambda: sirens)
    assert await called(phone) == []


async def test_if_nothing_can_be_said_the_actions_run(
    hass_ready: HomeAssistant, sirens: list[Any], spoken: Engine, phone: Phone
) -> None:
    spoken.fails = "before"
    report(hass_ready, CELLAR)
    assert await until(lambda: sirens)
    assert await called(phone) == []


async def test_two_alarms_are_both_told(
    hass_ready: HomeAssistant, sirens: list[Any], spoken: Engine, phone: Phone
) -> None:
    await phone.person(BRUNO, does="answer", after=0.2)
    report(hass_ready, CELLAR)
    report(hass_ready, SMOKE)
    assert await until_asked(partial(was_called, phone, [(BRUNO[1:], "COMPLETED")] * 2))
    await idle(hass_ready)
    assert sorted(spoken.messages) == [
        f"Atenção, alarme em casa: {NAMES[it]}." for it in (SMOKE, CELLAR)
    ][::-1]


async def test_a_sensor_that_flickers_is_one_alarm(
    hass_ready: HomeAssistant, sirens: list[Any], phone: Phone, freezer: FrozenDateTimeFactory
) -> None:
    await phone.person(BRUNO, does="answer", after=0.2)
    for _ in range(3):
        report(hass_ready, CELLAR)
        await hass_ready.async_block_till_done()
        freezer.tick(timedelta(seconds=1))
        report(hass_ready, CELLAR, "off")
        await hass_ready.async_block_till_done()
        freezer.tick(timedelta(seconds=1))
    assert runs(hass_ready) <= 1
    await idle(hass_ready)
    assert await called(phone) == [(BRUNO[1:], "COMPLETED")]


@pytest.mark.parametrize("story", ["dry for a while", "much later", "lost meanwhile"])
async def test_what_is_no_flicker_is_a_new_alarm(
    hass_ready: HomeAssistant,
    sirens: list[Any],
    phone: Phone,
    freezer: FrozenDateTimeFactory,
    story: str,
) -> None:
    await phone.person(BRUNO, does="answer", after=0.2)
    report(hass_ready, CELLAR)
    assert await until_asked(partial(was_called, phone, [(BRUNO[1:], "COMPLETED")]))
    await idle(hass_ready)
    if story == "much later":
        freezer.tick(timedelta(minutes=10))
    freezer.tick(timedelta(seconds=1))
    report(hass_ready, CELLAR, "unavailable" if story == "lost meanwhile" else "off")
    await hass_ready.async_block_till_done()
    freezer.tick(timedelta(seconds=61 if story == "dry for a while" else 1))
    report(hass_ready, CELLAR)
    assert await until_asked(partial(was_called, phone, [(BRUNO[1:], "COMPLETED")] * 2))


async def test_another_sensor_is_a_new_alarm_at_once(
    hass_ready: HomeAssistant, sirens: list[Any], phone: Phone, freezer: FrozenDateTimeFactory
) -> None:
    await phone.person(BRUNO, does="answer", after=0.2)
    freezer.tick(timedelta(seconds=1))
    report(hass_ready, CELLAR)
    await hass_ready.async_block_till_done()
    freezer.tick(timedelta(seconds=1))
    report(hass_ready, SMOKE)
    assert await until_asked(partial(was_called, phone, [(BRUNO[1:], "COMPLETED")] * 2))
