"""Deliveries through the real HTTP view, and what follows from them."""

from datetime import UTC, datetime
from hashlib import sha256
import hmac
import json
from typing import Any

from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.call_state import CallChange
from homeassistant.components import webhook
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util.aiohttp import MockRequest
from simulator.client import Phone

from .common import (
    EVENT,
    LINE,
    QUARTER,
    STATUS,
    number,
    pass_time,
    poll,
    short,
    state_of,
    until,
    until_asked,
    webhook_path,
)

CONNECTED = "binary_sensor.casa_whatsapp_connection"
RINGING = {
    "event": "call.ringing",
    "callId": "call_1",
    "externalCallId": "1A2B",
    "direction": "INBOUND",
    "status": "RINGING",
    "from": "5511999999999",
    "to": "551130000001",
    "timestamp": "2026-07-03T15:00:00.000Z",
}


def ringing() -> dict[str, str]:
    """Return the delivery of a call that rings now."""
    return RINGING | {"timestamp": datetime.now(UTC).isoformat()}


async def shows(hass: HomeAssistant, entity_id: str, state: str) -> bool:
    """Wait for a state; return whether it was shown."""
    return await until(lambda: state_of(hass, entity_id).state == state)


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what is logged, but for what Home Assistant itself says of each request.

    It does so at debug level; the access log is of the tests' web server alone.
    """
    return [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("custom_components")
        or (record.levelname != "DEBUG" and record.name != "aiohttp.access")
    ]


async def event_is(hass: HomeAssistant, kind: str) -> dict[str, Any]:
    """Wait until the event entity shows an event; return its attributes."""
    assert await until(lambda: state_of(hass, EVENT).attributes.get("event_type") == kind)
    return dict(state_of(hass, EVENT).attributes)


async def test_deliveries_update_the_entities_without_a_poll(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    requested = len(await phone.requests("calls.list"))
    call_id = await phone.ring("+5511977776666")
    attributes = await event_is(hass_ready, "ringing")
    assert attributes["call_id"] == call_id
    assert (attributes["direction"], attributes["peer_number"]) == ("inbound", "+5511977776666")
    assert state_of(hass_ready, STATUS).state == "ringing"
    await phone.api("POST", f"/calls/{call_id}/accept", {})
    await event_is(hass_ready, "connected")
    assert state_of(hass_ready, LINE).state == "in_call"
    await phone.act(call_id, "hang_up")
    assert (await event_is(hass_ready, "ended"))["duration"] == 0
    assert state_of(hass_ready, STATUS).state == "completed"
    second = await phone.ring()
    await event_is(hass_ready, "ringing")
    await phone.act(second, "hang_up")
    assert (await event_is(hass_ready, "missed"))["call_id"] == second
    assert len(await phone.requests("calls.list")) == requested
    # Each ring requested its call, which also opens the connection for an answer.
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert len(await phone.requests("calls.get")) == 2


async def test_with_a_webhook_calls_are_polled_each_quarter_hour_and_each_minute_during_a_call(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    requested = len(await phone.requests("calls.list"))
    await pass_time(hass_ready, 120)
    assert len(await phone.requests("calls.list")) == requested
    await pass_time(hass_ready, QUARTER)
    assert len(await phone.requests("calls.list")) == requested + 1
    await phone.ring()
    await event_is(hass_ready, "ringing")
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    requested = len(await phone.requests("calls.list"))
    await pass_time(hass_ready, 61)
    assert len(await phone.requests("calls.list")) == requested + 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"\xff\xfe", 400),
        (b"7", 400),
        (b'{"event": "call.transferred", "callId": "call_1"}', 200),
        (b'{"event": "CallOffer", "instance": "i", "data": {"CallID": "1A2B"}}', 200),
        (b"{}", 200),
        (json.dumps({"event": "call.ringing", "filler": "x" * 64 * 1024}).encode(), 413),
    ],
)
async def test_a_body_without_a_known_event_is_answered_and_ignored(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    client: TestClient[Any, Any],
    body: bytes,
    status: int,
) -> None:
    async with client.post(webhook_path(pushed_entry), data=body) as response:
        assert response.status == status
        assert await response.read() == b""
    assert number(pushed_entry).coordinator.calls.last_call is None


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_only_post_delivers_and_the_webhook_id_is_not_logged(
    pushed_entry: MockConfigEntry,
    client: TestClient[Any, Any],
    method: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with client.request(method, webhook_path(pushed_entry), json=RINGING) as response:
        assert response.status == 405
    assert pushed_entry.data["webhook_id"] not in str(messages(caplog))
    assert number(pushed_entry).coordinator.calls.last_call is None


async def test_a_repeated_delivery_is_one_event(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, client: TestClient[Any, Any]
) -> None:
    states = []
    hass_ready.bus.async_listen(
        "state_changed",
        lambda event: (
            states.append(event.data["new_state"]) if event.data["entity_id"] == EVENT else None
        ),
    )
    for _ in range(3):
        async with client.post(webhook_path(pushed_entry), json=ringing()) as response:
            assert response.status == 200
    await hass_ready.async_block_till_done()
    assert [state.attributes["event_type"] for state in states] == ["ringing"]


async def test_a_delivery_about_the_number_counts_again_when_it_comes_again(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, client: TestClient[Any, Any]
) -> None:
    for name, state in (("disconnected", "off"), ("connected", "on"), ("disconnected", "off")):
        # Nothing in it says when it happened.
        body = {"event": f"number.{name}", "data": {"numberId": "num_demo"}}
        async with client.post(webhook_path(pushed_entry), json=body) as response:
            assert response.status == 200
        assert state_of(hass_ready, "binary_sensor.casa_whatsapp_connection").state == state


async def test_an_event_that_was_refused_counts_when_it_comes_again(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    client: TestClient[Any, Any],
    phone: Phone,
) -> None:
    await phone.fault("*", status=500, times=9999)
    calls = number(pushed_entry).coordinator.calls
    for call_id in (*(f"fake_{it}" for it in range(20)), "last"):
        async with client.post(
            webhook_path(pushed_entry), json=RINGING | {"callId": call_id, "externalCallId": None}
        ) as response:
            assert response.status == 200
    assert calls.find("last") is None
    calls.apply_not_found("fake_0")
    async with client.post(
        webhook_path(pushed_entry), json=RINGING | {"callId": "last", "externalCallId": None}
    ) as response:
        assert response.status == 200
    assert calls.find("last") is not None


def signed(body: bytes, secret: str) -> dict[str, str]:
    """Return the header of a signed delivery."""
    return {"x-pilot-status-signature": hmac.new(secret.encode(), body, sha256).hexdigest()}


@pytest.mark.parametrize("through", ["http", "cloud"])
async def test_with_a_secret_only_signed_deliveries_are_accepted(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    client: TestClient[Any, Any],
    through: str,
) -> None:
    hass_ready.config_entries.async_update_entry(pushed_entry, options={"webhook_secret": "whsec"})
    body = json.dumps(RINGING).encode()

    async def deliver(headers: dict[str, str]) -> int:
        if through == "http":
            async with client.post(
                webhook_path(pushed_entry), data=body, headers=headers
            ) as response:
                return response.status
        # Home Assistant Cloud passes such requests on; they have no read().
        request = MockRequest(content=body, mock_source="test", method="POST", headers=headers)
        answer = await webhook.async_handle_webhook(
            hass_ready, pushed_entry.data["webhook_id"], request
        )
        return answer.status

    assert await deliver({}) == 401
    assert await deliver(signed(body, "other")) == 401
    assert await deliver(signed(body + b" ", "whsec")) == 401
    assert number(pushed_entry).coordinator.calls.last_call is None
    assert await deliver(signed(body, "whsec")) == 200
    assert number(pushed_entry).coordinator.calls.find("call_1") is not None


async def test_a_delivery_with_the_signature_of_the_simulator_is_accepted(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    hass_ready.config_entries.async_update_entry(
        pushed_entry, options={"webhook_secret": "whsec_demo"}
    )
    await phone.ring()
    await event_is(hass_ready, "ringing")


async def test_number_events_and_refused_polls_change_the_connection(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    assert state_of(hass_ready, CONNECTED).state == "on"
    await phone.number("num_demo", connected=False)
    assert await shows(hass_ready, CONNECTED, "off")
    await phone.number("num_demo", connected=True)
    assert await shows(hass_ready, CONNECTED, "on")
    await phone.fault("calls.list", status=409, code="WHATSAPP_INSTANCE_NOT_CONNECTED")
    await poll(pushed_entry)
    assert number(pushed_entry).coordinator.connected is False


async def test_three_calls_without_deliveries_raise_an_issue_and_poll_faster_until_one_arrives(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    phone: Phone,
    client: TestClient[Any, Any],
) -> None:
    issues = ir.async_get(hass_ready)
    issue = ("pilotstatus", f"deliveries_missing_{pushed_entry.entry_id}")
    await phone.delivery(lose=True)
    for _ in range(3):
        assert issues.async_get_issue(*issue) is None
        await phone.act(await phone.ring(), "hang_up")
        await poll(pushed_entry)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    found = issues.async_get_issue(*issue)
    assert found is not None
    assert found.translation_key == "deliveries_missing_never_sent"
    assert found.translation_placeholders == {"number": "Casa"}
    requested = len(await phone.requests("calls.list"))
    await pass_time(hass_ready, 61)
    assert len(await phone.requests("calls.list")) == requested + 1
    await phone.delivery(lose=False)
    await phone.ring()
    await event_is(hass_ready, "ringing")
    assert issues.async_get_issue(*issue) is None


async def test_why_deliveries_are_missing_is_asked_once(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    await phone.delivery(lose=True)
    for _ in range(5):
        await phone.act(await phone.ring(), "hang_up")
        await poll(pushed_entry)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert len(await phone.requests("webhooks.logs")) == 1


async def test_what_arrives_while_it_is_asked_why_nothing_did_is_no_issue(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    await phone.delivery(lose=True)
    await phone.fault("webhooks.logs", delay=1)
    for _ in range(3):
        await phone.act(await phone.ring(), "hang_up")
        await poll(pushed_entry)
    await phone.delivery(lose=False)
    await phone.ring()
    assert await until(lambda: number(pushed_entry).observed.deliveries)
    assert await until_asked(lambda: phone.requests("webhooks.logs"))
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    issue = ("pilotstatus", f"deliveries_missing_{pushed_entry.entry_id}")
    assert ir.async_get(hass_ready).async_get_issue(*issue) is None


async def test_a_poll_finds_the_undelivered_end_of_a_call_that_is_not_listed_or_unknown(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    call_id = await phone.ring()
    await event_is(hass_ready, "ringing")
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    await phone.delivery(lose=True)
    await phone.act(call_id, "hang_up")
    await phone.fault("calls.list", fields={"calls": []})
    await poll(pushed_entry)
    assert state_of(hass_ready, STATUS).state == "missed"
    await phone.delivery(lose=False)
    await phone.ring()
    assert await shows(hass_ready, STATUS, "ringing")
    await phone.reset()
    await poll(pushed_entry)
    assert number(pushed_entry).coordinator.calls.live_calls == []


async def test_calls_end_as_they_ended_after_a_burst_of_repeated_and_unordered_deliveries(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, client: TestClient[Any, Any]
) -> None:
    steps = [("ringing", "RINGING"), ("connected", "ACCEPTED"), ("ended", "COMPLETED")]
    deliveries = [
        RINGING
        | {"event": f"call.{name}", "status": status, "callId": f"call_{index}"}
        | {"externalCallId": f"EXT_{index}", "timestamp": f"2026-07-03T15:0{step}:00.000Z"}
        for step, (name, status) in enumerate(steps)
        for index in range(20)
    ]
    deliveries = deliveries[::3] + deliveries[1::3] + deliveries[2::3] + deliveries[::7]
    for delivery in deliveries:
        async with client.post(webhook_path(pushed_entry), json=delivery) as response:
            assert response.status == 200
    calls = number(pushed_entry).coordinator.calls
    assert len(calls.all) == 20
    assert {str(call.status) for call in calls.all} == {"COMPLETED"}
    await hass_ready.async_block_till_done(wait_background_tasks=True)


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"[" * 30_000, {}, 400),
        (b'{"a":' * 10_000, {}, 400),
        (json.dumps(RINGING).encode(), {"content-encoding": "gzip"}, 400),
        (json.dumps(RINGING).encode(), {"content-encoding": "deflate"}, 400),
        (b"\xff\xfe{", {}, 400),
        (b"\x00" * 1000, {}, 400),
        (b'{"event": "call.ringing", "callId": "bad\\ud800"}', {}, 200),
        (b'{"event": "call.ended", "callId": "c", "duration": 1e400}', {}, 200),
        (b'{"event": "call.ended", "callId": "c", "duration": 99999999999999999999}', {}, 200),
        (b'{"event": ["call.ringing"], "callId": {"a": 1}}', {}, 200),
        (b'{"event": "number.connected", "data": [{"numberId": 7}]}', {}, 200),
    ],
    ids=short,
)
async def test_whatever_is_delivered_home_assistant_stays_well_and_logs_no_webhook_id(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    client: TestClient[Any, Any],
    caplog: pytest.LogCaptureFixture,
    body: bytes,
    headers: dict[str, str],
    status: int,
) -> None:
    caplog.clear()
    async with client.post(webhook_path(pushed_entry), data=body, headers=headers) as response:
        assert response.status == status
        assert await response.read() == b""
    assert not [record for record in caplog.records if record.levelname in {"ERROR", "CRITICAL"}]
    assert pushed_entry.data["webhook_id"] not in str(messages(caplog))
    for state in hass_ready.states.async_all():
        assert state.as_dict_json


async def test_an_unexpected_error_of_a_delivery_is_logged_without_the_webhook_id(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    client: TestClient[Any, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(_change: CallChange) -> None:
        raise ValueError("odd")

    number(pushed_entry).coordinator.async_add_change_listener(fail)
    async with client.post(webhook_path(pushed_entry), json=ringing()) as response:
        assert response.status == 500
    assert "A delivery could not be handled" in caplog.text
    assert pushed_entry.data["webhook_id"] not in str(messages(caplog))
