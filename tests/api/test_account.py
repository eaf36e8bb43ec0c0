"""The parsing of what the API says of the account: numbers, webhooks, deliveries."""

from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.pilotstatus.api import (
    DeliveryRecord,
    InvalidResponseError,
    Number,
    Webhook,
)
from tests.payloads import payload


def test_every_field_of_a_number_is_read() -> None:
    (number,) = map(Number.parse, payload("numbers_list"))
    assert number == Number(
        id="num_01K6Z8R2P4",
        name="Portaria",
        phone="+551130000001",
        provider="PILOT_STATUS",
        is_connected=True,
        key_hints=(("ps_7d2c", "k9zt"),),
    )


@pytest.mark.parametrize(
    ("data", "active", "number_ids"),
    [
        (payload("webhooks_list")[0], True, {"num_01K6Z8R2P4"}),
        (payload("webhook_created"), True, {"num_01K6Z8R2P4"}),
        (payload("webhook_updated"), False, set()),
    ],
    ids=["listed", "created", "updated"],
)
def test_every_field_of_a_webhook_is_read(data: Any, number_ids: set[str], *, active: bool) -> None:
    assert Webhook.parse(data) == Webhook(
        id="wh_01K7R0N5E3",
        url="https://ha.example.com/api/webhook/4f9d1c",
        active=active,
        events=frozenset({"call.ringing", "call.ended"}),
        number_ids=frozenset(number_ids),
    )


@pytest.mark.parametrize("ids", [None, "num_a", {}, 7, [None, 7, "", ".", "x" * 257, ["num_a"]]])
def test_what_is_no_list_of_ids_names_no_number(ids: Any) -> None:
    webhook = Webhook.parse(payload("webhook_created") | {"whatsappNumberIds": ids})
    assert webhook.number_ids == frozenset()


@pytest.mark.parametrize(
    ("provider", "expected"), [("META", "META"), ("x" * 999, "x" * 64), (None, None), (7, None)]
)
def test_a_provider_is_a_short_word(provider: Any, expected: str | None) -> None:
    assert Number.parse({"id": "num_a", "provider": provider}).provider == expected


def test_the_owner_of_a_key_is_known_by_its_prefix_and_last_characters() -> None:
    number = Number.parse(
        {
            "id": "num_1",
            "number": "5511999999999",
            "apiKeys": [{"keyPrefix": "ps_ab", "keyLast4": "wxyz"}, {"keyLast4": "1234"}, None],
        }
    )
    assert (number.name, number.phone) == (None, "+5511999999999")
    assert number.owns_key("ps_ab_more_wxyz")
    assert not number.owns_key("ps_ab_more_1234")
    assert Number.parse({"id": "n", "apiKeys": [{"keyPrefix": "ps_ab"}]}).owns_key("ps_abc")
    assert not Number.parse({"id": "n", "apiKeys": "none"}).owns_key("ps_abc")


@pytest.mark.parametrize(
    ("settings", "rejects"),
    [
        ({"rejectCall": True}, True),
        ({"rejectCall": False}, False),
        ({"rejectCall": None}, False),
        ({"rejectCall": 1}, None),
        ({}, None),
        (None, None),
        ([True], None),
    ],
)
def test_a_number_rejects_calls_only_if_its_settings_say_so(
    settings: Any, *, rejects: bool | None
) -> None:
    assert Number.parse({"id": "num_a", "settings": settings}).rejects_calls is rejects


def test_every_field_of_the_details_of_a_number_is_read() -> None:
    number = Number.parse(payload("number"))
    assert number == Number(
        id="num_01K6Z8R2P4",
        name="Portaria",
        phone="+551130000001",
        provider="PILOT_STATUS",
        is_connected=True,
        rejects_calls=True,
    )


def test_every_field_of_a_delivery_is_read() -> None:
    (record,) = map(DeliveryRecord.parse, payload("webhook_logs"))
    assert record == DeliveryRecord(
        event="call.ended",
        succeeded=True,
        status=200,
        milliseconds=38,
        created_at=datetime(2026, 9, 14, 8, 31, 49, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("status", "succeeded"), [("FAILED", False), ("RETRYING", None), (None, None), (7, None)]
)
def test_an_undocumented_outcome_of_a_delivery_is_unknown(
    status: Any, *, succeeded: bool | None
) -> None:
    assert DeliveryRecord.parse({"status": status}).succeeded is succeeded


@pytest.mark.parametrize(
    ("code", "status"),
    [(502, 502), (100, 100), (599, 599), (99, None), (600, None), (True, None), ("502", None)],
)
def test_only_an_http_status_is_the_status_of_a_delivery(code: Any, status: int | None) -> None:
    assert DeliveryRecord.parse({"statusCode": code}).status == status


@pytest.mark.parametrize("data", [None, [], "num", {}, {"id": None}, {"id": ""}, {"id": 7}])
def test_a_number_or_a_webhook_without_an_id_is_an_error(data: Any) -> None:
    for model in (Number, Webhook):
        with pytest.raises(InvalidResponseError):
            model.parse(data)


@pytest.mark.parametrize("data", [None, [], "SUCCESS", 7])
def test_a_delivery_that_is_no_object_is_an_error(data: Any) -> None:
    with pytest.raises(InvalidResponseError):
        DeliveryRecord.parse(data)
