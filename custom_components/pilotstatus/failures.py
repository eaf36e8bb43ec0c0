"""Reports a failed action.

The one place that turns a failure into a Home Assistant exception, a persistent notification
and, for a refused key, a reauth.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .api import (
    InvalidAuthError,
    NotFoundError,
    PilotStatusError,
    RequestRejectedError,
    TenantKeyError,
)
from .const import CONF_NOTIFY_ON_ERROR, DOMAIN
from .errors import ActionError, ActionRefusedError, error_placeholders, translation_key
from .notification import (
    Attempt,
    Failure,
    async_count,
    async_dismiss,
    async_notify,
    async_texts,
    clean,
)
from .origin import async_current_run, async_find_origin

#: Errors that the caller of an action can correct.
_CALLER_ERRORS: Final = (RequestRejectedError, NotFoundError, ActionRefusedError)
_KEY_ERRORS: Final = (InvalidAuthError, TenantKeyError)
#: The language of logs and traces.
_ENGLISH: Final = "en"


class FailureReporter:
    """Reports the failed actions of one number, or those for which no number was found.

    ``counts`` is how often each action has failed since the number was set up, by the
    translation key of the cause. ``peer_of`` returns who the other party of a call is, in words.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry | None = None,
        peer_of: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        """Start with no failures."""
        self.counts: dict[str, Counter[str]] = {}
        self._hass = hass
        self._entry = entry
        self._peer_of = peer_of

    def attempt(
        self, action: str, call_id: str = "", context: Context | None = None
    ) -> "ReportedAttempt":
        """Report how a block ends; set on the attempt what it learns.

        ``context`` is that in which the action was called. A PilotStatusError or
        ActionRefusedError leaves as a translated HomeAssistantError.
        """
        return ReportedAttempt(self, action, Attempt(call_id, run=async_current_run(context)))

    async def async_report(
        self, action: str, err: ActionError, attempt: Attempt
    ) -> HomeAssistantError:
        """Report a failure; return the exception that an action raises for it."""
        hass, entry = self._hass, self._entry
        if entry is not None and isinstance(err, _KEY_ERRORS):
            entry.async_start_reauth(hass)
        key = cause = translation_key(err)
        self.counts.setdefault(action, Counter())[cause] += 1
        count = async_count(hass, entry, action, cause)
        # What an event starts, newer versions tell of only after all have heard the event.
        await asyncio.sleep(0)
        attempt = replace(
            attempt,
            person=attempt.person or self._peer_of(attempt.call_id) or "",
            origin=attempt.origin or async_find_origin(hass, attempt.run),
        )
        values = {"media": attempt.media, **error_placeholders(err)}
        failure = Failure(action=action, cause=cause, values=values, attempt=attempt)
        texts = await async_texts(hass, hass.config.language)
        if entry is None or entry.options.get(CONF_NOTIFY_ON_ERROR, True):
            async_notify(hass, entry, failure, texts, count)
        placeholders = {name: clean(value) for name, value in values.items()}
        placeholders["remedy"] = failure.remedy(texts)
        if attempt.is_placed:
            key = "placed_without_audio"
            problem = failure.problem(texts, clean)
            placeholders = {"call_id": attempt.call_id, "problem": problem}
        error = ServiceValidationError if isinstance(err, _CALLER_ERRORS) else HomeAssistantError
        # As Home Assistant would make it, but that would put words of its own language into it.
        english = failure.sentence(await async_texts(hass, _ENGLISH), clean)
        return error(
            english.rstrip("."),
            translation_domain=DOMAIN,
            translation_key=key,
            translation_placeholders=placeholders,
        )

    @callback
    def async_clear(self, action: str) -> None:
        """Dismiss the notification of an action that has succeeded."""
        async_dismiss(self._hass, None, action)
        if self._entry is not None:
            async_dismiss(self._hass, self._entry, action)


class ReportedAttempt:
    """A block that carries out an action: see ``FailureReporter.attempt``."""

    __slots__ = ("_action", "_attempt", "_failures")

    def __init__(self, failures: FailureReporter, action: str, attempt: Attempt) -> None:
        """Prepare to report to a reporter."""
        self._failures = failures
        self._action = action
        self._attempt = attempt

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
