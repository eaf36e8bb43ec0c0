"""Fixtures of the blueprints: a configuration that holds them."""

from pathlib import Path
import shutil

import pytest

from homeassistant.core import HomeAssistant

from .automations import FOLDER


@pytest.fixture(autouse=True)
def config_folder(hass_ready: HomeAssistant, tmp_path: Path) -> Path:
    """Give Home Assistant a configuration of its own, in which the blueprints are imported."""
    folder = tmp_path / "config"
    shutil.copytree(FOLDER, folder / "blueprints" / "automation" / "pilotstatus")
    hass_ready.config.config_dir = str(folder)
    return folder
