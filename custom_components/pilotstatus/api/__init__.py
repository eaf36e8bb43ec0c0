"""Client of the Pilot Status API: aiohttp and the standard library only."""

from .client import DEFAULT_BASE_URL, MAX_CALLS, KeyType, PilotStatusClient
from .errors import (
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
from .models import ActionResult, Call, CallDirection, CallStatus, Number

__all__ = [
    "DEFAULT_BASE_URL",
    "MAX_CALLS",
    "ActionResult",
    "Call",
    "CallDirection",
    "CallStatus",
    "CannotConnectError",
    "ConflictError",
    "FeatureNotSupportedError",
    "ForbiddenError",
    "InvalidAuthError",
    "InvalidResponseError",
    "KeyType",
    "NotConnectedError",
    "NotFoundError",
    "Number",
    "OutcomeUnknownError",
    "PaymentRequiredError",
    "PilotStatusClient",
    "PilotStatusError",
    "RateLimitedError",
    "RequestRejectedError",
    "ServerFaultError",
    "TenantKeyError",
]
