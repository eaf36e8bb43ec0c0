"""The configuration folder of the demo's Home Assistant."""

import json
from pathlib import Path
import shutil

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
    storage = folder / ".storage"
    storage.mkdir()
    (storage / "onboarding").write_text(
        json.dumps({"version": 4, "minor_version": 1, "key": "onboarding", "data": done})
    )
    make_files(folder / "www")
    make_flac(folder / "media", folder / "www" / "chime.opus")
