"""Add a contact to a number, and change one."""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType

from .api import parse_text
from .const import CONF_PHONE
from .contacts import Contact, Contacts
from .errors import ActionRefusedError
from .phone_number import parse_phone

_MAX_NAME: Final = 60
_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_NAME): TextSelector(TextSelectorConfig(autocomplete="off")),
        vol.Required(CONF_PHONE): TextSelector(
            TextSelectorConfig(type=TextSelectorType.TEL, autocomplete="off")
        ),
    }
)


class ContactFlow(ConfigSubentryFlow):
    """Ask for a person's name and telephone."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a contact."""
        if user_input is None:
            return self._form("user")
        data, errors, placeholders = self._check(user_input)
        if errors:
            return self._form("user", user_input, errors, placeholders)
        return self.async_create_entry(title=data[CONF_NAME], data=data, unique_id=data[CONF_PHONE])

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a contact."""
        subentry = self._get_reconfigure_subentry()
        if user_input is None:
            return self._form("reconfigure", subentry.data)
        data, errors, placeholders = self._check(user_input, subentry.subentry_id)
        if errors:
            return self._form("reconfigure", user_input, errors, placeholders)
        return self.async_update_and_abort(
            self._get_entry(),
            subentry,
            title=data[CONF_NAME],
            data=data,
            unique_id=data[CONF_PHONE],
        )

    def _check(
        self, user_input: Mapping[str, str], own_id: str | None = None
    ) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
        """Return the data of a contact, the errors by field, and what fills their sentences."""
        contacts, country = Contacts(self._get_entry()), self.hass.config.country
        errors, placeholders = {}, {}
        name, phone = " ".join((parse_text(user_input[CONF_NAME]) or "").split()), ""
        if (error := _name_error(name, country)) or _is_other(contacts.named(name), own_id):
            errors[CONF_NAME] = error or "name_taken"
        try:
            phone = parse_phone(user_input[CONF_PHONE], country)
        except ActionRefusedError as err:
            errors[CONF_PHONE] = err.translation_key
        owner = contacts.find(phone)
        if owner is not None and _is_other(owner, own_id):
            errors[CONF_PHONE] = "phone_taken"
            placeholders["contact"] = owner.name
        return {CONF_NAME: name, CONF_PHONE: phone}, errors, placeholders

    def _form(
        self,
        step_id: str,
        suggested: Mapping[str, Any] | None = None,
        errors: dict[str, str] | None = None,
        placeholders: dict[str, str] | None = None,
    ) -> SubentryFlowResult:
        """Show the form with what was typed."""
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(_SCHEMA, suggested),
            errors=errors,
            description_placeholders=placeholders,
        )


def _is_other(contact: Contact | None, own_id: str | None) -> bool:
    return contact is not None and contact.id != own_id


def _name_error(name: str, country: str | None) -> str | None:
    """Return why a name cannot be a contact's, whatever others are called."""
    if not name:
        return "name_missing"
    if len(name) > _MAX_NAME:
        return "name_too_long"
    try:
        parse_phone(name, country)
    except ActionRefusedError:
        return None
    # An action that calls somebody takes a name or a number in one field.
    return "name_is_phone"
