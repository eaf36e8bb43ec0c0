"""What a user may choose for one number, and a check of it."""

import asyncio
from typing import Any, Final

import voluptuous as vol

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult, OptionsFlow
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    LanguageSelector,
    LanguageSelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from .announcement import Person
from .check import CheckReport, async_check
from .const import (
    CONF_NOTIFY_ON_ERROR,
    CONF_TTS_ENGINE,
    CONF_TTS_LANGUAGE,
    CONF_WEBHOOK_SECRET,
)
from .contacts import Contacts
from .data import PilotStatusConfigEntry
from .errors import ActionRefusedError
from .markdown import escape
from .phone_number import parse_phone
from .texts import async_common_text

_TTS: Final = "tts"
_PERSON: Final = "person"
_MARKS: Final = {True: "✅", False: "❌", None: "❔"}


class PilotStatusOptionsFlow(OptionsFlow):
    """Ask for notifications, the voice of messages and a secret of deliveries, or check."""

    config_entry: PilotStatusConfigEntry
    _checking: asyncio.Task[CheckReport] | None = None
    _person: Person | None = None

    async def async_step_init(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Let the user choose what to do."""
        return self.async_show_menu(menu_options=["settings", "check"])

    async def async_step_settings(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
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
            step_id="settings", data_schema=self.add_suggested_values_to_schema(schema, options)
        )

    async def async_step_check(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whom to call for the check, if anybody."""
        if self.config_entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="number_not_ready")
        errors = {}
        if user_input is not None:
            try:
                self._person = _person(self.hass, self.config_entry, user_input.get(_PERSON))
            except ActionRefusedError as err:
                errors = {_PERSON: err.translation_key}
            else:
                return await self.async_step_checking()
        names = [contact.name for contact in Contacts(self.config_entry).all]
        selector = SelectSelector(SelectSelectorConfig(options=names, custom_value=True))
        schema = vol.Schema({vol.Optional(_PERSON): selector})
        return self.async_show_form(
            step_id="check",
            data_schema=self.add_suggested_values_to_schema(schema, user_input),
            errors=errors,
        )

    async def async_step_checking(
        self, _user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Check, and show that this goes on; Home Assistant ends it if the form is closed."""
        if self._checking is None:
            check = async_check(self.hass, self.config_entry, self._person)
            self._checking = self.hass.async_create_task(check)
        if not self._checking.done():
            return self.async_show_progress(
                step_id="checking", progress_action="checking", progress_task=self._checking
            )
        return self.async_show_progress_done(next_step_id="report")

    async def async_step_report(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show what was found."""
        if user_input is not None or self._checking is None:
            return self.async_create_entry(data=dict(self.config_entry.options))
        lines = [
            f"{_MARKS[it.ok]} **{async_common_text(self.hass, f'step_{it.step}')}**: "
            f"{escape(it.message)}"
            for it in self._checking.result().steps
        ]
        return self.async_show_form(
            step_id="report",
            data_schema=vol.Schema({}),
            description_placeholders={"report": "\n\n".join(lines)},
            last_step=True,
        )


def _person(
    hass: HomeAssistant, entry: PilotStatusConfigEntry, written: str | None
) -> Person | None:
    """Return the contact of a name, or whom a phone number belongs to.

    Raises ActionRefusedError for what is neither.
    """
    if not (written := (written or "").strip()):
        return None
    contacts = Contacts(entry)
    if (contact := contacts.named(written)) is not None:
        return Person(name=contact.name, phone=contact.phone)
    phone = parse_phone(written, hass.config.country)
    return Person(name=contacts.name_of(phone), phone=phone)


@callback
def _languages(hass: HomeAssistant, chosen: str | None) -> list[str]:
    """Return the languages that engines speak, and the one that was chosen."""
    languages = {chosen} if chosen else set()
    if _TTS in hass.config.components:
        from homeassistant.components import tts  # noqa: PLC0415 - only if it is set up

        languages |= tts.async_get_text_to_speech_languages(hass)
    return sorted(languages)
