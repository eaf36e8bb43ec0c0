"""What can go wrong with a request, one class for each cause that a caller handles by itself.

No message holds the key, a phone number or the query of a URL: the client takes them out
of the server's words before an error is made.
"""

from typing import ClassVar


class PilotStatusError(Exception):
    """Base of every error that the client raises.

    ``status`` is the HTTP status, ``None`` if no answer came. ``code`` and ``reason`` are the
    server's machine code and its own words, ``None`` if it sent none.
    """

    summary: ClassVar[str]

    def __init__(
        self,
        *,
        status: int | None = None,
        code: str | None = None,
        reason: str | None = None,
    ) -> None:
        """Keep what is known of the failure."""
        self.status = status
        self.code = code
        self.reason = reason
        details = ", ".join(
            str(part) for part in (status and f"HTTP {status}", code, reason) if part
        )
        super().__init__(f"{self.summary} ({details})" if details else self.summary)


class InvalidAuthError(PilotStatusError):
    """401: the key is missing, wrong or revoked."""

    summary = "The API key was refused"


class ForbiddenError(PilotStatusError):
    """403, 451: the key is known but may not do this."""

    summary = "The API key is not allowed to do this"


class TenantKeyError(ForbiddenError):
    """403 ``TENANT_SCOPE_NOT_ALLOWED``: the key belongs to the account, not to a number."""

    summary = "The API key belongs to the whole account, not to one number"


class RequestRejectedError(PilotStatusError):
    """400, or another 4xx without a class of its own: the request itself was refused."""

    summary = "The request was refused"


class FeatureNotSupportedError(RequestRejectedError):
    """400 ``FEATURE_NOT_SUPPORTED``: this kind of number cannot do it."""

    summary = "The number cannot do this"


class PaymentRequiredError(PilotStatusError):
    """402: the plan or the balance of the account does not cover it."""

    summary = "The plan does not cover this"


class NotFoundError(PilotStatusError):
    """404: what the request names does not exist at this server or for this number."""

    summary = "Not found"


class CallNotFoundError(NotFoundError):
    """404 on a call: the number has no such call."""

    summary = "The number has no such call"


class ConflictError(PilotStatusError):
    """409: the state of the number or of the call does not allow it."""

    summary = "The current state does not allow this"


class NotConnectedError(ConflictError):
    """409 ``WHATSAPP_INSTANCE_NOT_CONNECTED``: the number is not linked to WhatsApp."""

    summary = "The number is not connected to WhatsApp"


class RateLimitedError(PilotStatusError):
    """429, and the wait it asks for does not fit into the budget of the request.

    ``retry_after`` is that wait in seconds.
    """

    summary = "Too many requests"

    def __init__(
        self,
        retry_after: float,
        *,
        code: str | None = None,
        reason: str | None = None,
    ) -> None:
        """Keep how long the server wants to be left alone."""
        super().__init__(status=429, code=code, reason=reason)
        self.retry_after = retry_after


class ServerFaultError(PilotStatusError):
    """5xx, 408, 425: Pilot Status has a fault of its own, or no time."""

    summary = "Pilot Status has a fault"


class CannotConnectError(PilotStatusError):
    """No connection was made, or a question that changes nothing got no answer."""

    summary = "Pilot Status cannot be reached"


class OutcomeUnknownError(PilotStatusError):
    """The request was sent and no answer came: the server may have acted on it."""

    summary = "No answer came, it is unknown whether the request was carried out"


class InvalidResponseError(PilotStatusError):
    """An answer that is not of the documented shape."""

    summary = "The answer cannot be read"


_BY_STATUS: dict[int, type[PilotStatusError]] = {
    400: RequestRejectedError,
    401: InvalidAuthError,
    402: PaymentRequiredError,
    403: ForbiddenError,
    404: NotFoundError,
    408: ServerFaultError,
    409: ConflictError,
    425: ServerFaultError,
    451: ForbiddenError,
}

_BY_CODE: dict[tuple[int, str], type[PilotStatusError]] = {
    (400, "FEATURE_NOT_SUPPORTED"): FeatureNotSupportedError,
    (403, "TENANT_SCOPE_NOT_ALLOWED"): TenantKeyError,
    (409, "WHATSAPP_INSTANCE_NOT_CONNECTED"): NotConnectedError,
}


def error_for_answer(status: int, code: str | None, reason: str | None) -> PilotStatusError:
    """Return the error for an answer other than 2xx and 429.

    Statuses and codes are those of sections 10 and 11 of the API reference; a status that
    is not listed there falls back to the class of its hundred.
    """
    error = _BY_CODE.get((status, code or "")) or _BY_STATUS.get(status)
    if error is None:
        if status >= 500:  # noqa: PLR2004
            error = ServerFaultError
        elif status >= 400:  # noqa: PLR2004
            error = RequestRejectedError
        else:
            error = InvalidResponseError
    return error(status=status, code=code, reason=reason)
