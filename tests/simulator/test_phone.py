"""The other party: what the call hears, and what a person sees."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from simulator.client import Phone
from simulator.transitions import Status
from tests.audio import samples_of

from .conftest import SECONDS


async def play(phone: Phone, call_id: str, media_url: str) -> Any:
    """Play a URL into a call."""
    return await phone.api("POST", f"/calls/{call_id}/play", {"mediaUrl": media_url})


async def plays_are(phone: Phone, call_id: str, key: str) -> list[Any]:
    """Wait until something is known of every play; return it."""
    plays: list[dict[str, Any]] = []
    for _ in range(100):
        plays = (await phone.call(call_id))["plays"]
        if all(play[key] for play in plays):
            return [play[key] for play in plays]
        await asyncio.sleep(0.05)
    raise AssertionError(plays)


@pytest.mark.parametrize("fetch", ["request", "connect"])
@pytest.mark.parametrize("name", ["tone.mp3", "tone.wav", "tone.opus"])
async def test_the_call_hears_what_was_queued(
    phone: Phone, media: str, audio_files: Path, name: str, fetch: str
) -> None:
    """From the answer on, sample by sample."""
    await phone.settings(fetch=fetch)
    call_id = await phone.dial()
    await play(phone, call_id, f"{media}/{name}")
    assert await phone.heard_samples(call_id) == b""
    await phone.act(call_id, "answer")
    await plays_are(phone, call_id, "started")
    await asyncio.sleep(SECONDS + 0.1)
    await phone.act(call_id, "hang_up")
    assert await phone.heard_samples(call_id) == samples_of(audio_files / name)


async def test_a_play_is_fetched_when_it_is_requested(phone: Phone, media: str) -> None:
    call_id = await phone.ring()
    await play(phone, call_id, f"{media}/missing.mp3")
    assert await plays_are(phone, call_id, "error") == ["HTTP 404"]


async def test_a_play_is_fetched_when_the_call_connects_if_so_set(phone: Phone, media: str) -> None:
    await phone.settings(fetch="connect")
    ringing, answered = await phone.dial(), await phone.dial()
    await play(phone, ringing, f"{media}/missing.mp3")
    await phone.act(answered, "answer")
    await play(phone, answered, f"{media}/missing.mp3")
    assert await plays_are(phone, answered, "error") == ["HTTP 404"]
    assert [it["error"] for it in (await phone.call(ringing))["plays"]] == [None]
    await phone.act(ringing, "answer")
    assert await plays_are(phone, ringing, "error") == ["HTTP 404"]


async def test_a_call_that_ends_early_hears_the_beginning(
    phone: Phone, media: str, audio_files: Path
) -> None:
    """Two plays follow each other; what was not played by the end was not heard."""
    call_id = await phone.ring()
    await phone.api("POST", f"/calls/{call_id}/accept", {})
    for _ in range(2):
        await play(phone, call_id, f"{media}/tone.wav")
    await plays_are(phone, call_id, "started")
    await asyncio.sleep(SECONDS / 2)
    await phone.act(call_id, "hang_up")
    heard = await phone.heard_samples(call_id)
    whole = samples_of(audio_files / "tone.wav")
    assert 0 < len(heard) < 2 * len(whole)
    assert (whole * 2).startswith(heard)


@pytest.mark.parametrize("name", ["tone.flac", "text.mp3", "missing.mp3"])
async def test_what_cannot_be_played_is_silent(phone: Phone, media: str, name: str) -> None:
    """As with the real one the API accepts it; only the phone knows."""
    call_id = await phone.ring()
    assert (await play(phone, call_id, f"{media}/{name}"))["success"]
    assert len(await plays_are(phone, call_id, "error")) == 1


@pytest.mark.parametrize(("direction", "status"), [("in", Status.MISSED), ("out", Status.FAILED)])
async def test_a_phone_does_not_ring_for_ever(phone: Phone, direction: str, status: Status) -> None:
    await phone.settings(ring_timeout=0.1, dial_delay=0)
    call_id = await phone.ring() if direction == "in" else await phone.dial()
    assert await phone.newest(status) == call_id


async def test_the_page_is_shown(phone: Phone, session: aiohttp.ClientSession) -> None:
    async with session.get(phone.url) as response:
        assert "phone.css" in await response.text()
