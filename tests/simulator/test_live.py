"""What an open page receives: each change once, what passes, and the audio as it is heard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from simulator.audio import BYTES_PER_SECOND
from simulator.client import Phone
from simulator.numbers import CALLER
from simulator.server import serve
from simulator.simulation import Simulation
from tests.audio import samples_of

from .conftest import SECONDS
from .receiver import Receiver
from .test_people import ANA

type Events = AsyncIterator[tuple[str, Any]]


async def _parse(response: aiohttp.ClientResponse) -> Events:
    name = ""
    async for line in response.content:
        field, _, value = line.decode().strip().partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


@asynccontextmanager
async def opened(session: aiohttp.ClientSession, phone: Phone) -> AsyncIterator[Events]:
    """Open the page's stream of events; yields what comes, each with its name."""
    async with session.get(f"{phone.url}/phone/events") as response:
        assert response.content_type == "text/event-stream"
        yield _parse(response)


async def comes(events: Events, name: str) -> Any:
    """Wait for the next event of a name; return its data. Raises TimeoutError."""
    async with asyncio.timeout(10):
        async for other, data in events:
            if other == name:
                return data
    raise AssertionError(f"no {name}")


async def test_a_page_is_shown_what_is_there_when_it_opens(
    phone: Phone, session: aiohttp.ClientSession
) -> None:
    await phone.person(ANA, name="Ana")
    call_id = await phone.ring(ANA)
    async with opened(session, phone) as events:
        view = await comes(events, "view")
    assert [(it["id"], it["status"]) for it in view["calls"]] == [(call_id, "RINGING")]
    assert [it["name"] for it in view["people"]] == ["Ana"]
    assert view["numbers"][0] == {"id": "num_demo", "name": "Casa", "phone": "+551130000001"}
    assert (view["stranger"], view["speaks"]) == (CALLER, False)


async def test_each_change_of_a_call_is_pushed(
    phone: Phone, session: aiohttp.ClientSession
) -> None:
    async with opened(session, phone) as events:
        assert (await comes(events, "view"))["calls"] == []
        call_id = await phone.ring()
        assert (await comes(events, "view"))["calls"][0]["status"] == "RINGING"
        await phone.act(call_id, "hang_up")
        assert (await comes(events, "view"))["calls"][0]["status"] == "MISSED"


async def test_a_view_that_is_the_same_is_not_pushed_again(
    phone: Phone, session: aiohttp.ClientSession
) -> None:
    names = []
    async with opened(session, phone) as events:
        await comes(events, "view")
        await phone.api("GET", "/calls")
        await phone.ring()
        async with asyncio.timeout(10):
            async for name, data in events:
                names.append(name)
                if name == "view" and data["calls"]:
                    break
    assert names == ["traffic", "view"]


async def test_what_people_do_is_pushed(phone: Phone, session: aiohttp.ClientSession) -> None:
    async with opened(session, phone) as events:
        await comes(events, "view")
        await phone.person(ANA, name="Ana", does="decline")
        assert (await comes(events, "view"))["people"][0]["does"] == "decline"
        await phone.forget_person(ANA)
        assert (await comes(events, "view"))["people"] == []


async def test_a_reset_is_pushed(phone: Phone, session: aiohttp.ClientSession) -> None:
    await phone.ring()
    async with opened(session, phone) as events:
        await comes(events, "view")
        await phone.reset()
        assert (await comes(events, "view"))["calls"] == []


async def test_when_and_under_which_title_a_play_is_heard_is_pushed(
    phone: Phone, session: aiohttp.ClientSession, media: str
) -> None:
    call_id = await phone.ring()
    await phone.api("POST", f"/calls/{call_id}/accept", {})
    async with opened(session, phone) as events:
        await comes(events, "view")
        await phone.api("POST", f"/calls/{call_id}/play", {"mediaUrl": f"{media}/titled.mp3"})
        plays: list[dict[str, Any]] = []
        while not (plays and plays[0]["startsAt"]):
            plays = (await comes(events, "view"))["calls"][0]["plays"]
    assert (plays[0]["title"], plays[0]["seconds"]) == ("Olá, Ana.", pytest.approx(SECONDS, 0.2))


async def test_requests_and_deliveries_are_pushed_a_line_each(
    phone: Phone, session: aiohttp.ClientSession, receiver: Receiver
) -> None:
    async with opened(session, phone) as events:
        hook = {"url": receiver.url, "name": "t", "events": ["call.ringing"]}
        await phone.api("POST", "/webhooks", hook)
        await phone.ring()
        passed = await comes(events, "traffic")
        while len(passed) < 2:
            passed += await comes(events, "traffic")
    shown = [(it["kind"], it["what"], it["status"]) for it in passed]
    assert shown == [
        ("request", "POST /v1/webhooks", 201),
        ("delivery", "call.ringing", 200),
    ]
    assert passed[1]["number"] == passed[0]["number"] + 1
    assert all(0 <= it["milliseconds"] < 10_000 for it in passed)


async def test_what_was_not_answered_passes_without_a_status(
    phone: Phone, session: aiohttp.ClientSession
) -> None:
    await phone.fault("calls.start", drop="after")
    async with opened(session, phone) as events:
        with pytest.raises(aiohttp.ClientError):
            await phone.dial()
        assert [it["status"] for it in await comes(events, "traffic")] == [None]


async def test_the_pages_are_let_go_when_the_simulator_ends(
    session: aiohttp.ClientSession, socket_enabled: None
) -> None:
    async with serve(Simulation("ps_demo_key")) as port:
        phone = Phone(session, f"http://127.0.0.1:{port}")
        call_id = await phone.ring()
        async with opened(session, phone) as events:
            await comes(events, "view")
            page = await session.get(f"{phone.url}/phone/calls/{call_id}/live")
    # Neither keeps the server from ending: that would take a minute.
    assert await asyncio.wait_for(page.read(), 5) == b""


async def test_a_call_is_heard_while_it_is_played(
    phone: Phone, session: aiohttp.ClientSession, media: str, audio_files: Path
) -> None:
    call_id = await phone.ring()
    await phone.api("POST", f"/calls/{call_id}/accept", {})
    async with session.get(f"{phone.url}/phone/calls/{call_id}/live") as response:
        for _ in range(2):
            await phone.api("POST", f"/calls/{call_id}/play", {"mediaUrl": f"{media}/tone.wav"})
        first = await asyncio.wait_for(response.content.readany(), 5)
        heard = await phone.heard_samples(call_id)
        assert len(first) < 2 * SECONDS * BYTES_PER_SECOND
        while len(heard) < round(2 * SECONDS * BYTES_PER_SECOND):
            await asyncio.sleep(0.05)
            heard = await phone.heard_samples(call_id)
        await phone.act(call_id, "hang_up")
        assert first + await response.read() == 2 * samples_of(audio_files / "tone.wav")


async def test_a_page_that_opens_late_hears_the_last_two_seconds(
    phone: Phone, session: aiohttp.ClientSession, media: str
) -> None:
    call_id = await phone.ring()
    await phone.api("POST", f"/calls/{call_id}/accept", {})
    for _ in range(6):
        await phone.api("POST", f"/calls/{call_id}/play", {"mediaUrl": f"{media}/tone.wav"})
    heard = b""
    while len(heard) < round(6 * SECONDS * BYTES_PER_SECOND):
        await asyncio.sleep(0.05)
        heard = await phone.heard_samples(call_id)
    await phone.act(call_id, "hang_up")
    async with session.get(f"{phone.url}/phone/calls/{call_id}/live") as response:
        assert await response.read() == heard[-2 * BYTES_PER_SECOND :]


async def test_a_view_has_the_newest_calls_only(
    phone: Phone, session: aiohttp.ClientSession
) -> None:
    for _ in range(31):
        newest = await phone.ring()
    async with opened(session, phone) as events:
        view = await comes(events, "view")
    assert len(view["calls"]) == 30
    assert view["calls"][0]["id"] == newest
