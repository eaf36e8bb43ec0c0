"""The files of the repository agree with each other.

What others require of them is in ``test_hassfest``, ``test_hacs``, ``test_marketplace`` and
``test_quality_scale``.
"""

import json
from pathlib import Path
from typing import Any

from .conftest import ROOT

COMPONENT = ROOT / "custom_components" / "pilotstatus"
#: Those with translations.
LANGUAGES = sorted(path.stem for path in (COMPONENT / "translations").glob("*.json"))


def load(path: Path) -> Any:
    """Return the content of a JSON file."""
    return json.loads(path.read_text())


def flatten(tree: Any, path: str = "") -> dict[str, str]:
    """Return the leaves of a tree by their paths."""
    if not isinstance(tree, dict):
        return {path: tree}
    leaves: dict[str, str] = {}
    for key, branch in tree.items():
        leaves |= flatten(branch, f"{path}/{key}")
    return leaves


def test_the_manifest_has_the_versions_of_the_project() -> None:
    manifest = load(COMPONENT / "manifest.json")
    (requirement,) = manifest["requirements"]
    assert requirement.startswith("phonenumberslite==")
    for pinned in (ROOT / "requirements").glob("3.*.txt"):
        assert requirement in pinned.read_text().splitlines()
    pyproject = (ROOT / "pyproject.toml").read_text()
    assert f'version = "{manifest["version"]}"' in pyproject


def test_the_oldest_supported_home_assistant_is_tested() -> None:
    hacs = load(ROOT / "hacs.json")
    assert hacs["homeassistant"] == "2025.4.0"
    assert "homeassistant==2025.4" in (ROOT / "requirements" / "3.13.txt").read_text()
