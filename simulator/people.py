"""The people who are called: whose number it is, and what they do when their phone rings."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
import re
from typing import Final

from .numbers import is_phone
from .transitions import Step

#: A mobile number of Brazil: its area, the ninth digit or none, the other eight.
_BRAZILIAN_MOBILE: Final = re.compile(r"^(55[1-9]\d)9?([6-9]\d{7})$")


def with_ninth_digit(number: str) -> str:
    """Return the digits of a number, a mobile one of Brazil with its ninth digit.

    Two numbers are of the same person if this makes them the same.
    """
    return _BRAZILIAN_MOBILE.sub(r"\g<1>9\g<2>", number.removeprefix("+"))


def without_ninth_digit(number: str) -> str:
    """Return the digits of a number, a mobile one of Brazil without its ninth digit."""
    return _BRAZILIAN_MOBILE.sub(r"\1\2", number.removeprefix("+"))


class Does(StrEnum):
    """What a person does when called."""

    ANSWER = "answer"
    DECLINE = "decline"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person, by their phone number.

    They answer or decline once their phone has rung for ``after`` seconds, and hang up
    ``hang_up_after`` seconds after their answer, unless that is ``None``. One who ignores calls
    lets the phone ring; the seconds are stored for the day that changes. WhatsApp reports their
    number with the ninth digit of Brazil or without it, whichever was dialed.

    Raises ValueError for what is no phone number, and for one that has no ninth digit to omit.
    """

    number: str
    name: str | None = None
    does: Does = Does.IGNORE
    after: float = 0
    hang_up_after: float | None = None
    without_ninth_digit: bool = False

    def __post_init__(self) -> None:
        """Check the number."""
        if not is_phone(self.number):
            raise ValueError("expected a phone number")
        if self.without_ninth_digit and self.peer_number == with_ninth_digit(self.number):
            raise ValueError("without_ninth_digit: expected a mobile number of Brazil")

    @property
    def peer_number(self) -> str:
        """The digits that calls of the person carry, in the API and in webhooks."""
        change = without_ninth_digit if self.without_ninth_digit else with_ninth_digit
        return change(self.number)

    def steps(self) -> tuple[tuple[float, Step], ...]:
        """Return what the person does when called: seconds to wait, then a step, and so on."""
        if self.does is Does.IGNORE:
            return ()
        if self.does is Does.DECLINE:
            return ((self.after, Step.DECLINE),)
        answer = (self.after, Step.ANSWER)
        if self.hang_up_after is None:
            return (answer,)
        return answer, (self.hang_up_after, Step.HANG_UP)

    def as_json(self) -> dict[str, object]:
        """Return the person, with the number that their calls carry."""
        number = f"+{with_ninth_digit(self.number)}"
        return asdict(self) | {"number": number, "peerNumber": self.peer_number}


class People:
    """Everybody who is known; who is not, ignores calls and is reported as dialed."""

    def __init__(self) -> None:
        """Start with nobody."""
        self._people: dict[str, Person] = {}

    def __iter__(self) -> Iterator[Person]:
        """Return the people, in the order in which they became known."""
        return iter(self._people.values())

    def put(self, person: Person) -> None:
        """Store a person, in place of the one who had the number."""
        self._people[with_ninth_digit(person.number)] = person

    def find(self, number: str | None) -> Person | None:
        """Return the person who has a number, written in any way; nobody has none."""
        return None if number is None else self._people.get(with_ninth_digit(number))

    def forget(self, number: str) -> bool:
        """Forget the person who has a number; return whether there was one."""
        return self._people.pop(with_ninth_digit(number), None) is not None

    def peer_number(self, number: str | None) -> str | None:
        """Return the digits with which a number is reported."""
        person = self.find(number)
        if person is not None:
            return person.peer_number
        return None if number is None else number.removeprefix("+")
