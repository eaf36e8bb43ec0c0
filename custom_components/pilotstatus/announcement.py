"""What is announced to whom, and who was reached. Pure state."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from .api import Call, CallDirection
from .call_state import began
from .phone_number import phone_end, with_ninth_digit

#: How far the server's clock may be misread; its headers count whole seconds.
_CLOCK_ERROR: Final = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whom to call: ``phone`` is E.164, ``name`` ``None`` for who is no contact."""

    phone: str
    name: str | None = None

    @property
    def shown(self) -> str:
        """The name, or the end of the phone number."""
        return self.name or phone_end(self.phone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What is announced to whom.

    ``wanted`` is media ids and URLs, said ``repeat`` times. ``ring`` is seconds from the dial.
    The people are gone through in ``rounds``; unless ``everyone`` is to be reached, nobody is
    called after the first who was.
    """

    people: Sequence[Person]
    wanted: Sequence[str]
    repeat: int = 1
    ring: float = 45
    rounds: int = 1
    everyone: bool = False


@dataclass(slots=True, kw_only=True)
class PersonCalled:
    """One call to a person, or why there was none.

    ``status`` is the call's, ``None`` if none is known. ``heard`` is in seconds, ``None`` if
    unknown. ``error`` is the translation key of what went wrong. Somebody ``is_reached`` who
    answered a call into which it was played, as far as can be known.
    """

    person: Person
    call_id: str | None = None
    status: str | None = None
    answered: bool = False
    heard: float | None = 0.0
    error: str | None = None
    is_reached: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return it as a response shows it."""
        return {
            **self.named(),
            "status": self.status and self.status.lower(),
            "answered": self.answered,
            "heard": None if self.heard is None else round(self.heard, 1),
            "error": self.error,
        }

    def named(self) -> dict[str, Any]:
        """Return who it is, and in which call."""
        person = self.person
        return {"name": person.name, "peer_number": person.phone, "call_id": self.call_id}


@dataclass(slots=True)
class Progress:
    """How far an announcement has come.

    ``known`` holds the ids of calls that are not its own, or that it knows to be. To the
    numbers in ``doubtful`` it may have placed a call without knowing, at the instant beside
    each by the server's clock.
    """

    asked: Announcement
    known: set[str]
    calls: list[PersonCalled] = field(default_factory=list)
    doubtful: dict[str, datetime] = field(default_factory=dict)

    @property
    def reached(self) -> list[PersonCalled]:
        """The calls in which somebody was reached."""
        return [it for it in self.calls if it.is_reached]

    def calls_to(self, phone: str, dialed_at: datetime, calls: Iterable[Call]) -> list[Call]:
        """Return those calls that a dial may have placed and that are not known, in their order."""
        return [
            call
            for call in calls
            if call.id not in self.known
            and call.direction is CallDirection.OUTBOUND
            and with_ninth_digit(call.peer_number or "") == with_ninth_digit(phone)
            and began(call) >= dialed_at - _CLOCK_ERROR
        ]

    def turns(self) -> Iterator[PersonCalled]:
        """Yield whom to call next, as long as somebody is to be called."""
        people: dict[str, Person] = {}
        for person in self.asked.people:
            people.setdefault(with_ninth_digit(person.phone), person)
        for _ in range(self.asked.rounds):
            for person in people.values():
                if self.reached and not self.asked.everyone:
                    return
                if all(it.person is not person for it in self.reached):
                    self.calls.append(PersonCalled(person=person))
                    yield self.calls[-1]

    def as_dict(self) -> dict[str, Any]:
        """Return it as a response shows it."""
        return {
            "answered": bool(self.reached),
            "answered_by": [it.named() for it in self.reached],
            "attempts": [it.as_dict() for it in self.calls],
        }
