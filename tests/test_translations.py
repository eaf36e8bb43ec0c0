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
from .test_repository import LANGUAGES, flatten, load

TRANSLATIONS = ROOT / "custom_components" / "pilotstatus" / "translations"
#: Words that mean something else, or nothing, to who reads a language, and what is meant.
MISLEADING = {
    "pt-BR": {
        r"\b(des)?lig(ar|a|ue|ou|ada|ado|ação|ações)\b": "chamar, fazer chamada, encerrar",
        r"\bag(e|em|ir)\b": "the number that calls",
        r"\bentrega\w*": "evento, aviso",
        # Phones ring, audio is reproduced.
        r"\btocad[ao]s?\b": "reproduzido",
        r"\btoca\w* (de novo|áudio|arquivos?|mídia|mensage\w+|mp3|uma)\b": "reproduzir",
        r"\b[Tt]oque de novo\b": "reproduza de novo",
    },
    "es": {
        r"\b(encend|enciend|apag)\w+": "llamar, colgar, activar, desactivar",
        r"\bligar\w*": "llamar",
        r"\bentreg\w+": "evento, aviso",
        r"\btoc(a|an|ar|ando|ad[ao]s?)\b": "sonar, reproducir",
        # Said on one side of the ocean only, or not to a friend.
        r"\b(celular|móvil|ordenador|computador)\w*": "teléfono, Home Assistant",
        r"\b\w+[áé]is\b|\b(vosotr[ao]s|vos|usted(es)?)\b": "tú",
        r"\b(ajustes|agrega)\w*": "Configuración, añadir",
    },
}
#: The button that carries out a repair.
SUBMIT = {"en": "Submit", "es": "Enviar", "pt-BR": "Enviar"}
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


def misleading(language: str, sentence: str) -> list[str]:
    """Return what misleads in a sentence."""
    return [it for it in MISLEADING[language] if re.search(it, sentence, re.IGNORECASE)]


@pytest.mark.parametrize(
    ("language", "sentence", "is_misleading"),
    [
        ("pt-BR", "Ligar para Ana", True),
        ("pt-BR", "Desligar", True),
        ("pt-BR", "A ligação caiu", True),
        ("pt-BR", "o número que age", True),
        ("pt-BR", "As entregas faltam", True),
        ("pt-BR", "Tocar áudio", True),
        ("pt-BR", "Chamadas tocam mp3", True),
        ("pt-BR", "o áudio foi tocado", True),
        ("pt-BR", "Toque de novo.", True),
        ("pt-BR", "O telefone está tocando", False),
        ("pt-BR", "Tempo de toque", False),
        ("es", "Apagar la llamada", True),
        ("es", "Enciende la línea", True),
        ("es", "Encender", True),
        ("es", "Ligar a Ana", True),
        ("es", "Faltan entregas", True),
        ("es", "El teléfono está tocando", True),
        ("es", "el audio fue tocado", True),
        ("es", "Llama a su celular", True),
        ("es", "Desde el ordenador", True),
        ("es", "Podéis contestar", True),
        ("es", "Si usted contesta", True),
        ("es", "Ajustes, Sistema, Red", True),
        ("es", "Agregar contacto", True),
        ("es", "Colgar", False),
        ("es", "El teléfono está sonando", False),
        ("es", "Desactivar ese ajuste", False),
        ("es", "El código de país", False),
    ],
)
def test_misleading_words_are_found(language: str, sentence: str, *, is_misleading: bool) -> None:
    assert bool(misleading(language, sentence)) is is_misleading


@pytest.mark.parametrize("language", MISLEADING)
def test_no_word_of_a_translation_misleads(language: str) -> None:
    texts = flatten(load(TRANSLATIONS / f"{language}.json"))
    assert {key: it for key, it in texts.items() if misleading(language, it)} == {}


def test_phones_ring_and_audio_is_reproduced() -> None:
    for language, playing, ringing in (
        ("pt-BR", "Reproduzindo", "Tocando"),
        ("es", "Reproduciendo", "Sonando"),
    ):
        texts = flatten(load(TRANSLATIONS / f"{language}.json"))
        assert texts["/entity/sensor/last_playback/state/playing"] == playing
        assert texts["/entity/sensor/line/state/ringing"] == ringing


def test_what_carries_out_a_repair_is_named_as_its_button() -> None:
    for language in LANGUAGES:
        repairs = load(TRANSLATIONS / f"{language}.json")["issues"].values()
        flows = [it["fix_flow"]["step"]["confirm"] for it in repairs if "fix_flow" in it]
        assert len(flows) > 1
        for step in flows:
            assert f"**{SUBMIT[language]}**" in step["description"]


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
