"""How a user hears that an action failed.

The one place where a failure becomes a Home Assistant exception, a persistent notification
and, for a refused key, a reauth.
"""

import re
from types import TracebackType
from typing import Final, Self

from homeassistant.components import persistent_notification
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.translation import async_get_translations

from .api import (
    InvalidAuthError,
    NotFoundError,
    PilotStatusError,
    RequestRejectedError,
    TenantKeyError,
)
from .const import ACTIONS, CONF_NOTIFY_ON_ERROR, DOMAIN
from .coordinator import PilotStatusConfigEntry, error_placeholders
from .errors import Refusal

#: Errors that the caller of an action can mend.
_CALLER_ERRORS: Final = (RequestRejectedError, NotFoundError, Refusal)
_KEY_ERRORS: Final = (InvalidAuthError, TenantKeyError)
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]()#+\-!|<>~])")


class Attempt:
    """One run of an action: turns its failure into what the user hears.

    Use as an asynchronous context. Set ``entry`` and ``call_id`` as soon as it is clear which
    number and which call are meant. A PilotStatusError or Refusal leaves as a
    HomeAssistantError with a translation, and a notification stays; a success takes the
    notification away.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        action: str,
        *,
        entry: PilotStatusConfigEntry | None = None,
        call_id: str | None = None,
    ) -> None:
        """Keep what a notification names."""
        self.entry = entry
        self.call_id = call_id
        self._hass = hass
        self._action = action
        self._media: str | None = None

    def set_item(self, shown: str | None, position: int, count: int) -> None:
        """Name what is played, and which of how many it is, counted from 0."""
        self._media = shown if count == 1 else f"{shown or '…'} ({position + 1}/{count})"

    async def __aenter__(self) -> Self:
        """Begin."""
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        err: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Tell the user how it went."""
        if err is None:
            self._succeeded()
        elif isinstance(err, PilotStatusError):
            await self._failed(err, error_placeholders(err))
        elif isinstance(err, Refusal):
            await self._failed(err, {"media": self._media or "…", **err.placeholders})

    def _succeeded(self) -> None:
        for notification_id in {self._notification_id(), f"{DOMAIN}_{self._action}"}:
            persistent_notification.async_dismiss(self._hass, notification_id)
        if self.entry is not None and self.entry.state is ConfigEntryState.LOADED:
            del self.entry.runtime_data.failures[self._action]

    async def _failed(self, err: PilotStatusError | Refusal, placeholders: dict[str, str]) -> None:
        if self.entry is not None and isinstance(err, _KEY_ERRORS):
            self.entry.async_start_reauth(self._hass)
        if self.entry is None or self.entry.options.get(CONF_NOTIFY_ON_ERROR, True):
            await self._notify(err.cause, placeholders)
        error = ServiceValidationError if isinstance(err, _CALLER_ERRORS) else HomeAssistantError
        raise error(
            translation_domain=DOMAIN,
            translation_key=err.cause,
            translation_placeholders=placeholders,
        ) from err

    async def _notify(self, cause: str, placeholders: dict[str, str]) -> None:
        """Leave a notification in the language of the house."""
        language = self._hass.config.language
        sentences = await async_get_translations(self._hass, language, "exceptions", {DOMAIN})
        words = await async_get_translations(self._hass, language, "common", {DOMAIN})

        def word(key: str) -> str:
            return words[f"component.{DOMAIN}.common.{key}"]

        sentence = sentences[f"component.{DOMAIN}.exceptions.{cause}.message"]
        escaped = {key: _MARKDOWN.sub(r"\\\1", value) for key, value in placeholders.items()}
        paragraphs = [sentence.format(**escaped)]
        details = {
            "number": self.entry and self.entry.title,
            "call": self.call_id,
            "audio": None if "{media}" in sentence else self._media,
        }
        facts = [
            f"- {word(key)}: {_MARKDOWN.sub(r'\\\1', value)}"
            for key, value in details.items()
            if value
        ]
        if facts:
            paragraphs.append("\n".join(facts))
        if (count := self._count()) > 1:
            paragraphs.append(word("repeated").format(count=count))
        persistent_notification.async_create(
            self._hass,
            "\n\n".join(paragraphs),
            word(f"failed_{self._action}"),
            self._notification_id(),
        )

    def _count(self) -> int:
        if self.entry is None or self.entry.state is not ConfigEntryState.LOADED:
            return 1
        failures = self.entry.runtime_data.failures
        failures[self._action] += 1
        return failures[self._action]

    def _notification_id(self) -> str:
        if self.entry is None:
            return f"{DOMAIN}_{self._action}"
        return f"{DOMAIN}_{self.entry.entry_id}_{self._action}"


@callback
def async_clear_notifications(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back all notifications of a number."""
    for action in ACTIONS:
        persistent_notification.async_dismiss(hass, f"{DOMAIN}_{entry.entry_id}_{action}")
