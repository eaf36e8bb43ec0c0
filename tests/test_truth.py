"""What is shown is the truth about a call, whatever was lost, late or wrong."""

from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from simulator.client import Phone

from .common import (
    EVENT,
    LINE,
    MEDIA,
    STATUS,
    act,
    answered_call,
    number,
    play,
    poll,
    short,
    state_of,
    states_of,
    until,
    webhook_path,
)

CONNECTED = "binary_sensor.casa_whatsapp_connection"


async def settle(hass: HomeAssistant) -> None:
    """Wait for the questions in the background."""
    await hass.async_block_till_done(wait_background_tasks=True)


def shown(hass: HomeAssistant) -> tuple[str, str]:
    """Return the id and the status of the last call, as the sensor shows them."""
    state = state_of(hass, STATUS)
    return state.attributes["call_id"], state.state


async def test_a_dialed_call_is_the_last_call_at_once(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    await phone.act(await phone.ring(), "hang_up")
    await poll(entry)
    placed = await act(hass_ready, "place_call", to="+5511999999999")
    assert shown(hass_ready) == (placed["call_id"], "initiated")


async def test_a_call_of_three_days_ago_without_an_end_neither_rings_nor_blocks_the_buttons(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    events = states_of(hass_ready, EVENT)
    old = await phone.ring()
    call = await phone.api("GET", f"/calls/{old}")
    then = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    call |= {"createdAt": then, "startedAt": then, "updatedAt": then}
    new = await phone.ring()
    newest = await phone.api("GET", f"/calls/{new}")
    await phone.fault("calls.list", fields={"calls": [newest, call]})
    await poll(polled_entry)
    await settle(hass_ready)
    assert len(events) == 1
    assert (await act(hass_ready, "answer_call"))["call_id"] == new
    assert shown(hass_ready) == (new, "accepted")


async def test_a_call_that_rings_for_ever_is_over_after_five_minutes_though_polls_fail(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    call_id = await phone.ring()
    call = await phone.api("GET", f"/calls/{call_id}")
    then = (datetime.now(UTC) - timedelta(minutes=4, seconds=55)).isoformat()
    call |= {"createdAt": then, "startedAt": then}
    await phone.fault("calls.list", fields={"calls": [call]})
    await poll(polled_entry)
    assert state_of(hass_ready, LINE).state == "ringing"
    await phone.fault("calls.list", status=404, delay=3.6, times=2)
    await phone.fault("calls.list", fields={"calls": [call]})
    for _ in range(3):
        await poll(polled_entry)
    assert (state_of(hass_ready, LINE).state, *shown(hass_ready)) == ("idle", call_id, "missed")
    assert state_of(hass_ready, EVENT).attributes["event_type"] == "missed"


async def test_the_end_of_a_call_that_the_server_has_forgotten_is_reported(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    call_id = await answered_call(hass_ready, phone)
    await poll(pushed_entry)
    await phone.fault("calls.list", fields={"calls": []})
    await phone.fault("calls.get", status=404, code="CALL_NOT_FOUND")
    await poll(pushed_entry)
    assert state_of(hass_ready, EVENT).attributes["event_type"] == "ended"
    assert shown(hass_ready) == (call_id, "completed")


async def test_an_answer_that_lags_behind_an_event_does_not_ring_twice(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    events = states_of(hass_ready, EVENT)
    await phone.fault("calls.get", status=404, code="CALL_NOT_FOUND", times=2)
    await phone.fault("calls.list", fields={"calls": []})
    call_id = await phone.ring()
    assert await until(lambda: number(pushed_entry).coordinator.calls.find(call_id))
    await settle(hass_ready)
    await poll(pushed_entry)
    assert state_of(hass_ready, LINE).state == "idle"
    await poll(pushed_entry)
    await settle(hass_ready)
    assert state_of(hass_ready, EVENT).attributes["call_id"] == call_id
    assert len(events) == 1
    assert state_of(hass_ready, LINE).state == "ringing"


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 400}, {"body": "malformed"}])
async def test_a_live_call_that_cannot_be_asked_for_does_not_stop_the_polls(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone, fault: dict[str, Any]
) -> None:
    call_id = await phone.ring()
    await poll(polled_entry)
    await phone.fault("calls.list", fields={"calls": []}, times=2)
    await phone.fault("calls.get", **fault, times=9)
    for _ in range(2):
        await poll(polled_entry)
        assert number(polled_entry).coordinator.last_update_success
    assert shown(hass_ready) == (call_id, "ringing")


async def test_a_key_that_is_refused_for_a_single_call_starts_reauth(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    await phone.ring()
    await poll(polled_entry)
    await phone.fault("calls.list", fields={"calls": []})
    await phone.fault("calls.get", status=401)
    await poll(polled_entry)
    assert not number(polled_entry).coordinator.last_update_success
    assert hass_ready.config_entries.flow.async_progress_by_handler("pilotstatus")


@pytest.mark.parametrize("call_id", ["..", ".", "", "x" * 300, "bad\ud800", "a\nb"], ids=short)
async def test_what_cannot_be_an_id_is_no_call(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    client: TestClient[Any, Any],
    call_id: str,
) -> None:
    delivery = {"event": "call.ringing", "callId": call_id, "direction": "INBOUND"}
    async with client.post(webhook_path(pushed_entry), json=delivery) as response:
        assert response.status == 200
    await settle(hass_ready)
    await poll(pushed_entry)
    assert number(pushed_entry).coordinator.last_update_success
    assert number(pushed_entry).coordinator.calls.all == []


@pytest.mark.parametrize("action", ["answer_call", "reject_call", "hang_up"])
async def test_after_an_unknown_outcome_the_call_is_asked_for_at_once(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone, action: str
) -> None:
    call_id = await phone.ring()
    await poll(polled_entry)
    endpoint = {"answer_call": "accept", "reject_call": "reject", "hang_up": "terminate"}[action]
    await phone.fault(f"calls.{endpoint}", drop="after")
    with pytest.raises(HomeAssistantError) as caught:
        await act(hass_ready, action)
    assert caught.value.translation_key == "outcome_unknown"
    await settle(hass_ready)
    now = (await phone.call(call_id))["status"].lower()
    assert now != "ringing"
    assert shown(hass_ready) == (call_id, now)


async def test_after_an_unknown_outcome_of_a_dial_the_call_is_found(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    await phone.fault("calls.start", body="malformed")
    with pytest.raises(HomeAssistantError):
        await act(hass_ready, "place_call", to="+5511999999999")
    await settle(hass_ready)
    (placed,) = await phone.calls()
    assert shown(hass_ready)[0] == placed["id"]
    assert (await act(hass_ready, "hang_up"))["call_id"] == placed["id"]


async def test_after_an_unknown_outcome_of_a_play_the_call_is_asked_for(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    call_id = await phone.ring()
    await poll(polled_entry)
    await phone.act(call_id, "hang_up")
    await phone.fault("calls.play", status=502)
    with pytest.raises(HomeAssistantError):
        await play(hass_ready, call_id)
    await settle(hass_ready)
    assert shown(hass_ready) == (call_id, "missed")


@pytest.mark.parametrize("is_forgotten", [True, False])
async def test_a_call_that_an_action_does_not_find_is_over_if_the_server_says_so_twice(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone, *, is_forgotten: bool
) -> None:
    call_id = await phone.ring()
    await poll(polled_entry)
    await phone.fault("calls.play", status=404, code="CALL_NOT_FOUND")
    if is_forgotten:
        await phone.fault("calls.get", status=404, code="CALL_NOT_FOUND")
    with pytest.raises(HomeAssistantError):
        await act(hass_ready, "play_audio", media_url=MEDIA)
    await settle(hass_ready)
    assert state_of(hass_ready, LINE).state == ("idle" if is_forgotten else "ringing")
    assert shown(hass_ready) == (call_id, "missed" if is_forgotten else "ringing")


@pytest.mark.parametrize(
    ("number_id", "state"), [("num_second", "on"), ("num_demo", "off"), (None, "off")]
)
async def test_only_an_event_of_this_number_changes_its_connection(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    client: TestClient[Any, Any],
    number_id: str | None,
    state: str,
) -> None:
    delivery = {"event": "number.disconnected", "data": {"numberId": number_id}}
    async with client.post(webhook_path(pushed_entry), json=delivery) as response:
        assert response.status == 200
    assert state_of(hass_ready, CONNECTED).state == state


async def test_a_rate_limit_that_a_poll_was_told_of_does_not_silence_hanging_up(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    call_id = await phone.ring()
    await poll(polled_entry)
    await phone.fault("calls.list", status=429, headers={"Retry-After": "86400"})
    await poll(polled_entry)
    assert not number(polled_entry).coordinator.last_update_success
    await poll(polled_entry)
    assert [it["status"] for it in await phone.requests("calls.list")].count(429) == 1
    assert (await act(hass_ready, "hang_up"))["call_id"] == call_id
    # The server has answered, so the limit is over.
    await poll(polled_entry)
    assert number(polled_entry).coordinator.last_update_success
