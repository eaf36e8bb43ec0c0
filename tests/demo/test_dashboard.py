"""The dashboard and automations of the demo are the same in both languages, and fit the number."""

from collections.abc import Iterator
from pathlib import Path
import re
from typing import Any

import pytest
import yaml

from demo.installation import ROOT
from demo.language import ENGLISH, PORTUGUESE, Language

FOLDER = ROOT / "demo" / "languages"


class _Loader(yaml.SafeLoader):  # type: ignore[misc, unused-ignore] # PyYAML has no types
    """Reads ``!env_var`` as the variable's name."""


_Loader.add_constructor("!env_var", lambda loader, node: loader.construct_scalar(node))


def read(language: Language, name: str) -> Any:
    """Return a file of a language."""
    return yaml.load(Path(FOLDER, language.code, name).read_text(), _Loader)  # noqa: S506


def test_the_dashboard_in_the_documents_is_the_one_of_the_demo() -> None:
    documented = yaml.safe_load(
        re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "dashboard.md").read_text(), re.DOTALL)[
            -1
        ]
    )
    shown = read(ENGLISH, "dashboard.yaml")
    cards = shown["views"][0]["sections"][1]["cards"]
    # Without what only the demo has, which comes last, under a heading.
    own = [card for card in cards if str(card.get("entity")).startswith("input_")]
    assert cards[-len(own) :] == own
    del cards[-len(own) - 1 :]
    assert documented == shown


def shape(value: Any) -> Any:
    """Return what is the same in every language: all but words and entity ids."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return type(value)


def cards(language: Language) -> Iterator[dict[str, Any]]:
    """Return all cards."""
    for section in read(language, "dashboard.yaml")["views"][0]["sections"]:
        yield from section["cards"]


@pytest.mark.parametrize("name", ["dashboard.yaml", "automations.yaml"])
def test_both_languages_have_the_same_parts(name: str) -> None:
    assert shape(read(ENGLISH, name)) == shape(read(PORTUGUESE, name))


@pytest.mark.parametrize("language", [ENGLISH, PORTUGUESE], ids=lambda it: it.code)
def test_what_is_said_in_the_story_is_what_the_automations_say(language: Language) -> None:
    greeting, _, water, _ = read(language, "automations.yaml")
    name = "{{ name }}"
    assert greeting["actions"][-1]["data"]["message"] == language.greeting.format(name=name)
    assert language.stranger in greeting["actions"][0]["variables"]["name"]
    assert water["actions"][0]["data"]["message"] == language.message
    assert language.told.format(name="") in water["actions"][1]["data"]["value"]


@pytest.mark.parametrize("language", [ENGLISH, PORTUGUESE], ids=lambda it: it.code)
def test_buttons_of_a_call_are_there_only_when_they_do_something(language: Language) -> None:
    shown = [
        condition["state"]
        for card in cards(language)
        if str(card.get("entity")).startswith("button.")
        for condition in card["visibility"]
        if condition["entity"] == language.line
    ]
    assert shown == ["ringing", "ringing", ["dialing", "in_call"]]
