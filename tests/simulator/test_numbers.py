"""The simulator's numbers: their details, and the setting that declines every call."""

from typing import Any

import pytest

from simulator.client import Phone

from .receiver import Receiver

PATH = "/numbers/num_demo"


async def rejects_calls(phone: Phone) -> Any:
    return (await phone.api("GET", PATH))["settings"]["rejectCall"]


@pytest.mark.parametrize("value", [True, False, None])
async def test_whether_calls_are_rejected_is_ordered_shown_and_changed(
    phone: Phone, value: Any
) -> None:
    assert await rejects_calls(phone) is None
    await phone.number("num_demo", reject_call=value)
    assert await rejects_calls(phone) is value
    await phone.api("PATCH", PATH, {"settings": {"rejectCall": False}})
    assert await rejects_calls(phone) is False
    await phone.api("PATCH", PATH, {"settings": {"msgRejectCall": "Depois"}})
    assert await rejects_calls(phone) is False


async def test_a_number_that_rejects_calls_declines_them_by_itself(
    phone: Phone, receiver: Receiver
) -> None:
    await phone.api("POST", "/webhooks", {"url": receiver.url, "events": ["*"]})
    await phone.number("num_demo", reject_call=True)
    call_id = await phone.ring()
    assert (await phone.call(call_id))["status"] == "REJECTED"
    assert sorted(await receiver.events(2)) == ["call.ended", "call.ringing"]
    await phone.number("num_demo", reject_call=False)
    assert (await phone.call(await phone.ring()))["status"] == "RINGING"


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("GET", "/numbers/num_none", None, "NUMBER_NOT_FOUND"),
        ("PATCH", "/numbers/num_none", {"settings": {"rejectCall": True}}, "NUMBER_NOT_FOUND"),
        ("PATCH", PATH, {}, "EMPTY_PATCH"),
        ("PATCH", PATH, {"settings": {}}, "EMPTY_PATCH"),
        ("PATCH", PATH, {"settings": {"rejectCall": "yes"}}, None),
        ("PATCH", PATH, {"settings": {"msgRejectCall": "x" * 1001}}, None),
    ],
)
async def test_what_cannot_be_asked_of_a_number_is_refused(
    phone: Phone, method: str, path: str, body: Any, code: str | None
) -> None:
    answer = await phone.api(method, path, body)
    assert answer["error"]
    assert answer.get("code") == code
