"""Reports a failed action.

The one place that turns a failure into a Home Assistant exception, a persistent notification
and, for a refused key, a reauth.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
import re
from typing import Final

from homeassistant.components import persistent_notification
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.translation import async_get_translations

from .api import (
    InvalidAuthError,
    NotFoundError,
    PilotStatusError,
    RequestRejectedError,
    TenantKeyError,
    parse_text,
)
from .const import ACTIONS, CONF_NOTIFY_ON_ERROR, DOMAIN
from .errors import ActionError, ActionRefusedError, error_placeholders, translation_key

#: Errors that the caller of an action can correct.
_CALLER_ERRORS: Final = (RequestRejectedError, NotFoundError, ActionRefusedError)
_KEY_ERRORS: Final = (InvalidAuthError, TenantKeyError)
#: Also what makes a link of an address that stands in the text.
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]()#+\-!|<>~]|:(?=//)|(?<=www)\.)")
#: Characters of one value, and bytes of a notification.
_MAX_VALUE: Final = 700
_MAX_MESSAGE: Final = 2000


@dataclass(slots=True)
class Attempt:
    """One run of an action: what its notification names if it fails, each empty if unknown.

    ``media`` is what was being played, ``person`` who was called. ``is_placed`` is whether the
    action has placed the call, so that nobody dials again.
    """

    call_id: str = ""
    media: str = ""
    person: str = ""
    is_placed: bool = False


class FailureReporter:
    """Reports the failed actions of one number, or those for which no number was found.

    ``counts`` is how often each action has failed since it last succeeded. ``peer_of`` returns
    who the other party of a call is, in words.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry | None = None,
        peer_of: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        """Start with no failures."""
        self.counts: Counter[str] = Counter()
        self._hass = hass
        self._entry = entry
        self._peer_of = peer_of

    def attempt(self, action: str, call_id: str = "") -> "ReportedAttempt":
        """Report how a block ends; set on the attempt what it learns.

        A PilotStatusError or ActionRefusedError leaves as a translated HomeAssistantError.
        """
        return ReportedAttempt(self, action, call_id)

    async def async_report(
        self, action: str, err: ActionError, attempt: Attempt
    ) -> HomeAssistantError:
        """Report a failure; return the exception that an action raises for it."""
        entry = self._entry
        if entry is not None and isinstance(err, _KEY_ERRORS):
            entry.async_start_reauth(self._hass)
        self.counts[action] += 1
        key = translation_key(err)
        details = {"media": attempt.media, **error_placeholders(err)}
        placeholders = {name: _clean(value) or "…" for name, value in details.items()}
        sentence = await self._sentence("exceptions", f"{key}.message")
        if attempt.is_placed:
            key, problem = "placed_without_audio", sentence.format(**placeholders)
            placeholders = {"call_id": attempt.call_id, "problem": problem}
            sentence = await self._sentence("exceptions", f"{key}.message")
        if entry is None or entry.options.get(CONF_NOTIFY_ON_ERROR, True):
            await self._notify(action, sentence, placeholders, attempt)
        error = ServiceValidationError if isinstance(err, _CALLER_ERRORS) else HomeAssistantError
        return error(
            translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
        )

    @callback
    def async_clear(self, action: str) -> None:
        """Dismiss the notification of an action that has succeeded."""
        self.counts.pop(action, None)
        persistent_notification.async_dismiss(self._hass, _notification_id(None, action))
        if self._entry is not None:
            notification_id = _notification_id(self._entry, action)
            persistent_notification.async_dismiss(self._hass, notification_id)

    async def _sentence(self, category: str, key: str) -> str:
        """Return a sentence in the language of Home Assistant."""
        language = self._hass.config.language
        sentences = await async_get_translations(self._hass, language, category, {DOMAIN})
        return sentences[f"component.{DOMAIN}.{category}.{key}"]

    async def _notify(
        self, action: str, sentence: str, placeholders: dict[str, str], attempt: Attempt
    ) -> None:
        """Leave a notification in the language of Home Assistant."""
        details = {
            "number": self._entry and self._entry.title,
            "person": attempt.person or self._peer_of(attempt.call_id),
            "call": attempt.call_id,
            "audio": None if "{media}" in sentence else attempt.media,
        }
        facts = [
            f"- {await self._sentence('common', name)}: {_escape(_clean(value))}"
            for name, value in details.items()
            if value
        ]
        paragraphs = [
            sentence.format(**{name: _escape(value) for name, value in placeholders.items()})
        ]
        if facts:
            paragraphs.append("\n".join(facts))
        if (count := self.counts[action]) > 1:
            paragraphs.append((await self._sentence("common", "repeated")).format(count=count))
        message = "\n\n".join(paragraphs).encode()[:_MAX_MESSAGE]
        persistent_notification.async_create(
            self._hass,
            message.decode(errors="ignore"),
            await self._sentence("common", f"failed_{action}"),
            _notification_id(self._entry, action),
        )


class ReportedAttempt:
    """A block that carries out an action: see ``FailureReporter.attempt``."""

    __slots__ = ("_action", "_attempt", "_failures")

    def __init__(self, failures: FailureReporter, action: str, call_id: str) -> None:
        """Prepare to report to a reporter."""
        self._failures = failures
        self._action = action
        self._attempt = Attempt(call_id)

    async def __aenter__(self) -> Attempt:
        """Return the attempt."""
        return self._attempt

    async def __aexit__(
        self, _type: type[BaseException] | None, err: BaseException | None, _traceback: object
    ) -> None:
        """Report a failure, or dismiss the notification of an earlier one."""
        if err is None:
            self._failures.async_clear(self._action)
        elif isinstance(err, PilotStatusError | ActionRefusedError):
            raise await self._failures.async_report(self._action, err, self._attempt) from err


def _clean(text: str) -> str:
    """Return text that Home Assistant can show, whoever wrote it."""
    return parse_text(text, _MAX_VALUE) or ""


def _escape(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return _MARKDOWN.sub(r"\\\1", text)


def _notification_id(entry: ConfigEntry | None, action: str) -> str:
    return f"{DOMAIN}_{action}" if entry is None else f"{DOMAIN}_{entry.entry_id}_{action}"


@callback
def async_dismiss_notifications(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Dismiss all notifications of a number."""
    for action in ACTIONS:
        persistent_notification.async_dismiss(hass, _notification_id(entry, action))
