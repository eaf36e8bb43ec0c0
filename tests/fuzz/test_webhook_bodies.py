"""Whatever is delivered, Home Assistant stays well, and only documented answers are given."""

from collections.abc import Sequence
from typing import Any, Final

from aiohttp.test_utils import TestClient
from hypothesis import example, given, strategies as st
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.common import webhook_path

from .effort import tries
from .strategies import BODIES, DELIVERIES, PLAUSIBLE, as_body
from .witness import Witness

type Client = TestClient[Any, Any]

RINGING: Final = {"event": "call.ringing", "callId": "call_1", "direction": "INBOUND"}
ENDED: Final = {"event": "call.ended", "callId": "call_1"}
EARLY: Final = "0001-01-01T00:00:00+23:59"


async def deliver(client: Client, entry: MockConfigEntry, body: bytes) -> int:
    """Deliver a body; return the status of the answer, which is all there is to it."""
    async with client.post(webhook_path(entry), data=body) as response:
        assert await response.read() == b""
        return response.status


@tries(100)
@given(body=BODIES)
@example(body=b"")
@example(body=b"[" * 30_000)
@example(body=b'{"a":' * 10_000)
@example(body=b"\xff\xfe{")
@example(body=b"\x00" * 1000)
@example(body=b'{"event": "call.ringing", "callId": "bad\\ud800"}')
@example(body=b'{"event": "call.ended", "callId": "c", "duration": 1e400}')
@example(body=b'{"event": "call.ended", "callId": "c", "duration": %s}' % (b"9" * 5000))
@example(body=b'{"event": "call.ended", "callId": "c", "duration": NaN}')
@example(body=b"x" * 65_537)
@example(body=as_body({**RINGING, "filler": "x" * 100_000}))
async def test_any_body_is_read_or_refused(
    media_entry: MockConfigEntry, client: Client, witness: Witness, body: bytes
) -> None:
    status = await deliver(client, media_entry, body)
    await witness.assert_well(body)
    assert status in {200, 400, 413}, body


@tries(100)
@given(delivery=DELIVERIES)
@example(delivery={**RINGING, "callId": ".."})
@example(delivery={**RINGING, "callId": "bad\ud800"})
@example(delivery={**RINGING, "timestamp": EARLY})
@example(delivery={**RINGING, "timestamp": "9999-12-31T23:59:59-23:59"})
@example(delivery={**RINGING, "from": "1" * 400})
@example(delivery={**ENDED, "duration": 1e20})
@example(delivery={**ENDED, "duration": int("9" * 400)})
@example(delivery={**ENDED, "status": "http://" * 8_000})
@example(delivery={**RINGING, "callId": "x" * 256, "externalCallId": "\u00e9" * 256})
@example(delivery={"event": "number.connected", "data": [{"numberId": 7}]})
@example(delivery={"event": ["call.ringing"], "callId": {"a": 1}})
async def test_each_field_of_a_delivery_may_be_anything(
    media_entry: MockConfigEntry, client: Client, witness: Witness, delivery: dict[str, Any]
) -> None:
    body = as_body(delivery)
    expected = 200 if len(body) <= 65_536 else 413
    status = await deliver(client, media_entry, body)
    await witness.assert_well(delivery)
    assert status == expected, delivery


@tries(40)
@given(deliveries=st.lists(PLAUSIBLE | DELIVERIES, min_size=2, max_size=12))
@example(deliveries=[{**RINGING, "callId": f"call_{it}"} for it in range(30)])
@example(deliveries=[{**ENDED, "callId": f"over_{it}"} for it in range(30)])
@example(deliveries=[ENDED, RINGING, {**RINGING, "externalCallId": "call_2"}])
async def test_deliveries_of_a_few_calls_may_come_in_any_order(
    media_entry: MockConfigEntry,
    client: Client,
    witness: Witness,
    deliveries: Sequence[dict[str, Any]],
) -> None:
    for delivery in deliveries:
        assert await deliver(client, media_entry, as_body(delivery)) in {200, 413}, delivery
    await witness.assert_well(deliveries)
