"""Everything that a user can see has a name in every language, in the words of that language.

That all languages have the same keys and placeholders, and that exactly the errors and steps that
there are have a text, is in ``test_translation_files``; actions and fields in ``test_hassfest``.
"""

import re
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus import issues
from custom_components.pilotstatus.const import ACTIONS, DOMAIN
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from simulator.client import Phone

from .common import answered_call, play, poll
from .conftest import ROOT
from .test_repository import flatten, load

TRANSLATIONS = ROOT / "custom_components" / "pilotstatus" / "translations"
#: Words that mean something else, or nothing, to who reads them in Brazil, and what is meant.
MISLEADING = {
    r"\b(des)?lig(ar|a|ue|ou|ada|ado|ação|ações)\b": "chamar, fazer chamada, encerrar",
    r"\bag(e|em|ir)\b": "the number that calls",
    r"\bentrega\w*": "evento, aviso",
    # Phones ring, audio is reproduced.
    r"\btocad[ao]s?\b": "reproduzido",
    r"\btoca\w* (de novo|áudio|arquivos?|mídia|mensage\w+|mp3|uma)\b": "reproduzir",
    r"\b[Tt]oque de novo\b": "reproduza de novo",
}
#: The keys of all repairs.
ISSUES = {
    *(issues.CALLS_REJECTED, issues.DELIVERIES_MISSING),
    *(issues.NO_EXTERNAL_URL, issues.OTHER_INSTALLATION),
}
#: Attributes that Home Assistant names by itself.
OF_HOME_ASSISTANT = {
    *("device_class", "entity_picture", "event_types", "friendly_name", "icon", "options"),
    *("state_class", "supported_features", "unit_of_measurement"),
}


@pytest.fixture
def english() -> Any:
    """Return the English translations."""
    return load(TRANSLATIONS / "en.json")


def misleading(sentence: str) -> list[str]:
    """Return what misleads in a Portuguese sentence."""
    return [it for it in MISLEADING if re.search(it, sentence, re.IGNORECASE)]


@pytest.mark.parametrize(
    ("sentence", "is_misleading"),
    [
        ("Ligar para Ana", True),
        ("Desligar", True),
        ("A ligação caiu", True),
        ("o número que age", True),
        ("As entregas faltam", True),
        ("Tocar áudio", True),
        ("Chamadas tocam mp3", True),
        ("o áudio foi tocado", True),
        ("Toque de novo.", True),
        ("O telefone está tocando", False),
        ("Tempo de toque", False),
    ],
)
def test_misleading_words_are_found(sentence: str, *, is_misleading: bool) -> None:
    assert bool(misleading(sentence)) is is_misleading


def test_no_word_of_the_portuguese_misleads() -> None:
    portuguese = flatten(load(TRANSLATIONS / "pt-BR.json"))
    assert {key: misleading(it) for key, it in portuguese.items() if misleading(it)} == {}
    assert portuguese["/entity/sensor/last_playback/state/playing"] == "Reproduzindo"
    assert portuguese["/entity/sensor/line/state/ringing"] == "Tocando"


async def test_every_entity_has_a_name_and_so_have_its_states_and_attributes(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry, phone: Phone, english: Any
) -> None:
    call_id = await answered_call(hass_ready, phone)
    await play(hass_ready, call_id)
    await poll(peopled_entry)
    registry = er.async_get(hass_ready)
    entries = er.async_entries_for_config_entry(registry, peopled_entry.entry_id)
    assert len(entries) > 10
    seen = set()
    for entry in entries:
        texts = english["entity"].get(entry.domain, {}).get(entry.translation_key, {})
        # A contact's is that of its device.
        assert "name" in texts or entry.domain == "notify"
        if (state := hass_ready.states.get(entry.entity_id)) is None:
            continue
        attributes = state.attributes
        assert set(attributes.get("options", ())) == set(texts.get("state", ()))
        named = texts.get("state_attributes", {})
        told = named.get("event_type", {}).get("state", {})
        assert set(attributes.get("event_types", ())) == set(told)
        for name in set(attributes) - OF_HOME_ASSISTANT - {"event_type"}:
            if not name.startswith("media_"):
                assert named[name]["name"], (entry.entity_id, name)
                seen.add((entry.domain, name))
        if "direction" in attributes:
            assert set(named["direction"]["state"]) == {"inbound", "outbound"}
    assert {("sensor", "peer_number"), ("sensor", "fetched_at"), ("event", "status")} <= seen


@pytest.mark.parametrize("step", ["user", "settings", "check", "contact"])
async def test_every_field_of_a_form_has_a_name_and_a_description(
    hass_ready: HomeAssistant, entry: MockConfigEntry, english: Any, step: str
) -> None:
    manager: Any = hass_ready.config_entries
    if step == "user":
        context = {"source": SOURCE_USER}
        form = await manager.flow.async_init(DOMAIN, context=context)
        texts = english["config"]["step"]["user"]
    elif step in {"settings", "check"}:
        menu = await manager.options.async_init(entry.entry_id)
        assert (
            set(menu["menu_options"]) == english["options"]["step"]["init"]["menu_options"].keys()
        )
        chosen = {"next_step_id": step}
        form = await manager.options.async_configure(menu["flow_id"], chosen)
        texts = english["options"]["step"][step]
    else:
        owner = (entry.entry_id, "contact")
        form = await manager.subentries.async_init(owner, context={"source": SOURCE_USER})
        texts = english["config_subentries"]["contact"]["step"]["user"]
    fields = dict(form["data_schema"].schema)
    for name in [name for name, field in fields.items() if str(name) in texts.get("sections", {})]:
        section, words = fields.pop(name), texts["sections"][str(name)]
        inner = {str(it): field for it, field in section.schema.schema.items()}
        assert words["name"]
        assert inner.keys() == words["data"].keys() == words["data_description"].keys()
        for field in inner.values():
            if (key := getattr(field, "config", {}).get("translation_key")) is not None:
                assert set(field.config["options"]) == set(english["selector"][key]["options"])
    assert {str(it) for it in fields} == texts["data"].keys() == texts["data_description"].keys()


def test_every_issue_and_every_action_that_can_fail_has_its_words(english: Any) -> None:
    causes = ("status", "secret", "no_answer", "elsewhere", "never_sent")
    assert english["issues"].keys() == ISSUES | {f"deliveries_missing_{it}" for it in causes}
    for key, words in english["issues"].items():
        is_fixable = key in {"calls_rejected", "other_installation"}
        assert words.keys() == {"title", "fix_flow" if is_fixable else "description"}
    failed = {key for key in english["common"] if key.startswith("failed_")}
    assert failed == {f"failed_{action}" for action in ACTIONS}


def test_the_servers_words_are_in_quotation_marks() -> None:
    for path in TRANSLATIONS.glob("*.json"):
        quoting = {key: it for key, it in flatten(load(path)).items() if "{reason}" in it}
        assert len(quoting) > 4
        for key, sentence in quoting.items():
            assert "“{reason}”" in sentence, key
