"""The documented fields of each answer, and values of the wrong type for them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from .catalogue import ALWAYS, Fault

LIST: Final = "calls.list"
START: Final = "calls.start"

_CALL_FIELDS: Final = (
    *("id", "externalCallId", "direction", "status", "peerNumber", "fromNumber"),
    *("conversationId", "bizOpaqueCallbackData", "startedAt", "connectedAt", "endedAt"),
    *("durationSeconds", "errorCode", "errorMessage", "createdAt", "updatedAt"),
)
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    LIST: _CALL_FIELDS,
    "calls.get": _CALL_FIELDS,
    START: ("id", "externalCallId", "status"),
}
_RESULT: Final = ("success", "id", "status")

#: Its digits would be a phone number, its length is nobody's.
LONG: Final = "5" * 5000
HALF_A_CHARACTER: Final = "call\ud800"
CONTROL: Final = "call\x00\x1b[31m\n"

VALUES: Final[Mapping[str, Any]] = {
    "null": None,
    "true": True,
    "7": 7,
    "-1": -1,
    "1e20": 1e20,
    "infinity": float("inf"),
    "not a number": float("nan"),
    "400 digits": 10**400,
    "empty": "",
    "long": LONG,
    "half a character": HALF_A_CHARACTER,
    "control characters": CONTROL,
    "a list": ["RINGING"],
    "an object": {"id": "RINGING"},
}
_IDS: Final = {"a dot": ".", "two dots": "..", "a path": "../../v1/calls", "a query": "a?b=c#d"}
_INSTANTS: Final = {
    "before the first year": "0001-01-01T00:00:00+23:59",
    "after the last year": "9999-12-31T23:59:59.999-23:59",
    "a thousand years from now": "3024-01-01T00:00:00Z",
    "a day that never was": "2024-02-30T00:00:00Z",
}


def field_faults(endpoint: str) -> Iterator[Fault]:
    """Yield what can be wrong with the single fields of what an endpoint answers."""
    for field in _FIELDS.get(endpoint, _RESULT):
        yield _fault("field missing", f"{field} is missing", without=[field])
        for name, value in VALUES.items():
            yield _fault(f"field: {name}", f"{field} is {name}", merge={field: value})
    for name, value in _IDS.items():
        yield _fault("field: an odd id", f"id is {name}", merge={"id": value})
    if endpoint in {LIST, "calls.get"}:
        for field in ("startedAt", "connectedAt", "endedAt", "createdAt", "updatedAt"):
            for name, value in _INSTANTS.items():
                yield _fault("field: an odd instant", f"{field} is {name}", merge={field: value})
    if endpoint == LIST:
        for name, value in VALUES.items():
            yield _fault("no list", f"calls is {name}", fields={"calls": value})
        for name, value in VALUES.items():
            yield _fault("no call", f"a call is {name}", fields={"calls": [value]})


def _fault(kind: str, name: str, **order: Any) -> Fault:
    return Fault(kind=kind, name=name, order={"times": ALWAYS, **order})
