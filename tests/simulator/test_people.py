"""What people do when they are called, and whose number a call carries."""

import asyncio
from datetime import datetime
from itertools import pairwise
from typing import Any

import aiohttp
import pytest

from simulator.client import Phone
from simulator.numbers import CALLER
from simulator.transitions import Status

from .receiver import Receiver

ANA = "+5511987650001"
BRUNO = "+5511987650002"
#: A landline, which never had a ninth digit.
CLARA = "+551130405060"

#: One mobile number in all its spellings, and its digits without the ninth.
SPELLINGS = ("+5511987650001", "5511987650001", "+551187650001", "551187650001")
WITHOUT = "551187650001"


async def becomes(phone: Phone, call_id: str, status: str) -> dict[str, Any]:
    """Wait until a call is in a state; return the call. Raises TimeoutError."""
    async with asyncio.timeout(10):
        while True:
            call = await phone.call(call_id)
            if call["status"] == status:
                return call
            await asyncio.sleep(0.02)


def seconds(call: dict[str, Any], first: str, last: str) -> float:
    """Return the seconds between two instants of a call."""
    between = datetime.fromisoformat(call[last]) - datetime.fromisoformat(call[first])
    # Instants are written in whole milliseconds.
    return between.total_seconds() + 0.002


async def test_one_who_answers_does_so_after_the_ringing(phone: Phone) -> None:
    await phone.settings(dial_delay=0.3)
    await phone.person(ANA, does="answer", after=0.3)
    call = await becomes(phone, await phone.dial(ANA), "ACCEPTED")
    assert seconds(call, "createdAt", "connectedAt") >= 0.6


async def test_one_who_answers_hangs_up_after_that_if_so_said(phone: Phone) -> None:
    await phone.person(ANA, does="answer", after=0.1, hang_up_after=0.4)
    await phone.person(BRUNO, does="answer", after=0.1)
    stays, ends = await phone.dial(BRUNO), await phone.dial(ANA)
    call = await becomes(phone, ends, "COMPLETED")
    assert seconds(call, "connectedAt", "endedAt") >= 0.4
    assert (await phone.call(stays))["status"] == "ACCEPTED"


async def test_one_who_declines_does_so_after_the_ringing(phone: Phone) -> None:
    await phone.person(ANA, does="decline", after=0.3, hang_up_after=0)
    call = await becomes(phone, await phone.dial(ANA), "REJECTED")
    assert call["connectedAt"] is None
    assert seconds(call, "createdAt", "endedAt") >= 0.3


@pytest.mark.parametrize("behavior", [{}, {"does": "ignore", "after": 0, "hang_up_after": 0}])
async def test_one_who_ignores_calls_lets_the_phone_ring(
    phone: Phone, behavior: dict[str, Any]
) -> None:
    await phone.settings(ring_timeout=0.4)
    await phone.person(ANA, **behavior)
    call = await becomes(phone, await phone.dial(ANA), "FAILED")
    assert seconds(call, "createdAt", "endedAt") >= 0.4


async def test_a_call_is_lost_on_one_who_answers_too_late(phone: Phone) -> None:
    await phone.settings(ring_timeout=0.1)
    await phone.person(ANA, does="answer", after=0.3)
    await phone.person(BRUNO, does="answer")
    late = await phone.dial(ANA)
    await becomes(phone, late, "FAILED")
    await phone.settings(dial_delay=0.4)
    await becomes(phone, await phone.dial(BRUNO), "ACCEPTED")
    assert (await phone.call(late))["status"] == "FAILED"


async def test_a_call_to_another_number_is_not_theirs(phone: Phone) -> None:
    await phone.person(ANA, does="answer")
    other, own = await phone.dial(BRUNO), await phone.dial(ANA)
    await becomes(phone, own, "ACCEPTED")
    assert (await phone.call(other))["status"] == "RINGING"


@pytest.mark.parametrize(
    ("dial_delay", "action", "status"),
    [(0.2, "decline", "REJECTED"), (0.2, "answer", "ACCEPTED"), (0, "answer", "ACCEPTED")],
)
async def test_who_acts_by_hand_first_is_left_alone(
    phone: Phone, dial_delay: float, action: str, status: str
) -> None:
    await phone.settings(dial_delay=dial_delay)
    await phone.person(ANA, does="answer", after=0.2, hang_up_after=0)
    by_hand, left_alone = await phone.dial(ANA), await phone.dial(ANA)
    if dial_delay == 0:
        await becomes(phone, by_hand, "RINGING")
    await phone.act(by_hand, action)
    await becomes(phone, left_alone, "COMPLETED")
    assert (await phone.call(by_hand))["status"] == status


async def test_a_call_that_the_number_ends_is_not_ended_again(
    phone: Phone, receiver: Receiver
) -> None:
    await phone.api("POST", "/webhooks", {"url": receiver.url, "events": ["call.ended"]})
    await phone.person(ANA, does="answer", hang_up_after=0.2)
    ended, left_alone = await phone.dial(ANA), await phone.dial(ANA)
    await becomes(phone, ended, "ACCEPTED")
    await phone.api("POST", f"/calls/{ended}/terminate")
    await becomes(phone, left_alone, "COMPLETED")
    await receiver.events(2)
    assert [body["callId"] for body in receiver.bodies] == [ended, left_alone]


async def test_what_a_person_does_counts_from_the_next_ringing(phone: Phone) -> None:
    await phone.settings(dial_delay=0.3)
    await phone.person(ANA, does="answer")
    call_id = await phone.dial(ANA)
    await phone.person(ANA, does="decline")
    await becomes(phone, call_id, "REJECTED")
    await phone.forget_person(ANA)
    await becomes(phone, await phone.dial(ANA), "RINGING")


async def test_the_people_are_listed_as_they_became_known(phone: Phone) -> None:
    assert await phone.people() == []
    ana = await phone.person("551187650001", name="Ana", does="answer", after=2, hang_up_after=5.5)
    clara = await phone.person(CLARA)
    assert ana == {
        "number": ANA,
        "name": "Ana",
        "does": "answer",
        "after": 2,
        "hang_up_after": 5.5,
        "without_ninth_digit": False,
        "peerNumber": "5511987650001",
    }
    assert clara == {
        "number": CLARA,
        "name": None,
        "does": "ignore",
        "after": 0,
        "hang_up_after": None,
        "without_ninth_digit": False,
        "peerNumber": "551130405060",
    }
    assert await phone.people() == [ana, clara]


async def test_a_person_is_put_in_the_place_of_the_one_before(phone: Phone) -> None:
    await phone.person(ANA, name="Ana", does="answer", after=2)
    await phone.person(BRUNO)
    changed = await phone.person(SPELLINGS[-1], does="decline")
    assert (changed["name"], changed["after"]) == (None, 0)
    assert [person["does"] for person in await phone.people()] == ["decline", "ignore"]


@pytest.mark.parametrize("known", SPELLINGS)
@pytest.mark.parametrize("dialed", SPELLINGS)
async def test_a_person_is_the_same_with_and_without_the_ninth_digit(
    phone: Phone, known: str, dialed: str
) -> None:
    await phone.person(known, does="answer")
    call = await becomes(phone, await phone.dial(dialed), "ACCEPTED")
    assert call["peerNumber"] == "5511987650001"
    await phone.forget_person(dialed)
    assert await phone.people() == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (CLARA, "+5511930405060"),
        ("+5511912345678", "+551112345678"),
        ("+55119876543210", "+5511876543210"),
        ("+15587654321", "+155987654321"),
        ("+5501987654321", "+550187654321"),
        ("+5511987654321", "+5521987654321"),
        ("+5511987654321", "+511987654321"),
    ],
)
async def test_numbers_that_are_of_two_people(phone: Phone, one: str, other: str) -> None:
    await phone.person(one)
    await phone.person(other)
    assert [person["number"] for person in await phone.people()] == [one, other]


async def test_who_is_not_known_is_reported_as_dialed(phone: Phone) -> None:
    for number in SPELLINGS:
        call = await phone.call(await phone.dial(number))
        assert call["peerNumber"] == number.removeprefix("+")


@pytest.mark.parametrize("number", SPELLINGS)
async def test_a_number_is_reported_without_its_ninth_digit_if_so_said(
    phone: Phone, receiver: Receiver, number: str
) -> None:
    await phone.api("POST", "/webhooks", {"url": receiver.url, "events": ["call.ringing"]})
    person = await phone.person(ANA, without_ninth_digit=True)
    assert (person["number"], person["peerNumber"]) == (ANA, WITHOUT)
    incoming = await phone.ring(number)
    await receiver.events(1)
    outgoing = await phone.dial(number)
    await receiver.events(2)
    assert [(body["callId"], body["from"], body["to"]) for body in receiver.bodies] == [
        (incoming, WITHOUT, "551130000001"),
        (outgoing, "551130000001", WITHOUT),
    ]
    answers = (await phone.api("GET", "/calls"))["calls"]
    assert [(call["peerNumber"], call["fromNumber"]) for call in answers] == [
        (WITHOUT, "551130000001"),
        (WITHOUT, WITHOUT),
    ]


async def test_a_caller_may_have_no_number(phone: Phone, receiver: Receiver) -> None:
    await phone.api("POST", "/webhooks", {"url": receiver.url, "events": ["*"]})
    await phone.person(CALLER, without_ninth_digit=True)
    call_id = await phone.ring(None)
    await receiver.events(1)
    await phone.api("POST", f"/calls/{call_id}/accept")
    assert await receiver.events(2) == ["call.ringing", "call.connected"]
    assert [(body["from"], body["to"]) for body in receiver.bodies] == [(None, "551130000001")] * 2
    call = await phone.api("GET", f"/calls/{call_id}")
    assert (call["peerNumber"], call["fromNumber"]) == (None, None)


async def test_a_caller_who_is_not_named_has_the_number_of_the_page(
    phone: Phone, session: aiohttp.ClientSession
) -> None:
    async with session.post(f"{phone.url}/phone/ring", json={}) as response:
        assert (await response.json())["peerNumber"] == CALLER.removeprefix("+")


@pytest.mark.parametrize(
    ("number", "order", "wrong"),
    [
        (ANA, {"nonsense": 1}, "nonsense"),
        (ANA, {"number": ANA}, "number"),
        (ANA, {"peerNumber": WITHOUT}, "peerNumber"),
        (ANA, {"does": "hesitate"}, "'decline'"),
        (ANA, {"does": None}, "does"),
        (ANA, {"does": ["answer"]}, "does"),
        (ANA, {"after": -0.1}, "after"),
        (ANA, {"after": "2"}, "after"),
        (ANA, {"after": True}, "after"),
        (ANA, {"after": None}, "after"),
        (ANA, {"after": float("inf")}, "after"),
        (ANA, {"after": float("nan")}, "after"),
        (ANA, {"after": 86_401}, "after"),
        (ANA, {"hang_up_after": -1}, "hang_up_after"),
        (ANA, {"hang_up_after": False}, "hang_up_after"),
        (ANA, {"hang_up_after": float("nan")}, "hang_up_after"),
        (ANA, {"name": 1}, "name"),
        (ANA, {"without_ninth_digit": 1}, "without_ninth_digit"),
        (ANA, [], "dictionary"),
        (CLARA, {"without_ninth_digit": True}, "mobile number of Brazil"),
        ("+15551234567", {"without_ninth_digit": True}, "mobile number of Brazil"),
        ("Ana", {}, "phone number"),
        ("+55", {}, "phone number"),
    ],
)
async def test_a_person_who_means_nothing_is_refused_with_words(
    phone: Phone, session: aiohttp.ClientSession, number: str, order: Any, wrong: str
) -> None:
    async with session.put(f"{phone.url}/phone/people/{number}", json=order) as response:
        assert response.status == 400
        assert wrong in await response.text()
    assert await phone.people() == []


async def test_a_person_who_is_refused_changes_nobody(phone: Phone) -> None:
    known = await phone.person(ANA, name="Ana", does="answer")
    with pytest.raises(aiohttp.ClientResponseError, match="after"):
        await phone.person(ANA, does="decline", after=-1)
    assert await phone.people() == [known]


async def test_nobody_is_forgotten_who_is_not_known(phone: Phone) -> None:
    await phone.person(ANA)
    with pytest.raises(aiohttp.ClientResponseError) as caught:
        await phone.forget_person(BRUNO)
    assert caught.value.status == 404
    assert len(await phone.people()) == 1


async def test_a_reset_forgets_the_people_and_what_they_were_about_to_do(
    phone: Phone, receiver: Receiver
) -> None:
    await phone.person(ANA, does="answer", after=0.3)
    await becomes(phone, await phone.dial(ANA), "RINGING")
    await phone.reset()
    assert await phone.people() == []
    await phone.api("POST", "/webhooks", {"url": receiver.url, "events": ["call.connected"]})
    await phone.person(ANA, does="answer", after=0.3)
    call_id = await phone.dial(ANA)
    await receiver.events(1)
    assert [body["callId"] for body in receiver.bodies] == [call_id]


async def test_the_live_calls_are_those_that_have_not_ended(phone: Phone) -> None:
    over, answered, ringing = await phone.ring(), await phone.ring(), await phone.ring()
    await phone.settings(dial_delay=60)
    dialed = await phone.dial()
    await phone.act(over, "hang_up")
    await phone.api("POST", f"/calls/{answered}/accept")
    assert [call["id"] for call in await phone.live()] == [dialed, ringing, answered]


async def test_it_is_told_when_a_call_was_live(phone: Phone) -> None:
    await phone.settings(dial_delay=0)
    await phone.person(ANA, does="decline")
    for _ in range(3):
        await phone.dial(ANA)
        await phone.newest(Status.REJECTED)
    last = await phone.ring()
    calls = (await phone.calls())[::-1]
    assert [call["ended"] is None for call in calls] == [False, False, False, True]
    assert all(call["began"] < call["ended"] for call in calls[:-1])
    assert all(one["ended"] < other["began"] for one, other in pairwise(calls))
    other = await phone.ring()
    await phone.act(last, "hang_up")
    assert (await phone.call(other))["began"] < (await phone.call(last))["ended"]
