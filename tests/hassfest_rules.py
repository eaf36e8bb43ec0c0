"""The rules of hassfest for custom integrations, as far as they need no network.

Those for translations are in ``translation_rules``.
"""

import ast
from collections.abc import Mapping
from pathlib import Path, PurePath
import re
from typing import Any, Final
from urllib.parse import urlparse

from awesomeversion import AwesomeVersion, AwesomeVersionException, AwesomeVersionStrategy
import voluptuous as vol

from homeassistant import components
from homeassistant.const import Platform
from homeassistant.helpers.selector import validate_selector

CORE: Final = Path(components.__file__).parent

IOT_CLASSES: Final = (
    *("assumed_state", "calculated", "cloud_polling", "cloud_push"),
    *("local_polling", "local_push"),
)
INTEGRATION_TYPES: Final = ("device", "entity", "hardware", "helper", "hub", "service", "system")
#: Integrations that anybody may import from: they are always there, or need not be set up.
OPEN: Final = frozenset(Platform) | {
    *("alert", "automation", "conversation", "default_config", "device_automation"),
    *("frontend", "group", "homeassistant", "input_boolean", "input_button"),
    *("input_datetime", "input_number", "input_select", "input_text", "labs"),
    *("media_source", "mjpeg", "onboarding", "panel_custom", "persistent_notification"),
    *("person", "script", "shopping_list", "stream", "sun", "system_health", "system_log"),
    *("timer", "webhook", "websocket_api", "zone"),
}
_DOCUMENTATION_OF_CORE: Final = "https://www.home-assistant.io/integrations"


def matches(pattern: str, value: Any) -> str:
    """Return a text that matches a pattern as a whole, or raise Invalid."""
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        raise vol.Invalid(f"{value!r} is not of the form {pattern}")
    return value


def each_of(fields: Mapping[str, Any]) -> dict[Any, Any]:
    """Return the part of a schema in which all of these fields are required."""
    return {vol.Required(name): rule for name, rule in fields.items()}


def slug(value: Any) -> str:
    """Return a key as Home Assistant's files have them."""
    return matches(r"[a-z0-9]+(_[a-z0-9]+)*", value)


def _version(value: Any) -> Any:
    strategies = ("CALVER", "SEMVER", "SIMPLEVER", "BUILDVER", "PEP440")
    try:
        AwesomeVersion(value, ensure_strategy=[AwesomeVersionStrategy[it] for it in strategies])
    except AwesomeVersionException as err:
        raise vol.Invalid(f"{value!r} is not a version") from err
    return value


def _https(value: Any) -> Any:
    url = urlparse(value)
    if url.scheme != "https" or not url.netloc or value.startswith(_DOCUMENTATION_OF_CORE):
        raise vol.Invalid(f"{value!r} is not an address of our own")
    return value


def _core_integration(value: Any) -> Any:
    if not (CORE / value / "manifest.json").is_file():
        raise vol.Invalid(f"Home Assistant has no integration {value!r}")
    return value


def _requirement(value: Any) -> str:
    return matches(r"[A-Za-z0-9][\w.-]*==\d[\w.]*", value)


def _manifest(value: dict[str, Any]) -> dict[str, Any]:
    keys = list(value)
    if keys != ["domain", "name", *sorted(set(keys) - {"domain", "name"})]:
        raise vol.Invalid("the keys are not sorted: domain, name, then by the alphabet")
    if set(value["dependencies"]) & set(value["after_dependencies"]):
        raise vol.Invalid("an integration is a dependency twice")
    if (CORE / value["domain"]).exists():
        raise vol.Invalid("Home Assistant has an integration of this domain")
    return value


MANIFEST: Final = vol.Schema(
    vol.All(
        {
            vol.Required("domain"): slug,
            vol.Required("name"): str,
            vol.Required("after_dependencies"): [_core_integration],
            # A person or a team: an organization cannot own code.
            vol.Required("codeowners"): vol.All(
                [lambda it: matches(r"@[\w-]+(/[\w-]+)?", it)], vol.Length(min=1)
            ),
            vol.Required("config_flow"): True,
            vol.Required("dependencies"): [_core_integration],
            vol.Required("documentation"): _https,
            vol.Required("integration_type"): vol.In(INTEGRATION_TYPES),
            vol.Required("iot_class"): vol.In(IOT_CLASSES),
            vol.Required("issue_tracker"): _https,
            vol.Optional("loggers"): [str],
            vol.Optional("quality_scale"): vol.In(("bronze", "silver", "gold", "platinum")),
            vol.Required("requirements"): [_requirement],
            vol.Optional("single_config_entry"): bool,
            vol.Required("version"): vol.All(str, _version),
        },
        _manifest,
    )
)


def undeclared(sources: Mapping[PurePath, str], manifest: Mapping[str, Any]) -> set[str]:
    """Return the integrations that modules import from though the manifest does not name them.

    ``sources`` are the modules by their paths in the component. A platform of an integration,
    such as ``repairs.py``, is what lets the component import from that one. When it imports makes
    no difference: an integration that is used only if it is set up is an after dependency.
    """
    declared = OPEN | {*manifest["dependencies"], *manifest["after_dependencies"]}
    platforms = {path.stem for path in sources if len(path.parts) == 1}
    folders = {path.parts[0] for path in sources if len(path.parts) > 1}
    return {
        domain for source in sources.values() for domain in _integrations(ast.parse(source))
    } - (declared | platforms | folders)


def _integrations(node: ast.AST) -> set[str]:
    if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
        return set()
    names = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and not node.level:
        names = [f"{node.module}.{alias.name}" for alias in node.names]
    found = {it.split(".")[2] for it in names if it.startswith("homeassistant.components.")}
    for child in ast.iter_child_nodes(node):
        found |= _integrations(child)
    return found


def _no_device(value: Any) -> Any:
    if "device" in value:
        raise vol.Invalid("a target is filtered by its entities")
    return validate_selector({"target": value})["target"]


def _present(value: Any) -> Any:
    if value is None:
        raise vol.Invalid("empty")
    return value


_FIELDS: Final = {
    slug: {
        vol.Optional("required"): bool,
        vol.Optional("default"): _present,
        vol.Optional("example"): _present,
        vol.Required("selector"): validate_selector,
    }
}
#: Actions, triggers and conditions; a name with a dot is an anchor of the file itself.
OFFERED: Final = vol.Schema(
    {slug: {vol.Required("target"): _no_device, vol.Required("fields"): _FIELDS}}
)
OFFERED_AUTOMATION: Final = vol.Schema(
    {
        vol.Any(slug, lambda it: matches(r"\.\w+", it)): {
            vol.Required("target"): _no_device,
            vol.Required("fields"): _FIELDS,
        }
    }
)


def _icon(value: Any) -> str:
    return matches(r"mdi:[a-z0-9]+(-[a-z0-9]+)*", value)


def _differs(value: dict[str, Any]) -> dict[str, Any]:
    if value["default"] in value.get("state", {}).values():
        raise vol.Invalid("the icon of a state is the default")
    return value


_STATES: Final = {slug: _icon}
_ATTRIBUTE: Final = vol.All(each_of({"default": _icon, "state": _STATES}), _differs)
_ENTITY: Final = vol.All(
    {
        vol.Required("default"): _icon,
        vol.Optional("state"): _STATES,
        vol.Optional("state_attributes"): {slug: _ATTRIBUTE},
    },
    _differs,
)
ICONS: Final = vol.Schema(
    each_of(
        {
            "entity": {vol.In(list(Platform)): {slug: _ENTITY}},
            "services": {slug: each_of({"service": _icon})},
            "triggers": {slug: each_of({"trigger": _icon})},
            "conditions": {slug: each_of({"condition": _icon})},
        }
    )
)
