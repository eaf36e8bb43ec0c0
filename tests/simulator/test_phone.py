"""The other party: what it does to a call, and what the call hears."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
import pytest

from tests.phone import DEMO_KEY, Phone
from tests.sounds import make_sound, samples_in, samples_of

SECONDS = 0.4


@pytest.fixture(scope="session")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a tone in each format, and some things that are none."""
    folder = tmp_path_factory.mktemp("sounds")
    for name in ("mp3", "wav", "opus", "flac"):
        make_sound(folder, name, SECONDS)
    (folder / "text.mp3").write_text("not a sound")
    return folder


@pytest.fixture
async def media(sounds: Path, socket_enabled: None) -> Any:
    """Serve the sounds; yields the address."""
    app = web.Application()
    app.router.add_static("/", sounds)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def api(phone: Phone, session: aiohttp.ClientSession, path: str, body: Any = None) -> Any:
    """POST to the API with the demo number's key."""
    async with session.post(
        f"{phone.url}/v1/calls{path}", json=body, headers={"x-api-key": DEMO_KEY}
    ) as response:
        return await response.json()


async def heard_samples(phone: Phone, call_id: str) -> bytes:
    """Return the samples that the call has heard."""
    return samples_in(await phone.heard(call_id))


async def plays_are(phone: Phone, call_id: str, key: str) -> list[Any]:
    """Wait until something is known of every play; return it."""
    for _ in range(100):
        plays = (await phone.call(call_id))["plays"]
        if all(play[key] for play in plays):
            return [play[key] for play in plays]
        await asyncio.sleep(0.05)
    raise AssertionError(plays)


@pytest.mark.parametrize("fetch", ["request", "connect"])
@pytest.mark.parametrize("name", ["tone.mp3", "tone.wav", "tone.opus"])
async def test_the_call_hears_what_was_queued(
    phone: Phone,
    session: aiohttp.ClientSession,
    media: str,
    sounds: Path,
    name: str,
    fetch: str,
) -> None:
    """From the answer on, sample by sample."""
    await phone.settings(fetch=fetch)
    call_id = (await api(phone, session, "", {"to": "+5511999999999"}))["id"]
    await api(phone, session, f"/{call_id}/play", {"mediaUrl": f"{media}/{name}"})
    assert await heard_samples(phone, call_id) == b""
    await phone.act(call_id, "answer")
    await plays_are(phone, call_id, "started")
    await asyncio.sleep(SECONDS + 0.1)
    await phone.act(call_id, "hang_up")
    assert await heard_samples(phone, call_id) == samples_of(sounds / name)


async def test_a_call_that_ends_early_hears_the_beginning(
    phone: Phone, session: aiohttp.ClientSession, media: str, sounds: Path
) -> None:
    """What did not sound was not heard; two plays follow each other."""
    call_id = await phone.ring()
    await api(phone, session, f"/{call_id}/accept", {})
    for _ in range(2):
        await api(phone, session, f"/{call_id}/play", {"mediaUrl": f"{media}/tone.wav"})
    await plays_are(phone, call_id, "started")
    await asyncio.sleep(SECONDS / 2)
    await phone.act(call_id, "hang_up")
    heard = await heard_samples(phone, call_id)
    whole = samples_of(sounds / "tone.wav")
    assert 0 < len(heard) < 2 * len(whole)
    assert (whole * 2).startswith(heard)


@pytest.mark.parametrize("name", ["tone.flac", "text.mp3", "missing.mp3"])
async def test_what_cannot_be_played_is_silent(
    phone: Phone, session: aiohttp.ClientSession, media: str, name: str
) -> None:
    """As with the real one the API accepts it; only the phone knows."""
    call_id = await phone.ring()
    answer = await api(phone, session, f"/{call_id}/play", {"mediaUrl": f"{media}/{name}"})
    assert answer["success"]
    assert len(await plays_are(phone, call_id, "error")) == 1


@pytest.mark.parametrize(
    ("direction", "action", "status"),
    [
        ("in", "hang_up", "MISSED"),
        ("out", "decline", "REJECTED"),
        ("out", "hang_up", "COMPLETED"),
        ("out", "answer", "ACCEPTED"),
    ],
)
async def test_what_the_phone_does(
    phone: Phone, session: aiohttp.ClientSession, direction: str, action: str, status: str
) -> None:
    """Each brings the documented state."""
    if direction == "in":
        call_id = await phone.ring()
    else:
        call_id = (await api(phone, session, "", {"to": "+5511999999999"}))["id"]
    await phone.act(call_id, action)
    assert (await phone.call(call_id))["status"] == status


@pytest.mark.parametrize(("direction", "status"), [("in", "MISSED"), ("out", "FAILED")])
async def test_nobody_answers(
    phone: Phone, session: aiohttp.ClientSession, direction: str, status: str
) -> None:
    """A phone does not ring for ever."""
    await phone.settings(ring_timeout=0.1, dial_delay=0)
    if direction == "in":
        call_id = await phone.ring()
    else:
        call_id = (await api(phone, session, "", {"to": "+5511999999999"}))["id"]
    for _ in range(50):
        if (await phone.call(call_id))["status"] == status:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(await phone.call(call_id))


@pytest.mark.parametrize(
    ("path", "state"), [("/accept", "MISSED"), ("/reject", "MISSED"), ("/terminate", "MISSED")]
)
async def test_a_call_that_is_over(
    phone: Phone, session: aiohttp.ClientSession, path: str, state: str
) -> None:
    """Nothing moves it any more."""
    call_id = await phone.ring()
    await phone.act(call_id, "hang_up")
    assert (await api(phone, session, f"/{call_id}{path}"))["code"] == "INVALID_CALL_STATE"
    assert (await phone.call(call_id))["status"] == state


async def test_the_page_is_shown(phone: Phone, session: aiohttp.ClientSession) -> None:
    """A person who opens the address finds the phone."""
    async with session.get(phone.url) as response:
        assert "The other phone" in await response.text()


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/faults", {"nonsense": 1}, 400),
        ("PATCH", "/settings", {"nonsense": 1}, 400),
        ("POST", "/ring", [], 400),
        ("POST", "/ring", {"number": "num_none"}, 404),
        ("GET", "/calls/call_none", None, 404),
        ("POST", "/calls/call_none/answer", None, 404),
    ],
)
async def test_slips_of_a_test_are_told(
    phone: Phone,
    session: aiohttp.ClientSession,
    method: str,
    path: str,
    body: Any,
    status: int,
) -> None:
    """A test that orders nonsense hears of it."""
    async with session.request(method, f"{phone.url}/phone{path}", json=body) as response:
        assert response.status == status
