"""What hassfest, HACS and the Marketplace demand of the files."""

import ast
import json
from pathlib import Path
import re
from string import Formatter
from typing import Any

import pytest
import yaml

from custom_components.pilotstatus.errors import TRANSLATION_KEYS
from homeassistant.helpers.selector import validate_selector

from .conftest import ROOT

COMPONENT = ROOT / "custom_components" / "pilotstatus"
LANGUAGES = ("en", "pt-BR")
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


@pytest.fixture(params=LANGUAGES)
def sentences(request: pytest.FixtureRequest) -> dict[str, str]:
    """Return a language's sentences by their paths."""
    return flatten(load(COMPONENT / "translations" / f"{request.param}.json"))


def test_every_language_says_everything(sentences: dict[str, str]) -> None:
    """Same keys, same placeholders, no URL, no HTML, no stray spaces."""
    english = flatten(load(COMPONENT / "translations" / "en.json"))
    assert sentences.keys() == english.keys()
    for key, sentence in sentences.items():
        assert sentence == sentence.strip()
        assert not re.search(r"https?://|www\.|<[a-z]|'\{", sentence)
        fields = {field for _, field, _, _ in Formatter().parse(sentence) if field}
        assert fields == {field for _, field, _, _ in Formatter().parse(english[key]) if field}


def test_every_error_has_a_sentence() -> None:
    """Whatever can be raised is translated, and nothing else is."""
    raised = set(TRANSLATION_KEYS.values()) | {"playback_lost"}
    for path in COMPONENT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "ActionRefusedError"
                and isinstance(node.args[0], ast.Constant)
            ):
                raised.add(str(node.args[0].value))
    assert raised == load(COMPONENT / "translations" / "en.json")["exceptions"].keys()


def test_actions_are_described() -> None:
    """Each action has valid selectors, an icon and words for each field."""
    actions = yaml.safe_load((COMPONENT / "services.yaml").read_text())
    english = load(COMPONENT / "translations" / "en.json")["services"]
    assert actions.keys() == english.keys()
    assert actions.keys() == load(COMPONENT / "icons.json")["services"].keys()
    for name, action in actions.items():
        assert action["fields"].keys() == english[name]["fields"].keys()
        for field in action["fields"].values():
            validate_selector(field["selector"])


def test_entities_have_icons_and_names() -> None:
    """What has an icon has a name; a state with an icon has a word."""
    english = load(COMPONENT / "translations" / "en.json")["entity"]
    for platform, entities in load(COMPONENT / "icons.json")["entity"].items():
        for key, icon in entities.items():
            assert english[platform][key]["name"]
            named = english[platform][key].get("state", {}).keys() | {"on", "off", "playing"}
            assert icon.get("state", {}).keys() <= named


def test_manifest() -> None:
    """Keys are sorted as hassfest wants, and nothing is installed."""
    manifest = load(COMPONENT / "manifest.json")
    keys = list(manifest)
    assert keys == ["domain", "name", *sorted(keys[2:])]
    assert "requirements" not in manifest
    pyproject = (ROOT / "pyproject.toml").read_text()
    assert f'version = "{manifest["version"]}"' in pyproject


def test_hacs() -> None:
    """The oldest Home Assistant is the one that is tested."""
    hacs = load(ROOT / "hacs.json")
    assert hacs["homeassistant"] == "2025.4.0"
    assert "homeassistant==2025.4" in (ROOT / "requirements" / "3.13.txt").read_text()


def test_quality_scale() -> None:
    """Every rule is answered, and each exemption says why."""
    rules = yaml.safe_load((COMPONENT / "quality_scale.yaml").read_text())["rules"]
    assert len(rules) == RULES
    for answer in rules.values():
        assert answer in ("done", "todo") or (answer["status"] == "exempt" and answer["comment"])


@pytest.mark.parametrize(("name", "size"), [("icon", 256), ("icon@2x", 512)])
def test_icons(name: str, size: int) -> None:
    """Square PNGs of the asked sizes."""
    header = (COMPONENT / "brand" / f"{name}.png").read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    assert header[16:24] == size.to_bytes(4) * 2
