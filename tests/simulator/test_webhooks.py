"""The simulator's webhooks: as documented, delivered signed, and going astray on order."""

from hashlib import sha256
import hmac
from typing import Any

import pytest

from simulator.client import Phone
from simulator.numbers import META_KEY, SECOND_KEY

from .receiver import Receiver, logged

EVENTS = ["call.ringing", "call.connected", "call.ended", "call.missed", "number.disconnected"]


async def test_a_call_is_delivered(phone: Phone, receiver: Receiver) -> None:
    """Flat payloads, signed over the raw body, and written into the logs."""
    hook = await phone.api("POST", "/webhooks", {"url": receiver.url, "events": EVENTS})
    call_id = await phone.ring()
    assert await receiver.events(1) == ["call.ringing"]
    await phone.api("POST", f"/calls/{call_id}/accept", {})
    await receiver.events(2)
    await phone.act(call_id, "hang_up")
    assert await receiver.events(3) == ["call.ringing", "call.connected", "call.ended"]
    first, _, last = receiver.bodies
    assert (first["callId"], first["direction"], first["from"]) == (
        call_id,
        "INBOUND",
        "5511987654321",
    )
    assert "duration" not in first
    assert last["duration"] == 0
    for raw, signature in receiver.signatures:
        assert signature == hmac.new(b"whsec_demo", raw, sha256).hexdigest()
    logs = await logged(phone, hook["id"], 1, "call.ended")
    assert [(log["status"], log["statusCode"]) for log in logs] == [("SUCCESS", 200)]


async def test_deliveries_are_repeated(phone: Phone, receiver: Receiver) -> None:
    await phone.api("POST", "/webhooks", {"url": receiver.url, "events": EVENTS})
    await phone.delivery(copies=3, delay=0.05, shuffle=True)
    await phone.ring()
    assert await receiver.events(3) == ["call.ringing"] * 3


@pytest.mark.parametrize("change", [{"lose": True}, {"copies": 0}])
async def test_deliveries_are_lost(
    phone: Phone, receiver: Receiver, change: dict[str, Any]
) -> None:
    await phone.api("POST", "/webhooks", {"url": receiver.url, "events": EVENTS})
    await phone.delivery(**change)
    call_id = await phone.ring()
    await phone.delivery(lose=False, copies=1)
    await phone.act(call_id, "hang_up")
    assert await receiver.events(1) == ["call.missed"]


async def test_deliveries_are_signed_with_the_ordered_secret(
    phone: Phone, receiver: Receiver
) -> None:
    await phone.api("POST", "/webhooks", {"url": receiver.url, "events": EVENTS})
    await phone.delivery(secret="another")
    await phone.ring()
    await receiver.events(1)
    ((raw, signature),) = receiver.signatures
    assert signature == hmac.new(b"another", raw, sha256).hexdigest()


async def test_a_delivery_that_is_not_accepted_has_failed(phone: Phone, receiver: Receiver) -> None:
    hook = await phone.api("POST", "/webhooks", {"url": receiver.url, "events": EVENTS})
    receiver.status = 500
    await phone.number("num_demo", connected=False)
    assert await receiver.events(1) == ["number.disconnected"]
    assert receiver.bodies[0]["data"]["numberId"] == "num_demo"
    (log,) = await logged(phone, hook["id"], 1, "number.disconnected")
    assert (log["status"], log["statusCode"]) == ("FAILED", 500)


async def test_a_delivery_to_a_receiver_that_is_down_has_failed(phone: Phone) -> None:
    hook = await phone.api("POST", "/webhooks", {"url": "http://127.0.0.1:1", "events": ["*"]})
    await phone.ring()
    (log,) = await logged(phone, hook["id"], 1, "call.ringing")
    assert (log["status"], log["statusCode"]) == ("FAILED", None)


async def test_a_webhook_is_named_after_its_host_unless_it_has_a_name(phone: Phone) -> None:
    wanted = {"url": "https://hooks.example.com/1"}
    assert (await phone.api("POST", "/webhooks", wanted))["name"] == "hooks.example.com"
    assert (await phone.api("POST", "/webhooks", wanted | {"name": "Mine"}))["name"] == "Mine"


async def test_a_number_sees_its_own_webhooks(phone: Phone) -> None:
    """Events it cannot emit are dropped silently, and the secret is never shown."""
    wanted = {"url": "https://a.b/hook", "events": [*EVENTS, "call.permission_updated", "odd"]}
    hook = await phone.api("POST", "/webhooks", wanted)
    assert hook["events"] == EVENTS
    assert hook["whatsappNumberIds"] == ["num_demo"]
    meta = await phone.api("POST", "/webhooks", wanted, key=META_KEY)
    assert "call.permission_updated" in meta["events"]
    assert await phone.api("GET", "/webhooks", key=SECOND_KEY) == []
    (listed,) = await phone.api("GET", "/webhooks")
    assert listed == await phone.api("GET", f"/webhooks/{hook['id']}")
    assert "whsec" not in str(listed)
    short = await phone.api("PATCH", f"/webhooks/{hook['id']}", {"active": False, "events": []})
    assert (short["active"], short["events"]) == (False, [])
    assert "apiKeys" not in short


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("POST", "", {"url": "https://a.b", "whatsappNumberId": "num_second"}, "NUMBER_MISMATCH"),
        ("POST", "", {"url": "nowhere"}, None),
        ("POST", "", {"url": "https://a.b", "events": "all"}, None),
        ("PATCH", "/wh_none", {}, "WEBHOOK_NOT_FOUND"),
        ("GET", "/wh_none/logs", None, "WEBHOOK_NOT_FOUND"),
        ("DELETE", "/wh_none", None, "WEBHOOK_NOT_FOUND"),
    ],
)
async def test_what_is_refused(
    phone: Phone, method: str, path: str, body: Any, code: str | None
) -> None:
    """With the documented codes."""
    answer = await phone.api(method, f"/webhooks{path}", body)
    assert answer.get("code") == code
    assert answer["error"]
