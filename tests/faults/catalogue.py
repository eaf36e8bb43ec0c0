"""The faults of a server, as they are ordered of the simulator."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from simulator.bodies import Body
from simulator.numbers import CALLER, DEMO_KEY

#: More often than anything is repeated.
ALWAYS: Final = 1000
#: Seconds; the client of these tests waits half of it.
LATE: Final = 1.4

_STATUSES: Final = {
    "2xx": (202, 204, 206),
    "3xx": tuple(range(300, 309)),
    "4xx": (*range(400, 419), *range(421, 427), 428, 431, 451),
    "5xx": (*range(500, 509), 511),
}
_CODES: Final = (
    (400, "FEATURE_NOT_SUPPORTED"),
    (400, "NUMBER_MISMATCH"),
    (403, "TENANT_SCOPE_NOT_ALLOWED"),
    (404, "CALL_NOT_FOUND"),
    (409, "INVALID_CALL_STATE"),
    (409, "WHATSAPP_INSTANCE_NOT_CONNECTED"),
)
_RETRY_AFTER: Final = {
    "a day": "86400",
    "400 digits": "9" * 400,
    "a date": "Fri, 31 Dec 2100 23:59:59 GMT",
    "an impossible date": "Fri, 31 Dec 9999 23:59:59 -2359",
    "garbage": "soon, or later",
    "nothing": "",
    "not a number": "nan",
    "infinity": "1e400",
    "a negative number": "-5",
}
_RETRY_SECONDS: Final[Mapping[str, Any]] = {
    "a day": 86_400,
    "400 digits": 10**400,
    "infinity": float("inf"),
    "not a number": float("nan"),
    "a negative number": -5,
    "true": True,
    "null": None,
    "text": "soon",
    "a list": [60],
    "an object": {"seconds": 60},
}
_NO_OBJECTS: Final = ("null", "true", "7", "-1", "1e400", "NaN", '"text"', '""', '"\\ud800"', "[]")
_WORDS: Final[Mapping[str, Any]] = {
    "none": "",
    "the key": f"The key {DEMO_KEY} is odd",
    "a phone number": f"The peer {CALLER} is odd, 5511987654321 too",
    "long": "word " * 20_000,
    "half a character": "odd \ud800 word",
    "control characters": "odd\x00\x07\x1b[31m\r\n\u202eword",
    "Markdown": "[click](http://a.b) <b>![x](y)</b> # `code` | **bold**",
    "a placeholder": "{reason} {0} {media.__class__} %s %(key)s",
    "many URLs": "http://a" * 10_000,
    "many digits": "1 " * 40_000 + "x",
}
_NO_WORDS: Final[Mapping[str, Any]] = {
    "a number": 7,
    "a list": ["odd"],
    "an object": {"message": "odd"},
    "true": True,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: its name, its kind, and what is ordered of the simulator."""

    kind: str
    name: str
    order: Mapping[str, Any]

    @property
    def is_of_time(self) -> bool:
        """Whether a client has to lose patience with it."""
        return "delay" in self.order or self.order.get("body") is Body.STALLED


def common_faults(trap: str, *, is_question: bool) -> Iterator[Fault]:
    """Yield the faults that any endpoint can have; ``trap`` is where no redirect may lead.

    A question changes nothing, so that it may be repeated.
    """
    yield from _statuses(trap)
    yield from _limits()
    yield from _bodies()
    yield from _words()
    yield from _lost(is_question=is_question)


def _statuses(trap: str) -> Iterator[Fault]:
    for kind, statuses in _STATUSES.items():
        for status in statuses:
            yield _fault(kind, str(status), status=status)
    for status, code in _CODES:
        yield _fault("documented code", f"{status} {code}", status=status, code=code)
    for status in (301, 302, 303, 307, 308):
        location = {"location": f"{trap}/v1/calls"}
        yield _fault("redirect", f"{status} elsewhere", status=status, headers=location)


def _limits() -> Iterator[Fault]:
    yield _fault("429 once", "429 for a second, once", 1, status=429, headers={"Retry-After": "1"})
    for name, value in _RETRY_AFTER.items():
        headers = {"Retry-After": value}
        yield _fault("429 header", f"429 Retry-After: {name}", status=429, headers=headers)
    for name, value in _RETRY_SECONDS.items():
        fields = {"retryAfterSeconds": value}
        yield _fault("429 body", f"429 retryAfterSeconds: {name}", status=429, fields=fields)


def _bodies() -> Iterator[Fault]:
    for body in Body:
        yield _fault(f"{body} body", f"a body {body}", body=body)
    for text in _NO_OBJECTS:
        yield _fault("not an object", f"the body {text}", text=text)
    yield _fault("not an object", "the body {}", fields={})
    readable = [body for body in Body if body not in {Body.CUT, Body.STALLED}]
    for status in (400, 429, 500):
        kind = f"any body of a {status}"
        for body in readable:
            yield _fault(kind, f"{status} with a body {body}", status=status, body=body)
        for text in _NO_OBJECTS:
            yield _fault(kind, f"{status} with the body {text}", status=status, text=text)


def _words() -> Iterator[Fault]:
    for name, words in _WORDS.items():
        yield _fault("words", f"400 with words: {name}", status=400, error=words)
        yield _fault("words", f"500 with words: {name}", status=500, error=words)
        yield _fault("words", f"400 with a code: {name}", status=400, code=words)
    for name, value in _NO_WORDS.items():
        fields = {"error": value, "code": value}
        yield _fault("no words", f"409 with words that are {name}", status=409, fields=fields)


def _lost(*, is_question: bool) -> Iterator[Fault]:
    yield _fault("dropped before", "dropped before it was read, once", 1, drop="before")
    yield _fault("dropped after", "dropped after it was handled, once", 1, drop="after")
    if is_question:
        yield _fault("dropped always", "dropped after it was handled, always", drop="after")
    yield _fault("late", "an answer that is late", delay=LATE)


def _fault(kind: str, name: str, times: int = ALWAYS, **order: Any) -> Fault:
    return Fault(kind=kind, name=name, order={"times": times, **order})
