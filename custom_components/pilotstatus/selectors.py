"""The media picker of the actions, as far as the running version of Home Assistant has one."""

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
#: What to ask of the picker, the most first: without a player to choose, and for lists. Where
#: ``accept`` is not known, one word of it in services.yaml would cost all its descriptions.
_PICKERS: Final[tuple[dict[str, Any], ...]] = (
    {"accept": ["audio/*"], "multiple": True},
    {"accept": ["audio/*"]},
)


async def async_describe_media(hass: HomeAssistant) -> None:
    """Offer audio, speech included, in the editor of the actions that take media."""
    picker = next(filter(_is_known, _PICKERS), None)
    if picker is None:
        return
    descriptions: dict[str, Any] = await hass.async_add_executor_job(load_yaml_dict, _DESCRIPTIONS)
    # The editors of some versions look for the name here, and not among the translations.
    words = await async_get_translations(hass, "en", "services", {DOMAIN})
    for action in (SERVICE_PLACE_CALL, SERVICE_PLAY_AUDIO):
        description = descriptions[action]
        description["name"] = words[f"component.{DOMAIN}.services.{action}.name"]
        description["fields"]["media"]["selector"] = {"media": picker}
        async_set_service_schema(hass, DOMAIN, action, description)


def _is_known(picker: dict[str, Any]) -> bool:
    try:
        validate_selector({"media": picker})
    except vol.Invalid:
        return False
    return True
