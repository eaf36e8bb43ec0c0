"""What hassfest, HACS and the Marketplace require of the files."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from .conftest import ROOT

COMPONENT = ROOT / "custom_components" / "pilotstatus"
RULES = 54


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


def test_every_quality_scale_rule_is_answered_and_every_exemption_explained() -> None:
    rules = yaml.safe_load((COMPONENT / "quality_scale.yaml").read_text())["rules"]
    assert len(rules) == RULES
    for answer in rules.values():
        assert answer in ("done", "todo") or (answer["status"] == "exempt" and answer["comment"])


@pytest.mark.parametrize(("name", "size"), [("icon", 256), ("icon@2x", 512)])
def test_icons_are_square_pngs_of_the_required_sizes(name: str, size: int) -> None:
    header = (COMPONENT / "brand" / f"{name}.png").read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    assert header[16:24] == size.to_bytes(4) * 2
