"""What hassfest requires of the files of the component: see ``hassfest_rules``.

What it requires of their texts is in ``test_translation_files``.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
import importlib
from pathlib import PurePath
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol
import yaml

from custom_components.pilotstatus import PLATFORMS
from custom_components.pilotstatus.const import ACTIONS, DOMAIN
from homeassistant.core import DOMAIN as HOMEASSISTANT_DOMAIN, HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component

from .common import newer_only
from .hassfest_rules import ICONS, MANIFEST, OFFERED, OFFERED_AUTOMATION, undeclared
from .test_repository import COMPONENT, load

type Change = Callable[[Any], object]


def offered(kind: str) -> dict[str, Any]:
    """Return the actions, triggers or conditions that a YAML file describes, without anchors."""
    described = yaml.safe_load((COMPONENT / f"{kind}s.yaml").read_text())
    return {name: it for name, it in described.items() if not name.startswith(".")}


def sources() -> dict[PurePath, str]:
    """Return the modules of the component by their paths."""
    return {path.relative_to(COMPONENT): path.read_text() for path in COMPONENT.rglob("*.py")}


def changed(tree: Any, change: Change) -> Any:
    """Return a copy of a tree with a change."""
    copy = deepcopy(tree)
    change(copy)
    return copy


def selector_keys(tree: Any) -> Iterator[str]:
    """Return the translation keys of all selectors in a description."""
    if isinstance(tree, dict):
        for key, branch in tree.items():
            if key == "translation_key":
                yield branch
            yield from selector_keys(branch)


def test_the_manifest_is_valid() -> None:
    manifest = load(COMPONENT / "manifest.json")
    MANIFEST(manifest)
    assert manifest["domain"] == COMPONENT.name == DOMAIN


@pytest.mark.parametrize(
    "change",
    [
        {"categories": ["calls"]},
        {"codeowners": ["pilotstatus-ha"]},
        {"codeowners": []},
        {"dependencies": ["http", "no_such_integration"]},
        {"dependencies": ["cloud"]},
        {"documentation": "http://github.com/pilotstatus-ha/pilotstatus-ha"},
        {"documentation": "https://www.home-assistant.io/integrations/pilotstatus"},
        {"domain": "tts"},
        {"integration_type": "virtual"},
        {"iot_class": "push"},
        {"issue_tracker": "github.com/pilotstatus-ha/pilotstatus-ha/issues"},
        {"requirements": ["phonenumberslite>=9.0.42"]},
        {"version": "lorem_ipsum"},
    ],
    ids=str,
)
def test_a_manifest_that_breaks_a_rule_is_found(change: dict[str, Any]) -> None:
    manifest = load(COMPONENT / "manifest.json")
    manifest = {key: change.get(key, manifest.get(key)) for key in [*manifest, *change]}
    with pytest.raises(vol.Invalid):
        MANIFEST(manifest)


def test_a_manifest_that_is_not_sorted_or_lacks_a_key_is_found() -> None:
    manifest = load(COMPONENT / "manifest.json")
    with pytest.raises(vol.Invalid):
        MANIFEST(dict(reversed(manifest.items())))
    for key in set(manifest) - {"domain", "name"}:
        with pytest.raises(vol.Invalid):
            MANIFEST({it: value for it, value in manifest.items() if it != key})


def test_what_modules_import_from_is_a_dependency() -> None:
    assert undeclared(sources(), load(COMPONENT / "manifest.json")) == set()


@pytest.mark.parametrize(
    ("path", "source", "missing"),
    [
        ("a.py", "from homeassistant.components import recorder", {"recorder"}),
        ("a.py", "from homeassistant.components.recorder.util import x", {"recorder"}),
        ("a.py", "import homeassistant.components.recorder as it", {"recorder"}),
        ("media/a.py", "def f():\n    from homeassistant.components import zha", {"zha"}),
        ("a.py", "if TYPE_CHECKING:\n    from homeassistant.components import zha", set()),
        ("repairs.py", "from homeassistant.components.repairs import RepairsFlow", set()),
        ("media/repairs.py", "from homeassistant.components import repairs", {"repairs"}),
        ("a.py", "from homeassistant.components import cloud, ffmpeg, sensor, webhook", set()),
    ],
)
def test_an_import_from_what_is_no_dependency_is_found(
    path: str, source: str, missing: set[str]
) -> None:
    manifest = load(COMPONENT / "manifest.json")
    assert undeclared({PurePath(path): source}, manifest) == missing


async def test_yaml_configuration_is_refused(hass_ready: HomeAssistant) -> None:
    assert await async_setup_component(hass_ready, DOMAIN, {DOMAIN: {}})
    issue = ir.async_get(hass_ready).async_get_issue(
        HOMEASSISTANT_DOMAIN, f"config_entry_only_{DOMAIN}"
    )
    assert issue is not None


def test_every_action_has_valid_selectors_an_icon_and_a_field_that_is_described() -> None:
    actions = OFFERED(offered("service"))
    english = load(COMPONENT / "translations" / "en.json")
    icons = load(COMPONENT / "icons.json")["services"]
    assert actions.keys() == english["services"].keys() == icons.keys() == set(ACTIONS)
    for name, action in actions.items():
        assert action["fields"].keys() == english["services"][name]["fields"].keys()


async def test_the_actions_that_are_described_are_registered(
    hass_ready: HomeAssistant, entry: MockConfigEntry
) -> None:
    registered = hass_ready.services.async_services_for_domain(DOMAIN)
    assert registered.keys() == offered("service").keys()
    for name, action in registered.items():
        schema: Any = action.schema
        fields = {str(it) for it in schema.schema}
        assert set(offered("service")[name]["fields"]) <= fields


@pytest.mark.parametrize("kind", ["trigger", "condition"])
def test_every_trigger_and_condition_has_an_icon_and_a_field_that_is_described(kind: str) -> None:
    described = load(COMPONENT / "translations" / "en.json")[f"{kind}s"]
    icons = load(COMPONENT / "icons.json")[f"{kind}s"]
    assert offered(kind).keys() == described.keys() == icons.keys()
    for name, it in offered(kind).items():
        assert it["fields"].keys() == described[name]["fields"].keys()


@newer_only
@pytest.mark.parametrize("kind", ["trigger", "condition"])
async def test_every_trigger_and_condition_is_offered_with_valid_selectors(
    hass_ready: HomeAssistant, kind: str
) -> None:
    OFFERED_AUTOMATION(yaml.safe_load((COMPONENT / f"{kind}s.yaml").read_text()))
    module = importlib.import_module(f"custom_components.{DOMAIN}.{kind}")
    found = await getattr(module, f"async_get_{kind}s")(hass_ready)
    assert found.keys() == offered(kind).keys()


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it["check"].pop("target"),
        lambda it: it["check"].update(target={"device": {"integration": DOMAIN}}),
        lambda it: it["check"].update(name="Check"),
        lambda it: it["check"]["fields"]["to"].update(selector={"phone": None}),
        lambda it: it["check"]["fields"]["to"].update(selector={"text": {"digits": True}}),
        lambda it: it["check"]["fields"]["to"].update(default=None),
        lambda it: it["check"]["fields"]["to"].pop("selector"),
        lambda it: it.update({"Check": it["check"]}),
    ],
)
def test_a_description_that_breaks_a_rule_is_found(change: Change) -> None:
    # Without what YAML shares among actions, so that one is changed.
    actions = deepcopy({name: deepcopy(it) for name, it in offered("service").items()})
    with pytest.raises(vol.Invalid):
        OFFERED(changed({"check": deepcopy(actions["check"])}, change))


def test_what_selectors_offer_is_translated() -> None:
    example = {"fields": {"a": {"selector": {"select": {"translation_key": "key_type"}}}}}
    assert list(selector_keys(example)) == ["key_type"]
    texts = load(COMPONENT / "translations" / "en.json")["selector"]
    for kind in ("service", "trigger", "condition"):
        assert set(selector_keys(offered(kind))) <= texts.keys()


def test_the_icons_are_valid() -> None:
    ICONS(load(COMPONENT / "icons.json"))


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it["entity"]["sensor"]["line"].pop("default"),
        lambda it: it["entity"]["sensor"]["line"].update(default="phone"),
        lambda it: it["entity"]["sensor"]["line"]["state"].update(idle="mdi:phone"),
        lambda it: it["entity"]["sensor"]["line"]["state"].update({"In call": "mdi:phone-off"}),
        lambda it: it["entity"]["sensor"].update({"Line 2": {"default": "mdi:phone"}}),
        lambda it: it["entity"].update(phone={"line": {"default": "mdi:phone"}}),
        lambda it: event_type_icons(it).pop("default"),
        lambda it: event_type_icons(it)["state"].update(ended="mdi:phone-log"),
        lambda it: it["services"].update(check="mdi:check"),
        lambda it: it["triggers"]["call_ended"].update(service="mdi:check"),
        lambda it: it.pop("conditions"),
        lambda it: it.update(sections={}),
    ],
)
def test_icons_that_break_a_rule_are_found(change: Change) -> None:
    with pytest.raises(vol.Invalid):
        ICONS(changed(load(COMPONENT / "icons.json"), change))


def event_type_icons(icons: Any) -> Any:
    """Return the icons of what may happen to a call."""
    return icons["entity"]["event"]["call"]["state_attributes"]["event_type"]


def test_entities_and_states_that_have_an_icon_have_a_name() -> None:
    english = load(COMPONENT / "translations" / "en.json")["entity"]
    for platform, entities in load(COMPONENT / "icons.json")["entity"].items():
        assert platform in PLATFORMS
        for key, icon in entities.items():
            texts = english[platform][key]
            assert texts["name"]
            named = texts.get("state", {}).keys() | {"on", "off", "playing"}
            assert icon.get("state", {}).keys() <= named
            for name, attribute in icon.get("state_attributes", {}).items():
                assert attribute["state"].keys() == texts["state_attributes"][name]["state"].keys()


async def test_every_entity_has_an_icon_of_its_own_or_of_its_device_class_and_none_is_left_over(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry
) -> None:
    icons = load(COMPONENT / "icons.json")["entity"]
    english = load(COMPONENT / "translations" / "en.json")["entity"]
    entries = er.async_entries_for_config_entry(er.async_get(hass_ready), peopled_entry.entry_id)
    seen = {(it.domain, it.translation_key) for it in entries if it.domain != "notify"}
    for it in entries:
        has_icon = it.translation_key in icons.get(it.domain, {})
        # A contact has that of all who are notified.
        assert has_icon or it.original_device_class or it.domain == "notify", it.entity_id
    assert {(platform, key) for platform, keys in english.items() for key in keys} == seen
    assert {(platform, key) for platform, keys in icons.items() for key in keys} <= seen
