"""Who knows a webhook's URL can do little with it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
import hmac
import json
from typing import Any

from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from simulator.client import Phone

from .common import (
    EVENT,
    Notifications,
    act,
    number,
    poll,
    states_of,
    until,
    webhook_path,
)


async def deliver(
    client: TestClient[Any, Any],
    entry: MockConfigEntry,
    call_ids: Iterable[str],
    event: str = "ringing",
) -> None:
    """Deliver that calls ring, or what else is said of them, as anybody could."""
    for call_id in call_ids:
        delivery = {
            "event": f"call.{event}",
            "callId": call_id,
            "direction": "INBOUND",
            "timestamp": (datetime.now(UTC) + timedelta(hours=event != "ringing")).isoformat(),
        }
        async with client.post(webhook_path(entry), json=delivery) as response:
            assert response.status == 200


async def test_many_ringing_calls_cost_few_questions_and_little_room(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    client: TestClient[Any, Any],
    phone: Phone,
    notifications: Notifications,
) -> None:
    coordinator = number(pushed_entry).coordinator
    await phone.fault("calls.get", status=500, times=9999)
    await deliver(client, pushed_entry, (f"fake_{it}" for it in range(1000)))
    assert len(coordinator.calls.all) == 20
    with pytest.raises(HomeAssistantError) as caught:
        await act(hass_ready, "hang_up")
    assert caught.value.translation_key == "which_call"
    placeholders = caught.value.translation_placeholders
    assert placeholders is not None
    assert placeholders["calls"].count("fake_") == 10
    (left,) = notifications.values()
    assert len(left["message"].encode()) < 2048
    asked = len(await phone.requests("calls.get")) + len(await phone.requests("calls.list"))
    assert asked < 40


async def test_a_real_call_among_many_that_are_made_up_is_found(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    client: TestClient[Any, Any],
    phone: Phone,
) -> None:
    coordinator = number(pushed_entry).coordinator
    await deliver(client, pushed_entry, (f"fake_{it}" for it in range(20)))
    call_id = await phone.ring()
    # What the server has not named is not meant.
    assert (await act(hass_ready, "answer_call"))["call_id"] == call_id
    events = states_of(hass_ready, EVENT)
    for _ in range(4):
        await poll(pushed_entry)
    await hass_ready.async_block_till_done()
    # What the server does not know is forgotten, and no end is made up for it.
    assert [call.id for call in coordinator.calls.live_calls] == [call_id]
    assert events == []


@pytest.mark.parametrize("minutes", [1, 6])
async def test_a_signed_delivery_that_is_repeated_after_a_reload_does_not_ring_again(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    client: TestClient[Any, Any],
    phone: Phone,
    minutes: int,
) -> None:
    hass_ready.config_entries.async_update_entry(pushed_entry, options={"webhook_secret": "secret"})
    call_id = await phone.ring()
    rang = datetime.now(UTC) - timedelta(minutes=minutes)
    delivery = {
        "event": "call.ringing",
        "callId": call_id,
        "direction": "INBOUND",
        "timestamp": rang.isoformat(),
    }
    body = json.dumps(delivery).encode()
    headers = {"x-pilot-status-signature": hmac.new(b"secret", body, "sha256").hexdigest()}
    await phone.act(call_id, "hang_up")
    if minutes > 5:
        await phone.reset()
    assert await hass_ready.config_entries.async_reload(pushed_entry.entry_id)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    events = states_of(hass_ready, EVENT)
    async with client.post(webhook_path(pushed_entry), data=body, headers=headers) as response:
        assert response.status == 200
    await hass_ready.async_block_till_done()
    assert events == []
    assert number(pushed_entry).coordinator.calls.live_calls == []


async def test_questions_after_many_deliveries_come_at_a_bounded_rate(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    client: TestClient[Any, Any],
    phone: Phone,
) -> None:
    """Each call that is made up is refuted, so there is always room for the next one."""
    for number_of in range(60):
        await deliver(client, pushed_entry, [f"fake_{number_of}"])
        if number_of % 10 == 0:
            await poll(pushed_entry)

    async def asked(endpoint: str) -> int:
        return len(await phone.requests(endpoint))

    # Each of the six polls asks for five at most, and so much is asked in between.
    assert await asked("calls.get") <= 6 * 5 + 10
    assert await asked("calls.list") <= 6 + 5


async def test_ends_of_calls_that_are_made_up_hide_no_call_that_rings(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    client: TestClient[Any, Any],
    phone: Phone,
) -> None:
    """They are dated in the future, and so would be the last calls for long."""
    coordinator = number(pushed_entry).coordinator
    await deliver(client, pushed_entry, (f"over_{it}" for it in range(20)), "ended")
    assert await until(lambda: coordinator.calls.all == [])
    await deliver(client, pushed_entry, [f"over_{it}" for it in range(20)], "ended")
    call_id = await phone.ring()
    assert await until(lambda: coordinator.calls.last_call)
    assert coordinator.calls.last_call == coordinator.calls.find(call_id)
