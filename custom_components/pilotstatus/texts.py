"""Texts of this component in the language of Home Assistant, for what cannot wait for them."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from .const import DOMAIN


@callback
def async_common_text(hass: HomeAssistant, key: str) -> str:
    """Return a text by its key in ``common`` of the translations.

    Home Assistant has loaded them before it sets up the component. Until it has loaded those of
    a language that was just chosen, it is English.
    """
    name = f"component.{DOMAIN}.common.{key}"
    for language in (hass.config.language, "en"):
        texts = async_get_cached_translations(hass, language, "common", DOMAIN)
        if name in texts:
            return texts[name]
    return ""
