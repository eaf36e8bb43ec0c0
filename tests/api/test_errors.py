"""The errors that the client raises for failed requests, free of secrets."""

from typing import Any

import aiohttp
import pytest

from custom_components.pilotstatus.api import (
    CallNotFoundError,
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
    RateLimitedError,
    RequestRejectedError,
    ServerFaultError,
    TenantKeyError,
)
from simulator.client import Phone
from simulator.numbers import DEMO_KEY, EVOLUTION_KEY, META_KEY, OFFLINE_KEY, TENANT_KEY
from tests.payloads import payload

MEDIA = "http://127.0.0.1:1/greeting.mp3"


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
async def test_each_kind_of_unusable_key_has_its_error(
    session: aiohttp.ClientSession, phone: Phone, key: str, error: type[PilotStatusError]
) -> None:
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
        (408, None, ServerFaultError),
        (418, None, RequestRejectedError),
        (425, None, ServerFaultError),
        (451, None, ForbiddenError),
        (500, None, ServerFaultError),
        (503, "UPSTREAM_TIMEOUT", ServerFaultError),
        (302, None, InvalidResponseError),
    ],
)
async def test_the_error_depends_on_status_and_code_and_a_post_is_sent_once(
    client: PilotStatusClient,
    phone: Phone,
    status: int,
    code: str | None,
    error: type[PilotStatusError],
) -> None:
    await phone.fault("calls.play", status=status, code=code, error="Some words")
    with pytest.raises(PilotStatusError) as caught:
        await client.play("call_1", MEDIA)
    assert type(caught.value) is error
    assert (caught.value.status, caught.value.code) == (status, code)
    assert str(status) in str(caught.value)
    assert len(await phone.requests("calls.play")) == 1


@pytest.mark.parametrize(
    ("name", "status", "error"),
    [
        ("error_validation", 400, RequestRejectedError),
        ("error_feature_not_supported", 400, FeatureNotSupportedError),
        ("error_number_mismatch", 400, RequestRejectedError),
        ("error_unauthorized", 401, InvalidAuthError),
        ("error_tenant_key", 403, TenantKeyError),
        ("error_call_not_found", 404, CallNotFoundError),
        ("error_not_connected", 409, NotConnectedError),
        ("error_rate_limited", 429, RateLimitedError),
    ],
)
async def test_documented_errors_are_read(
    client: PilotStatusClient,
    phone: Phone,
    name: str,
    status: int,
    error: type[PilotStatusError],
) -> None:
    body: dict[str, Any] = payload(name)
    await phone.fault("calls.play", status=status, fields=body)
    with pytest.raises(PilotStatusError) as caught:
        await client.play("call_1", MEDIA)
    assert type(caught.value) is error
    if isinstance(caught.value, RateLimitedError):
        assert 44 < caught.value.retry_after <= 45
    else:
        assert (caught.value.code, caught.value.reason) == (body.get("code"), body["error"])


async def test_a_webhook_that_is_not_found_is_not_reported_as_a_call(
    client: PilotStatusClient, phone: Phone
) -> None:
    body: dict[str, Any] = payload("error_webhook_not_found")
    await phone.fault("webhooks.delete", status=404, fields=body)
    with pytest.raises(NotFoundError) as caught:
        await client.delete_webhook("wh_1")
    assert type(caught.value) is NotFoundError
    assert (caught.value.code, caught.value.reason) == (body["code"], body["error"])


async def test_a_redirect_is_not_followed(client: PilotStatusClient, phone: Phone) -> None:
    target = f"{phone.url}/v1/numbers"
    await phone.fault("calls.list", status=307, headers={"Location": target})
    with pytest.raises(InvalidResponseError):
        await client.list_calls()
    assert await phone.requests("numbers.list") == []


@pytest.mark.parametrize("body", ["malformed", "oversized"])
async def test_the_error_of_an_unreadable_answer_names_the_status(
    client: PilotStatusClient, phone: Phone, body: str
) -> None:
    call_id = await phone.ring()
    await phone.fault("calls.play", body=body)
    with pytest.raises(InvalidResponseError, match="HTTP 200"):
        await client.play(call_id, MEDIA)
    assert len(await phone.requests("calls.play")) == 1


@pytest.mark.parametrize(
    "fields", [{"success": False, "id": "call_1"}, {"success": True}, {"id": "call_1"}]
)
async def test_an_answer_without_a_documented_success_is_an_error(
    client: PilotStatusClient, phone: Phone, fields: dict[str, object]
) -> None:
    await phone.fault("calls.play", fields=fields)
    with pytest.raises(InvalidResponseError):
        await client.play(await phone.ring(), MEDIA)


async def test_keys_phone_numbers_and_queries_are_removed_from_the_servers_words(
    client: PilotStatusClient, phone: Phone
) -> None:
    words = f"{DEMO_KEY} may not call +55 (11) 98765-4321 or fetch https://a.b/c.mp3?sig=1 twice"
    await phone.fault("calls.play", status=400, error=words)
    with pytest.raises(RequestRejectedError) as caught:
        await client.play("call_1", MEDIA)
    assert caught.value.reason == "… may not call … or fetch https://a.b/c.mp3 twice"
    assert DEMO_KEY not in repr(caught.value)
