"""Who may move a call from which state to which, over HTTP."""

import aiohttp
import pytest

from simulator.client import Phone
from simulator.transitions import Status

API = ("accept", "reject", "terminate")
PHONE = ("answer", "decline", "hang_up")
STEPS = API + PHONE

#: What each step leads to, by the direction of the call and its state; all else is refused.
ALLOWED = {
    ("in", "RINGING"): {
        "accept": "ACCEPTED",
        "reject": "REJECTED",
        "terminate": "COMPLETED",
        "hang_up": "MISSED",
    },
    ("in", "ACCEPTED"): {"terminate": "COMPLETED", "hang_up": "COMPLETED"},
    ("in", "REJECTED"): {},
    ("in", "COMPLETED"): {},
    ("in", "MISSED"): {},
    ("out", "INITIATED"): {
        "terminate": "COMPLETED",
        "answer": "ACCEPTED",
        "decline": "REJECTED",
        "hang_up": "COMPLETED",
    },
    ("out", "RINGING"): {
        "terminate": "COMPLETED",
        "answer": "ACCEPTED",
        "decline": "REJECTED",
        "hang_up": "COMPLETED",
    },
    ("out", "ACCEPTED"): {"terminate": "COMPLETED", "hang_up": "COMPLETED"},
    ("out", "REJECTED"): {},
    ("out", "COMPLETED"): {},
    ("out", "FAILED"): {},
}
LIVE = ("INITIATED", "RINGING", "ACCEPTED")

#: How the other party, or time, brings a call into a state.
ACTS = {"ACCEPTED": "answer", "REJECTED": "decline", "COMPLETED": "hang_up", "MISSED": "hang_up"}


async def call_in(phone: Phone, direction: str, status: str) -> str:
    """Return a call that is in a state."""
    if direction == "in":
        call_id = await phone.ring()
        if status in {"ACCEPTED", "COMPLETED"}:
            await phone.api("POST", f"/calls/{call_id}/accept")
        if status == "REJECTED":
            await phone.api("POST", f"/calls/{call_id}/reject")
        if status in {"COMPLETED", "MISSED"}:
            await phone.act(call_id, "hang_up")
    else:
        await phone.settings(
            dial_delay=60 if status == "INITIATED" else 0,
            ring_timeout=0 if status == "FAILED" else 60,
        )
        call_id = await phone.dial()
        if status in ACTS:
            await phone.act(call_id, ACTS[status])
    assert await phone.newest(Status(status)) == call_id
    return call_id


async def take(phone: Phone, call_id: str, step: str) -> int:
    """Take a step; return the HTTP status that refused it, 200 if none did."""
    if step in API:
        answer = await phone.api("POST", f"/calls/{call_id}/{step}")
        if "error" not in answer:
            assert answer == {
                "success": True,
                "id": call_id,
                "status": (await phone.call(call_id))["status"],
            }
            return 200
        assert answer["code"] == "INVALID_CALL_STATE"
        return int((await phone.requests(f"calls.{step}"))[-1]["status"])
    try:
        await phone.act(call_id, step)
    except aiohttp.ClientResponseError as err:
        return err.status
    return 200


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(("direction", "status"), ALLOWED)
async def test_a_step_leads_to_its_state_or_is_refused(
    phone: Phone, direction: str, status: str, step: str
) -> None:
    call_id = await call_in(phone, direction, status)
    leads_to = ALLOWED[direction, status].get(step)
    assert await take(phone, call_id, step) == (200 if leads_to else 409)
    assert (await phone.call(call_id))["status"] == (leads_to or status)


@pytest.mark.parametrize(("direction", "status"), ALLOWED)
async def test_only_a_live_call_can_be_played_into(
    phone: Phone, direction: str, status: str
) -> None:
    call_id = await call_in(phone, direction, status)
    body = {"mediaUrl": "http://127.0.0.1:1/greeting.mp3"}
    answer = await phone.api("POST", f"/calls/{call_id}/play", body)
    assert answer.get("code") == (None if status in LIVE else "INVALID_CALL_STATE")
    assert len((await phone.call(call_id))["plays"]) == (status in LIVE)


async def test_a_call_that_was_answered_does_not_time_out(phone: Phone) -> None:
    await phone.settings(ring_timeout=0.1, dial_delay=0)
    call_id = await phone.dial()
    await phone.act(call_id, "answer")
    missed = await phone.ring()
    assert await phone.newest(Status.MISSED) == missed
    assert (await phone.call(call_id))["status"] == "ACCEPTED"
