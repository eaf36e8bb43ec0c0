"""What an ordered fault does to the API."""

import asyncio
from typing import Any

import aiohttp
import pytest

from simulator.client import Phone
from simulator.numbers import DEMO_KEY
from tests.common import until_asked


async def get(
    phone: Phone, session: aiohttp.ClientSession, path: str = "/v1/calls"
) -> tuple[int, Any]:
    """Return the status and the JSON of an answer."""
    headers = {"x-api-key": DEMO_KEY}
    async with session.get(phone.url + path, headers=headers) as response:
        return response.status, await response.json(content_type=None)


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        ({"status": 500}, 500, {"error": "Fault"}),
        ({"status": 402, "error": "Pay", "code": "C"}, 402, {"error": "Pay", "code": "C"}),
        ({"status": 429, "fields": {"a": 1}}, 429, {"error": "Fault", "a": 1}),
        ({"status": 400, "fields": ["a"]}, 400, ["a"]),
        ({"fields": {"a": 1}}, 200, {"a": 1}),
        ({"fields": {}}, 200, {}),
        ({"fields": ["a"]}, 200, ["a"]),
        ({"fields": []}, 200, []),
        ({"code": "C", "error": "Words"}, 200, {"calls": []}),
    ],
)
async def test_an_answer_is_replaced(
    phone: Phone,
    session: aiohttp.ClientSession,
    fault: dict[str, Any],
    status: int,
    body: object,
) -> None:
    await phone.fault("calls.list", **fault)
    assert await get(phone, session) == (status, body)
    assert await get(phone, session) == (200, {"calls": []})


async def test_fields_of_what_was_answered_are_changed(phone: Phone) -> None:
    """The request has its effect all the same."""
    call_id = await phone.ring()
    await phone.fault("calls.accept", merge={"status": 7, "more": ["a"]}, without=["success"])
    assert await phone.api("POST", f"/calls/{call_id}/accept") == {
        "id": call_id,
        "status": 7,
        "more": ["a"],
    }
    assert (await phone.call(call_id))["status"] == "ACCEPTED"


async def test_fields_of_each_item_of_a_list_are_changed(phone: Phone) -> None:
    for _ in range(2):
        await phone.ring()
    await phone.fault("calls.list", merge={"durationSeconds": float("nan")}, without=["id"])
    calls = (await phone.api("GET", "/calls"))["calls"]
    assert [str(call["durationSeconds"]) for call in calls] == ["nan", "nan"]
    assert not any("id" in call for call in calls)
    await phone.fault("numbers.list", merge={"state": None})
    assert {number["state"] for number in await phone.api("GET", "/numbers")} == {None}


async def test_fields_of_an_error_are_not_those_of_an_answer(phone: Phone) -> None:
    await phone.fault("calls.list", status=404, merge={"error": "Other"})
    assert await phone.api("GET", "/calls") == {"error": "Fault"}


async def test_a_fault_hits_its_endpoint_as_often_as_ordered(
    phone: Phone, session: aiohttp.ClientSession
) -> None:
    await phone.fault("calls.list", status=500, times=2)
    assert (await get(phone, session, "/v1/webhooks"))[0] == 200
    assert [(await get(phone, session))[0] for _ in range(3)] == [500, 500, 200]
    await phone.fault(status=500)
    assert (await get(phone, session, "/v1/webhooks"))[0] == 500
    await phone.fault("calls.list", status=500)
    await phone.clear_faults()
    assert (await get(phone, session))[0] == 200


async def test_a_body_is_oversized(phone: Phone, session: aiohttp.ClientSession) -> None:
    await phone.fault("calls.list", body="oversized")
    status, body = await get(phone, session)
    assert (status, body["success"]) == (200, True)
    assert len(body["filler"]) > 1024 * 1024


@pytest.mark.parametrize("fault", [{"drop": "after"}, {"drop": "after", "status": 503}])
async def test_a_connection_is_dropped_after_the_request(
    phone: Phone, fault: dict[str, Any]
) -> None:
    """It was handled, unless a status was ordered as well."""
    await phone.fault("calls.start", **fault)
    with pytest.raises(aiohttp.ClientConnectionError):
        await phone.dial()
    assert len(await phone.calls()) == ("status" not in fault)


async def test_a_connection_is_dropped_before_the_request(phone: Phone) -> None:
    await phone.fault(drop="before")
    with pytest.raises(aiohttp.ClientConnectionError):
        await phone.dial()
    assert await phone.requests("calls.start") == []


async def test_connections_that_were_kept_alive_are_closed_for_a_drop(
    phone: Phone, simulator_url: str
) -> None:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as other:
        neighbor = Phone(other, simulator_url)
        await neighbor.dial()
        await phone.fault(drop="before")
        with pytest.raises(aiohttp.ClientConnectionError):
            await neighbor.dial()
        await neighbor.dial()
    assert len(await phone.calls()) == 2


async def test_a_late_request_is_handled_though_its_client_has_gone(
    phone: Phone, simulator_url: str
) -> None:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.1)) as hasty:
        await phone.fault("calls.start", delay=0.3)
        with pytest.raises(TimeoutError):
            await Phone(hasty, simulator_url).dial()
    assert await until_asked(phone.calls)


async def test_a_late_request_is_not_handled_after_a_reset(
    phone: Phone, simulator_url: str
) -> None:
    async with aiohttp.ClientSession() as other:
        await phone.fault("calls.start", delay=60)
        dialing = asyncio.ensure_future(Phone(other, simulator_url).dial())
        assert await until_asked(lambda: phone.requests("calls.start"))
        await phone.reset()
        with pytest.raises(aiohttp.ClientResponseError, match="503"):
            await dialing
    assert await phone.calls() == []


async def test_an_answer_is_delayed(phone: Phone, session: aiohttp.ClientSession) -> None:
    await phone.fault("calls.list", delay=0.2)
    before = asyncio.get_running_loop().time()
    await get(phone, session)
    assert asyncio.get_running_loop().time() - before >= 0.2
