"""Every rule of the integration quality scale is answered, and documented as it demands."""

from pathlib import Path
import re
from typing import Any, Final

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import yaml

from homeassistant import components
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .documents import documents
from .test_repository import COMPONENT, load

RULES: Final = 54
DOCUMENTS: Final = documents()
SETUP, ACTIONS, ENTITIES, ERRORS = (
    f"docs/{name}.md" for name in ("setup", "actions", "entities", "errors")
)
#: What the documents have for a rule: headings, or how a line begins.
DOCUMENTED: Final = {
    "docs-actions": {ACTIONS: ["## All actions, fields and responses"]},
    "docs-conditions": {ENTITIES: ["## Conditions", "The conditions are"]},
    "docs-configuration-parameters": {SETUP: ["* *Configure*, *Notifications and voice*"]},
    "docs-data-update": {ENTITIES: ["## How often they are updated"]},
    "docs-examples": {
        "README.md": ["```yaml"],
        ACTIONS: ["```yaml"],
        "docs/blueprints.md": ["# Blueprints"],
    },
    "docs-high-level-description": {
        "README.md": ["# Pilot Status for Home Assistant"],
        "docs/how-it-works.md": ["## Pilot Status"],
    },
    "docs-installation-instructions": {
        "README.md": ["## Install"],
        SETUP: ["## Install", "* **Marketplace**", "* **HACS**", "* **By hand**"],
    },
    "docs-installation-parameters": {SETUP: ["## Add a number", "| Field | What it is |"]},
    "docs-known-limitations": {"docs/limits.md": ["# Limits"]},
    "docs-removal-instructions": {SETUP: ["* To remove a number", "* To remove the integration"]},
    "docs-supported-functions": {ENTITIES: ["## Entities", "* **Line**"]},
    "docs-triggers": {ENTITIES: ["## Triggers", "The triggers are"]},
    "docs-troubleshooting": {ERRORS: ["## If something does not work", "## What each error means"]},
    "docs-use-cases": {"README.md": ["## What people do with it"], ACTIONS: ["## Tell one person"]},
}


def rules(path: Path) -> dict[str, Any]:
    """Return the answers of an integration to the rules."""
    answers: dict[str, Any] = yaml.safe_load((path / "quality_scale.yaml").read_text())["rules"]
    return answers


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
def test_the_documents_have_what_a_rule_demands(rule: str) -> None:
    is_done = rules(COMPONENT)[rule] == "done"
    assert is_done is (rule in DOCUMENTED)
    for path, beginnings in DOCUMENTED.get(rule, {}).items():
        lines = DOCUMENTS[path].text.splitlines()
        for beginning in beginnings:
            assert [line for line in lines if line.startswith(beginning)], beginning


def test_every_action_is_described_with_its_fields() -> None:
    described = DOCUMENTS[ACTIONS].part("## All actions, fields and responses")
    for name, action in yaml.safe_load((COMPONENT / "services.yaml").read_text()).items():
        assert f"**`{name}`**" in described, name
        for word in action["fields"]:
            assert f"`{word}`" in described, word


@pytest.mark.parametrize("kind", ["trigger", "condition"])
def test_every_trigger_and_condition_is_described_with_its_fields(kind: str) -> None:
    described = DOCUMENTS[ENTITIES].part(f"## {kind.capitalize()}s")
    for name, it in yaml.safe_load((COMPONENT / f"{kind}s.yaml").read_text()).items():
        for word in (f"pilotstatus.{name}", *it["fields"]):
            assert name.startswith(".") or f"`{word}`" in described, word


def test_every_field_of_the_setup_is_described() -> None:
    described = DOCUMENTS[SETUP].part("## Add a number")
    step = load(COMPONENT / "translations" / "en.json")["config"]["step"]["user"]
    for name in (*step["data"].values(), *step["sections"]["advanced"]["data"].values()):
        assert f"| {name} " in described, name
    described = DOCUMENTS[SETUP].part("## Options")
    options = load(COMPONENT / "translations" / "en.json")["options"]["step"]
    for name in options["init"]["menu_options"].values():
        assert f"*Configure*, *{name}*" in described, name
    for word in ("failure notifications", "text-to-speech", "language", "webhook"):
        assert word in described, word


async def test_every_entity_is_described_by_its_name(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry
) -> None:
    described = DOCUMENTS[ENTITIES].part("## Entities")
    entries = er.async_entries_for_config_entry(er.async_get(hass_ready), peopled_entry.entry_id)
    names = {it.original_name for it in entries if it.original_name}
    assert len(names) > 9
    assert names == set(re.findall(r"\*\*([^*]+)\*\*, `", " ".join(described.split())))
