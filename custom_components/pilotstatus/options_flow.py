"""What a user may choose for one number; options are read when they are used."""

from typing import Any, Final

import voluptuous as vol

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    LanguageSelector,
    LanguageSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from .const import (
    CONF_NOTIFY_ON_ERROR,
    CONF_TTS_ENGINE,
    CONF_TTS_LANGUAGE,
    CONF_WEBHOOK_SECRET,
)

_TTS: Final = "tts"


class PilotStatusOptionsFlow(OptionsFlow):
    """Ask for notifications, the voice of messages, and a secret of deliveries."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show and store the options; those that are left empty are the default."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        options = self.config_entry.options
        schema = vol.Schema(
            {
                vol.Required(CONF_NOTIFY_ON_ERROR, default=True): BooleanSelector(),
                vol.Optional(CONF_TTS_ENGINE): EntitySelector(EntitySelectorConfig(domain=_TTS)),
                vol.Optional(CONF_TTS_LANGUAGE): LanguageSelector(
                    LanguageSelectorConfig(
                        languages=_languages(self.hass, options.get(CONF_TTS_LANGUAGE))
                    )
                ),
                vol.Optional(CONF_WEBHOOK_SECRET): TextSelector(
                    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
                ),
            }
        )
        return self.async_show_form(
            step_id="init", data_schema=self.add_suggested_values_to_schema(schema, options)
        )


@callback
def _languages(hass: HomeAssistant, chosen: str | None) -> list[str]:
    """Return the languages that engines speak, and the one that was chosen."""
    languages = {chosen} if chosen else set()
    if _TTS in hass.config.components:
        from homeassistant.components import tts  # noqa: PLC0415 - only if it is set up

        languages |= tts.async_get_text_to_speech_languages(hass)
    return sorted(languages)
