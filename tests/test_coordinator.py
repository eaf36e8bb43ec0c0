"""The calls of a number, kept fresh; one order of changes, however they are learned."""

import asyncio
from collections.abc import Awaitable, Callable
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
from custom_components.pilotstatus.call_log import CallChange
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from simulator.client import Phone

from .common import EVENT, STATUS, act, make_entry, number, pass_time, poll, state_of, until

CALLER = "+5511987654321"


async def learn_by_delivery(hass: HomeAssistant, entry: MockConfigEntry, phone: Phone) -> str:
    """Ring, and let the webhook deliver it."""
    return await phone.ring(CALLER)


async def learn_by_poll(hass: HomeAssistant, entry: MockConfigEntry, phone: Phone) -> str:
    """Ring, and find it by a poll."""
    await phone.delivery(lose=True)
    call_id = await phone.ring(CALLER)
    await poll(entry)
    return call_id


async def learn_by_answer(hass: HomeAssistant, entry: MockConfigEntry, phone: Phone) -> str:
    """Answer a call that is unknown so far."""
    await phone.delivery(lose=True)
    call_id = await phone.ring(CALLER)
    await act(hass, "answer_call", call_id=call_id)
    return call_id


async def learn_by_question(hass: HomeAssistant, entry: MockConfigEntry, phone: Phone) -> str:
    """Ask for one call."""
    await phone.delivery(lose=True)
    call_id = await phone.ring(CALLER)
    await number(entry).coordinator.async_refresh_call(call_id)
    return call_id


@pytest.mark.parametrize(
    ("learn", "status"),
    [
        (learn_by_delivery, "ringing"),
        (learn_by_poll, "ringing"),
        (learn_by_question, "ringing"),
        (learn_by_answer, "accepted"),
    ],
)
async def test_an_automation_that_an_event_starts_finds_the_sensors_up_to_date(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    phone: Phone,
    learn: Callable[[HomeAssistant, MockConfigEntry, Phone], Awaitable[str]],
    status: str,
) -> None:
    automation = {
        "triggers": {"trigger": "state", "entity_id": EVENT},
        "conditions": {"condition": "state", "entity_id": STATUS, "state": status},
        "actions": [
            {
                "event": "ran",
                "event_data": {
                    "call_id": f"{{{{ state_attr('{STATUS}', 'call_id') }}}}",
                    "in_progress": "{{ states('binary_sensor.casa_0001_call_in_progress') }}",
                },
            }
        ],
    }
    assert await async_setup_component(hass_ready, "automation", {"automation": automation})
    ran: list[dict[str, Any]] = []

    @callback
    def keep(event: Any) -> None:
        ran.append(dict(event.data))

    hass_ready.bus.async_listen("ran", keep)
    call_id = await learn(hass_ready, pushed_entry, phone)
    assert await until(lambda: ran)
    assert ran == [{"call_id": call_id, "in_progress": "on"}]


@pytest.mark.parametrize("learn", [learn_by_delivery, learn_by_poll, learn_by_question])
async def test_first_the_data_then_the_entities_then_the_listeners(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    phone: Phone,
    learn: Callable[[HomeAssistant, MockConfigEntry, Phone], Awaitable[str]],
) -> None:
    coordinator = number(pushed_entry).coordinator
    seen: list[tuple[str, str, str]] = []

    @callback
    def keep(change: CallChange) -> None:
        known = coordinator.calls.find(change.call.id)
        assert known is not None
        seen.append((str(change.kind), str(known.status), state_of(hass_ready, STATUS).state))

    remove = coordinator.async_add_change_listener(keep)
    await learn(hass_ready, pushed_entry, phone)
    assert await until(lambda: seen)
    assert seen == [("ringing", "RINGING", "ringing")]
    remove()
    await act(hass_ready, "hang_up")
    assert len(seen) == 1


async def test_a_poll_reports_every_change_once_and_in_order(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    heard: list[tuple[str, str]] = []
    coordinator = number(polled_entry).coordinator
    coordinator.async_add_change_listener(
        lambda change: heard.append((change.call.id, str(change.kind)))
    )
    first = await phone.ring()
    await poll(polled_entry)
    await phone.act(first, "hang_up")
    second = await phone.ring()
    await poll(polled_entry)
    await poll(polled_entry)
    assert heard[0] == (first, "ringing")
    assert sorted(heard[1:]) == sorted([(first, "missed"), (second, "ringing")])


async def test_a_poll_that_fails_reports_nothing_twice(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    heard: list[str] = []
    coordinator = number(polled_entry).coordinator
    coordinator.async_add_change_listener(lambda change: heard.append(str(change.kind)))
    await phone.ring()
    await poll(polled_entry)
    await phone.fault("calls.list", status=503, times=3)
    await poll(polled_entry)
    was_success = coordinator.last_update_success
    await poll(polled_entry)
    assert [was_success, coordinator.last_update_success] == [False, True]
    assert heard == ["ringing"]


async def test_who_waits_for_an_answer_is_told_soon_without_deliveries(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    coordinator = number(pushed_entry).coordinator
    assert coordinator.update_interval == timedelta(minutes=15)
    call_id = await phone.dial()
    await coordinator.async_refresh_calls()
    await phone.delivery(lose=True)
    waits = [asyncio.create_task(coordinator.async_wait_for_answer(call_id, 30)) for _ in range(2)]
    await asyncio.sleep(0)
    assert coordinator.update_interval == timedelta(seconds=5)
    waits[0].cancel()
    await asyncio.sleep(0)
    assert coordinator.update_interval == timedelta(seconds=5)
    await until_ringing(phone, call_id)
    await phone.act(call_id, "answer")
    await pass_time(hass_ready, 6)
    assert await waits[1]
    assert coordinator.update_interval == timedelta(seconds=60)


async def until_ringing(phone: Phone, call_id: str) -> None:
    """Wait until the phone of the other party rings."""
    while (await phone.call(call_id))["status"] != "RINGING":  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.01)


async def test_the_last_question_finds_an_answer_that_nobody_delivered(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    coordinator = number(pushed_entry).coordinator
    await phone.delivery(lose=True)
    call_id = await phone.dial()
    await until_ringing(phone, call_id)
    await phone.act(call_id, "answer")
    assert await coordinator.async_wait_for_answer(call_id, 0.01)


@pytest.mark.parametrize(("action", "answered"), [("answer", True), ("decline", False)])
async def test_a_wait_ends_with_the_call_and_asks_no_more(
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
    wait = asyncio.create_task(coordinator.async_wait_for_answer(call_id, 30))
    await phone.act(call_id, action)
    assert await wait is answered
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    # The ring was confirmed by a question; the wait asked none.
    assert len(await phone.requests("calls.get")) == 1


async def test_a_wait_until_something_holds(
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


async def test_what_a_request_says_of_the_link_is_remembered(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    coordinator = number(entry).coordinator
    connected = "binary_sensor.casa_0001_whatsapp_connection"

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


async def test_what_rang_before_the_webhook_was_there_is_found(
    hass_ready: HomeAssistant, client: TestClient[Any, Any], phone: Phone
) -> None:
    await phone.fault("webhooks.create", delay=0.3)
    entry = make_entry(phone)
    entry.add_to_hass(hass_ready)
    assert await hass_ready.config_entries.async_setup(entry.entry_id)
    call_id = await phone.ring()
    assert number(entry).coordinator.calls.find(call_id) is None
    assert await until(lambda: number(entry).coordinator.calls.find(call_id))
    assert state_of(hass_ready, EVENT).attributes["call_id"] == call_id


async def test_a_webhook_that_stays_asks_for_no_calls(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    asked = len(await phone.requests("calls.list"))
    number(pushed_entry).coordinator.async_set_webhook(present=True)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert len(await phone.requests("calls.list")) == asked


async def test_a_question_in_the_background_that_fails_harms_nothing(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    coordinator = number(entry).coordinator
    coordinator.async_refresh_in_background("call_unknown")
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert coordinator.last_update_success
    assert len(await phone.requests("calls.get")) == 1


async def test_a_live_call_that_is_not_listed_is_asked_for(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    coordinator = number(polled_entry).coordinator
    call_id = await phone.ring()
    await poll(polled_entry)
    assert await phone.requests("calls.get") == []
    await phone.act(call_id, "hang_up")
    await phone.fault("calls.list", fields={"calls": []})
    await poll(polled_entry)
    known = coordinator.calls.find(call_id)
    assert known is not None
    assert known.status is CallStatus.MISSED


async def test_a_key_that_is_refused_by_a_poll_starts_reauth(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    await phone.fault("calls.list", status=401)
    await poll(entry)
    flows = hass_ready.config_entries.flow.async_progress_by_handler("pilotstatus")
    assert [flow["context"]["source"] for flow in flows] == ["reauth"]
    assert entry.state is ConfigEntryState.LOADED


async def test_the_link_of_the_number_is_asked_for_by_its_id(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    coordinator = number(entry).coordinator
    await phone.number("num_demo", connected=False)
    await coordinator.async_refresh_number()
    assert coordinator.connected is False
    await phone.fault("numbers.list", status=403)
    await coordinator.async_refresh_number()
    assert coordinator.connected is False


async def test_deliveries_that_are_missing_raise_an_issue_only_with_a_webhook(
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
