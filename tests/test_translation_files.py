"""What hassfest requires of the texts, and that each language has all of them.

A language is a file in ``translations``: one more is tested as the others are.
"""

import ast
from copy import deepcopy
import re
from string import Formatter
from typing import Any, Final

import pytest
import voluptuous as vol

from custom_components.pilotstatus.errors import TRANSLATION_KEYS

from .test_repository import COMPONENT, LANGUAGES, flatten, load
from .translation_rules import TRANSLATIONS

#: What is called the same in every language.
NAMES: Final = ("Pilot Status", "Home Assistant", "WhatsApp", "FFmpeg", "QR")
#: Reasons with which Home Assistant itself ends flows.
ABORTS_OF_HOME_ASSISTANT: Final = {"already_configured", "reconfigure_successful"}

type Texts = dict[str, str]


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Any:
    """Return the translations of a language."""
    return load(COMPONENT / "translations" / f"{request.param}.json")


@pytest.fixture
def texts(language: Any) -> Texts:
    """Return the translations of a language by their paths."""
    return flatten(language)


@pytest.fixture(scope="module")
def english() -> Any:
    """Return the English translations."""
    return load(COMPONENT / "translations" / "en.json")


def named(words: str) -> set[str]:
    """Return what is filled into a text."""
    return {field for _, field, _, _ in Formatter().parse(words) if field}


def shape(words: str) -> list[Any]:
    """Return what a text has in all languages."""
    end = words[-1] if words[-1] in ".:?!" else ""
    names = [name for name in NAMES if name in words]
    markup = [words.count(it) for it in ("\n\n", "\n- ", "**", "](")]
    return [named(words), names, sorted(re.findall(r"\d+", words)), markup, end]


def constants(module: str, function: str = "") -> set[str]:
    """Return the texts in a module: the first arguments of a function, or all."""
    nodes = list(ast.walk(ast.parse((COMPONENT / f"{module}.py").read_text())))
    if function:
        calls = [it for it in nodes if isinstance(it, ast.Call) and it.args]
        nodes = [it.args[0] for it in calls if ast.unparse(it.func).endswith(function)]
    texts = [it.value for it in nodes if isinstance(it, ast.Constant)]
    return {it for it in texts if isinstance(it, str)}


def test_the_languages_are_those_of_the_users() -> None:
    assert LANGUAGES == ["en", "es", "pt-BR"]
    assert not (COMPONENT / "strings.json").exists()


def test_texts_are_valid(language: Any) -> None:
    TRANSLATIONS(language)


def test_every_language_has_every_text_with_the_same_names_numbers_and_markup(
    texts: Texts, english: Any
) -> None:
    originals = flatten(english)
    assert texts.keys() == originals.keys()
    for key, words in texts.items():
        assert shape(words) == shape(originals[key]), key
        assert not re.search(r"https?://|www\.|<[a-z]|'\{|  ", words), key


@pytest.mark.parametrize(
    "words",
    [
        *("", " Call", "Call ", "A <b>call</b>", "See https://pilotstatus.com.br"),
        *("See www.example.com.br", "'{number}'", "{number", "number}", "{0}", "{}", "{a-b}"),
        *("[%key:common%]", 7, None, ["Call"]),
    ],
    ids=repr,
)
def test_a_text_that_breaks_a_rule_is_found(english: Any, words: Any) -> None:
    language = deepcopy(english)
    language["exceptions"]["forbidden"]["message"] = words
    with pytest.raises(vol.Invalid):
        TRANSLATIONS(language)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("entity/sensor/line/name", "Line."),
        ("entity/sensor/line/name", "Line of {number}"),
        ("entity/sensor/line/state/Idle", "Idle"),
        ("entity/phone", {"line": {"name": "Line"}}),
        ("issues/no_external_url/fix_flow", {"step": {"confirm": {"title": "Repair"}}}),
        ("issues/no_external_url/learn_more", "Read it"),
        ("issues/no_external_url", {"title": "Late"}),
        ("config/title", "Pilot Status"),
        ("config/step/user/data/color", "Color"),
        ("config/step/user/sections/advanced/data_description/color", "Which one."),
        ("config/abort", "Aborted"),
        ("config_subentries/contact/entry_type", {"user": "Contact"}),
        ("config_subentries/contact/initiate_flow", {"reconfigure": "Change"}),
        ("services/check/fields/to", {"name": "To"}),
        ("services/check/response", {"name": "Report"}),
        ("triggers/call_ended/description", "See https://example.com"),
        ("system_health/title", "Health"),
        ("selector/key_type", {"api_key": "Key"}),
        ("errors", {"unknown": "Unknown"}),
    ],
)
def test_a_structure_that_breaks_a_rule_is_found(english: Any, path: str, words: Any) -> None:
    language = deepcopy(english)
    *folders, key = path.split("/")
    branch = language
    for folder in folders:
        branch = branch[folder]
    branch[key] = words
    with pytest.raises(vol.Invalid):
        TRANSLATIONS(language)


@pytest.mark.parametrize(
    ("words", "other"),
    [
        ("Call {name}", "Chamar {nome}"),
        ("Wait 5 seconds", "Espere 3 segundos"),
        ("It is over.", "Acabou"),
        ("Ask Pilot Status", "Pergunte"),
        ("**Now**", "Agora"),
        ("[Keys]({page})", "Chaves {page}"),
    ],
)
def test_a_text_that_has_lost_something_is_found(words: str, other: str) -> None:
    assert shape(words) != shape(other)


def test_exactly_the_errors_that_are_raised_are_translated(english: Any) -> None:
    raised = set(TRANSLATION_KEYS.values()) | {
        *("media_cut_short", "placed_without_audio", "playback_lost")
    }
    for path in COMPONENT.rglob("*.py"):
        module = str(path.relative_to(COMPONENT).with_suffix(""))
        raised |= constants(module, "ActionRefusedError")
    assert raised == english["exceptions"].keys()


def test_exactly_the_errors_that_forms_show_are_translated(english: Any) -> None:
    phone = constants("phone_number", "ActionRefusedError")
    contact = {it for it in constants("contact_flow") if re.fullmatch(r"(name|phone)_[a-z_]+", it)}
    # Proving a key asks for no call, and changes nothing.
    asked = set(TRANSLATION_KEYS.values()) - {"call_not_found", "outcome_unknown"}
    assert english["config"]["error"].keys() == asked | constants(
        "config_flow", "InvalidInputError"
    )
    assert english["options"]["error"].keys() == phone
    assert english["config_subentries"]["contact"]["error"].keys() == phone | contact


def test_every_step_of_a_flow_and_every_end_has_its_words(english: Any) -> None:
    fixes = [words["fix_flow"] for words in english["issues"].values() if "fix_flow" in words]
    assert fixes
    flows = [
        ("config_flow", english["config"]),
        ("options_flow", english["options"]),
        ("contact_flow", english["config_subentries"]["contact"]),
        *(("repairs", it) for it in fixes),
    ]
    for module, words in flows:
        source = (COMPONENT / f"{module}.py").read_text()
        steps = set(re.findall(r"def async_step_(\w+)\(", source))
        # It shows nothing, but goes on with another one.
        steps -= {"reauth"} if module == "config_flow" else set()
        steps -= {"init"} if module == "repairs" else set()
        assert words["step"].keys() == steps, module
        ends = set(re.findall(r'reason="(\w+)"|"(\w+_successful)"', source))
        ends = {"".join(it) for it in ends}
        assert ends <= words.get("abort", {}).keys() <= ends | ABORTS_OF_HOME_ASSISTANT, module
        progress = set(re.findall(r'progress_action="(\w+)"', source))
        assert words.get("progress", {}).keys() == progress, module


def test_no_two_entities_of_a_number_share_a_name(texts: Texts) -> None:
    names = [
        name
        for path, name in texts.items()
        if re.fullmatch(r"/entity/\w+/\w+/name", path) and not path.startswith("/entity/notify/")
    ]
    assert len(names) == len(set(names)) > 10
