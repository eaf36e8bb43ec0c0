"""The error that an action raises before anything is sent, and the words for every error."""

from collections.abc import Mapping
from typing import Final

from .api import (
    CallNotFoundError,
    CannotConnectError,
    ConflictError,
    FeatureNotSupportedError,
    ForbiddenError,
    InvalidAuthError,
    InvalidResponseError,
    NotConnectedError,
    NotFoundError,
    OutcomeUnknownError,
    PaymentRequiredError,
    PilotStatusError,
    RateLimitedError,
    RequestRejectedError,
    ServerFaultError,
    TenantKeyError,
)


class ActionRefusedError(Exception):
    """An action is refused before anything is sent.

    ``translation_key`` names the reason, ``placeholders`` fill its translated sentence.
    """

    def __init__(self, translation_key: str, **placeholders: str) -> None:
        """Keep the reason and the words for it."""
        super().__init__(translation_key)
        self.translation_key = translation_key
        self.placeholders = placeholders


#: After these the request may have been carried out all the same.
UNKNOWN_OUTCOMES: Final = (InvalidResponseError, OutcomeUnknownError, ServerFaultError)

type ActionError = ActionRefusedError | PilotStatusError

TRANSLATION_KEYS: Final[Mapping[type[PilotStatusError], str]] = {
    CallNotFoundError: "call_not_found",
    CannotConnectError: "cannot_connect",
    ConflictError: "conflict",
    FeatureNotSupportedError: "not_supported",
    ForbiddenError: "forbidden",
    InvalidAuthError: "invalid_auth",
    InvalidResponseError: "invalid_response",
    NotConnectedError: "not_connected",
    NotFoundError: "not_found",
    OutcomeUnknownError: "outcome_unknown",
    PaymentRequiredError: "payment_required",
    RateLimitedError: "rate_limited",
    RequestRejectedError: "rejected",
    ServerFaultError: "server_error",
    TenantKeyError: "tenant_key",
}


def translation_key(err: ActionError) -> str:
    """Return the key of an error's translated sentence."""
    if isinstance(err, ActionRefusedError):
        return err.translation_key
    return TRANSLATION_KEYS[type(err)]


def error_placeholders(err: ActionError) -> dict[str, str]:
    """Return what fills an error's translated sentence."""
    if isinstance(err, ActionRefusedError):
        return err.placeholders
    wait = err.retry_after if isinstance(err, RateLimitedError) else 0
    status = str(err.status or "?")
    return {
        # Quoted, as what the server said.
        "reason": err.reason or err.code or f"HTTP {status}",
        # What to do depends on what was done: whoever knows that, says it.
        "remedy": "",
        "status": status,
        "wait": f"{wait:.0f}",
    }
