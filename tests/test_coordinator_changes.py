"""The order of changes, however the coordinator learns of them."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.call_state import CallChange
from homeassistant.core import HomeAssistant, callback
from homeassistant.setup import async_setup_component
from simulator.client import Phone

from .common import EVENT, LINE, PLAYER, STATUS, act, number, poll, state_of, until

CALLER = "+5511987654321"


async def learn_by_delivery(hass: HomeAssistant, entry: MockConfigEntry, phone: Phone) -> str:
    """Ring, and have it delivered; return the call's id."""
    return await phone.ring(CALLER)


async def learn_by_poll(hass: HomeAssistant, entry: MockConfigEntry, phone: Phone) -> str:
    """Ring without a delivery, and poll; return the call's id."""
    await phone.delivery(lose=True)
    call_id = await phone.ring(CALLER)
    await poll(entry)
    return call_id


async def learn_by_answer(hass: HomeAssistant, entry: MockConfigEntry, phone: Phone) -> str:
    """Ring without a delivery, and answer the unknown call; return its id."""
    await phone.delivery(lose=True)
    call_id = await phone.ring(CALLER)
    await act(hass, "answer_call", call_id=call_id)
    return call_id


async def learn_by_request(hass: HomeAssistant, entry: MockConfigEntry, phone: Phone) -> str:
    """Ring without a delivery, and request the call; return its id."""
    await phone.delivery(lose=True)
    call_id = await phone.ring(CALLER)
    await number(entry).coordinator.async_refresh_call(call_id)
    return call_id


@pytest.mark.parametrize(
    "trigger",
    [
        {"trigger": "state", "entity_id": EVENT},
        {"trigger": "event", "event_type": "pilotstatus_call"},
    ],
    ids=["entity", "bus"],
)
@pytest.mark.parametrize(
    ("learn", "status", "line"),
    [
        (learn_by_delivery, "ringing", "ringing"),
        (learn_by_poll, "ringing", "ringing"),
        (learn_by_request, "ringing", "ringing"),
        (learn_by_answer, "accepted", "in_call"),
    ],
)
async def test_an_automation_that_an_event_starts_finds_the_sensors_up_to_date(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    learn: Callable[[HomeAssistant, MockConfigEntry, Phone], Awaitable[str]],
    status: str,
    line: str,
    trigger: dict[str, str],
) -> None:
    automation = {
        "triggers": trigger,
        "conditions": {"condition": "state", "entity_id": STATUS, "state": status},
        "actions": [
            {
                "event": "ran",
                "event_data": {
                    "call_id": f"{{{{ state_attr('{STATUS}', 'call_id') }}}}",
                    "line": f"{{{{ states('{LINE}') }}}}",
                    "player": f"{{{{ states('{PLAYER}') }}}}",
                    "event": f"{{{{ state_attr('{EVENT}', 'call_id') }}}}",
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
    call_id = await learn(hass_ready, media_entry, phone)
    assert await until(lambda: ran)
    assert ran == [{"call_id": call_id, "line": line, "player": "on", "event": call_id}]


@pytest.mark.parametrize("learn", [learn_by_delivery, learn_by_poll, learn_by_request])
async def test_a_change_is_in_the_data_first_then_in_the_entities_then_at_the_listeners(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    phone: Phone,
    learn: Callable[[HomeAssistant, MockConfigEntry, Phone], Awaitable[str]],
) -> None:
    coordinator = number(pushed_entry).coordinator
    seen: list[tuple[str, ...]] = []

    @callback
    def keep(change: CallChange) -> None:
        known = coordinator.calls.find(change.call.id)
        assert known is not None
        shown = [state_of(hass_ready, it).state for it in (STATUS, LINE)]
        seen.append((str(change.kind), str(known.status), *shown))

    remove = coordinator.async_add_change_listener(keep)
    await learn(hass_ready, pushed_entry, phone)
    assert await until(lambda: seen)
    assert seen == [("ringing", "RINGING", "ringing", "ringing")]
    remove()
    await act(hass_ready, "hang_up")
    assert len(seen) == 1


async def test_a_poll_reports_every_change_once_and_in_order(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    reported: list[tuple[str, str]] = []
    coordinator = number(polled_entry).coordinator
    coordinator.async_add_change_listener(
        lambda change: reported.append((change.call.id, str(change.kind)))
    )
    first = await phone.ring()
    await poll(polled_entry)
    await phone.act(first, "hang_up")
    second = await phone.ring()
    await poll(polled_entry)
    await poll(polled_entry)
    assert reported[0] == (first, "ringing")
    assert sorted(reported[1:]) == sorted([(first, "missed"), (second, "ringing")])


async def test_a_poll_that_fails_reports_nothing_twice(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    reported: list[str] = []
    coordinator = number(polled_entry).coordinator
    coordinator.async_add_change_listener(lambda change: reported.append(str(change.kind)))
    await phone.ring()
    await poll(polled_entry)
    await phone.fault("calls.list", status=503, times=3)
    await poll(polled_entry)
    was_success = coordinator.last_update_success
    await poll(polled_entry)
    assert [was_success, coordinator.last_update_success] == [False, True]
    assert reported == ["ringing"]
