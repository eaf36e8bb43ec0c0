"""Every rule of the integration quality scale is answered, and the README says what it demands."""

from pathlib import Path
import re
from typing import Any, Final

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import yaml

from homeassistant import components
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .conftest import ROOT
from .test_repository import COMPONENT, load

RULES: Final = 54
README: Final = (ROOT / "README.md").read_text()
#: What the README has for a rule: headings, or how a paragraph begins.
DOCUMENTED: Final = {
    "docs-actions": ["### Actions"],
    "docs-conditions": ["### React to calls", "The conditions are"],
    "docs-configuration-parameters": ["* *Configure*, *Notifications and voice*"],
    "docs-data-update": ["What Pilot Status reports, and the results of actions, show at once."],
    "docs-examples": ["automation:"],
    "docs-high-level-description": ["# Pilot Status for Home Assistant"],
    "docs-installation-instructions": ["## Install", "* **Marketplace**", "* **HACS**"],
    "docs-installation-parameters": ["## Set up", "| Field | What it is |"],
    "docs-known-limitations": ["Known limits:"],
    "docs-removal-instructions": ["* To remove a number"],
    "docs-supported-functions": ["## What it can do", "| Entity | What it shows |"],
    "docs-triggers": ["### React to calls", "The triggers are"],
    "docs-troubleshooting": ["## What each error means"],
    "docs-use-cases": ["### Tell people"],
}


def rules(path: Path) -> dict[str, Any]:
    """Return the answers of an integration to the rules."""
    answers: dict[str, Any] = yaml.safe_load((path / "quality_scale.yaml").read_text())["rules"]
    return answers


def part(heading: str) -> str:
    """Return what the README says under a heading."""
    return re.split(r"\n##+ ", README.partition(heading)[2])[0]


def test_every_rule_is_answered_and_what_is_not_done_is_explained() -> None:
    answers = rules(COMPONENT)
    assert len(answers) == RULES
    for name, answer in answers.items():
        if answer != "done":
            assert answer.keys() == {"status", "comment"}, name
            assert answer["status"] == "exempt", name
            assert len(answer["comment"]) > 20, name


def test_the_rules_are_those_of_home_assistants_own_integrations() -> None:
    (folder,) = components.__path__
    theirs = {it for path in Path(folder).glob("*/quality_scale.yaml") for it in rules(path.parent)}
    # Those for triggers and conditions came later than the oldest version.
    assert rules(COMPONENT).keys() - theirs <= {"docs-triggers", "docs-conditions"}
    assert theirs <= rules(COMPONENT).keys()


@pytest.mark.parametrize("rule", [it for it in rules(COMPONENT) if it.startswith("docs-")])
def test_the_readme_has_what_a_rule_demands(rule: str) -> None:
    is_done = rules(COMPONENT)[rule] == "done"
    assert is_done is (rule in DOCUMENTED)
    lines = README.splitlines()
    for beginning in DOCUMENTED.get(rule, ()):
        assert [line for line in lines if line.startswith(beginning)], beginning


def test_the_readme_names_every_action_with_its_fields() -> None:
    described = part("### Actions")
    for name, action in yaml.safe_load((COMPONENT / "services.yaml").read_text()).items():
        for word in (name, *action["fields"]):
            assert f"`{word}`" in described, word


@pytest.mark.parametrize("kind", ["trigger", "condition"])
def test_the_readme_names_every_trigger_and_condition_with_its_fields(kind: str) -> None:
    described = part("### React to calls")
    for name, it in yaml.safe_load((COMPONENT / f"{kind}s.yaml").read_text()).items():
        for word in (name, *it["fields"]):
            assert name.startswith(".") or re.search(rf"`(pilotstatus\.)?{word}`", described), word


def test_the_readme_names_every_field_of_the_setup() -> None:
    described = part("## Set up")
    step = load(COMPONENT / "translations" / "en.json")["config"]["step"]["user"]
    for name in (*step["data"].values(), *step["sections"]["advanced"]["data"].values()):
        assert f"| {name} " in described, name
    options = load(COMPONENT / "translations" / "en.json")["options"]["step"]
    for name in options["init"]["menu_options"].values():
        assert f"*Configure*, *{name}*" in described, name
    for word in ("failure notifications", "text-to-speech", "language", "webhook"):
        assert word in described.partition("*Configure*")[2], word


async def test_the_readme_names_every_entity(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry
) -> None:
    described = part("## On a dashboard").casefold()
    entries = er.async_entries_for_config_entry(er.async_get(hass_ready), peopled_entry.entry_id)
    names = {it.original_name for it in entries if it.original_name and it.domain != "event"}
    assert len(names) > 8
    assert [it for it in names if it.casefold() not in described] == []
    assert "`event.casa_call`" in README
