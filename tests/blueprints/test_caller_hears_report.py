"""A contact who calls hears how the home is, and nobody else is answered."""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.translation import async_load_integrations
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from simulator.client import Phone

from ..audio import samples_of
from ..common import ANA, BRUNO, CARLA, EVENT, until, until_asked
from ..engine import Engine
from .automations import automate, both, hasten, idle, told

BLUEPRINT = "caller_hears_report.yaml"
STATES: Mapping[str, tuple[str, dict[str, str]]] = MappingProxyType(
    {
        "sensor.room": ("21.5", {"friendly_name": "Sala", "unit_of_measurement": "°C"}),
        "binary_sensor.door": ("on", {"friendly_name": "Porta", "device_class": "door"}),
        "sensor.tank": ("80.0", {"friendly_name": "Caixa d'água", "unit_of_measurement": "%"}),
        "sensor.power": ("1234.567", {"friendly_name": "Consumo", "unit_of_measurement": "W"}),
        "sensor.rain": ("2.7", {"friendly_name": "Chuva", "unit_of_measurement": "mm"}),
        "lock.gate": ("locked", {"friendly_name": "Portão"}),
        "sensor.lost": ("unavailable", {"friendly_name": "Quintal"}),
        "sensor.people": ("3", {}),
    }
)
PORTUGUESE = (
    "Sala: 21,5 graus. Porta: {door}. Caixa d'água: 80 por cento. Consumo: 1234,57 W. Chuva: 3 mm. "
    "Portão: {lock}. Quintal: indisponível. sensor.people: 3."
)
ENGLISH = (
    "Sala: 21.5 degrees. Porta: {door}. Caixa d'água: 80 percent. Consumo: 1234.57 W. Chuva: 3 mm. "
    "Portão: {lock}. Quintal: unavailable. sensor.people: 3."
)


@pytest.fixture
def engine(spoken: Engine, peopled_entry: MockConfigEntry) -> Engine:
    """Return the engine that speaks, for a number that ends its calls soon."""
    hasten(peopled_entry)
    return spoken


async def automate_report(hass: HomeAssistant, path: str, **inputs: Any) -> None:
    """Let Ana hear of the entities."""
    entities = er.async_get(hass)
    rain = entities.async_get_or_create("sensor", "test", "rain", suggested_object_id="rain")
    entities.async_update_entity_options(rain.entity_id, "sensor", {"display_precision": 0})
    for entity_id, (state, attributes) in STATES.items():
        hass.states.async_set(entity_id, state, attributes)
    inputs = {"contacts": ["notify.ana"], "entities": list(STATES), **inputs}
    await automate(hass, path, number=EVENT, **inputs)


async def has_status(phone: Phone, call_id: str, status: str) -> bool:
    """Whether a call is in a state."""
    return bool((await phone.call(call_id))["status"] == status)


@both(BLUEPRINT)
@pytest.mark.parametrize(
    ("language", "inputs", "words", "states"),
    [
        ("pt-BR", {}, f"Olá, Ana. {PORTUGUESE}", {"door": "Aberto", "lock": "Trancado"}),
        (
            "en",
            {"language": "en", "greeting": "This is your home."},
            f"Hello, Ana. This is your home. {ENGLISH}",
            {"door": "Open", "lock": "Locked"},
        ),
    ],
    ids=["Portuguese", "English"],
)
async def test_a_chosen_contact_hears_what_the_entities_show(
    hass_ready: HomeAssistant,
    engine: Engine,
    phone: Phone,
    path: str,
    language: str,
    inputs: dict[str, str],
    words: str,
    states: dict[str, str],
) -> None:
    hass_ready.config.language = language
    assert await async_setup_component(hass_ready, "lock", {})
    await async_load_integrations(hass_ready, {"binary_sensor", "lock"})
    await automate_report(hass_ready, path, **inputs)
    call_id = await phone.ring(ANA)
    assert await until_asked(partial(has_status, phone, call_id, "COMPLETED"))
    assert await phone.heard_samples(call_id) == samples_of(engine.file)
    assert engine.messages == [words.format(**states)]


@both(BLUEPRINT)
@pytest.mark.parametrize(
    ("at", "words"), [("2026-11-23T21:30:00+00:00", "23/11, 18:30"), (None, "00:00")]
)
async def test_a_time_is_read_as_one(
    hass_ready: HomeAssistant,
    engine: Engine,
    phone: Phone,
    path: str,
    at: str | None,
    words: str,
) -> None:
    await hass_ready.config.async_set_time_zone("America/Sao_Paulo")
    await automate_report(hass_ready, path, entities=["sensor.sunrise"], greeting="Bem-vinda.")
    attributes = {"friendly_name": "Nascer do sol", "device_class": "timestamp"}
    hass_ready.states.async_set(
        "sensor.sunrise", at or dt_util.start_of_local_day().isoformat(), attributes
    )
    await phone.ring(ANA)
    assert await until(lambda: engine.messages)
    assert engine.messages == [f"Olá, Ana. Bem-vinda. Nascer do sol: {words}."]


@both(BLUEPRINT)
@pytest.mark.parametrize("peer", [CARLA, BRUNO, None], ids=["stranger", "not chosen", "hidden"])
@pytest.mark.parametrize("contacts", [["notify.ana"], []], ids=str)
async def test_nobody_else_is_answered(
    hass_ready: HomeAssistant,
    engine: Engine,
    phone: Phone,
    path: str,
    peer: str | None,
    contacts: list[str],
) -> None:
    await automate_report(hass_ready, path, contacts=contacts)
    call_id = await phone.ring(peer)
    await told(hass_ready, call_id, "ringing")
    assert await has_status(phone, call_id, "RINGING")
    assert engine.messages == []


@both(BLUEPRINT)
async def test_two_who_call_at_once_both_hear_it(
    hass_ready: HomeAssistant,
    engine: Engine,
    phone: Phone,
    path: str,
) -> None:
    await automate_report(hass_ready, path, contacts=["notify.ana", "notify.bruno"])
    calls = [await phone.ring(ANA), await phone.ring(BRUNO)]
    for call_id in calls:
        assert await until_asked(partial(has_status, phone, call_id, "COMPLETED"), seconds=15)
        assert await phone.heard_samples(call_id) == samples_of(engine.file)
    assert {it.split(".")[0] for it in engine.messages} == {"Olá, Ana", "Olá, Bruno"}


@both(BLUEPRINT)
async def test_a_call_is_ended_if_nothing_can_be_said(
    hass_ready: HomeAssistant, engine: Engine, phone: Phone, path: str
) -> None:
    engine.fails = "before"
    await automate_report(hass_ready, path)
    other = await phone.ring(CARLA)
    call_id = await phone.ring(ANA)
    assert await until_asked(partial(has_status, phone, call_id, "COMPLETED"))
    await idle(hass_ready)
    assert await has_status(phone, other, "RINGING")
