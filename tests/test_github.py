"""What GitHub reads beside the workflows has the form that it demands."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
import voluptuous as vol
import yaml

from .conftest import ROOT
from .test_repository import COMPONENT, load

FOLDER: Final = ROOT / ".github"
FORMS: Final = sorted(
    path for path in (FOLDER / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config"
)
ADDRESS: Final = load(COMPONENT / "manifest.json")["documentation"]

WORDS: Final = vol.All(str, vol.Length(min=3))
#: What an element may have, by its type.
ATTRIBUTES: Final[dict[str, dict[Any, Any]]] = {
    "markdown": {vol.Required("value"): WORDS},
    "input": {vol.Required("label"): WORDS, "description": WORDS, "placeholder": WORDS},
    "textarea": {
        vol.Required("label"): WORDS,
        "description": WORDS,
        "placeholder": WORDS,
        "render": WORDS,
    },
    "dropdown": {
        vol.Required("label"): WORDS,
        "description": WORDS,
        vol.Required("options"): vol.All([WORDS], vol.Length(min=2), vol.Unique()),
    },
}


def element(value: Any) -> Any:
    """Return an element of a form, or raise Invalid."""
    kind = vol.Schema({vol.Required("type"): vol.In(ATTRIBUTES)}, extra=vol.ALLOW_EXTRA)(value)
    asks = kind["type"] != "markdown"
    rules: dict[Any, Any] = {
        vol.Required("type"): str,
        vol.Required("attributes"): ATTRIBUTES[kind["type"]],
    }
    if asks:
        rules |= {
            vol.Required("id"): vol.Match(r"^[\w-]+$"),
            "validations": {"required": bool},
        }
    return vol.Schema(rules)(value)


def form(value: Any) -> Any:
    """Return a form, or raise Invalid."""
    valid = vol.Schema(
        {
            vol.Required("name"): WORDS,
            vol.Required("description"): vol.All(WORDS, vol.Length(max=200)),
            vol.Required("body"): [element],
            # Those that a repository has from the first day on.
            "labels": [vol.In(["bug", "enhancement"])],
        }
    )(value)
    asking = [it for it in valid["body"] if it["type"] != "markdown"]
    if not asking:
        raise vol.Invalid("a form that asks nothing")
    for words in ([it["id"] for it in asking], [it["attributes"]["label"] for it in asking]):
        if len(set(words)) != len(words):
            raise vol.Invalid("two elements of one name")
    return valid


def read(path: Path) -> Any:
    """Return the content of a YAML file."""
    return yaml.safe_load(path.read_text())


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_forms_are_valid(path: Path) -> None:
    form(read(path))


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it.pop("description"),
        lambda it: it.update(labels=["wish"]),
        lambda it: it.update(body=it["body"][:1]),
        lambda it: it["body"].append(it["body"][-1]),
        lambda it: it["body"][0].update(id="words"),
        lambda it: it["body"][1].pop("id"),
        lambda it: it["body"][1].update(type="number"),
        lambda it: it["body"][1]["attributes"].pop("label"),
        lambda it: it["body"][1]["validations"].update(required="yes"),
        lambda it: it["body"][2]["attributes"].update(label=it["body"][1]["attributes"]["label"]),
    ],
)
def test_a_form_that_github_would_not_show_is_found(change: Callable[[Any], Any]) -> None:
    changed = read(FOLDER / "ISSUE_TEMPLATE" / "bug_report.yml")
    change(changed)
    with pytest.raises(vol.Invalid):
        form(changed)


def test_something_that_does_not_work_is_asked_the_same_in_portuguese() -> None:
    english, portuguese = (
        read(FOLDER / "ISSUE_TEMPLATE" / f"bug_report{language}.yml") for language in ("", ".pt-BR")
    )
    for ours, theirs in zip(english["body"], portuguese["body"], strict=True):
        same = ("type", "id", "validations")
        assert [ours.get(key) for key in same] == [theirs.get(key) for key in same]
        if ours["type"] == "dropdown":
            options = [it["attributes"]["options"] for it in (ours, theirs)]
            assert len(options[0]) == len(options[1])
    texts = load(COMPONENT / "translations" / "pt-BR.json")["options"]["step"]["init"]
    assert f"**{texts['menu_options']['check']}**" in portuguese["body"][0]["attributes"]["value"]
    assert f"*{texts['title']}*" in portuguese["body"][0]["attributes"]["value"]


def test_versions_diagnostics_and_log_are_asked_for() -> None:
    body = read(FOLDER / "ISSUE_TEMPLATE" / "bug_report.yml")["body"]
    required = {it["id"] for it in body if it.get("validations", {}).get("required", False)}
    assert required >= {"integration", "home_assistant", "happened", "expected", "diagnostics"}
    assert "log" in {it.get("id") for it in body} - required


def test_who_does_not_want_a_form_is_sent_on() -> None:
    config = read(FOLDER / "ISSUE_TEMPLATE" / "config.yml")
    assert config["blank_issues_enabled"] is False
    addresses = [it["url"] for it in config["contact_links"]]
    assert {f"{ADDRESS}/security/policy", f"{ADDRESS}/discussions"} <= set(addresses)
    (page,) = (it for it in addresses if it.startswith(f"{ADDRESS}/blob/main/"))
    assert (ROOT / page.removeprefix(f"{ADDRESS}/blob/main/")).is_file()
    for it in config["contact_links"]:
        assert it.keys() == {"name", "url", "about"}


def test_changes_are_reviewed_by_the_code_owners() -> None:
    owners = load(COMPONENT / "manifest.json")["codeowners"]
    assert (FOLDER / "CODEOWNERS").read_text() == f"* {' '.join(owners)}\n"


def test_new_versions_of_actions_and_tools_come_weekly_after_a_while() -> None:
    updates = {it["package-ecosystem"]: it for it in read(FOLDER / "dependabot.yml")["updates"]}
    assert updates.keys() == {"github-actions", "pip"}
    for it in updates.values():
        assert it["schedule"] == {"interval": "weekly"}
        assert it["cooldown"]["default-days"] >= 7
        assert len(it["groups"]) == 1
        assert (ROOT / it["directory"].lstrip("/")).is_dir()
    named = "\n".join(path.read_text() for path in (ROOT / "requirements").glob("*.in"))
    for allowed in updates["pip"]["allow"]:
        assert f"\n{allowed['dependency-name']}==" in named
