"""Texts of this component in the language of Home Assistant."""

from collections import defaultdict
from collections.abc import Mapping

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import (
    async_get_cached_translations,
    async_get_translations,
)

from .const import DOMAIN, SERVICE_CHECK
from .errors import ActionError, error_placeholders, translation_key
from .remedies import remedy_key


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


async def async_sentence(hass: HomeAssistant, category: str, key: str) -> str:
    """Return a sentence of a category of the translations, with its placeholders."""
    sentences = await async_get_translations(hass, hass.config.language, category, {DOMAIN})
    return sentences[f"component.{DOMAIN}.{category}.{key}"]


async def async_error_text(
    hass: HomeAssistant, err: ActionError, action: str = SERVICE_CHECK
) -> str:
    """Return the sentence for an error, with the remedy that fits an action."""
    return await async_cause_text(hass, translation_key(err), error_placeholders(err), action)


async def async_cause_text(
    hass: HomeAssistant, cause: str, values: Mapping[str, str], action: str
) -> str:
    """Return the sentence for what made an action fail; what does not fill it is left out."""
    sentence = await async_sentence(hass, "exceptions", f"{cause}.message")
    key = remedy_key(cause, action)
    remedy = await async_sentence(hass, "common", key) if key else ""
    blanks = defaultdict(lambda: "…", values)
    return sentence.format_map(blanks | {"remedy": remedy}).strip()
