"""The files of the blueprints, and the page from which they are imported."""

from collections.abc import Iterator
import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import Input, extract_inputs, load_yaml_dict

from ..conftest import ROOT
from .automations import FOLDER, HAS_TRIGGERS, OLDER, TRIGGERS_SINCE, blueprint_paths

REPOSITORY = "pilotstatus-ha/pilotstatus-ha"
BRANCH = f"https://github.com/{REPOSITORY}/blob/main/"
RAW = f"https://raw.githubusercontent.com/{REPOSITORY}/main/"
BADGE = "[![Import](https://my.home-assistant.io/badges/blueprint_import.svg)]"
IMPORT = "https://my.home-assistant.io/redirect/blueprint_import/?blueprint_url="
OLDEST = "2025.4.0"
#: Where the older files find what the trigger knows itself.
KNOWN_OF_A_CALL = r"trigger\.event\.data\.(?=call_id|contact|peer_number)"

PATHS = blueprint_paths()
PAIRED = [it.removeprefix(OLDER) for it in PATHS if it.startswith(OLDER)]


def load(path: str) -> dict[str, Any]:
    """Return a blueprint, with its inputs unfilled."""
    blueprint = load_yaml_dict(str(FOLDER / path))
    assert isinstance(blueprint, dict)
    return blueprint


def source_of(path: str) -> str:
    """Return the address from which a blueprint is imported."""
    return f"{BRANCH}blueprints/automation/pilotstatus/{path}"


def texts(tree: Any) -> Iterator[str]:
    """Return all that is written in a part of a blueprint."""
    if isinstance(tree, dict):
        for branch in tree.values():
            yield from texts(branch)
    elif isinstance(tree, list):
        for branch in tree:
            yield from texts(branch)
    elif isinstance(tree, str):
        yield tree


def test_six_stories_are_told_and_those_of_a_call_twice() -> None:
    assert len(PATHS) == 9
    assert PAIRED == ["caller_hears_report.yaml", "caller_opens_gate.yaml", "missed_call.yaml"]
    assert set(PAIRED) < set(PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_a_blueprint_says_what_it_is_and_from_where(path: str) -> None:
    blueprint = load(path)["blueprint"]
    assert blueprint["domain"] == "automation"
    assert blueprint["author"]
    assert blueprint["source_url"] == source_of(path)
    version = TRIGGERS_SINCE if path in PAIRED else OLDEST
    assert blueprint["homeassistant"] == {"min_version": version}
    english, portuguese = blueprint["name"].split(" / ")
    assert english != portuguese
    english, portuguese = blueprint["description"].split("\n\n")
    assert english != portuguese


@pytest.mark.parametrize("path", PATHS)
def test_every_input_is_used_and_has_a_name_a_selector_and_no_template(path: str) -> None:
    data = load(path)
    blueprint = data.pop("blueprint")
    assert extract_inputs(data) == blueprint["input"].keys()
    for it in blueprint["input"].values():
        assert len(it["name"].split(" / ")) == 2
        assert len(it.get("description", " / ").split(" / ")) == 2
        (kind,) = it["selector"]
        assert kind in ("action", "device", "entity", "number", "select", "text", "time")
    assert not [it for it in texts(blueprint["input"]) if "{{" in it or "{%" in it]


@pytest.mark.parametrize("path", PATHS)
def test_what_happens_if_it_happens_again_is_chosen(path: str) -> None:
    blueprint = load(path)
    if blueprint["mode"] == "parallel":
        assert blueprint["max"] == 10
        # One that is lost is to be found in the log.
        assert "max_exceeded" not in blueprint
    else:
        assert (blueprint["mode"], blueprint["max_exceeded"]) == ("single", "silent")


@pytest.mark.parametrize("path", PATHS)
def test_an_action_on_a_call_names_it(path: str) -> None:
    def named(tree: Any) -> Iterator[bool]:
        if isinstance(tree, dict):
            if tree.get("action", "").removeprefix("pilotstatus.") in (
                *("answer_call", "hang_up", "play_audio", "reject_call"),
            ):
                assert tree["target"] == {"entity_id": Input("number")}
                yield "call_id" in tree["data"]
            for branch in tree.values():
                yield from named(branch)
        elif isinstance(tree, list):
            for branch in tree:
                yield from named(branch)

    assert all(named(load(path)["actions"]))


@pytest.mark.parametrize("name", PAIRED)
def test_the_older_file_differs_in_how_it_starts_only(name: str) -> None:
    newer, older = load(name), load(OLDER + name)
    assert newer["blueprint"]["input"] == older["blueprint"]["input"]
    assert newer["blueprint"]["name"] == older["blueprint"]["name"]
    assert newer["blueprint"]["description"] == older["blueprint"]["description"]
    assert newer.keys() == older.keys()
    for key in newer.keys() - {"blueprint", "triggers", "conditions", "actions"}:
        assert newer[key] == older[key]
    actions = "".join(texts(older["actions"]))
    assert "".join(texts(newer["actions"])) == re.sub(KNOWN_OF_A_CALL, "trigger.", actions)


@pytest.mark.parametrize("path", PATHS)
async def test_a_blueprint_is_imported_from_where_it_says(
    hass_ready: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    aioclient_mock: AiohttpClientMocker,
    path: str,
) -> None:
    assert await async_setup_component(hass_ready, "automation", {})
    text = (FOLDER / path).read_text()
    aioclient_mock.get(source_of(path).replace(BRANCH, RAW), text=text)
    client = await hass_ws_client(hass_ready)
    await client.send_json_auto_id({"type": "blueprint/import", "url": source_of(path)})
    found = (await client.receive_json())["result"]
    # The newer file takes the place of the older one, so that an automation goes on with it.
    name = path.removeprefix(OLDER).removesuffix(".yaml")
    assert found["suggested_filename"] == f"pilotstatus-ha/{name}"
    assert found["exists"] is False
    if path in PAIRED and not HAS_TRIGGERS:
        assert found["validation_errors"] == [f"Requires at least Home Assistant {TRIGGERS_SINCE}"]
    else:
        assert found["validation_errors"] is None
    await client.send_json_auto_id(
        {
            "type": "blueprint/save",
            "domain": "automation",
            "path": found["suggested_filename"],
            "yaml": found["raw_data"],
            "source_url": source_of(path),
        }
    )
    assert (await client.receive_json())["success"]
    await client.send_json_auto_id({"type": "blueprint/list", "domain": "automation"})
    listed = (await client.receive_json())["result"]
    assert listed[f"pilotstatus-ha/{name}.yaml"] == found["blueprint"]
    assert not [it for it in listed.values() if "error" in it]


def test_the_page_offers_every_blueprint_for_import() -> None:
    page = (ROOT / "docs" / "blueprints.md").read_text()
    rows = [it for it in page.splitlines() if IMPORT in it]
    offered = [re.findall(re.escape(IMPORT) + r"([^)]+)\)", it) for it in rows]
    wanted = [
        [quote(source_of(path), safe="")]
        + ([quote(source_of(OLDER + path), safe="")] if path in PAIRED else [])
        for path in PATHS
        if not path.startswith(OLDER)
    ]
    assert sorted(offered) == wanted
    for row in rows:
        assert row.count(f"{BADGE}({IMPORT}") == 1
    assert page.count(IMPORT) == len(PATHS)
    assert page.count(f"[before {TRIGGERS_SINCE.removesuffix('.0')}]({IMPORT}") == len(PAIRED)


def test_triggers_are_refused_with_the_version_that_blueprints_need() -> None:
    texts = (ROOT / "custom_components" / "pilotstatus" / "translations" / "en.json").read_text()
    words = json.loads(texts)["common"]["newer_home_assistant"]
    assert f"Home Assistant {TRIGGERS_SINCE.removesuffix('.0')} or newer" in words


@pytest.mark.parametrize("name", ["README.md", "README.pt-BR.md"])
def test_the_readme_leads_to_the_page(name: str) -> None:
    assert "(docs/blueprints.md)" in (ROOT / name).read_text()
