"""The newest media selector that the running version of Home Assistant has."""

from pathlib import Path
from typing import Any, Final

import voluptuous as vol

from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import validate_selector
from homeassistant.helpers.service import async_set_service_schema
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.yaml import load_yaml_dict

from .const import DOMAIN, SERVICE_PLACE_CALL, SERVICE_PLAY_AUDIO

_DESCRIPTIONS: Final = Path(__file__).parent / "services.yaml"
#: What to ask of the selector, the most first: no player to choose, and lists. If ``accept`` is
#: unknown to Home Assistant, naming it in services.yaml would lose all descriptions there.
_SELECTORS: Final[tuple[dict[str, Any], ...]] = (
    {"accept": ["audio/*"], "multiple": True},
    {"accept": ["audio/*"]},
)


async def async_describe_media(hass: HomeAssistant) -> None:
    """Offer audio, speech included, in the editor of actions that take media."""
    selector = next(filter(_is_known, _SELECTORS), None)
    if selector is None:
        return
    descriptions: dict[str, Any] = await hass.async_add_executor_job(load_yaml_dict, _DESCRIPTIONS)
    # Some versions take the name from here and not from the translations.
    words = await async_get_translations(hass, "en", "services", {DOMAIN})
    for action in (SERVICE_PLACE_CALL, SERVICE_PLAY_AUDIO):
        description = descriptions[action]
        description["name"] = words[f"component.{DOMAIN}.services.{action}.name"]
        description["fields"]["media"]["selector"] = {"media": selector}
        async_set_service_schema(hass, DOMAIN, action, description)


def _is_known(selector: dict[str, Any]) -> bool:
    try:
        validate_selector({"media": selector})
    except vol.Invalid:
        return False
    return True
