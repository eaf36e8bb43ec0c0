"""The demo's people: who is a contact."""

from typing import Final, NamedTuple

from simulator.client import Phone

from .home_assistant import HomeAssistant


class Person(NamedTuple):
    """One person."""

    name: str
    phone: str


#: In the order in which they are called.
PEOPLE: Final = (Person("Ana", "+5511991110001"), Person("Bruno", "+5511991110002"))


async def add_people(home: HomeAssistant, entry_id: str, phone: Phone) -> None:
    """Make contacts of them, and give them telephones, which ring until somebody answers."""
    for person in PEOPLE:
        # As people in Brazil write it.
        area, first, second = person.phone[3:5], person.phone[5:10], person.phone[10:]
        await home.add_contact(entry_id, person.name, f"({area}) {first}-{second}")
        await phone.person(person.phone, name=person.name)
