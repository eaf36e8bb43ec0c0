"""Set up a number, give it a new key, change its server, and its options."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
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
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from .api import (
    DEFAULT_BASE_URL,
    ForbiddenError,
    InvalidResponseError,
    NotFoundError,
    Number,
    PilotStatusError,
    RequestRejectedError,
)
from .client import make_client
from .const import (
    CONF_ADVANCED,
    CONF_BASE_URL,
    CONF_KEY_TYPE,
    CONF_NOTIFY_ON_ERROR,
    CONF_WEBHOOK_SECRET,
    DOMAIN,
    KEY_FINGERPRINT,
    SUBENTRY_CONTACT,
)
from .contact_flow import ContactFlow
from .errors import error_placeholders, translation_key
from .network import is_private_host

_LOGGER = logging.getLogger(__name__)

_KEY_SELECTOR: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
)
_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_API_KEY): _KEY_SELECTOR,
        vol.Required(CONF_ADVANCED): section(
            vol.Schema(
                {
                    vol.Required(CONF_KEY_TYPE, default="api_key"): SelectSelector(
                        SelectSelectorConfig(
                            options=["api_key", "api_key_id"], translation_key=CONF_KEY_TYPE
                        )
                    ),
                    vol.Required(CONF_BASE_URL, default=DEFAULT_BASE_URL): TextSelector(
                        TextSelectorConfig(type=TextSelectorType.URL)
                    ),
                }
            ),
            {"collapsed": True},
        ),
    }
)
_OPTIONS_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_NOTIFY_ON_ERROR, default=True): BooleanSelector(),
        vol.Optional(CONF_WEBHOOK_SECRET): _KEY_SELECTOR,
    }
)

_HEADER_VALUE: Final = re.compile(r"[\x21-\x7e]+")
#: Answers of GET /v1/numbers that say no more than: this key may not see them.
_NUMBERS_HIDDEN: Final = (
    ForbiddenError,
    RequestRejectedError,
    NotFoundError,
    InvalidResponseError,
)


class InvalidInputError(Exception):
    """What the user typed cannot be used.

    ``error`` is the form's error key, ``placeholders`` fill its sentence.
    """

    def __init__(self, error: str, placeholders: Mapping[str, str] | None = None) -> None:
        """Keep the error that the form shows."""
        super().__init__(error)
        self.error = error
        self.placeholders = placeholders or {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A key that was proved, and its number if the key may see it."""

    data: dict[str, str]
    number: Number | None

    @property
    def unique_id(self) -> str:
        """The number's id, else a fingerprint of the key."""
        if self.number:
            return self.number.id
        return KEY_FINGERPRINT + sha256(self.data[CONF_API_KEY].encode()).hexdigest()

    @property
    def title(self) -> str:
        """The number's name."""
        return (self.number and self.number.name) or "Pilot Status"

    def differs_from(self, entry: ConfigEntry) -> bool:
        """Whether the key is known to belong to another number."""
        known = entry.unique_id is not None and not entry.unique_id.startswith(KEY_FINGERPRINT)
        return known and self.number is not None and self.number.id != entry.unique_id


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


async def _identify(hass: HomeAssistant, user_input: Mapping[str, Any]) -> Identity:
    """Prove a key with a request that changes nothing, and find its number.

    Raises InvalidInputError or PilotStatusError.
    """
    advanced = user_input[CONF_ADVANCED]
    data = {
        CONF_API_KEY: user_input[CONF_API_KEY].strip(),
        CONF_KEY_TYPE: advanced[CONF_KEY_TYPE],
        CONF_BASE_URL: _server_address(advanced[CONF_BASE_URL]),
    }
    if not _HEADER_VALUE.fullmatch(data[CONF_API_KEY]):
        raise InvalidInputError("malformed_key")
    client = make_client(hass, data, budget=0)
    await client.list_calls(limit=1)
    if data[CONF_KEY_TYPE] != "api_key":
        return Identity(data=data, number=None)
    try:
        numbers = await client.list_numbers()
    except _NUMBERS_HIDDEN:
        numbers = []
    owners = [number for number in numbers if number.owns_key(data[CONF_API_KEY])]
    return Identity(data=data, number=owners[0] if len(owners) == 1 else None)


async def _prove(hass: HomeAssistant, user_input: Mapping[str, Any]) -> Identity:
    """Return whose key was typed. Raises InvalidInputError with what the form shows."""
    try:
        return await _identify(hass, user_input)
    except InvalidInputError:
        raise
    except PilotStatusError as err:
        raise InvalidInputError(translation_key(err), error_placeholders(err)) from err
    except Exception as err:
        _LOGGER.exception("Unexpected error while proving the API key")
        raise InvalidInputError("unknown") from err


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
            return self._form("user")
        try:
            identity = await _prove(self.hass, user_input)
        except InvalidInputError as err:
            return self._form("user", user_input, err)
        self._async_abort_entries_match({CONF_API_KEY: identity.data[CONF_API_KEY]})
        await self.async_set_unique_id(identity.unique_id)
        self._abort_if_unique_id_configured()
        return self.async_create_entry(title=identity.title, data=identity.data)

    async def async_step_reauth(self, _entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Start to replace a key that was refused."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Replace a key that was refused."""
        return await self._replace("reauth_confirm", self._get_reauth_entry(), user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Replace the key or the server's address."""
        return await self._replace("reconfigure", self._get_reconfigure_entry(), user_input)

    async def _replace(
        self, step_id: str, entry: ConfigEntry, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Give an entry a new key for the same number; its unique id stays."""
        if user_input is None:
            known = (CONF_KEY_TYPE, CONF_BASE_URL)
            advanced = {key: entry.data[key] for key in known if key in entry.data}
            return self._form(step_id, {CONF_ADVANCED: advanced})
        try:
            identity = await _prove(self.hass, user_input)
        except InvalidInputError as err:
            return self._form(step_id, user_input, err)
        owner = self.hass.config_entries.async_entry_for_domain_unique_id(
            DOMAIN, identity.unique_id
        )
        if identity.differs_from(entry) or owner not in (None, entry):
            return self._form(step_id, user_input, InvalidInputError("other_number"))
        return self.async_update_reload_and_abort(entry, data_updates=identity.data)

    def _form(
        self,
        step_id: str,
        suggested: Mapping[str, Any] | None = None,
        error: InvalidInputError | None = None,
    ) -> ConfigFlowResult:
        """Show the form; a key that was typed is not sent back."""
        shown = {CONF_ADVANCED: suggested[CONF_ADVANCED]} if suggested else {}
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(_SCHEMA, shown),
            errors={"base": error.error} if error else {},
            description_placeholders={
                "keys_page": f"{DEFAULT_BASE_URL}/api-keys",
                **(error.placeholders if error else {}),
            },
        )


class PilotStatusOptionsFlow(OptionsFlow):
    """What a user may choose; options are read when they are used."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show and store the options."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                _OPTIONS_SCHEMA, self.config_entry.options
            ),
        )
