"""The client against the running simulator: requests and answers."""

from typing import Any

import aiohttp
import pytest

from custom_components.pilotstatus.api import (
    ActionResult,
    Call,
    CallDirection,
    CallStatus,
    DeliveryRecord,
    InvalidResponseError,
    NotFoundError,
    Number,
    PilotStatusClient,
    Webhook,
)
from simulator.client import Phone
from simulator.numbers import DEMO_KEY
from tests.payloads import payload

MEDIA = "http://127.0.0.1:1/greeting.mp3"


async def test_calls_are_listed_newest_first(client: PilotStatusClient, phone: Phone) -> None:
    ids = [await phone.ring(), await phone.ring("+5511911112222")]
    first, second = await client.list_calls()
    assert [second.id, first.id] == ids
    assert first.status is CallStatus.RINGING
    assert first.direction is CallDirection.INBOUND
    assert first.peer_number == "+5511911112222"
    assert [call.id for call in await client.list_calls(limit=1)] == [ids[1]]
    assert first.created_at is not None
    earlier = await client.list_calls(before=first.created_at.isoformat())
    assert [call.id for call in earlier] == [ids[0]]


async def test_a_call_is_found_by_its_own_id_and_by_the_providers(
    client: PilotStatusClient, phone: Phone
) -> None:
    call = await client.get_call(await phone.ring())
    assert call.external_id is not None
    assert await client.get_call(call.external_id) == call


async def test_a_play_returns_the_status_of_the_call(
    client: PilotStatusClient, phone: Phone
) -> None:
    call_id = await phone.ring()
    result = await client.play(call_id, MEDIA)
    assert result == ActionResult(call_id=call_id, status=CallStatus.RINGING)
    assert [play["mediaUrl"] for play in (await phone.call(call_id))["plays"]] == [MEDIA]


async def test_the_number_that_owns_a_key_is_found_in_the_list(client: PilotStatusClient) -> None:
    owners = [number for number in await client.list_numbers() if number.owns_key(DEMO_KEY)]
    assert [(number.id, number.name, number.phone) for number in owners] == [
        ("num_demo", "Casa", "+551130000001")
    ]


async def test_the_id_of_a_key_is_accepted_in_its_own_header(
    session: aiohttp.ClientSession, phone: Phone
) -> None:
    client = PilotStatusClient(session, "key_demo", key_type="api_key_id", base_url=phone.url)
    assert await client.list_calls() == []


async def test_documented_answers_are_read(client: PilotStatusClient, phone: Phone) -> None:
    """Their fields are compared in the tests of the models."""
    call_id = await phone.ring()
    for endpoint, name in (
        ("calls.list", "calls_list"),
        ("calls.get", "call"),
        ("calls.start", "call_started"),
        ("calls.play", "call_played"),
        ("calls.accept", "call_accepted"),
        ("calls.reject", "call_rejected"),
        ("calls.terminate", "call_terminated"),
        ("numbers.list", "numbers_list"),
        ("webhooks.list", "webhooks_list"),
        ("webhooks.create", "webhook_created"),
        ("webhooks.update", "webhook_updated"),
        ("webhooks.logs", "webhook_logs"),
        ("numbers.get", "number"),
        ("numbers.update", "number"),
    ):
        await phone.fault(endpoint, fields=payload(name), status=200)
    calls = [Call.parse(item) for item in payload("calls_list")["calls"]]
    assert await client.list_calls() == calls
    assert await client.get_call(call_id) == Call.parse(payload("call"))
    assert await client.list_numbers() == [Number.parse(payload("numbers_list")[0])]
    assert await client.start_call("+5511999999999") == Call(
        id="call_01K7Q5F9A2",
        external_id="0B7E62D1AA",
        direction=CallDirection.OUTBOUND,
        status=CallStatus.INITIATED,
        peer_number="+5511999999999",
    )
    results = [
        (await client.play(call_id, MEDIA)).status,
        (await client.accept(call_id)).status,
        (await client.reject(call_id)).status,
        (await client.terminate(call_id)).status,
    ]
    assert results == ["RINGING", "ACCEPTED", "REJECTED", "COMPLETED"]
    url, events = "https://a.b/hook", {"call.ended"}
    assert await client.list_webhooks() == [Webhook.parse(payload("webhooks_list")[0])]
    created = await client.create_webhook(url, "Home", events)
    assert created == Webhook.parse(payload("webhook_created"))
    updated = await client.update_webhook(created.id, url, events)
    assert updated == Webhook.parse(payload("webhook_updated"))
    delivered = [DeliveryRecord.parse(payload("webhook_logs")[0])]
    assert await client.list_deliveries(created.id) == delivered
    assert await client.get_number("num_demo") == Number.parse(payload("number"))
    assert await client.accept_calls("num_demo") == Number.parse(payload("number"))


async def test_a_number_is_made_to_accept_calls(client: PilotStatusClient, phone: Phone) -> None:
    await phone.number("num_demo", reject_call=True)
    assert (await client.get_number("num_demo")).rejects_calls is True
    assert (await client.accept_calls("num_demo")).rejects_calls is False
    assert (await client.get_number("num_demo")).rejects_calls is False


async def test_deliveries_are_asked_for_up_to_a_limit_and_read_in_any_wrapper(
    client: PilotStatusClient, phone: Phone
) -> None:
    hook = await client.create_webhook("http://127.0.0.1:1/hook", "Home", {"call.ringing"})
    assert await client.list_deliveries(hook.id, limit=1) == []
    (asked,) = await phone.requests("webhooks.logs")
    assert asked["path"].endswith("/logs?limit=1")
    entry = {"event": "call.ringing", "status": "FAILED", "statusCode": None}
    for wrapped in ({"data": [entry]}, {"logs": [entry]}, [entry] * 51):
        await phone.fault("webhooks.logs", fields=wrapped)
        found = await client.list_deliveries(hook.id)
        assert {it.event for it in found} == {"call.ringing"}
        assert len(found) == (50 if isinstance(wrapped, list) else 1)
    fields: dict[str, Any]
    for fields in ({"entries": []}, {"data": "none"}):
        await phone.fault("webhooks.logs", fields=fields)
        with pytest.raises(InvalidResponseError):
            await client.list_deliveries(hook.id)


async def test_a_list_of_another_shape_is_an_error_and_items_without_an_id_are_skipped(
    client: PilotStatusClient, phone: Phone
) -> None:
    await phone.fault("calls.list", fields={"calls": "none"})
    with pytest.raises(InvalidResponseError):
        await client.list_calls()
    await phone.fault("numbers.list", fields={"numbers": []})
    with pytest.raises(InvalidResponseError):
        await client.list_numbers()
    await phone.fault("calls.list", fields={"calls": [None, {"status": "RINGING"}, {"id": "a"}]})
    assert [call.id for call in await client.list_calls()] == ["a"]


@pytest.mark.parametrize("call_id", ["a/b", "a?b#c", "a%2Fb", "ação", "a b"])
async def test_a_call_id_stays_one_segment_of_the_path(
    client: PilotStatusClient, phone: Phone, call_id: str
) -> None:
    with pytest.raises(NotFoundError):
        await client.get_call(call_id)
    (request,) = await phone.requests("calls.get")
    assert request["path"].count("/") == 3
    assert "?" not in request["path"]


@pytest.mark.parametrize("call_id", ["", ".", ".."])
async def test_an_id_that_would_name_another_endpoint_is_refused(
    client: PilotStatusClient, call_id: str
) -> None:
    with pytest.raises(ValueError, match="call id"):
        await client.play(call_id, MEDIA)


async def test_calls_are_placed_answered_declined_and_hung_up(
    client: PilotStatusClient, phone: Phone
) -> None:
    placed = await client.start_call("+5511999999999")
    assert placed.status is CallStatus.INITIATED
    assert (placed.direction, placed.peer_number) == (CallDirection.OUTBOUND, "+5511999999999")
    assert (await client.terminate(placed.id)).status is CallStatus.COMPLETED
    assert (await client.accept(await phone.ring())).status is CallStatus.ACCEPTED
    assert (await client.reject(await phone.ring())).status is CallStatus.REJECTED


async def test_an_unreadable_answer_to_a_dial_is_an_error_and_nothing_is_dialed_again(
    client: PilotStatusClient, phone: Phone
) -> None:
    await phone.fault("calls.start", fields={"status": "INITIATED"})
    with pytest.raises(InvalidResponseError):
        await client.start_call("+5511999999999")
    await phone.fault("calls.start", fields=["INITIATED"])
    with pytest.raises(InvalidResponseError):
        await client.start_call("+5511999999999")
    assert len(await phone.requests("calls.start")) == 2


async def test_webhooks_are_created_listed_updated_and_deleted(client: PilotStatusClient) -> None:
    """The server drops events that the number cannot emit."""
    events = {"call.ringing", "call.permission_updated"}
    created = await client.create_webhook("https://a.b/hook", "Home", events)
    assert created.events == {"call.ringing"}
    assert await client.list_webhooks() == [created]
    moved = await client.update_webhook(created.id, "https://c.d/hook", {"call.ended"})
    assert (moved.id, moved.url, set(moved.events)) == (
        created.id,
        "https://c.d/hook",
        {"call.ended"},
    )
    await client.delete_webhook(created.id)
    assert await client.list_webhooks() == []
    with pytest.raises(NotFoundError):
        await client.delete_webhook(created.id)


@pytest.mark.parametrize("wrapper", ["data", "webhooks"])
async def test_a_list_of_webhooks_inside_an_object_is_read(
    client: PilotStatusClient, phone: Phone, wrapper: str
) -> None:
    """Other projects have met this shape, which is not documented."""
    hook = {"id": "wh_1", "url": "https://a.b", "events": "none", "active": False}
    await phone.fault("webhooks.list", fields={wrapper: [hook]})
    (webhook,) = await client.list_webhooks()
    assert (webhook.active, webhook.events) == (False, frozenset())
    shapes: tuple[dict[str, Any], ...] = ({"items": []}, {wrapper: [{"id": "wh_1"}]})
    for fields in shapes:
        await phone.fault("webhooks.list", fields=fields)
        with pytest.raises(InvalidResponseError):
            await client.list_webhooks()
