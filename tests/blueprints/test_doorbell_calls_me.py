"""The doorbell calls a contact."""

import asyncio
from functools import partial

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from simulator.client import Phone

from ..audio import samples_of
from ..common import ANA, until, until_asked
from ..engine import Engine
from .automations import automate, hasten, idle, runs

BLUEPRINT = "doorbell_calls_me.yaml"
MORNING, NOON = "2026-11-23T08:00:00.000+00:00", "2026-11-23T12:00:00.000+00:00"


async def calls_of_ana(phone: Phone, count: int) -> bool:
    """Whether Ana was called so many times, and has heard it to its end."""
    calls = [(call["peerNumber"], call["status"]) for call in await phone.calls()]
    return calls == [(ANA[1:], "COMPLETED")] * count


async def ring_the_bell(
    hass: HomeAssistant, entry: MockConfigEntry, phone: Phone, doorbell: str, rested: str = "off"
) -> None:
    """Let a doorbell, which showed a state, call Ana."""
    hasten(entry)
    await phone.person(ANA, does="answer", after=0.2)
    hass.states.async_set(doorbell, rested, {})
    await automate(hass, BLUEPRINT, doorbell=doorbell, contact="notify.ana")


@pytest.mark.parametrize(
    ("doorbell", "rested", "rung"),
    [
        ("binary_sensor.bell", "off", "on"),
        ("event.bell", MORNING, NOON),
        ("event.bell", "unknown", NOON),
        ("button.bell", MORNING, NOON),
        ("input_button.bell", "unknown", NOON),
    ],
)
async def test_a_doorbell_of_any_kind_calls_and_says_so(
    hass_ready: HomeAssistant,
    peopled_entry: MockConfigEntry,
    spoken: Engine,
    phone: Phone,
    doorbell: str,
    rested: str,
    rung: str,
) -> None:
    await ring_the_bell(hass_ready, peopled_entry, phone, doorbell, rested)
    hass_ready.states.async_set(doorbell, rung, {})
    assert await until_asked(partial(calls_of_ana, phone, 1))
    (call,) = await phone.calls()
    assert await phone.heard_samples(call["id"]) == samples_of(spoken.file)
    assert spoken.messages == ["Tem alguém na porta."]
    await idle(hass_ready)
    # A change of its attributes is no ring.
    hass_ready.states.async_set(doorbell, rung, {"friendly_name": "Campainha"})
    hass_ready.states.async_set(doorbell, "off" if rung == "on" else "unavailable", {})
    await idle(hass_ready)
    assert len(await phone.calls()) == 1


@pytest.mark.parametrize(
    ("doorbell", "states"),
    [
        ("binary_sensor.bell", ["unavailable", "on"]),
        ("event.bell", ["unavailable", NOON]),
        ("button.bell", ["unknown", "unavailable", NOON]),
    ],
)
async def test_a_doorbell_that_comes_back_calls_nobody(
    hass_ready: HomeAssistant,
    peopled_entry: MockConfigEntry,
    spoken: Engine,
    phone: Phone,
    doorbell: str,
    states: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    await ring_the_bell(hass_ready, peopled_entry, phone, doorbell)
    for state in states:
        hass_ready.states.async_set(doorbell, state, {})
        await idle(hass_ready)
    hass_ready.states.async_remove(doorbell)
    await idle(hass_ready)
    hass_ready.states.async_set(doorbell, "on", {})
    await idle(hass_ready)
    assert await phone.calls() == []
    assert "UndefinedError" not in caplog.text


@pytest.mark.parametrize("event_type", ["motion", "ring"])
async def test_of_a_doorbell_that_reports_more_only_the_ring_calls(
    hass_ready: HomeAssistant,
    peopled_entry: MockConfigEntry,
    spoken: Engine,
    phone: Phone,
    event_type: str,
) -> None:
    await ring_the_bell(hass_ready, peopled_entry, phone, "event.bell", MORNING)
    attributes = {"event_types": ["motion", "ring"], "event_type": event_type}
    hass_ready.states.async_set("event.bell", NOON, attributes)
    await idle(hass_ready)
    assert await calls_of_ana(phone, 1 if event_type == "ring" else 0)


async def test_who_rings_thrice_makes_one_call(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry, spoken: Engine, phone: Phone
) -> None:
    await ring_the_bell(hass_ready, peopled_entry, phone, "binary_sensor.bell")
    for _ in range(3):
        hass_ready.states.async_set("binary_sensor.bell", "on", {})
        assert await until(lambda: runs(hass_ready) == 1)
        hass_ready.states.async_set("binary_sensor.bell", "off", {})
        await asyncio.sleep(0)
    await idle(hass_ready)
    assert await calls_of_ana(phone, 1)
    hass_ready.states.async_set("binary_sensor.bell", "on", {})
    assert await until_asked(partial(calls_of_ana, phone, 2))
