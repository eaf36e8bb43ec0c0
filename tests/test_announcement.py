"""An announcement: whom to call next, who was reached, and what its response shows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.pilotstatus.announcement import (
    Announcement,
    Person,
    PersonCalled,
    Progress,
)
from custom_components.pilotstatus.api import Call, CallDirection, CallStatus

from .common import ANA, BRUNO, CARLA

PEOPLE = (
    Person(name="Ana", phone=ANA),
    Person(name="Bruno", phone=BRUNO),
    Person(phone=CARLA),
)


def start(*people: Person, **data: Any) -> Progress:
    """Return the progress of an announcement that has called nobody."""
    return Progress(Announcement(people=people or PEOPLE, wanted=["a.mp3"], **data), set())


def called(progress: Progress, *reached: Person) -> list[str]:
    """Call whoever is to be called, of whom some are reached; return their numbers in order."""
    phones = []
    for one in progress.turns():
        assert progress.calls[-1] is one
        phones.append(one.person.phone)
        one.is_reached = one.person in reached
    return phones


def test_people_are_called_in_order_until_one_is_reached() -> None:
    ana, bruno, _ = PEOPLE
    assert called(start()) == [ANA, BRUNO, CARLA]
    assert called(start(), bruno) == [ANA, BRUNO]
    assert called(start(), ana) == [ANA]


def test_the_list_is_gone_through_as_often_as_asked() -> None:
    assert called(start(rounds=2)) == [ANA, BRUNO, CARLA] * 2
    progress = start(rounds=3)
    phones = []
    for one in progress.turns():
        phones.append(one.person.phone)
        one.is_reached = phones.count(BRUNO) == 2
    assert phones == [ANA, BRUNO, CARLA, ANA, BRUNO]


def test_if_everyone_is_to_be_reached_only_the_others_are_called_again() -> None:
    _, bruno, carla = PEOPLE
    assert called(start(everyone=True), bruno) == [ANA, BRUNO, CARLA]
    progress = start(everyone=True, rounds=3)
    assert called(progress, bruno, carla) == [ANA, BRUNO, CARLA, ANA, ANA]
    assert [it.person for it in progress.reached] == [bruno, carla]
    assert called(start(everyone=True, rounds=2), *PEOPLE) == [ANA, BRUNO, CARLA]


def test_who_answered_too_late_was_not_reached_and_the_next_one_is_called() -> None:
    progress = start(rounds=2)
    for one in progress.turns():
        one.answered = True
    assert len(progress.calls) == 6
    assert progress.as_dict()["answered"] is False


@pytest.mark.parametrize("everyone", [False, True])
def test_who_is_named_twice_is_one_person_in_the_place_and_by_the_name_that_come_first(
    everyone: bool,  # noqa: FBT001
) -> None:
    without_ninth = Person(phone=BRUNO.replace("+55119", "+5511"), name="Office")
    people = (without_ninth, PEOPLE[0], PEOPLE[1], PEOPLE[0])
    progress = start(*people, everyone=everyone)
    assert called(progress) == [without_ninth.phone, ANA]
    assert [it.person.name for it in progress.calls] == ["Office", "Ana"]


def test_nobody_is_called_if_nobody_is_named() -> None:
    progress = Progress(Announcement(people=[], wanted=["a.mp3"], rounds=5), set())
    assert called(progress) == []
    assert progress.as_dict() == {"answered": False, "answered_by": [], "attempts": []}


def test_by_default_it_is_said_once_to_whoever_answers_first() -> None:
    asked = Announcement(people=PEOPLE, wanted=[])
    assert (asked.repeat, asked.ring, asked.rounds, asked.everyone) == (1, 45, 1, False)


def test_a_person_is_shown_by_name_or_by_the_end_of_the_number() -> None:
    assert [it.shown for it in PEOPLE] == ["Ana", "Bruno", f"…{CARLA[-4:]}"]


def test_the_response_tells_who_was_reached_and_of_each_call_what_came_of_it() -> None:
    ana, bruno, carla = PEOPLE
    progress = start()
    progress.calls = [
        PersonCalled(person=ana, error="outcome_unknown"),
        PersonCalled(person=bruno, call_id="call_1", status="REJECTED"),
        PersonCalled(
            person=carla,
            call_id="call_2",
            status="COMPLETED",
            answered=True,
            heard=1.26,
            is_reached=True,
        ),
    ]
    first = {"name": "Ana", "peer_number": ANA, "call_id": None}
    second = {"name": "Bruno", "peer_number": BRUNO, "call_id": "call_1"}
    third = {"name": None, "peer_number": CARLA, "call_id": "call_2"}
    unheard = {"answered": False, "heard": 0.0}
    assert progress.as_dict() == {
        "answered": True,
        "answered_by": [third],
        "attempts": [
            {**first, "status": None, **unheard, "error": "outcome_unknown"},
            {**second, "status": "rejected", **unheard, "error": None},
            {**third, "status": "completed", "answered": True, "heard": 1.3, "error": None},
        ],
    }


def test_what_was_heard_may_be_unknown() -> None:
    one = PersonCalled(person=PEOPLE[0], answered=True, heard=None)
    assert one.as_dict()["heard"] is None


@pytest.mark.parametrize(
    ("unlike", "is_meant"),
    [
        ({}, True),
        ({"peer_number": ANA.replace("+55119", "+5511")}, True),
        ({"peer_number": BRUNO}, False),
        ({"peer_number": None}, False),
        ({"direction": CallDirection.INBOUND}, False),
        ({"direction": None}, False),
        # The server's clock is known to the second.
        ({"created_at": timedelta(seconds=-2)}, True),
        ({"created_at": timedelta(seconds=-2.1)}, False),
        ({"id": "call_known"}, False),
    ],
)
def test_a_call_that_a_dial_may_have_placed(unlike: dict[str, Any], *, is_meant: bool) -> None:
    progress = start()
    progress.known.add("call_known")
    dialed_at = datetime(2026, 11, 29, 3, tzinfo=UTC)
    is_outgoing = {"direction": CallDirection.OUTBOUND, "status": CallStatus.RINGING}
    how = {"id": "call_new", "peer_number": ANA, **is_outgoing, **unlike}
    call = Call(**how | {"created_at": dialed_at + how.get("created_at", timedelta())})
    assert progress.calls_to(ANA, dialed_at, [call]) == ([call] if is_meant else [])


def test_calls_that_a_dial_may_have_placed_stay_in_their_order() -> None:
    at = datetime(2026, 11, 29, 3, tzinfo=UTC)
    newest, oldest = (
        Call(id=it, peer_number=ANA, direction=CallDirection.OUTBOUND, created_at=at)
        for it in ("call_2", "call_1")
    )
    assert start().calls_to(ANA, at, [newest, oldest]) == [newest, oldest]
