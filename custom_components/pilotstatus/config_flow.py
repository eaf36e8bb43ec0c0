"""Set up a number, give it a new key, and change its server."""

from collections.abc import Mapping
import logging
import re
from typing import Any, Final, override

import voluptuous as vol
from yarl import URL

from homeassistant.config_entries import (
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.const import CONF_API_KEY
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.loader import async_get_loaded_integration

from .api import DEFAULT_BASE_URL, Number, PilotStatusError
from .client import make_client
from .const import CONF_ADVANCED, CONF_BASE_URL, CONF_KEY_TYPE, DOMAIN, SUBENTRY_CONTACT
from .contact_flow import ContactFlow
from .errors import error_placeholders, translation_key
from .identity import Identity, async_identify
from .network import is_private_host
from .options_flow import PilotStatusOptionsFlow
from .phone_number import phone_end

_LOGGER = logging.getLogger(__name__)

_KEY_SELECTOR: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
)
_DEFAULT_KEY_TYPE: Final = "api_key"
_NAMELESS: Final = "Pilot Status"
_HEADER_VALUE: Final = re.compile(r"[\x21-\x7e]+")


class InvalidInputError(Exception):
    """What the user typed cannot be used.

    ``error`` is the form's error key, ``placeholders`` fill its sentence.
    """

    def __init__(self, error: str, placeholders: Mapping[str, str] | None = None) -> None:
        """Keep the error that the form shows."""
        super().__init__(error)
        self.error = error
        self.placeholders = placeholders or {}


def _server_address(text: str) -> str:
    """Return the address of the server as it is stored.

    Raises InvalidInputError. The key travels with each request, so an address without TLS
    must be on this network.
    """
    try:
        url = URL(text.strip())
        host = url.host
    except ValueError:
        raise InvalidInputError("invalid_url") from None
    if url.scheme not in {"http", "https"} or not host or url.user or url.query or url.fragment:
        raise InvalidInputError("invalid_url")
    if url.scheme == "http" and not is_private_host(host):
        raise InvalidInputError("insecure_url")
    return str(url).rstrip("/")


async def _prove(hass: HomeAssistant, data: Mapping[str, str]) -> Identity:
    """Prove a key with requests that change nothing; return whose it is.

    Raises InvalidInputError with what the form shows.
    """
    if not _HEADER_VALUE.fullmatch(data[CONF_API_KEY]):
        raise InvalidInputError("malformed_key")
    try:
        client = make_client(hass, data, budget=0)
        await client.list_calls(limit=1)
        identity = await async_identify(client, data[CONF_API_KEY])
    except PilotStatusError as err:
        raise InvalidInputError(translation_key(err), error_placeholders(err)) from err
    except Exception as err:
        _LOGGER.exception("Unexpected error while proving the API key")
        raise InvalidInputError("unknown") from err
    if identity.number is not None and identity.number.is_official:
        # It has calls, but nothing can be played into them.
        raise InvalidInputError("not_supported")
    return identity


def _title(hass: HomeAssistant, number: Number | None) -> str:
    """Return the name of a number, with the end of its phone number if the name is taken."""
    name = (number and number.name) or _NAMELESS
    taken = {entry.title.casefold() for entry in hass.config_entries.async_entries(DOMAIN)}
    if number is None or number.phone is None or name.casefold() not in taken:
        return name
    return f"{name} ({phone_end(number.phone)})"


def _schema(*, requires_key: bool = True, is_advanced: bool = True) -> vol.Schema:
    """Return the fields of a form, anew each time: some versions change what is inside sections."""
    key = vol.Required(CONF_API_KEY) if requires_key else vol.Optional(CONF_API_KEY)
    schema: dict[vol.Marker, Any] = {key: _KEY_SELECTOR}
    if is_advanced:
        fields = vol.Schema(
            {
                vol.Required(CONF_KEY_TYPE, default=_DEFAULT_KEY_TYPE): SelectSelector(
                    SelectSelectorConfig(
                        options=[_DEFAULT_KEY_TYPE, "api_key_id"], translation_key=CONF_KEY_TYPE
                    )
                ),
                vol.Required(CONF_BASE_URL, default=DEFAULT_BASE_URL): TextSelector(
                    TextSelectorConfig(type=TextSelectorType.URL)
                ),
            }
        )
        schema[vol.Required(CONF_ADVANCED)] = section(fields, {"collapsed": True})
    return vol.Schema(schema)


class PilotStatusConfigFlow(ConfigFlow, domain=DOMAIN):
    """Ask for a key, prove it, and store it."""

    @staticmethod
    @override
    @callback
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Return the flow for the options."""
        return PilotStatusOptionsFlow()

    @classmethod
    @override
    @callback
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the flow for contacts."""
        return {SUBENTRY_CONTACT: ContactFlow}

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Set up a number."""
        if user_input is None:
            return self._form("user", _schema())
        try:
            data = _as_data(user_input)
            identity = await _prove(self.hass, data)
        except InvalidInputError as err:
            return self._form("user", _schema(), user_input, err)
        self._async_abort_entries_match({CONF_API_KEY: data[CONF_API_KEY]})
        await self.async_set_unique_id(identity.number_id)
        self._abort_if_unique_id_configured()
        title = _title(self.hass, identity.number)
        documentation = async_get_loaded_integration(self.hass, DOMAIN).documentation
        return self.async_create_entry(
            title=title,
            data=data,
            description_placeholders={"number": title, "documentation": documentation or ""},
        )

    async def async_step_reauth(self, _entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Start to replace a key that was refused."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Replace a key that was refused; its kind and the server stay."""
        entry, schema = self._get_reauth_entry(), _schema(is_advanced=False)
        if user_input is None:
            return self._form("reauth_confirm", schema)
        data = {**_connection(entry), CONF_API_KEY: user_input[CONF_API_KEY].strip()}
        try:
            return await self._replace(entry, data, "reauth_successful")
        except InvalidInputError as err:
            return self._form("reauth_confirm", schema, user_input, err)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Replace the key, or what it is sent to: the old key stays if none is typed."""
        entry, schema = self._get_reconfigure_entry(), _schema(requires_key=False)
        if user_input is None:
            return self._form("reconfigure", schema, {CONF_ADVANCED: _connection(entry)})
        try:
            data = _as_data(user_input, entry.data.get(CONF_API_KEY, ""))
            return await self._replace(entry, data, "reconfigure_successful")
        except InvalidInputError as err:
            return self._form("reconfigure", schema, user_input, err)

    async def _replace(
        self, entry: ConfigEntry, data: dict[str, str], reason: str
    ) -> ConfigFlowResult:
        """Give an entry a new key of the same number. Raises InvalidInputError."""
        number_id = (await _prove(self.hass, data)).number_id
        if number_id is not None and entry.unique_id not in (None, number_id):
            raise InvalidInputError("other_number")
        for other in self._async_current_entries():
            is_same = other.data.get(CONF_API_KEY) == data[CONF_API_KEY] or (
                number_id is not None and other.unique_id == number_id
            )
            if is_same and other.entry_id != entry.entry_id:
                raise InvalidInputError("other_number")
        # Not by the flow's own method: it takes a listener for one that reloads.
        self.hass.config_entries.async_update_entry(
            entry, data={**entry.data, **data}, unique_id=entry.unique_id or number_id
        )
        self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return self.async_abort(reason=reason)

    def _form(
        self,
        step_id: str,
        schema: vol.Schema,
        suggested: Mapping[str, Any] | None = None,
        error: InvalidInputError | None = None,
    ) -> ConfigFlowResult:
        """Show a form with what was typed, the key included: it is typed nowhere else."""
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            errors={"base": error.error} if error else {},
            description_placeholders={
                "keys_page": f"{DEFAULT_BASE_URL}/api-keys",
                **(error.placeholders if error else {}),
            },
        )


def _connection(entry: ConfigEntry) -> dict[str, str]:
    """Return the kind of key and the server of an entry."""
    return {
        CONF_KEY_TYPE: entry.data.get(CONF_KEY_TYPE, _DEFAULT_KEY_TYPE),
        CONF_BASE_URL: entry.data.get(CONF_BASE_URL, DEFAULT_BASE_URL),
    }


def _as_data(user_input: Mapping[str, Any], old_key: str = "") -> dict[str, str]:
    """Return the data of an entry; without a key it is the old one. Raises InvalidInputError."""
    advanced = user_input[CONF_ADVANCED]
    return {
        CONF_API_KEY: user_input.get(CONF_API_KEY, "").strip() or old_key,
        CONF_KEY_TYPE: advanced[CONF_KEY_TYPE],
        CONF_BASE_URL: _server_address(advanced[CONF_BASE_URL]),
    }
