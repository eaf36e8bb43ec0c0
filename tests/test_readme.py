"""The automations in the README work as they are."""

from functools import partial
import re
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import yaml

from homeassistant.components.automation.config import async_validate_config_item
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from simulator.client import Phone

from .common import poll, until_asked
from .conftest import ROOT

BLOCKS = [
    yaml.safe_load(block)
    for block in re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
]
AUTOMATIONS: list[dict[str, Any]] = [
    automation for block in BLOCKS for automation in block.get("automation", [])
]


@pytest.mark.parametrize("automation", AUTOMATIONS, ids=lambda it: it["alias"])
async def test_automations_are_valid(
    hass_ready: HomeAssistant, entry: MockConfigEntry, automation: dict[str, Any]
) -> None:
    assert await async_setup_component(hass_ready, "automation", {})
    config = await async_validate_config_item(hass_ready, "readme", automation)
    assert config is not None
    assert config.validation_error is None


async def newest_with_a_play(phone: Phone, count: int) -> str | None:
    """Return the id of the newest of so many calls, once it has a play."""
    calls = await phone.calls()
    return str(calls[0]["id"]) if len(calls) == count and calls[0]["plays"] else None


async def test_the_escalation_stops_calling_when_someone_answers(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    (automation,) = (it for it in AUTOMATIONS if it["alias"] == "Water in the cellar")
    text = yaml.safe_dump(automation).replace("https://cdn.example.com/", "http://127.0.0.1:1/")
    assert await async_setup_component(
        hass_ready, "automation", {"automation": yaml.safe_load(text)}
    )
    hass_ready.states.async_set("binary_sensor.cellar_water", "off")
    hass_ready.states.async_set("binary_sensor.cellar_water", "on")
    for count, what in ((1, "decline"), (2, "answer")):
        call_id = await until_asked(partial(newest_with_a_play, phone, count))
        assert call_id is not None
        await phone.act(call_id, what)
        await poll(entry)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert [call["status"] for call in await phone.calls()] == ["ACCEPTED", "REJECTED"]
