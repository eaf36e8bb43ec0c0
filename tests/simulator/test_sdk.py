"""The vendor's own Python SDK finds in the simulator what it knows from Pilot Status."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any
from urllib.request import Request, urlopen

from pilot_status import PilotStatusClient, errors
import pytest

from simulator.client import Phone
from simulator.numbers import DEMO_KEY, META_KEY, OFFLINE_KEY, TENANT_KEY

MEDIA = "http://127.0.0.1:1/greeting.mp3"


def sdk(phone: Phone, key: str = DEMO_KEY) -> PilotStatusClient:
    """Return the vendor's client, with a transport that leads to the simulator."""

    def transport(request: Request, timeout: float) -> tuple[int, Mapping[str, str], str]:
        request.full_url = request.full_url.replace("https://pilotstatus.com.br", phone.url)
        with urlopen(request, timeout=timeout) as response:  # noqa: S310
            return response.status, dict(response.headers), response.read().decode()

    return PilotStatusClient(api_key=key, transport=transport)


async def run(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    """Run a call of the SDK, which blocks, beside the test."""
    return await asyncio.to_thread(function, *arguments, **keywords)


async def test_an_outgoing_call(phone: Phone) -> None:
    """Dial, play before the answer, be answered, hang up."""
    calls = sdk(phone).calls
    started = await run(calls.initiate, {"to": "+5511999999999"})
    assert started["status"] == "INITIATED"
    call_id = started["id"]
    played = await run(calls.play, call_id, MEDIA)
    assert (played["success"], played["id"]) == (True, call_id)
    assert played["status"] in ("INITIATED", "RINGING")
    await phone.act(call_id, "answer")
    call = await run(calls.get, started["externalCallId"])
    assert (call["id"], call["status"], call["direction"]) == (call_id, "ACCEPTED", "OUTBOUND")
    assert call["peerNumber"] == "5511999999999"
    ended = await run(calls.terminate, call_id)
    assert ended == {"success": True, "id": call_id, "status": "COMPLETED"}
    (listed,) = (await run(calls.list, limit=1))["calls"]
    assert (listed["id"], listed["durationSeconds"]) == (call_id, 0)


async def test_incoming_calls(phone: Phone) -> None:
    """Accept one, reject the other."""
    calls = sdk(phone).calls
    first, second = await phone.ring(), await phone.ring("+5511911112222")
    assert (await run(calls.accept, first))["status"] == "ACCEPTED"
    assert (await run(calls.reject, second))["status"] == "REJECTED"
    listed = (await run(calls.list))["calls"]
    assert [(call["id"], call["status"]) for call in listed] == [
        (second, "REJECTED"),
        (first, "ACCEPTED"),
    ]
    before = await run(calls.list, before=listed[0]["createdAt"])
    assert [call["id"] for call in before["calls"]] == [first]


@pytest.mark.parametrize(
    ("key", "call_id", "error", "code"),
    [
        ("ps_wrong", "call_1", errors.AuthenticationError, None),
        (TENANT_KEY, "call_1", errors.ForbiddenError, "TENANT_SCOPE_NOT_ALLOWED"),
        (META_KEY, "call_1", errors.ValidationError, "FEATURE_NOT_SUPPORTED"),
        (OFFLINE_KEY, "call_1", errors.ConflictError, "WHATSAPP_INSTANCE_NOT_CONNECTED"),
        (DEMO_KEY, "call_1", errors.NotFoundError, "CALL_NOT_FOUND"),
    ],
)
async def test_each_key_that_cannot_play(
    phone: Phone, key: str, call_id: str, error: type[errors.PilotStatusHttpError], code: str | None
) -> None:
    """Each becomes the SDK's own error."""
    with pytest.raises(error) as caught:
        await run(sdk(phone, key).calls.play, call_id, MEDIA)
    assert caught.value.body.get("code") == code


async def test_faults_become_the_sdks_errors(phone: Phone) -> None:
    """An ordered 429 and 500 are what the SDK takes for such."""
    calls = sdk(phone).calls
    await phone.fault("calls.play", status=429, headers={"Retry-After": "7"})
    with pytest.raises(errors.RateLimitError) as caught:
        await run(calls.play, "call_1", MEDIA)
    assert caught.value.headers["retry-after"] == "7"
    await phone.fault("calls.terminate", status=500)
    with pytest.raises(errors.ServerError):
        await run(calls.terminate, "call_1")


@pytest.mark.parametrize("media_url", ["", "greeting.mp3", "ftp://a.b/c.mp3", 7])
async def test_bad_media_urls(phone: Phone, media_url: Any) -> None:
    """Only http and https URLs are taken."""
    with pytest.raises(errors.ValidationError):
        await run(sdk(phone).calls.play, await phone.ring(), media_url)


@pytest.mark.parametrize("to", ["", "abc", "+55", 5])
async def test_bad_phone_numbers(phone: Phone, to: Any) -> None:
    """Only phone numbers are dialed."""
    with pytest.raises(errors.ValidationError):
        await run(sdk(phone).calls.initiate, {"to": to})


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"before": "yesterday"}])
async def test_bad_queries(phone: Phone, query: dict[str, Any]) -> None:
    """Limits and instants are checked."""
    with pytest.raises(errors.ValidationError):
        await run(sdk(phone).calls.list, **query)
