"""What hassfest, HACS and the Marketplace require of the files."""

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

from .common import newer_only
from .conftest import ROOT

COMPONENT = ROOT / "custom_components" / "pilotstatus"
LANGUAGES = sorted(it.stem for it in (COMPONENT / "translations").glob("*.json"))
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
def translations(request: pytest.FixtureRequest) -> dict[str, str]:
    """Return the translations of a language by their paths."""
    return flatten(load(COMPONENT / "translations" / f"{request.param}.json"))


def test_the_languages_are_those_of_the_users() -> None:
    assert LANGUAGES == ["en", "es", "pt-BR"]


def test_translations_are_complete_and_free_of_urls_html_and_stray_spaces(
    translations: dict[str, str],
) -> None:
    english = flatten(load(COMPONENT / "translations" / "en.json"))
    # In the same order, so that they can be compared.
    assert list(translations) == list(english)
    for key, sentence in translations.items():
        assert sentence == sentence.strip()
        assert not re.search(r"https?://|www\.|<[a-z]|'\{", sentence)
        fields = {field for _, field, _, _ in Formatter().parse(sentence) if field}
        assert fields == {field for _, field, _, _ in Formatter().parse(english[key]) if field}


def test_exactly_the_errors_that_are_raised_are_translated() -> None:
    raised = set(TRANSLATION_KEYS.values()) | {
        *("media_cut_short", "placed_without_audio", "playback_lost")
    }
    for path in COMPONENT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "ActionRefusedError"
                and isinstance(node.args[0], ast.Constant)
            ):
                raised.add(str(node.args[0].value))
    translated = load(COMPONENT / "translations" / "en.json")["exceptions"]
    assert raised == translated.keys()
    assert all(list(words) == ["message"] for words in translated.values())


def test_every_action_has_valid_selectors_an_icon_and_translations() -> None:
    actions = yaml.safe_load((COMPONENT / "services.yaml").read_text())
    english = load(COMPONENT / "translations" / "en.json")["services"]
    assert actions.keys() == english.keys()
    assert actions.keys() == load(COMPONENT / "icons.json")["services"].keys()
    for name, action in actions.items():
        assert action["fields"].keys() == english[name]["fields"].keys()
        for field in action["fields"].values():
            validate_selector(field["selector"])


@pytest.mark.parametrize("kind", ["trigger", "condition"])
def test_every_trigger_and_condition_has_an_icon_and_a_field_that_is_described(
    translations: dict[str, str], kind: str
) -> None:
    offered = yaml.safe_load((COMPONENT / f"{kind}s.yaml").read_text())
    offered = {name: it for name, it in offered.items() if not name.startswith(".")}
    icons = load(COMPONENT / "icons.json")[f"{kind}s"]
    assert icons.keys() == offered.keys()
    assert all(icon.keys() == {kind} for icon in icons.values())
    described = {
        f"/{kind}s/{name}{field}/{text}"
        for name, it in offered.items()
        for field in ("", *(f"/fields/{field}" for field in it["fields"]))
        for text in ("name", "description")
    }
    assert {key for key in translations if key.startswith(f"/{kind}s/")} == described


@newer_only
@pytest.mark.parametrize("kind", ["trigger", "condition"])
def test_every_trigger_and_condition_has_valid_selectors(kind: str) -> None:
    for it in yaml.safe_load((COMPONENT / f"{kind}s.yaml").read_text()).values():
        validate_selector({"target": it["target"]})
        for field in it["fields"].values():
            validate_selector(field["selector"])


def test_entities_and_states_that_have_an_icon_have_a_name() -> None:
    english = load(COMPONENT / "translations" / "en.json")["entity"]
    for platform, entities in load(COMPONENT / "icons.json")["entity"].items():
        for key, icon in entities.items():
            assert english[platform][key]["name"]
            named = english[platform][key].get("state", {}).keys() | {"on", "off", "playing"}
            assert icon.get("state", {}).keys() <= named


def test_the_icon_of_a_state_differs_from_the_default() -> None:
    for platform in load(COMPONENT / "icons.json")["entity"].values():
        for icon in platform.values():
            for it in (icon, *icon.get("state_attributes", {}).values()):
                assert it["default"] not in it.get("state", {}).values()


def test_no_two_entities_of_a_number_share_a_name(translations: dict[str, str]) -> None:
    names = [
        name
        for path, name in translations.items()
        if re.fullmatch(r"/entity/\w+/\w+/name", path) and not path.startswith("/entity/notify/")
    ]
    assert len(names) == len(set(names)) > 10


def test_the_manifest_is_sorted_and_has_the_versions_of_the_project() -> None:
    manifest = load(COMPONENT / "manifest.json")
    keys = list(manifest)
    assert keys == ["domain", "name", *sorted(keys[2:])]
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
