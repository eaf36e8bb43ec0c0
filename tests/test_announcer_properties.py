"""Whatever people do and servers break: one call at a time, nobody twice a round, a true answer."""

import asyncio
from datetime import datetime
import itertools
from random import Random
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus import announcer
from custom_components.pilotstatus.announcement import Announcement, Person, Progress
from custom_components.pilotstatus.api import PilotStatusError
from custom_components.pilotstatus.errors import ActionRefusedError
from custom_components.pilotstatus.notification import Attempt
from custom_components.pilotstatus.playback import Timings
from simulator.audio import BYTES_PER_SECOND
from simulator.client import Phone

from .audio import Sound
from .common import ANA, BRUNO, CARLA, number, until_asked

type Json = dict[str, Any]

PEOPLE = {"Ana": ANA, "Bruno": BRUNO, None: CARLA}
BEHAVIORS: tuple[Json, ...] = (
    {"does": "answer", "after": 0.1},
    {"does": "answer", "after": 0.3},
    {"does": "answer", "after": 0.2, "hang_up_after": 0.2},
    {"does": "decline", "after": 0.1},
    {"does": "ignore"},
)
FAULTS: tuple[Json, ...] = (
    {"endpoint": "calls.start", "drop": "after"},
    {"endpoint": "calls.start", "status": 500},
    {"endpoint": "calls.start", "status": 400, "error": "not on WhatsApp"},
    {"endpoint": "calls.start", "delay": 0.3},
    {"endpoint": "calls.play", "status": 500},
    {"endpoint": "calls.play", "drop": "after"},
    {"endpoint": "calls.play", "status": 400, "error": "no"},
    {"endpoint": "calls.terminate", "status": 500},
    {"endpoint": "calls.terminate", "drop": "after"},
    {"endpoint": "calls.get", "status": 500, "times": 2},
    {"endpoint": "calls.list", "status": 500, "times": 2},
)
DELIVERIES: tuple[Json, ...] = (
    {},
    {"lose": True},
    {"copies": 2},
    {"delay": 0.2},
    {"copies": 2, "shuffle": True},
)


@pytest.fixture
def home(peopled_entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch) -> MockConfigEntry:
    """Return the demo number, that waits for nothing much longer than it has to."""
    number(peopled_entry).player.timings = Timings(tail=1)
    number(peopled_entry).announcer.line_wait = 0.3
    monkeypatch.setattr(announcer, "_TRIES", (0, 0.1, 0.1, 0.1))
    monkeypatch.setattr(announcer, "_LOOKS", (0, 0.1, 0.1))
    return peopled_entry


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("seed", range(16))
async def test_whatever_happens_one_is_called_at_a_time_and_the_answer_is_true(
    home: MockConfigEntry, phone: Phone, sound: Sound, seed: int
) -> None:
    chance = Random(seed)  # noqa: S311 - the same each time
    people = [Person(name=name, phone=phone_number) for name, phone_number in PEOPLE.items()]
    people = chance.sample(people, chance.randint(1, 3))
    for person in people:
        await phone.person(person.phone, **chance.choice(BEHAVIORS))
    for fault in chance.sample(FAULTS, chance.randint(0, 3)):
        await phone.fault(**fault)
    await phone.delivery(**chance.choice(DELIVERIES))
    asked = Announcement(
        people=people * chance.randint(1, 2),
        wanted=[sound.url],
        repeat=chance.randint(1, 2),
        ring=0.6,
        rounds=chance.randint(1, 2),
        everyone=chance.random() < 0.5,
    )
    incoming = await phone.ring() if chance.random() < 0.3 else None
    announcing = asyncio.create_task(number(home).announcer.async_announce(asked, Attempt()))
    if chance.random() < 0.4:
        await asyncio.wait([announcing], timeout=chance.uniform(0, 2))
        announcing.cancel()
    (outcome,) = await asyncio.gather(announcing, return_exceptions=True)

    async def none_is_live() -> bool:
        return all(call["id"] == incoming for call in await phone.live())

    assert await until_asked(none_is_live)
    calls = [it for it in reversed(await phone.calls()) if it["direction"] == "OUTBOUND"]
    for before, after in itertools.pairwise(calls):
        assert instant(before["endedAt"]) <= instant(after["createdAt"])
    in_turn = iter([it.phone for it in people] * asked.rounds)
    assert all(f"+{call['peerNumber']}" in in_turn for call in calls)
    if incoming is not None:
        assert (await phone.call(incoming))["status"] == "RINGING"
    assert len(number(home).media.store) == 0
    if isinstance(outcome, Progress):
        await check_answer(phone, outcome, calls)
    else:
        errors = (ActionRefusedError, PilotStatusError, asyncio.CancelledError)
        assert isinstance(outcome, errors), outcome


async def check_answer(phone: Phone, progress: Progress, calls: list[Json]) -> None:
    """Check what an announcement answers against what the phones saw."""
    answer = progress.as_dict()
    found = {call["id"]: call for call in calls}
    assert {it["call_id"] for it in answer["attempts"]} - {None} == set(found)
    for attempt in answer["attempts"]:
        if attempt["call_id"] is None:
            assert attempt["status"] is None
            assert attempt["error"] is not None
            assert not attempt["answered"]
            continue
        call = found[attempt["call_id"]]
        assert f"+{call['peerNumber']}" == attempt["peer_number"]
        assert attempt["status"] == call["status"].lower()
        assert attempt["answered"] is (call["connectedAt"] is not None)
        if attempt["heard"] is not None:
            seconds = len(await phone.heard_samples(call["id"])) / BYTES_PER_SECOND
            assert attempt["heard"] == pytest.approx(seconds, abs=0.35)
    reached = [it for it in answer["attempts"] if it["answered"]]
    assert answer["answered"] is bool(answer["answered_by"])
    assert all(it["call_id"] in {one["call_id"] for one in reached} for it in answer["answered_by"])
    if answer["answered"] and not progress.asked.everyone:
        assert len(answer["answered_by"]) == 1
        assert answer["answered_by"][0]["call_id"] == answer["attempts"][-1]["call_id"]
