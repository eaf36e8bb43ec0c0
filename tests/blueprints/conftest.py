"""Fixtures of the blueprints: a configuration that holds them."""

from collections.abc import AsyncIterator
from pathlib import Path
import shutil

import pytest

from homeassistant.core import HomeAssistant

from .automations import AUTOMATION, FOLDER


@pytest.fixture(autouse=True)
async def config_folder(hass_ready: HomeAssistant, tmp_path: Path) -> AsyncIterator[Path]:
    """Give Home Assistant a configuration of its own, in which the blueprints are imported.

    At the end it waits for no time of day any more.
    """
    folder = tmp_path / "config"
    shutil.copytree(FOLDER, folder / "blueprints" / "automation" / "pilotstatus")
    hass_ready.config.config_dir = str(folder)
    yield folder
    if hass_ready.states.get(AUTOMATION) is not None:
        target = {"entity_id": AUTOMATION}
        await hass_ready.services.async_call("automation", "turn_off", target, blocking=True)
