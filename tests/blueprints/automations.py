"""Automations that use the blueprints, as a user sets them up."""

from typing import Any

from awesomeversion import AwesomeVersion
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.playback import Timings
from homeassistant.const import __version__
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from ..common import EVENT, number, state_of, until
from ..conftest import ROOT

FOLDER = ROOT / "blueprints" / "automation" / "pilotstatus"
#: Where the files are that do without triggers.
OLDER = "older/"
#: The first Home Assistant that has the triggers of this integration.
TRIGGERS_SINCE = "2026.7.0"

AUTOMATION = "automation.home"

HAS_TRIGGERS = AwesomeVersion(__version__) >= AwesomeVersion(TRIGGERS_SINCE)

needs_triggers = pytest.mark.skipif(
    not HAS_TRIGGERS, reason="this Home Assistant has no triggers of integrations"
)


def both(name: str) -> pytest.MarkDecorator:
    """Run a test with the file of a blueprint that has a trigger, and with the older one."""
    return pytest.mark.parametrize("path", [pytest.param(name, marks=needs_triggers), OLDER + name])


def blueprint_paths() -> list[str]:
    """Return the paths of all blueprints below their folder."""
    return sorted(it.relative_to(FOLDER).as_posix() for it in FOLDER.rglob("*.yaml"))


async def automate(hass: HomeAssistant, path: str, **inputs: Any) -> None:
    """Set up an automation that uses a blueprint."""
    using = {"path": f"pilotstatus/{path}", "input": inputs}
    automation = {"id": "home", "alias": "Home", "use_blueprint": using}
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    assert state_of(hass, AUTOMATION).state == "on"


def hasten(entry: MockConfigEntry) -> None:
    """Let a number end its calls soon after the audio."""
    number(entry).player.timings = Timings(fetch=2, hasty=0.1, tail=1)


def runs(hass: HomeAssistant) -> int:
    """Return how often the automation is running now."""
    return int(state_of(hass, AUTOMATION).attributes["current"])


async def idle(hass: HomeAssistant) -> None:
    """Wait until the automation is done with what has happened so far."""
    await hass.async_block_till_done()
    assert await until(lambda: runs(hass) == 0, seconds=30)
    await hass.async_block_till_done()


async def told(hass: HomeAssistant, call_id: str, event_type: str, entity_id: str = EVENT) -> None:
    """Wait until an event entity has told of a call, and what that started is done."""

    def is_told() -> bool:
        shown = state_of(hass, entity_id).attributes
        return (shown.get("call_id"), shown.get("event_type")) == (call_id, event_type)

    assert await until(is_told)
    await idle(hass)
