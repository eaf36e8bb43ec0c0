"""What can be ordered through ``/phone``, and what is refused."""

from typing import Any

import aiohttp
import pytest

from simulator.client import Phone

FAULTS = "/phone/faults"
SETTINGS = "/phone/settings"
DELIVERY = "/phone/delivery"
NUMBER = "/phone/numbers/num_demo"
RING = "/phone/ring"


@pytest.mark.parametrize(
    ("method", "path", "order", "wrong"),
    [
        ("POST", FAULTS, {"nonsense": 1}, "nonsense"),
        ("POST", FAULTS, {"endpoint": "calls.answer"}, "calls.accept"),
        ("POST", FAULTS, {"endpoint": "/v1/calls"}, "endpoint"),
        ("POST", FAULTS, {"endpoint": None}, "endpoint"),
        ("POST", FAULTS, {"times": 0}, "times"),
        ("POST", FAULTS, {"times": -3}, "times"),
        ("POST", FAULTS, {"times": 1.5}, "times"),
        ("POST", FAULTS, {"times": True}, "times"),
        ("POST", FAULTS, {"delay": -1}, "delay"),
        ("POST", FAULTS, {"delay": "1"}, "delay"),
        ("POST", FAULTS, {"delay": False}, "delay"),
        ("POST", FAULTS, {"delay": float("nan")}, "delay"),
        ("PATCH", SETTINGS, {"ring_timeout": float("inf")}, "ring_timeout"),
        ("POST", FAULTS, {"status": 199}, "status"),
        ("POST", FAULTS, {"status": 600}, "status"),
        ("POST", FAULTS, {"status": "404"}, "status"),
        ("POST", FAULTS, {"code": 1}, "code"),
        ("POST", FAULTS, {"error": None}, "error"),
        ("POST", FAULTS, {"headers": {"Retry-After": 7}}, "Retry-After"),
        ("POST", FAULTS, {"fields": "list"}, "fields"),
        ("POST", FAULTS, {"merge": []}, "merge"),
        ("POST", FAULTS, {"merge": None}, "merge"),
        ("POST", FAULTS, {"without": "id"}, "without"),
        ("POST", FAULTS, {"without": [1]}, "without"),
        ("POST", FAULTS, {"text": 7}, "text"),
        ("POST", FAULTS, {"text": "\ud800"}, "UTF-8"),
        ("POST", FAULTS, {"drop": "nonsense"}, "before"),
        ("POST", FAULTS, {"drop": True}, "drop"),
        ("POST", FAULTS, {"body": "list"}, "gzip_bomb"),
        ("POST", FAULTS, [], "dictionary"),
        ("PATCH", SETTINGS, {"nonsense": 1}, "nonsense"),
        ("PATCH", SETTINGS, {"fetch": "never"}, "connect"),
        ("PATCH", SETTINGS, {"strict_internet": "yes"}, "strict_internet"),
        ("PATCH", SETTINGS, {"strict_internet": 1}, "strict_internet"),
        ("PATCH", SETTINGS, {"dial_delay": -0.1}, "dial_delay"),
        ("PATCH", SETTINGS, {"ring_timeout": -1}, "ring_timeout"),
        ("PATCH", SETTINGS, {"ring_timeout": None}, "ring_timeout"),
        ("PATCH", DELIVERY, {"nonsense": 1}, "nonsense"),
        ("PATCH", DELIVERY, {"copies": -1}, "copies"),
        ("PATCH", DELIVERY, {"copies": 1.5}, "copies"),
        ("PATCH", DELIVERY, {"copies": True}, "copies"),
        ("PATCH", DELIVERY, {"delay": -1}, "delay"),
        ("PATCH", DELIVERY, {"shuffle": 1}, "shuffle"),
        ("PATCH", DELIVERY, {"lose": "no"}, "lose"),
        ("PATCH", DELIVERY, {"secret": 1}, "secret"),
        ("PATCH", NUMBER, {"nonsense": 1}, "nonsense"),
        ("PATCH", NUMBER, {"connected": "no"}, "connected"),
        ("PATCH", NUMBER, {"connected": 0}, "connected"),
        ("PATCH", NUMBER, {"key": 1}, "key"),
        ("PATCH", NUMBER, {"key": ""}, "key"),
        ("POST", RING, {"to": "+5511987654321"}, "to"),
        ("POST", RING, {"from": 5511987654321}, "from"),
        ("POST", RING, {"from": "somebody"}, "phone number"),
        ("POST", RING, {"number": 1}, "number"),
        ("POST", RING, [], "dictionary"),
        ("GET", "/phone/requests?endpoint=calls.lost", None, "calls.lost"),
    ],
)
async def test_an_order_that_means_nothing_is_refused_with_words(
    phone: Phone,
    session: aiohttp.ClientSession,
    method: str,
    path: str,
    order: Any,
    wrong: str,
) -> None:
    async with session.request(method, phone.url + path, json=order) as response:
        assert response.status == 400
        assert wrong in await response.text()


async def test_an_order_that_is_not_json_is_refused(
    phone: Phone, session: aiohttp.ClientSession
) -> None:
    async with session.post(phone.url + RING, data=b"{") as response:
        assert response.status == 400


async def test_a_refused_order_changes_nothing(phone: Phone) -> None:
    for order in ({"status": 500, "times": 0}, {"status": 500, "drop": "nonsense"}):
        with pytest.raises(aiohttp.ClientResponseError):
            await phone.fault("calls.list", **order)
    with pytest.raises(aiohttp.ClientResponseError):
        await phone.number("num_demo", connected=False, key=1)
    call_id = await phone.ring()
    assert "error" not in await phone.api("GET", "/calls")
    assert "error" not in await phone.api("POST", f"/calls/{call_id}/accept")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/phone/ring"),
        ("PATCH", "/phone/numbers/num_none"),
        ("GET", "/phone/calls/call_none"),
        ("POST", "/phone/calls/call_none/answer"),
        ("GET", "/phone/calls/call_none/heard.wav"),
    ],
)
async def test_what_does_not_exist_is_not_found(
    phone: Phone, session: aiohttp.ClientSession, method: str, path: str
) -> None:
    order = {"number": "num_none"} if path == RING else None
    async with session.request(method, phone.url + path, json=order) as response:
        assert response.status == 404


@pytest.mark.parametrize(
    ("method", "path", "order"),
    [
        ("POST", FAULTS, {"endpoint": "*", "times": 1, "delay": 0, "status": None, "code": None}),
        ("POST", FAULTS, {"endpoint": "webhooks.logs", "times": 99, "delay": 0.5, "status": 599}),
        ("POST", FAULTS, {"drop": None, "body": None, "fields": None, "headers": {"a": "b"}}),
        ("POST", FAULTS, {"fields": [], "body": "oversized", "drop": "after", "status": 200}),
        ("POST", FAULTS, {"merge": {"id": None}, "without": ["status"], "text": "\\ud800"}),
        ("PATCH", SETTINGS, {"fetch": "connect", "strict_internet": True, "dial_delay": 0}),
        ("PATCH", SETTINGS, {"ring_timeout": 0.5}),
        ("PATCH", DELIVERY, {"copies": 0, "delay": 0, "shuffle": True, "lose": True, "secret": ""}),
        ("PATCH", NUMBER, {"connected": False, "key": "ps_new"}),
        ("POST", RING, {"from": "5511987654321", "number": "num_second"}),
        ("POST", RING, {"from": None}),
        ("POST", RING, None),
        ("GET", "/phone/requests?endpoint=calls.list", None),
    ],
)
async def test_an_order_that_means_something_is_accepted(
    phone: Phone, session: aiohttp.ClientSession, method: str, path: str, order: Any
) -> None:
    async with session.request(method, phone.url + path, json=order) as response:
        assert response.status == 200, await response.text()
