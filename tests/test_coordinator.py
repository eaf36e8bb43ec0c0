"""Requests of the coordinator: polls, single calls, and waits for an answer."""

import asyncio
from datetime import timedelta
from typing import Any

from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.api import (
    CallStatus,
    NotConnectedError,
    PilotStatusError,
    ServerFaultError,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util.async_ import get_scheduled_timer_handles
from simulator.client import Phone

from .common import (
    EVENT,
    act,
    make_entry,
    number,
    pass_time,
    poll,
    set_up,
    state_of,
    until,
    until_asked,
)


async def until_ringing(phone: Phone, call_id: str) -> None:
    """Wait until the phone of the other party rings."""

    async def is_ringing() -> bool:
        return bool((await phone.call(call_id))["status"] == "RINGING")

    assert await until_asked(is_ringing)


async def test_a_wait_for_an_answer_polls_every_five_seconds_without_deliveries(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    coordinator = number(pushed_entry).coordinator
    assert coordinator.update_interval == timedelta(minutes=15)
    call_id = await phone.dial()
    await coordinator.async_refresh_calls()
    await phone.delivery(lose=True)
    waits = [asyncio.create_task(coordinator.async_wait_for_answer(call_id, 30)) for _ in range(2)]
    assert await until(lambda: coordinator.update_interval == timedelta(seconds=5))
    waits[0].cancel()
    await asyncio.wait(waits[:1])
    assert coordinator.update_interval == timedelta(seconds=5)
    await until_ringing(phone, call_id)
    await phone.act(call_id, "answer")
    await pass_time(hass_ready, 6)
    async with asyncio.timeout(10):
        assert await waits[1]
    assert coordinator.update_interval == timedelta(seconds=60)


async def test_a_wait_requests_the_call_at_its_end_and_finds_an_undelivered_answer(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    coordinator = number(pushed_entry).coordinator
    await phone.delivery(lose=True)
    call_id = await phone.dial()
    await until_ringing(phone, call_id)
    await phone.act(call_id, "answer")
    assert await coordinator.async_wait_for_answer(call_id, 0.01)


@pytest.mark.parametrize(("action", "answered"), [("answer", True), ("decline", False)])
async def test_a_wait_that_a_delivery_ends_requests_nothing(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    phone: Phone,
    action: str,
    *,
    answered: bool,
) -> None:
    coordinator = number(pushed_entry).coordinator
    call_id = await phone.dial()
    await until_ringing(phone, call_id)
    assert await until(lambda: coordinator.calls.is_named(call_id))
    wait = asyncio.create_task(coordinator.async_wait_for_answer(call_id, 30))
    await phone.act(call_id, action)
    async with asyncio.timeout(10):
        assert await wait is answered
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    # The ring requested the call; the wait did not.
    assert len(await phone.requests("calls.get")) == 1


async def test_a_wait_ends_when_its_condition_holds(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    coordinator = number(entry).coordinator
    assert await coordinator.async_wait_until(lambda: True, 0)
    assert not await coordinator.async_wait_until(lambda: False, 0.01)
    wait = asyncio.create_task(
        coordinator.async_wait_until(lambda: bool(coordinator.calls.live_calls), 30)
    )
    await phone.ring()
    await coordinator.async_refresh_calls()
    assert await wait


async def test_the_connection_follows_from_the_outcome_of_requests(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    coordinator = number(entry).coordinator
    connected = "binary_sensor.casa_whatsapp_connection"

    async def answer(err: PilotStatusError | None) -> str:
        if err is not None:
            raise err
        return "fine"

    with pytest.raises(NotConnectedError):
        await coordinator.async_act(answer(NotConnectedError()))
    assert state_of(hass_ready, connected).state == "off"
    with pytest.raises(ServerFaultError):
        await coordinator.async_act(answer(ServerFaultError()))
    assert state_of(hass_ready, connected).state == "off"
    assert await coordinator.async_act(answer(None)) == "fine"
    assert state_of(hass_ready, connected).state == "on"
    coordinator.async_set_connected(None)
    assert state_of(hass_ready, connected).state == "on"


async def test_a_call_that_rang_before_the_webhook_was_registered_is_found(
    hass_ready: HomeAssistant, client: TestClient[Any, Any], phone: Phone
) -> None:
    await phone.fault("webhooks.create", delay=0.3)
    entry = make_entry(phone)
    setting_up = asyncio.create_task(set_up(hass_ready, entry))
    assert await until_asked(lambda: phone.requests("webhooks.create"))
    call_id = await phone.ring()
    assert await phone.requests("calls.list") == []
    await setting_up
    assert state_of(hass_ready, EVENT).attributes["call_id"] == call_id
    assert len(await phone.requests("calls.list")) == 1


async def test_calls_are_requested_again_after_a_webhook_was_registered_late(
    hass_ready: HomeAssistant, client: TestClient[Any, Any], phone: Phone
) -> None:
    await phone.fault("webhooks.create", status=503)
    await set_up(hass_ready, make_entry(phone))
    requested = len(await phone.requests("calls.list"))
    call_id = await phone.ring()
    await pass_time(hass_ready, 6)
    assert len(await phone.requests("calls.list")) == requested + 1
    assert state_of(hass_ready, EVENT).attributes["call_id"] == call_id


async def test_a_set_up_does_not_wait_long_for_a_webhook(
    hass_ready: HomeAssistant,
    client: TestClient[Any, Any],
    phone: Phone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.pilotstatus.webhook._FIRST_TIMEOUT", 0.2)
    await phone.fault("webhooks.list", delay=30)
    entry = make_entry(phone)
    entry.add_to_hass(hass_ready)
    async with asyncio.timeout(10):
        assert await hass_ready.config_entries.async_setup(entry.entry_id)
    # It goes on in the background.
    assert await until_asked(phone.webhooks)


async def test_a_check_that_finds_the_webhook_changes_nothing(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    """Else checks, which are as frequent as polls, would put them off for ever."""

    def due() -> set[float]:
        timers = get_scheduled_timer_handles(hass_ready.loop)
        return {timer.when() for timer in timers if "refresh" in repr(timer)}

    requested, before = len(await phone.requests("calls.list")), due()
    assert before
    await asyncio.sleep(1.1)
    number(pushed_entry).coordinator.async_set_webhook(present=True)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert due() == before
    assert len(await phone.requests("calls.list")) == requested


async def test_a_failed_refresh_in_the_background_is_ignored(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    coordinator = number(entry).coordinator
    coordinator.async_refresh_in_background("call_unknown")
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert coordinator.last_update_success
    assert len(await phone.requests("calls.get")) == 1


async def test_a_live_call_is_requested_only_if_it_is_not_listed(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    coordinator = number(polled_entry).coordinator
    call_id = await phone.ring()
    for _ in range(2):
        await poll(polled_entry)
    assert await phone.requests("calls.get") == []
    await phone.act(call_id, "hang_up")
    await phone.fault("calls.list", fields={"calls": []})
    await poll(polled_entry)
    known = coordinator.calls.find(call_id)
    assert known is not None
    assert known.status is CallStatus.MISSED


@pytest.mark.parametrize(
    "fault", [{"status": 401}, {"status": 403, "code": "TENANT_SCOPE_NOT_ALLOWED"}]
)
async def test_a_key_that_is_refused_by_a_poll_starts_reauth(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone, fault: dict[str, Any]
) -> None:
    await phone.fault("calls.list", **fault)
    await poll(entry)
    flows = hass_ready.config_entries.flow.async_progress_by_handler("pilotstatus")
    assert [flow["context"]["source"] for flow in flows] == ["reauth"]
    assert entry.state is ConfigEntryState.LOADED


async def test_the_connection_is_refreshed_and_kept_if_that_fails(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    coordinator = number(entry).coordinator
    await phone.number("num_demo", connected=False)
    await coordinator.async_refresh_number()
    assert coordinator.connected is False
    await phone.fault("numbers.list", status=403)
    await coordinator.async_refresh_number()
    assert coordinator.connected is False


async def test_missing_deliveries_raise_no_issue_without_a_webhook(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    for _ in range(4):
        await phone.act(await phone.ring(), "hang_up")
        await poll(polled_entry)
    assert not [
        issue_id
        for _, issue_id in ir.async_get(hass_ready).issues
        if issue_id.startswith("deliveries_missing")
    ]


async def test_a_delivery_ends_the_count_of_missed_ones(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    issue = ("pilotstatus", f"deliveries_missing_{pushed_entry.entry_id}")
    coordinator = number(pushed_entry).coordinator
    for round_of in (2, 2, 3):
        await phone.delivery(lose=True)
        for _ in range(round_of):
            await phone.act(await phone.ring(), "hang_up")
            await poll(pushed_entry)
        await hass_ready.async_block_till_done(wait_background_tasks=True)
        is_missing = ir.async_get(hass_ready).async_get_issue(*issue) is not None
        assert is_missing is (round_of == 3)
        assert coordinator.update_interval == timedelta(seconds=60 if is_missing else 900)
        await phone.delivery(lose=False)
        await phone.ring()
        assert await until(lambda: coordinator.calls.live_calls)
        assert coordinator.update_interval == timedelta(seconds=60)
        await act(hass_ready, "hang_up")
        assert coordinator.update_interval == timedelta(minutes=15)


async def test_an_answer_that_lags_behind_does_not_hide_what_is_known(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    coordinator = number(entry).coordinator
    call_id = await phone.ring()
    late = await phone.api("GET", f"/calls/{call_id}")
    assert (await coordinator.async_refresh_call(call_id)).status is CallStatus.RINGING
    await phone.act(call_id, "hang_up")
    assert (await coordinator.async_refresh_call(call_id)).status is CallStatus.MISSED
    await phone.fault("calls.get", fields=late)
    assert (await coordinator.async_refresh_call(call_id)).status is CallStatus.MISSED


async def test_a_webhook_that_is_lost_makes_polling_serve_at_once(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    coordinator = number(pushed_entry).coordinator
    asked = len(await phone.requests("calls.list"))
    coordinator.async_set_webhook(present=False)
    assert coordinator.update_interval == timedelta(seconds=60)
    await pass_time(hass_ready, 61)
    assert len(await phone.requests("calls.list")) == asked + 1
