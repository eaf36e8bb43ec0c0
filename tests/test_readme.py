"""The automations in the README work as they are."""

from collections.abc import Iterator
from functools import partial
import re
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import yaml

from custom_components.pilotstatus.playback import Timings
from homeassistant.components.automation.config import async_validate_config_item
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from simulator.client import Phone

from .audio import samples_of
from .common import ANA, BRUNO, newer_only, number, until_asked
from .conftest import ROOT
from .engine import Engine

BLOCKS = [
    yaml.safe_load(block)
    for block in re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
]
AUTOMATIONS: list[dict[str, Any]] = [
    automation for block in BLOCKS for automation in block.get("automation", [])
]


def cases() -> Iterator[Any]:
    """Return each automation, those with our triggers only for versions that have them."""
    for automation in AUTOMATIONS:
        is_newer = any(it["trigger"].startswith("pilotstatus.") for it in automation["triggers"])
        marks = [newer_only] if is_newer else []
        yield pytest.param(automation, id=automation["alias"], marks=marks)


@pytest.mark.parametrize("automation", cases())
async def test_automations_are_valid(
    hass_ready: HomeAssistant, entry: MockConfigEntry, automation: dict[str, Any]
) -> None:
    assert await async_setup_component(hass_ready, "automation", {})
    config = await async_validate_config_item(hass_ready, "readme", automation)
    assert config is not None
    assert config.validation_error is None


async def test_the_people_in_the_example_are_told_until_someone_answers(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry, spoken: Engine, phone: Phone
) -> None:
    number(peopled_entry).player.timings = Timings(tail=1)
    hass_ready.config.country = "BR"
    (automation,) = (it for it in AUTOMATIONS if it["alias"] == "Water in the cellar")
    assert await async_setup_component(hass_ready, "automation", {"automation": automation})
    for person in (ANA, BRUNO):
        await phone.person(person, does="decline")
    await phone.person("+5511977777777", does="answer", after=0.4)
    hass_ready.states.async_set("binary_sensor.cellar_water", "off")
    hass_ready.states.async_set("binary_sensor.cellar_water", "on")
    assert await until_asked(partial(statuses_are, phone, ["COMPLETED", "REJECTED", "REJECTED"]))
    (heard, *_) = await phone.calls()
    assert await phone.heard_samples(heard["id"]) == samples_of(spoken.file) * 2


@newer_only
async def test_the_person_in_the_example_is_answered_and_greeted(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry, spoken: Engine, phone: Phone
) -> None:
    number(peopled_entry).player.timings = Timings(tail=1)
    (automation,) = (it for it in AUTOMATIONS if it["alias"] == "Answer and greet Ana")
    assert await async_setup_component(hass_ready, "automation", {"automation": automation})
    await hass_ready.async_block_till_done()
    await phone.ring(BRUNO)
    call_id = await phone.ring(ANA)
    assert await until_asked(partial(statuses_are, phone, ["COMPLETED", "RINGING"]))
    assert await phone.heard_samples(call_id) == samples_of(spoken.file)


async def statuses_are(phone: Phone, wanted: list[str]) -> bool:
    """Whether the calls, newest first, are in these states."""
    return [call["status"] for call in await phone.calls()] == wanted
