"""The simulator's webhooks: kept as documented, delivered signed, and gone astray on order."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
import hmac
from typing import Any

from aiohttp import web
import pytest

from tests.phone import META_KEY, SECOND_KEY, Phone

EVENTS = ["call.ringing", "call.connected", "call.ended", "call.missed", "number.disconnected"]


class Receiver:
    """A server that takes deliveries."""

    def __init__(self) -> None:
        """Start with none."""
        self.url = ""
        self.status = 200
        self.bodies: list[dict[str, Any]] = []
        self.signatures: list[tuple[bytes, str]] = []

    async def take(self, request: web.Request) -> web.Response:
        """Keep a delivery."""
        raw = await request.read()
        self.signatures.append((raw, request.headers["x-pilot-status-signature"]))
        self.bodies.append(await request.json())
        return web.Response(status=self.status)

    async def events(self, count: int) -> list[str]:
        """Wait for so many deliveries; return their names."""
        for _ in range(100):
            if len(self.bodies) >= count:
                break
            await asyncio.sleep(0.02)
        return [body["event"] for body in self.bodies]


@pytest.fixture
async def receiver(socket_enabled: None) -> AsyncIterator[Receiver]:
    """Return a running receiver."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


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
    logs = await phone.api("GET", f"/webhooks/{hook['id']}/logs?event=call.ended")
    assert [(log["status"], log["statusCode"]) for log in logs] == [("SUCCESS", 200)]


async def test_deliveries_go_astray(phone: Phone, receiver: Receiver) -> None:
    """Repeated, lost, delayed, and refused."""
    hook = await phone.api("POST", "/webhooks", {"url": receiver.url, "events": EVENTS})
    await phone.delivery(copies=3, delay=0.05, shuffle=True)
    await phone.ring()
    assert await receiver.events(3) == ["call.ringing"] * 3
    await phone.delivery(lose=True, delay=0)
    await phone.ring()
    await phone.delivery(lose=False, copies=1)
    receiver.status = 500
    await phone.number("num_demo", connected=False)
    assert (await receiver.events(4))[3:] == ["number.disconnected"]
    assert receiver.bodies[3]["data"]["numberId"] == "num_demo"
    await asyncio.sleep(0.05)
    logs = await phone.api("GET", f"/webhooks/{hook['id']}/logs")
    assert [log["status"] for log in logs] == ["FAILED", *["SUCCESS"] * 3]


async def test_a_receiver_that_is_down(phone: Phone) -> None:
    """The attempt is in the logs."""
    hook = await phone.api("POST", "/webhooks", {"url": "http://127.0.0.1:1", "events": ["*"]})
    await phone.ring()
    for _ in range(50):
        if logs := await phone.api("GET", f"/webhooks/{hook['id']}/logs"):
            break
        await asyncio.sleep(0.02)
    assert [(log["status"], log["statusCode"]) for log in logs] == [("FAILED", None)]


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
