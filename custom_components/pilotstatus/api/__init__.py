"""Client of the Pilot Status API: aiohttp and the standard library only."""

from .account import DeliveryRecord, Number, Webhook
from .body import read_body
from .client import DEFAULT_BASE_URL, DEFAULT_BUDGET, MAX_CALLS, PilotStatusClient
from .errors import (
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
from .events import (
    CALL_EVENTS,
    NUMBER_EVENTS,
    CallEvent,
    CallEventKind,
    NumberEvent,
    parse_event,
)
from .models import ActionResult, Call, CallDirection, CallStatus
from .redaction import parse_words
from .signature import SIGNATURE_HEADER, is_signed
from .transport import KeyType
from .values import parse_id, parse_instant, parse_json, parse_seconds, parse_text

__all__ = [
    "CALL_EVENTS",
    "DEFAULT_BASE_URL",
    "DEFAULT_BUDGET",
    "MAX_CALLS",
    "NUMBER_EVENTS",
    "SIGNATURE_HEADER",
    "ActionResult",
    "Call",
    "CallDirection",
    "CallEvent",
    "CallEventKind",
    "CallNotFoundError",
    "CallStatus",
    "CannotConnectError",
    "ConflictError",
    "DeliveryRecord",
    "FeatureNotSupportedError",
    "ForbiddenError",
    "InvalidAuthError",
    "InvalidResponseError",
    "KeyType",
    "NotConnectedError",
    "NotFoundError",
    "Number",
    "NumberEvent",
    "OutcomeUnknownError",
    "PaymentRequiredError",
    "PilotStatusClient",
    "PilotStatusError",
    "RateLimitedError",
    "RequestRejectedError",
    "ServerFaultError",
    "TenantKeyError",
    "Webhook",
    "is_signed",
    "parse_event",
    "parse_id",
    "parse_instant",
    "parse_json",
    "parse_seconds",
    "parse_text",
    "parse_words",
    "read_body",
]
