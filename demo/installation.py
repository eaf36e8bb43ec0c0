"""The configuration folder of the demo's Home Assistant."""

from collections.abc import Mapping
import json
from pathlib import Path
import shutil

from homeassistant.const import MAJOR_VERSION, MINOR_VERSION

from .audio import make_files, make_flac
from .language import Language

ROOT = Path(__file__).parent.parent


def lay_out(folder: Path, language: Language) -> None:
    """Lay out a new configuration folder, in place of what was there, with audio files in it."""
    if folder.exists():
        shutil.rmtree(folder)
    demo = ROOT / "demo"
    shutil.copytree(demo / "config", folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(demo / "languages" / language.code, folder, dirs_exist_ok=True)
    components = folder / "custom_components"
    (components / "pilotstatus").symlink_to(ROOT / "custom_components" / "pilotstatus")
    # The steps that the demo's user need not see; one of them would fetch from the internet.
    done = {"done": ["core_config", "analytics", "integration"]}
    (folder / ".storage").mkdir()
    _store(folder, "onboarding", 4, done)
    make_files(folder / "www")
    make_flac(folder / "media", folder / "www" / "chime.opus")


def set_address(folder: Path, host: str, port: int) -> None:
    """Have the web server of a folder's Home Assistant listen at an address."""
    if (MAJOR_VERSION, MINOR_VERSION) >= (2026, 10):
        # In YAML it is deprecated there, and on trial for five minutes.
        _store(folder, "http", 1, {"server_host": [host], "server_port": port})
        return
    with (folder / "configuration.yaml").open("a") as configuration:
        configuration.write(f"http:\n  server_host: {host}\n  server_port: {port}\n")


def _store(folder: Path, key: str, version: int, data: Mapping[str, object]) -> None:
    stored = {"version": version, "minor_version": 1, "key": key, "data": data}
    (folder / ".storage" / key).write_text(json.dumps(stored))
