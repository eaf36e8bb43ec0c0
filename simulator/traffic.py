"""What passes between Home Assistant and the simulator, for a person to look at."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import count

from .calls import timestamp

_KEPT = 200


class Kind(StrEnum):
    """Who sent it: Home Assistant a request, the simulator a delivery."""

    REQUEST = "request"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """One request or delivery that is over.

    ``number`` counts them. ``status`` is the HTTP status, ``None`` without an answer;
    ``milliseconds`` is how long the answer took.
    """

    number: int
    at: str | None
    kind: Kind
    what: str
    status: int | None
    milliseconds: int


class Traffic:
    """The last few hundred requests and deliveries."""

    def __init__(self, notify: Callable[[], None]) -> None:
        """Start with none; ``notify`` is called for each that is added."""
        self._notify = notify
        self._numbers = count(1)
        self._passed: deque[Passed] = deque(maxlen=_KEPT)

    def add(self, kind: Kind, what: str, status: int | None, seconds: float) -> None:
        """Add one that is over, with how long it took."""
        self._passed.append(
            Passed(
                number=next(self._numbers),
                at=timestamp(datetime.now(UTC)),
                kind=kind,
                what=what,
                status=status,
                milliseconds=round(seconds * 1000),
            )
        )
        self._notify()

    def clear(self) -> None:
        """Forget them, but count on."""
        self._passed.clear()

    def since(self, number: int) -> list[Passed]:
        """Return those after a number, oldest first."""
        return [item for item in self._passed if item.number > number]
