"""Requests that are not as documented."""

import json
from typing import Any

import aiohttp
import pytest

from simulator.client import Phone
from simulator.numbers import DEMO_KEY

JSON = "application/json"


@pytest.mark.parametrize(
    ("path", "body", "content_type"),
    [
        ("/calls", {}, JSON),
        ("/calls", {"to": None}, JSON),
        ("/calls", {"to": "+5511999999999", "sdp": "v=0"}, JSON),
        ("/calls", {"to": "+5511999999999", "bizOpaqueCallbackData": 7}, JSON),
        ("/calls", {"to": "+5511999999999"}, "text/plain"),
        ("/calls", ["+5511999999999"], JSON),
        ("/calls/{id}/accept", {"sdp": "v=0"}, JSON),
        ("/calls/{id}/accept", [], JSON),
        ("/calls/{id}/reject", {}, JSON),
        ("/calls/{id}/terminate", {}, JSON),
        ("/calls/{id}/play", {}, JSON),
        ("/calls/{id}/play", {"mediaUrl": "https://a.b/c.mp3", "loop": "yes"}, JSON),
        ("/webhooks", {"url": "https://a.b", "name": 1}, JSON),
        ("/webhooks", {"url": "https://a.b", "active": "yes"}, JSON),
        ("/webhooks", [], JSON),
    ],
)
async def test_a_body_that_is_not_documented_is_refused(
    phone: Phone, session: aiohttp.ClientSession, path: str, body: Any, content_type: str
) -> None:
    call_id = await phone.ring()
    async with session.post(
        f"{phone.url}/v1{path.format(id=call_id)}",
        data=json.dumps(body),
        headers={"x-api-key": DEMO_KEY, "content-type": content_type},
    ) as response:
        assert (response.status, await response.json()) == (400, {"error": "Validation error"})
    assert (await phone.call(call_id))["status"] == "RINGING"


@pytest.mark.parametrize("data", [b"", b"{"])
async def test_a_body_that_is_not_json_is_refused(
    phone: Phone, session: aiohttp.ClientSession, data: bytes
) -> None:
    hook = await phone.api("POST", "/webhooks", {"url": "https://a.b/hook"})
    headers = {"x-api-key": DEMO_KEY, "content-type": JSON}
    for method, path in (
        ("POST", "/calls"),
        ("POST", "/webhooks"),
        ("PATCH", f"/webhooks/{hook['id']}"),
    ):
        async with session.request(
            method, f"{phone.url}/v1{path}", data=data, headers=headers
        ) as response:
            assert response.status == 400


@pytest.mark.parametrize("body", [None, {}])
async def test_accept_needs_no_body(phone: Phone, body: Any) -> None:
    call_id = await phone.ring()
    answer = await phone.api("POST", f"/calls/{call_id}/accept", body)
    assert answer["status"] == "ACCEPTED"


async def test_a_field_of_a_webhook_that_is_new_is_passed_over(phone: Phone) -> None:
    hook = await phone.api("POST", "/webhooks", {"url": "https://a.b/hook", "secret": "mine"})
    assert "mine" not in str(hook)
    assert [listed["id"] for listed in await phone.webhooks()] == [hook["id"]]
