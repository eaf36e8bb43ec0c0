"""Which failure each fault is: the table of errors, as a function of fault and endpoint."""

from collections.abc import Mapping, Set as AbstractSet
from typing import Any, Final

from simulator.bodies import Body

from .fields import CONTROL, HALF_A_CHARACTER, LIST, LONG, START

OK: Final = "success"
QUESTIONS: Final = frozenset({LIST, "calls.get"})
#: What the caller can correct is a ServiceValidationError.
CORRECTABLE: Final = frozenset(
    {"call_not_found", "no_live_call", "not_found", "not_supported", "rejected", "which_call"}
)

_BY_CODE: Final = {
    "FEATURE_NOT_SUPPORTED": "not_supported",
    "TENANT_SCOPE_NOT_ALLOWED": "tenant_key",
    "WHATSAPP_INSTANCE_NOT_CONNECTED": "not_connected",
}
_BY_STATUS: Final = {
    401: "invalid_auth",
    402: "payment_required",
    403: "forbidden",
    408: "server_error",
    409: "conflict",
    425: "server_error",
    429: "rate_limited",
    451: "forbidden",
}


def outcomes(order: Mapping[str, Any], endpoint: str) -> AbstractSet[str]:
    """Return the translation keys that are right for a fault, ``OK`` for success."""
    is_question = endpoint in QUESTIONS
    lost = {"cannot_connect" if is_question else "outcome_unknown"}
    body, status = order.get("body"), order.get("status")
    if order["times"] == 1 and (status is not None or is_question):
        # Repeated, since that can do no harm.
        return {OK}
    if order.get("drop") or order.get("delay") or body is Body.STALLED:
        return lost
    if body is Body.CUT:
        return lost | {"invalid_response"}
    if status is not None and status >= 400:
        return {_of_error(status, order.get("code"), endpoint)}
    return _of_answer(order, endpoint)


def _of_answer(order: Mapping[str, Any], endpoint: str) -> AbstractSet[str]:
    """Return what follows from an answer that is no error, and perhaps not readable."""
    if "fields" in order:
        return _of_fields(order["fields"], endpoint)
    if "merge" in order or "without" in order:
        return _of_changes(order, endpoint)
    return {"invalid_response"}


def _of_error(status: int, code: str | None, endpoint: str) -> str:
    if status == 404:
        return "not_found" if endpoint in {LIST, START} else "call_not_found"
    fallback = "server_error" if status >= 500 else "rejected"
    return _BY_CODE.get(code or "", _BY_STATUS.get(status, fallback))


def _of_fields(fields: Mapping[str, Any], endpoint: str) -> AbstractSet[str]:
    """Return what follows from an answer that is another: a list may have no calls in it."""
    if endpoint == LIST and isinstance(fields.get("calls"), list):
        return {OK, "invalid_response"} if fields["calls"] else {OK}
    return {"invalid_response"}


def _of_changes(order: Mapping[str, Any], endpoint: str) -> AbstractSet[str]:
    """Return what follows from one wrong field: only some are needed."""
    for field in order.get("without", ()):
        return _of_field(field, None, endpoint)
    ((field, value),) = order["merge"].items()
    return _of_field(field, value, endpoint)


def _of_field(field: str, value: Any, endpoint: str) -> AbstractSet[str]:
    if field == "success":
        return {OK} if value is True else {"invalid_response"}
    if field != "id":
        return {OK}
    if endpoint == LIST:
        # What is no call may be left out, or be one that the number does not have.
        return {OK, "call_not_found", "invalid_response"}
    if value in {HALF_A_CHARACTER, CONTROL} if isinstance(value, str) else False:
        # It may be no id, or one without those characters; then the number has no such call.
        return {OK, "invalid_response", "call_not_found"}
    is_id = isinstance(value, str) and value not in {"", ".", "..", LONG}
    return {OK, "call_not_found", "not_found"} if is_id else {"invalid_response"}
