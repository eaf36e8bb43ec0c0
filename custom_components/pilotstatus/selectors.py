"""The newest selectors of actions' fields that the running version of Home Assistant has."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import voluptuous as vol

from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import validate_selector
from homeassistant.helpers.service import async_set_service_schema
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.yaml import load_yaml_dict

from .const import DOMAIN

_DESCRIPTIONS: Final = Path(__file__).parent / "services.yaml"
#: Fields of actions, and what to ask of their selectors, the most first. What is unknown to
#: Home Assistant would, if services.yaml named it, lose all descriptions there.
_SELECTORS: Final[Mapping[str, tuple[dict[str, Any], ...]]] = {
    # No player to choose, and lists.
    "media": (
        {"media": {"accept": ["audio/*"], "multiple": True}},
        {"media": {"accept": ["audio/*"]}},
    ),
    "contacts": (
        {
            "entity": {
                "multiple": True,
                "reorder": True,
                "filter": [{"integration": DOMAIN, "domain": "notify"}],
            }
        },
    ),
}


async def async_describe_fields(hass: HomeAssistant) -> None:
    """Offer in the editor of actions what this version of Home Assistant can."""
    newest = {
        field: next(filter(is_known, selectors), None) for field, selectors in _SELECTORS.items()
    }
    descriptions: dict[str, Any] = await hass.async_add_executor_job(load_yaml_dict, _DESCRIPTIONS)
    # Some versions take the name from here and not from the translations.
    words = await async_get_translations(hass, "en", "services", {DOMAIN})
    for action, description in descriptions.items():
        changed = {
            field: selector
            for field, selector in newest.items()
            if selector is not None and field in description["fields"]
        }
        if not changed:
            continue
        description["name"] = words[f"component.{DOMAIN}.services.{action}.name"]
        for field, selector in changed.items():
            description["fields"][field]["selector"] = selector
        async_set_service_schema(hass, DOMAIN, action, description)


def is_known(selector: dict[str, Any]) -> bool:
    """Whether this version of Home Assistant knows a selector, with all its options."""
    try:
        validate_selector(selector)
    except vol.Invalid:
        return False
    return True
