"""Announcements: who is called, in which order, and who was reached."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus import announcer, player
from custom_components.pilotstatus.announcement import Announcement, Person
from custom_components.pilotstatus.api import (
    InvalidAuthError,
    NotConnectedError,
    PilotStatusError,
    RateLimitedError,
)
from custom_components.pilotstatus.errors import ActionRefusedError
from custom_components.pilotstatus.media.prepare import MediaContext, PreparedMedia
from custom_components.pilotstatus.notification import Attempt
from custom_components.pilotstatus.playback import Timings
from homeassistant.core import HomeAssistant
from simulator.client import Phone

from .audio import Sound
from .common import ANA, BRUNO, CARLA, number, until, until_asked

type Answer = dict[str, Any]

PEOPLE = (
    Person(name="Ana", phone=ANA),
    Person(name="Bruno", phone=BRUNO),
    Person(phone=CARLA),
)
REACHED = {"status": "completed", "answered": True, "error": None}
IGNORED = {"status": "completed", "answered": False, "heard": 0.0, "error": None}
DECLINED = {"status": "rejected", "answered": False, "heard": 0.0, "error": None}


@pytest.fixture
def home(peopled_entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch) -> MockConfigEntry:
    """Return the demo number, that waits for nothing much longer than it has to."""
    number(peopled_entry).player.timings = Timings(fetch=0.5, hasty=0.1, tail=1)
    number(peopled_entry).announcer.line_wait = 0.5
    monkeypatch.setattr(announcer, "_TRIES", (0, 0.1, 0.1))
    monkeypatch.setattr(announcer, "_LOOKS", (0, 0.1))
    return peopled_entry


async def announce(
    entry: MockConfigEntry,
    *wanted: str,
    people: Sequence[Person] = PEOPLE,
    ring: float = 1,
    **data: Any,
) -> Answer:
    """Announce to people; return what the action would answer."""
    asked = Announcement(people=people, wanted=wanted, ring=ring, **data)
    return (await number(entry).announcer.async_announce(asked, Attempt())).as_dict()


def names(answer: Answer) -> list[str | None]:
    """Return who was called, in order."""
    return [it["name"] for it in answer["attempts"]]


def without_call(answer: Answer) -> list[Answer]:
    """Return the attempts without what differs each time."""
    unlike = {"call_id", "name", "peer_number"}
    return [
        {key: value for key, value in it.items() if key not in unlike} for it in answer["attempts"]
    ]


async def dialed(phone: Phone) -> list[str]:
    """Return the numbers that were called, the first one first."""
    return [f"+{call['peerNumber']}" for call in reversed(await phone.calls())]


async def ringing(phone: Phone, count: int = 1) -> str:
    """Wait until the last of so many calls rings; return its id."""

    async def newest() -> Answer | None:
        calls = await phone.calls()
        return calls[0] if len(calls) == count and calls[0]["status"] == "RINGING" else None

    call = await until_asked(newest)
    assert call is not None
    return str(call["id"])


async def test_who_answers_hears_it_all_and_nobody_else_is_called(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    await phone.person(ANA, does="answer", after=0.3)
    answer = await announce(home, sound.url)
    (call,) = await phone.calls()
    person = {"name": "Ana", "peer_number": ANA, "call_id": call["id"]}
    assert answer == {
        "answered": True,
        "answered_by": [person],
        "attempts": [{**person, "heard": 0.4, **REACHED}],
    }
    assert call["status"] == "COMPLETED"
    assert await phone.heard_samples(call["id"]) == sound.samples


async def test_people_are_called_in_turn_until_someone_answers(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    await phone.person(BRUNO, does="decline", after=0.1)
    await phone.person(CARLA, does="answer", after=0.3)
    answer = await announce(home, sound.url)
    assert without_call(answer) == [IGNORED, DECLINED, {"heard": 0.4, **REACHED}]
    assert [it["peer_number"] for it in answer["answered_by"]] == [CARLA]
    assert await dialed(phone) == [ANA, BRUNO, CARLA]
    assert await phone.live() == []


async def test_who_answers_last_is_heard_of_while_it_rings_and_not_before(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    answer = await announce(home, sound.url, people=PEOPLE[:1], ring=0.7)
    assert 0.7 <= loop.time() - began < 3
    assert without_call(answer) == [IGNORED]


async def test_the_list_is_gone_through_again_until_someone_answers(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    for person in (ANA, BRUNO):
        await phone.person(person, does="decline")
    answer = await announce(home, sound.url, people=PEOPLE[:2], rounds=2)
    assert (answer["answered"], answer["answered_by"]) == (False, [])
    assert names(answer) == ["Ana", "Bruno", "Ana", "Bruno"]


async def test_who_was_reached_is_not_called_again_while_everyone_is_told(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    await phone.person(ANA, does="answer", after=0.2)
    await phone.person(BRUNO, does="decline")
    answer = await announce(home, sound.url, people=PEOPLE[:2], rounds=2, everyone=True)
    assert names(answer) == ["Ana", "Bruno", "Bruno"]
    assert [it["name"] for it in answer["answered_by"]] == ["Ana"]


async def test_who_is_named_twice_is_one_person(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    await phone.person(ANA, does="decline")
    await phone.person(BRUNO, does="decline")
    without_ninth = Person(phone=ANA.replace("+55119", "+5511"))
    people = [PEOPLE[0], PEOPLE[1], without_ninth]
    assert names(await announce(home, sound.url, people=people)) == ["Ana", "Bruno"]


async def test_it_is_said_as_often_as_is_asked(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    await phone.person(ANA, does="answer", after=0.3)
    answer = await announce(home, sound.url, repeat=3)
    assert answer["attempts"][0]["heard"] == pytest.approx(1.2)
    (call,) = await phone.calls()
    assert await phone.heard_samples(call["id"]) == sound.samples * 3


async def test_who_hangs_up_early_was_reached_and_heard_less(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    await phone.person(ANA, does="answer", after=0.3, hang_up_after=0.6)
    answer = await announce(home, sound.url, repeat=5)
    (attempt,) = answer["attempts"]
    assert attempt["answered"]
    assert attempt["error"] is None
    assert 0.2 < attempt["heard"] < 1.5


async def test_who_hangs_up_early_is_no_failure_before_that_is_delivered(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    await phone.person(ANA, does="answer", after=0.3, hang_up_after=1)
    task = asyncio.create_task(announce(home, sound.url, people=PEOPLE[:2], repeat=5))
    calls = number(home).coordinator.calls
    assert await until(lambda: any(calls.was_answered(call.id) for call in calls.all))
    await phone.delivery(lose=True)
    (attempt,) = (await task)["attempts"]
    assert attempt["answered"]
    assert attempt["error"] is None
    assert 0.5 < attempt["heard"] < 2


async def test_what_is_refused_while_the_call_goes_on_is_a_failure(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    await phone.person(ANA, does="answer", after=0.3)
    task = asyncio.create_task(announce(home, sound.url, people=PEOPLE[:1], repeat=2))
    calls = number(home).coordinator.calls
    assert await until(lambda: any(calls.was_answered(call.id) for call in calls.all))
    await phone.fault("calls.play", status=409)
    (attempt,) = (await task)["attempts"]
    assert attempt["answered"]
    assert attempt["error"] == "conflict"


@pytest.mark.parametrize(
    ("wanted", "key"),
    [
        ("http://127.0.0.1:1/sound.mp3", "media_not_found"),
        ("greeting", "media_url_invalid"),
    ],
)
async def test_what_cannot_be_prepared_calls_nobody(
    home: MockConfigEntry, phone: Phone, wanted: str, key: str
) -> None:
    with pytest.raises(ActionRefusedError) as caught:
        await announce(home, wanted)
    assert caught.value.translation_key == key
    assert await phone.calls() == []


async def test_media_of_unknown_length_calls_nobody(home: MockConfigEntry, phone: Phone) -> None:
    with pytest.raises(ActionRefusedError) as caught:
        # The page of the simulator is no audio.
        await announce(home, f"{phone.url}/phone")
    assert caught.value.translation_key == "media_length_unknown"
    assert await phone.calls() == []


async def test_what_there_is_no_room_for_as_often_as_it_is_to_be_said_calls_nobody(
    home: MockConfigEntry, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = number(home).media.store
    store.max_items = 5

    async def prepare(_context: MediaContext, _wanted: str) -> PreparedMedia:
        stored = store.add("mp3", b"sound")
        stored.finish(0.4)
        return PreparedMedia(url=f"{phone.url}{stored.path}", shown=None, stored=stored)

    monkeypatch.setattr(player, "async_prepare", prepare)
    with pytest.raises(ActionRefusedError) as caught:
        await announce(home, "sound", repeat=5)
    assert caught.value.translation_key == "media_store_full"
    assert await phone.calls() == []
    assert len(store) == 0


async def test_a_call_of_which_no_answer_told_is_adopted(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    await phone.person(ANA, does="answer", after=0.4)
    await phone.fault("calls.start", drop="after")
    answer = await announce(home, sound.url)
    assert without_call(answer) == [{"heard": 0.4, **REACHED}]
    assert await dialed(phone) == [ANA]


async def test_if_no_call_is_found_after_an_unknown_outcome_the_next_person_is_called(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    await phone.person(BRUNO, does="answer", after=0.3)
    await phone.fault("calls.start", status=500)
    answer = await announce(home, sound.url)
    unknown = {"status": None, "answered": False, "heard": 0.0, "error": "server_error"}
    assert without_call(answer) == [unknown, {"heard": 0.4, **REACHED}]
    assert await dialed(phone) == [BRUNO]


async def test_an_earlier_call_to_the_same_person_is_not_taken_for_the_one_that_was_dialed(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    await phone.person(ANA, does="answer", after=0, hang_up_after=0)
    # Nothing is delivered of a call that somebody places elsewhere.
    await phone.delivery(lose=True)
    earlier = await phone.dial(ANA)

    async def is_over() -> bool:
        return bool((await phone.call(earlier))["endedAt"])

    assert await until_asked(is_over)
    await asyncio.sleep(3)
    await phone.fault("calls.start", status=500)
    answer = await announce(home, sound.url, people=PEOPLE[:1])
    unknown = {"status": None, "answered": False, "heard": 0.0, "error": "server_error"}
    assert without_call(answer) == [unknown]


async def test_a_call_that_shows_late_is_ended_before_the_next_one(
    home: MockConfigEntry, phone: Phone, sound: Sound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcer, "_LOOKS", ())
    await phone.person(BRUNO, does="answer", after=0.3)
    await phone.fault("calls.start", drop="after")
    answer = await announce(home, sound.url)
    assert [it["error"] for it in answer["attempts"]] == ["outcome_unknown", None]
    bruno, ana = await phone.calls()
    assert ana["endedAt"] <= bruno["createdAt"]


@pytest.mark.parametrize("delay", [0, 0.5])
async def test_cancelling_ends_the_call_in_hand_also_one_that_is_being_dialed(
    home: MockConfigEntry, phone: Phone, sound: Sound, delay: float
) -> None:
    await phone.fault("calls.start", delay=delay)
    announcing = asyncio.create_task(announce(home, sound.url))
    if delay:
        await asyncio.sleep(0.2)
    else:
        await ringing(phone)
    announcing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await announcing

    async def is_over() -> bool:
        return [it["status"] for it in await phone.calls()] == ["COMPLETED"]

    assert await until_asked(is_over)
    assert len(number(home).media.store) == 0


@pytest.mark.parametrize("delay", [0, 0.5])
async def test_cancelling_everything_twice_ends_the_call_as_well(
    home: MockConfigEntry, phone: Phone, sound: Sound, delay: float
) -> None:
    """Home Assistant cancels its own tasks when it stops, and then the scripts that wait."""
    await phone.fault("calls.start", delay=delay)
    await phone.fault("calls.terminate", status=500)
    announcing = asyncio.create_task(announce(home, sound.url))
    if delay:
        await asyncio.sleep(0.2)
    else:
        await ringing(phone)
    for task in asyncio.all_tasks():
        if task.get_name().startswith("pilotstatus"):
            task.cancel()
    await asyncio.sleep(0.02)
    announcing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await announcing

    async def is_over() -> bool:
        return [it["status"] for it in await phone.calls()] == ["COMPLETED"]

    assert await until_asked(is_over)


async def test_the_next_announcement_waits_until_a_cancelled_one_has_ended_its_call(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    await phone.person(BRUNO, does="answer", after=0.3)
    await phone.fault("calls.start", delay=0.5)
    first = asyncio.create_task(announce(home, sound.url, people=PEOPLE[:1]))
    await asyncio.sleep(0.2)
    second = asyncio.create_task(announce(home, sound.url, people=PEOPLE[1:2]))
    first.cancel()
    assert (await second)["answered"]
    bruno, ana = await phone.calls()
    assert ana["endedAt"] <= bruno["createdAt"]


async def test_two_announcements_wait_for_each_other(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    for person in (ANA, BRUNO):
        await phone.person(person, does="answer", after=0.2)
    answers = await asyncio.gather(
        announce(home, sound.url, people=PEOPLE[:1]),
        announce(home, sound.url, people=PEOPLE[1:2]),
    )
    assert [it["answered"] for it in answers] == [True, True]
    bruno, ana = await phone.calls()
    assert ana["endedAt"] <= bruno["createdAt"]


async def test_another_call_is_waited_for_and_then_left_alone(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    await phone.person(ANA, does="answer", after=0.2)
    incoming = await phone.ring()
    await until(lambda: number(home).coordinator.calls.live_calls)
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert (await announce(home, sound.url))["answered"]
    assert loop.time() - began > 0.5
    assert (await phone.call(incoming))["status"] == "RINGING"


async def test_the_line_is_used_as_soon_as_another_call_has_ended(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    number(home).announcer.line_wait = 60
    await phone.person(ANA, does="answer", after=0.2)
    incoming = await phone.ring()
    await until(lambda: number(home).coordinator.calls.live_calls)
    announcing = asyncio.create_task(announce(home, sound.url))
    await asyncio.sleep(0.3)
    assert len(await phone.calls()) == 1
    await phone.act(incoming, "hang_up")
    assert (await announcing)["answered"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"status": 401}, InvalidAuthError),
        ({"status": 409, "code": "WHATSAPP_INSTANCE_NOT_CONNECTED"}, NotConnectedError),
    ],
)
async def test_what_concerns_everybody_ends_it(
    home: MockConfigEntry,
    phone: Phone,
    sound: Sound,
    fault: dict[str, Any],
    error: type[PilotStatusError],
) -> None:
    await phone.fault("calls.start", times=9, **fault)
    with pytest.raises(error):
        await announce(home, sound.url)
    assert len(await phone.requests("calls.start")) == 1


async def test_what_concerns_one_person_does_not_end_it(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    await phone.person(BRUNO, does="answer", after=0.3)
    await phone.fault("calls.start", status=400, error="not on WhatsApp")
    answer = await announce(home, sound.url)
    refused = {"status": None, "answered": False, "heard": 0.0, "error": "rejected"}
    assert without_call(answer) == [refused, {"heard": 0.4, **REACHED}]


async def test_who_answers_a_call_into_which_it_may_not_have_been_played_is_not_the_last(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    for person in (ANA, BRUNO):
        await phone.person(person, does="answer", after=0.3)
    await phone.fault("calls.play", status=500)
    answer = await announce(home, sound.url)
    unknown = {"status": "completed", "answered": True, "heard": None, "error": "server_error"}
    assert without_call(answer) == [unknown, {"heard": 0.4, **REACHED}]
    assert [it["name"] for it in answer["answered_by"]] == ["Bruno"]


async def test_if_nobody_could_be_called_at_all_the_announcement_fails(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    await phone.fault("calls.start", status=429, headers={"Retry-After": "90"}, times=9)
    with pytest.raises(RateLimitedError):
        await announce(home, sound.url, people=PEOPLE[:2])


async def test_audio_that_is_not_fetched_ends_it_and_the_call(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    await phone.person(ANA, does="answer", after=0.1)
    await phone.settings(strict_internet=True)
    assert home.runtime_data.media.is_private_server
    stored = number(home).media.store
    with pytest.raises(ActionRefusedError) as caught:
        await announce(home, "/api/pilotstatus/none.mp3")
    assert caught.value.translation_key == "media_not_found"
    assert len(stored) == 0


async def test_a_call_that_does_not_end_at_once_is_ended_before_the_next_one(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    await phone.person(BRUNO, does="answer", after=0.3)
    await phone.fault("calls.terminate", status=500, times=2)
    answer = await announce(home, sound.url)
    assert names(answer) == ["Ana", "Bruno"]
    bruno, ana = await phone.calls()
    assert ana["endedAt"] <= bruno["createdAt"]


async def test_if_a_call_cannot_be_ended_nobody_else_is_called(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    await phone.fault("calls.terminate", status=500, times=99)
    with pytest.raises(ActionRefusedError) as caught:
        await announce(home, sound.url)
    assert caught.value.translation_key == "call_goes_on"
    assert await dialed(phone) == [ANA]


async def test_unloading_ends_the_call_and_says_so(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    announcing = asyncio.create_task(announce(home, sound.url))
    await ringing(phone)
    await hass_ready.config_entries.async_unload(home.entry_id)
    with pytest.raises(ActionRefusedError) as caught:
        await announcing
    assert caught.value.translation_key == "number_not_ready"
    assert await phone.live() == []


async def test_an_answer_in_the_moment_of_giving_up_is_told_but_not_counted_as_reached(
    home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    # Nobody hears of the answer before the call is ended.
    await phone.delivery(lose=True)
    await phone.fault("calls.get", status=500, times=3)
    await phone.person(ANA, does="answer", after=0.1)
    answer = await announce(home, sound.url, people=PEOPLE[:1], ring=0.5)
    (attempt,) = answer["attempts"]
    assert (attempt["answered"], answer["answered"]) == (True, False)
