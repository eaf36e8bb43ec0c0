"""The examples, links and names in all documents are right: in Home Assistant as it is."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
from typing import Any, Final
from urllib.parse import unquote

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import yaml

from custom_components.pilotstatus.const import DOMAIN
from homeassistant import components
from homeassistant.components.automation.config import async_validate_config_item
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.script import async_validate_actions_config
from homeassistant.setup import async_setup_component
from simulator.client import Phone

from .common import ANA, BRUNO, make_entry, newer_only, set_up
from .documents import IMPORT, ON_GITHUB, ROOT, Document, documents, offered, parts_of
from .test_repository import COMPONENT, load
from .test_translations import MISLEADING, misleading

DOCUMENTS: Final = documents()
EXAMPLES: Final = [(it, block) for it in DOCUMENTS.values() for block in it.blocks]
#: How an entity of the number in the examples, or of a contact, is written.
ENTITY: Final = re.compile(r"\b(?:\w+\.casa_\w+|notify\.(?!py\b)\w+)")
#: What lists the cards of a dashboard.
CARDS: Final = ("badges", "cards", "sections", "views")

every_document = pytest.mark.parametrize("document", DOCUMENTS.values(), ids=list(DOCUMENTS))


def automations() -> Iterator[Any]:
    """Return each automation, those with our triggers only for versions that have them."""
    for document, block in EXAMPLES:
        if "triggers" in block:
            triggers = [it["trigger"] for it in block["triggers"]]
            marks = [newer_only] if any(it.startswith(DOMAIN) for it in triggers) else []
            yield pytest.param(block, id=f"{document.path}: {block['alias']}", marks=marks)


def described(name: str, domain: str = DOMAIN) -> dict[str, Any]:
    """Return a file in which an integration describes what it offers, without its anchors."""
    (folder,) = components.__path__
    path = COMPONENT if domain == DOMAIN else Path(folder) / domain
    found: dict[str, Any] = yaml.safe_load((path / f"{name}.yaml").read_text())
    return {key: it for key, it in found.items() if not key.startswith(".")}


def fields_of(service: dict[str, Any]) -> set[str]:
    """Return the fields of an action, those in sections, too."""
    fields: set[str] = set()
    for name, field in (service.get("fields") or {}).items():
        fields |= fields_of(field) if "fields" in field else {name}
    return fields


@pytest.fixture(params=["en", "pt-BR"])
async def home(
    hass_ready: HomeAssistant, phone: Phone, request: pytest.FixtureRequest
) -> dict[str, er.RegistryEntry]:
    """Set up a number with contacts in each language; return its entities by their ids."""
    hass_ready.config.language = request.param
    entry = await set_up(hass_ready, make_entry(phone, contacts={"Ana": ANA, "Bruno": BRUNO}))
    entries = er.async_entries_for_config_entry(er.async_get(hass_ready), entry.entry_id)
    return {it.entity_id: it for it in entries}


def written_in(hass: HomeAssistant) -> list[Document]:
    """Return the documents in the language of Home Assistant."""
    return [it for it in DOCUMENTS.values() if it.language == hass.config.language]


def test_an_anchor_is_what_github_makes_of_a_heading() -> None:
    text = "# A `b`\n\n## A b\n\n## Água, [c](d.md)\n\n```sh\n# no heading\n```\n"
    assert Document("x.md", text).anchors == {"a-b", "a-b-1", "água-c"}


def test_an_example_is_an_automation_a_sequence_of_actions_or_a_card() -> None:
    assert len(EXAMPLES) > 10
    for document, block in EXAMPLES:
        is_card = "type" in block or "views" in block
        assert is_card or "triggers" in block or block.keys() == {"actions"}, document.path


@pytest.mark.parametrize("automation", automations())
async def test_automations_are_valid(
    hass_ready: HomeAssistant, entry: MockConfigEntry, automation: dict[str, Any]
) -> None:
    assert await async_setup_component(hass_ready, "automation", {})
    config = await async_validate_config_item(hass_ready, "example", automation)
    assert config is not None
    assert config.validation_error is None


async def test_actions_are_valid(hass_ready: HomeAssistant, entry: MockConfigEntry) -> None:
    sequences = [block["actions"] for _, block in EXAMPLES if "actions" in block]
    assert len(sequences) > 10
    for sequence in sequences:
        await async_validate_actions_config(hass_ready, cv.SCRIPT_SCHEMA(sequence))


async def test_every_action_exists_and_takes_its_fields(
    hass_ready: HomeAssistant, entry: MockConfigEntry
) -> None:
    ours = hass_ready.services.async_services_for_domain(DOMAIN)
    used = set()
    for document, block in EXAMPLES:
        for step in parts_of(block):
            # A card performs an action, and "action" is what kind of tap it is.
            action = step.get("perform_action", step.get("action"))
            if not isinstance(action, str) or "." not in action:
                continue
            domain, name = action.split(".")
            data, target = step.get("data", {}), step.get("target", {})
            service = described("services", domain)[name]
            assert data.keys() <= fields_of(service), (document.path, step)
            assert not target or "target" in service, (document.path, step)
            if domain == DOMAIN:
                schema = ours[name].schema
                assert schema is not None
                schema({**data, **target})
                used.add(name)
    assert len(used) > 4


async def test_entities_have_the_ids_they_have_in_the_language_of_a_document(
    hass_ready: HomeAssistant, home: dict[str, er.RegistryEntry]
) -> None:
    actions = {f"notify.{it}" for it in described("services", "notify")}
    for document in written_in(hass_ready):
        assert set(ENTITY.findall(document.text)) - actions <= home.keys(), document.path


@pytest.mark.parametrize("home", ["en"], indirect=True)
async def test_the_page_of_entities_names_each(home: dict[str, er.RegistryEntry]) -> None:
    named = set(ENTITY.findall(DOCUMENTS["docs/entities.md"].part("## Entities")))
    assert named | {"notify.bruno"} == home.keys()


@pytest.mark.parametrize("home", ["pt-BR"], indirect=True)
async def test_the_portuguese_readme_names_the_entities_that_are_enabled(
    home: dict[str, er.RegistryEntry],
) -> None:
    named = set(ENTITY.findall(DOCUMENTS["README.pt-BR.md"].part("## As entidades")))
    enabled = {name for name, it in home.items() if it.disabled_by is None}
    assert named | {"notify.bruno"} == enabled


async def test_cards_name_entities_that_exist(
    hass_ready: HomeAssistant, home: dict[str, er.RegistryEntry]
) -> None:
    for document in written_in(hass_ready):
        for block in document.blocks:
            if "triggers" in block or "actions" in block:
                continue
            for part in parts_of(block):
                named = [part.get("entity"), *part.get("entities", [])]
                names = {it for it in named if isinstance(it, str)}
                assert names <= home.keys(), document.path
                cards = [card for key in CARDS for card in part.get(key, [])]
                assert all(isinstance(card, dict) for card in cards), document.path


@every_document
def test_actions_triggers_and_conditions_in_the_text_exist(document: Document) -> None:
    known = {it for kind in ("services", "triggers", "conditions") for it in described(kind)}
    assert set(re.findall(rf"`{DOMAIN}\.(?!zip)(\w+)`", document.text)) <= known


@every_document
def test_links_lead_somewhere(document: Document) -> None:
    for link in document.links:
        path = unquote(link).removeprefix(IMPORT)
        if path.startswith(ON_GITHUB):
            assert (ROOT / path.removeprefix(ON_GITHUB)).is_file(), link
        elif "://" not in link and not link.startswith("mailto:"):
            path, anchor = document.resolve(link)
            assert (ROOT / path).exists(), link
            assert not anchor or anchor in DOCUMENTS[path].anchors, link


@every_document
def test_images_say_in_words_what_they_show(document: Document) -> None:
    shown = re.findall(r"!\[([^\]]*)\]\(", document.prose)
    shown += re.findall(r"<img\b[^>]*\balt=\"([^\"]*)\"", document.prose)
    assert len(shown) == document.prose.count("![") + document.prose.count("<img")
    assert all(shown)


def test_the_index_leads_to_every_page() -> None:
    index = DOCUMENTS["docs/README.md"]
    pages = {name for name in DOCUMENTS if name.startswith("docs/")} - {index.path}
    assert len(pages) > 10
    assert pages <= {index.resolve(link)[0] for link in index.links if "://" not in link}


def test_the_page_of_errors_names_each_error_and_no_other() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", DOCUMENTS["docs/errors.md"].text, re.MULTILINE)
    assert len(rows) == len(set(rows))
    assert set(rows) == load(COMPONENT / "translations" / "en.json")["exceptions"].keys()


@pytest.mark.parametrize("language", MISLEADING)
def test_no_word_of_a_document_misleads(language: str) -> None:
    for document in DOCUMENTS.values():
        if document.language == language:
            assert misleading(language, document.text) == [], document.path


def test_the_buttons_offer_the_same_blueprints_in_both_languages() -> None:
    files = [unquote(it).removeprefix(ON_GITHUB) for it in offered(DOCUMENTS["README.md"])]
    assert offered(DOCUMENTS["README.pt-BR.md"]) == offered(DOCUMENTS["README.md"])
    stories = (ROOT / "blueprints" / "automation" / "pilotstatus").glob("*.yaml")
    assert sorted(files) == sorted(it.relative_to(ROOT).as_posix() for it in stories)
    page = offered(DOCUMENTS["docs/blueprints.md"])
    assert set(offered(DOCUMENTS["README.md"])) < set(page)


def test_what_to_press_is_named_as_it_is_in_the_interface() -> None:
    # The interface of Home Assistant, and our own.
    frontend = Path(pytest.importorskip("hass_frontend").where())
    for name, heading in (
        ("README.md", "## The first automation"),
        ("README.pt-BR.md", "## A primeira automação"),
    ):
        language = DOCUMENTS[name].language
        files = [*(frontend / "static" / "translations").rglob(f"{language}-*.json")]
        texts = {
            str(it).casefold() for file in files for it in json.loads(file.read_text()).values()
        }
        ours = (COMPONENT / "translations" / f"{language}.json").read_text().casefold()
        pressed = re.findall(r"\*\*(.+?)\*\*", DOCUMENTS[name].part(heading))
        assert len(pressed) > 8
        for word in pressed:
            assert word.casefold() in texts or f'"{word.casefold()}"' in ours, word
