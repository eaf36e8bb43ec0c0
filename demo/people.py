"""The demo's people: who is a contact, and what they do when they are called."""

from typing import Any, Final, NamedTuple

from simulator.client import Phone

from .home_assistant import HomeAssistant


class Person(NamedTuple):
    """One person; ``behavior`` is as in ``simulator.people.Person``."""

    name: str
    phone: str
    behavior: dict[str, Any]


#: In the order in which they are called: the first sleeps, the second declines.
PEOPLE: Final = (
    Person("Ana", "+5511991110001", {"does": "ignore"}),
    Person("Bruno", "+5511991110002", {"does": "decline", "after": 2}),
    Person("Carla", "+5511991110003", {"does": "answer", "after": 2}),
)


async def add_people(home: HomeAssistant, entry_id: str, phone: Phone) -> None:
    """Make contacts of them, and give them their telephones."""
    for person in PEOPLE:
        # As people in Brazil write it.
        area, first, second = person.phone[3:5], person.phone[5:10], person.phone[10:]
        await home.add_contact(entry_id, person.name, f"({area}) {first}-{second}")
        await phone.person(person.phone, name=person.name, **person.behavior)
