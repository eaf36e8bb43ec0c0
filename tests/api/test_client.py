"""The client against the running simulator: shapes, errors, secrets."""

import aiohttp
import pytest

from custom_components.pilotstatus.api import (
    ActionResult,
    CallDirection,
    CallNotFoundError,
    CallStatus,
    ConflictError,
    FeatureNotSupportedError,
    ForbiddenError,
    InvalidAuthError,
    InvalidResponseError,
    NotConnectedError,
    NotFoundError,
    PaymentRequiredError,
    PilotStatusClient,
    PilotStatusError,
    RequestRejectedError,
    ServerFaultError,
    TenantKeyError,
)
from tests.phone import (
    DEMO_KEY,
    EVOLUTION_KEY,
    META_KEY,
    OFFLINE_KEY,
    TENANT_KEY,
    Phone,
)

MEDIA = "http://127.0.0.1:1/greeting.mp3"


async def test_calls_are_listed_newest_first(client: PilotStatusClient, phone: Phone) -> None:
    """A list holds whole calls, as many as were asked for."""
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


async def test_one_call_is_found_by_either_id(client: PilotStatusClient, phone: Phone) -> None:
    """The provider's id serves as well as Pilot Status' own."""
    call = await client.get_call(await phone.ring())
    assert call.external_id is not None
    assert await client.get_call(call.external_id) == call


async def test_play_answers_with_the_state_of_the_call(
    client: PilotStatusClient, phone: Phone
) -> None:
    """A ringing call keeps the audio for later."""
    call_id = await phone.ring()
    result = await client.play(call_id, MEDIA)
    assert result == ActionResult(call_id=call_id, status=CallStatus.RINGING)
    assert [play["mediaUrl"] for play in (await phone.call(call_id))["plays"]] == [MEDIA]


async def test_numbers_tell_whose_key_it_is(client: PilotStatusClient) -> None:
    """The list of numbers shows how each key begins and ends."""
    owners = [number for number in await client.list_numbers() if number.owns_key(DEMO_KEY)]
    assert [(number.id, number.name, number.phone) for number in owners] == [
        ("num_demo", "Casa", "+551130000001")
    ]


async def test_a_key_id_goes_into_its_own_header(
    session: aiohttp.ClientSession, phone: Phone
) -> None:
    """The id of a key serves like the key."""
    client = PilotStatusClient(session, "key_demo", key_type="api_key_id", base_url=phone.url)
    assert await client.list_calls() == []


@pytest.mark.parametrize(
    ("key", "error"),
    [
        ("ps_wrong", InvalidAuthError),
        (TENANT_KEY, TenantKeyError),
        (META_KEY, FeatureNotSupportedError),
        (EVOLUTION_KEY, FeatureNotSupportedError),
        (OFFLINE_KEY, NotConnectedError),
        (DEMO_KEY, CallNotFoundError),
    ],
)
async def test_play_with_a_key_that_cannot(
    session: aiohttp.ClientSession, phone: Phone, key: str, error: type[PilotStatusError]
) -> None:
    """Each kind of key fails in its own way."""
    client = PilotStatusClient(session, key, base_url=phone.url)
    with pytest.raises(error) as caught:
        await client.play("call_unknown", MEDIA)
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, None, RequestRejectedError),
        (400, "FEATURE_NOT_SUPPORTED", FeatureNotSupportedError),
        (401, None, InvalidAuthError),
        (402, "SUBSCRIPTION_REQUIRED_FOR_MEDIA", PaymentRequiredError),
        (403, "TENANT_SCOPE_NOT_ALLOWED", TenantKeyError),
        (403, "PERMISSION_DENIED", ForbiddenError),
        (404, "CALL_NOT_FOUND", CallNotFoundError),
        (404, None, CallNotFoundError),
        (409, "WHATSAPP_INSTANCE_NOT_CONNECTED", NotConnectedError),
        (409, "NUMBER_BLOCKED", ConflictError),
        (418, None, RequestRejectedError),
        (500, None, ServerFaultError),
        (503, "UPSTREAM_TIMEOUT", ServerFaultError),
        (302, None, InvalidResponseError),
    ],
)
async def test_each_answer_has_its_error(
    client: PilotStatusClient,
    phone: Phone,
    status: int,
    code: str | None,
    error: type[PilotStatusError],
) -> None:
    """Status and code decide, and a POST is sent once."""
    await phone.fault("calls.play", status=status, code=code, error="Some words")
    with pytest.raises(PilotStatusError) as caught:
        await client.play("call_1", MEDIA)
    assert type(caught.value) is error
    assert (caught.value.status, caught.value.code) == (status, code)
    assert str(status) in str(caught.value)
    assert len(await phone.requests("calls.play")) == 1


async def test_a_redirect_takes_the_key_nowhere(client: PilotStatusClient, phone: Phone) -> None:
    """The place that a redirect names is not asked."""
    target = f"{phone.url}/v1/numbers"
    await phone.fault("calls.list", status=307, headers={"Location": target})
    with pytest.raises(InvalidResponseError):
        await client.list_calls()
    assert await phone.requests("numbers.list") == []


@pytest.mark.parametrize("body", ["malformed", "oversized"])
async def test_an_unreadable_answer_names_the_status(
    client: PilotStatusClient, phone: Phone, body: str
) -> None:
    """Neither broken JSON nor a huge body is taken for an answer."""
    call_id = await phone.ring()
    await phone.fault("calls.play", body=body)
    with pytest.raises(InvalidResponseError, match="HTTP 200"):
        await client.play(call_id, MEDIA)
    assert len(await phone.requests("calls.play")) == 1


@pytest.mark.parametrize(
    "fields", [{"success": False, "id": "call_1"}, {"success": True}, {"id": "call_1"}]
)
async def test_an_answer_of_another_shape_is_no_success(
    client: PilotStatusClient, phone: Phone, fields: dict[str, object]
) -> None:
    """Success is what the documentation calls so."""
    await phone.fault("calls.play", fields=fields)
    with pytest.raises(InvalidResponseError):
        await client.play(await phone.ring(), MEDIA)


async def test_lists_of_another_shape(client: PilotStatusClient, phone: Phone) -> None:
    """An object where a list was due is an error; items without an id are left out."""
    await phone.fault("calls.list", fields={"calls": "none"})
    with pytest.raises(InvalidResponseError):
        await client.list_calls()
    await phone.fault("numbers.list", fields={"numbers": []})
    with pytest.raises(InvalidResponseError):
        await client.list_numbers()
    await phone.fault("calls.list", fields={"calls": [None, {"status": "RINGING"}, {"id": "a"}]})
    assert [call.id for call in await client.list_calls()] == ["a"]


@pytest.mark.parametrize("call_id", ["a/b", "a?b#c", "a%2Fb", "ação", "a b"])
async def test_call_ids_are_opaque(client: PilotStatusClient, phone: Phone, call_id: str) -> None:
    """Whatever is in an id, it stays one part of the path."""
    with pytest.raises(NotFoundError):
        await client.get_call(call_id)
    (request,) = await phone.requests("calls.get")
    assert request["path"].count("/") == 3
    assert "?" not in request["path"]


@pytest.mark.parametrize("call_id", ["", ".", ".."])
async def test_an_id_that_is_a_step_in_the_path_is_refused(
    client: PilotStatusClient, call_id: str
) -> None:
    """Such an id would name another endpoint."""
    with pytest.raises(ValueError, match="call id"):
        await client.play(call_id, MEDIA)


async def test_the_servers_words_lose_their_secrets(
    client: PilotStatusClient, phone: Phone
) -> None:
    """Key, phone numbers and signed URLs do not get into an error."""
    words = f"{DEMO_KEY} may not call +55 (11) 98765-4321 or fetch https://a.b/c.mp3?sig=1 twice"
    await phone.fault("calls.play", status=400, error=words)
    with pytest.raises(RequestRejectedError) as caught:
        await client.play("call_1", MEDIA)
    assert caught.value.reason == "… may not call … or fetch https://a.b/c.mp3 twice"
    assert DEMO_KEY not in repr(caught.value)


async def test_a_call_is_controlled(client: PilotStatusClient, phone: Phone) -> None:
    """Dial and hang up, answer, decline."""
    placed = await client.start_call("+5511999999999")
    assert placed.status is CallStatus.INITIATED
    assert (placed.direction, placed.peer_number) == (CallDirection.OUTBOUND, "+5511999999999")
    assert (await client.terminate(placed.id)).status is CallStatus.COMPLETED
    assert (await client.accept(await phone.ring())).status is CallStatus.ACCEPTED
    assert (await client.reject(await phone.ring())).status is CallStatus.REJECTED


async def test_a_dial_whose_answer_makes_no_sense(client: PilotStatusClient, phone: Phone) -> None:
    """An answer without an id is an error, and nothing is dialled again."""
    await phone.fault("calls.start", fields={"status": "INITIATED"})
    with pytest.raises(InvalidResponseError):
        await client.start_call("+5511999999999")
    await phone.fault("calls.start", fields=["INITIATED"])
    with pytest.raises(InvalidResponseError):
        await client.start_call("+5511999999999")
    assert len(await phone.requests("calls.start")) == 2


async def test_webhooks_are_managed(client: PilotStatusClient) -> None:
    """Create, find, move, delete; events that cannot be emitted are seen to be dropped."""
    events = {"call.ringing", "call.permission_updated"}
    created = await client.create_webhook("https://a.b/hook", "Home", events)
    assert created.events == {"call.ringing"}
    assert await client.list_webhooks() == [created]
    moved = await client.update_webhook(created.id, "https://c.d/hook", {"call.ended"})
    assert (moved.id, moved.url, moved.events) == (created.id, "https://c.d/hook", {"call.ended"})
    await client.delete_webhook(created.id)
    assert await client.list_webhooks() == []
    with pytest.raises(NotFoundError):
        await client.delete_webhook(created.id)


@pytest.mark.parametrize("wrapper", ["data", "webhooks"])
async def test_a_wrapped_list_of_webhooks(
    client: PilotStatusClient, phone: Phone, wrapper: str
) -> None:
    """Others have met the list inside an object."""
    hook = {"id": "wh_1", "url": "https://a.b", "events": "none", "active": False}
    await phone.fault("webhooks.list", fields={wrapper: [hook]})
    (webhook,) = await client.list_webhooks()
    assert (webhook.active, webhook.events) == (False, frozenset())
    for fields in ({"items": []}, {wrapper: [{"id": "wh_1"}]}):
        await phone.fault("webhooks.list", fields=fields)
        with pytest.raises(InvalidResponseError):
            await client.list_webhooks()
