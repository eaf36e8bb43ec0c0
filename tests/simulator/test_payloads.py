"""The simulator's answers have the fields and the types of the documented payloads."""

import re
from typing import Any

import pytest

from simulator.client import Phone
from simulator.numbers import EVOLUTION_KEY, OFFLINE_KEY, SECOND_KEY, TENANT_KEY
from tests.payloads import payload, payload_names

from .receiver import Receiver, logged

INSTANT = "2026-09-14T08:30:00.250Z"
MEDIA = "http://127.0.0.1:1/greeting.mp3"

#: The fields that are null, by the documentation, as long as nothing is known.
NULLABLE = {
    "externalCallId",
    "peerNumber",
    "fromNumber",
    "conversationId",
    "bizOpaqueCallbackData",
    "startedAt",
    "connectedAt",
    "endedAt",
    "durationSeconds",
    "errorCode",
    "errorMessage",
    "lastTriggered",
}

_STYLES = {
    "instant": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
    "digits": r"\d+",
    "+digits": r"\+\d+",
    "CODE": r"[A-Z]+(_[A-Z]+)*",
}


def kind(value: object) -> str:
    """Return the JSON type of a value; of a string its style, too."""
    if isinstance(value, str):
        styles = (name for name, style in _STYLES.items() if re.fullmatch(style, value))
        return next(styles, "string")
    return type(value).__name__


def differences(answer: object, documented: object, path: str = "") -> list[str]:
    """Return the paths where an answer is not of the documented shape."""
    if isinstance(answer, dict) and isinstance(documented, dict):
        odd = [f"{path}.{name}" for name in sorted(answer.keys() ^ documented.keys())]
        for name in answer.keys() & documented.keys():
            pair = (answer[name], documented[name])
            if name not in NULLABLE or None not in pair:
                odd += differences(*pair, f"{path}.{name}")
        return odd
    if isinstance(answer, list) and isinstance(documented, list):
        pairs = [(item, documented[0]) for item in answer] if documented else []
        return [odd for pair in pairs for odd in differences(*pair, f"{path}[]")]
    if kind(answer) != kind(documented):
        return [f"{path}: {kind(answer)} instead of {kind(documented)}"]
    return []


@pytest.mark.parametrize(
    ("answer", "documented", "odd"),
    [
        ({"a": 1}, {"a": 2}, []),
        ({"a": 1}, {"a": 1, "b": 1}, [".b"]),
        ({"a": 1, "b": 1}, {"a": 1}, [".b"]),
        ({"a": 1}, {"a": True}, [".a: int instead of bool"]),
        ({"a": None}, {"a": 1}, [".a: NoneType instead of int"]),
        ({"endedAt": None}, {"endedAt": "2026-09-14T08:30:00.250Z"}, []),
        (
            {"endedAt": 1},
            {"endedAt": "2026-09-14T08:30:00.250Z"},
            [".endedAt: int instead of instant"],
        ),
        ([{"a": "x"}, {"a": "1"}], [{"a": "y"}], ["[].a: digits instead of string"]),
        ([], {}, [": list instead of dict"]),
    ],
)
def test_another_shape_is_seen(answer: object, documented: object, odd: list[str]) -> None:
    assert differences(answer, documented) == odd


async def calls(phone: Phone) -> dict[str, Any]:
    """Return what the endpoints of calls answer."""
    to = {"to": "+5511999999999", "bizOpaqueCallbackData": "alarm"}
    started = await phone.api("POST", "/calls", to)
    played = await phone.api("POST", f"/calls/{started['id']}/play", {"mediaUrl": MEDIA})
    await phone.act(started["id"], "answer")
    terminated = await phone.api("POST", f"/calls/{started['id']}/terminate")
    rejected = await phone.api("POST", f"/calls/{await phone.ring()}/reject")
    accepted = await phone.api("POST", f"/calls/{await phone.ring()}/accept")
    return {
        "call_started": started,
        "call_played": played,
        "call_terminated": terminated,
        "call_rejected": rejected,
        "call_accepted": accepted,
        "call": await phone.api("GET", f"/calls/{started['id']}"),
        "calls_list": await phone.api("GET", "/calls"),
    }


async def numbers(phone: Phone) -> dict[str, Any]:
    """Return what the endpoints of numbers answer."""
    changes = {"settings": {"rejectCall": True, "msgRejectCall": "Ligue depois"}}
    return {
        "numbers_list": await phone.api("GET", "/numbers", key=SECOND_KEY),
        "number": await phone.api("PATCH", "/numbers/num_second", changes),
    }


async def errors(phone: Phone) -> dict[str, Any]:
    """Return what is answered to what cannot be done."""
    mismatch = {"url": "https://a.b", "whatsappNumberId": "num_second"}
    await phone.fault(
        "numbers.list",
        status=429,
        error="Too many requests",
        code="RATE_LIMITED",
        fields={"retryAfterSeconds": 60},
    )
    return {
        "error_unauthorized": await phone.api("GET", "/calls", key="ps_wrong"),
        "error_tenant_key": await phone.api("GET", "/calls", key=TENANT_KEY),
        "error_feature_not_supported": await phone.api("GET", "/calls", key=EVOLUTION_KEY),
        "error_validation": await phone.api("POST", "/calls", {"to": "nobody"}),
        "error_call_not_found": await phone.api("GET", "/calls/call_none"),
        "error_not_connected": await phone.api(
            "POST", "/calls", {"to": "+5511999999999"}, key=OFFLINE_KEY
        ),
        "error_webhook_not_found": await phone.api("GET", "/webhooks/wh_none"),
        "error_number_mismatch": await phone.api("POST", "/webhooks", mismatch),
        "error_rate_limited": await phone.api("GET", "/numbers"),
    }


async def events(phone: Phone, receiver: Receiver) -> dict[str, Any]:
    """Return what is delivered, by the name of its payload."""
    missed, ended = await phone.ring(), await phone.ring()
    await phone.act(missed, "hang_up")
    await phone.api("POST", f"/calls/{ended}/accept")
    await phone.act(ended, "hang_up")
    await phone.number("num_demo", connected=False)
    await phone.number("num_demo", connected=True)
    await receiver.events(7)
    return {f"event_{body['event'].replace('.', '_')}": body for body in receiver.bodies}


async def webhooks(phone: Phone, receiver: Receiver) -> dict[str, Any]:
    """Return what the endpoints of webhooks answer, and what is delivered."""
    created = await phone.api("POST", "/webhooks", {"url": receiver.url, "events": ["*"]})
    delivered = await events(phone, receiver)
    path = f"/webhooks/{created['id']}"
    return delivered | {
        "webhook_created": created,
        "webhook_logs": await logged(phone, created["id"], 1, "call.ended"),
        "webhooks_list": await phone.webhooks(),
        "webhook_updated": await phone.api("PATCH", path, {"active": False}),
    }


async def test_every_documented_payload_is_answered_in_its_shape(
    phone: Phone, receiver: Receiver
) -> None:
    answers = (
        await calls(phone)
        | await numbers(phone)
        | await errors(phone)
        | await webhooks(phone, receiver)
    )
    assert answers.keys() == payload_names()
    odd = {name: differences(answer, payload(name)) for name, answer in answers.items()}
    assert {name: paths for name, paths in odd.items() if paths} == {}
