"""The buttons, which are always available, and say why if they are pressed in vain."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from simulator.client import Phone

from .common import Notifications, number, poll, state_of

NAMES = ("answer", "decline", "hang_up")


async def press(hass: HomeAssistant, name: str) -> None:
    """Press a button."""
    await hass.services.async_call(
        "button", "press", {"entity_id": f"button.casa_{name}"}, blocking=True
    )


async def test_a_press_acts_on_the_one_live_call(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    call_id = await phone.ring()
    await poll(entry)
    await press(hass_ready, "answer")
    assert (await phone.call(call_id))["status"] == "ACCEPTED"
    await press(hass_ready, "hang_up")
    assert (await phone.call(call_id))["status"] == "COMPLETED"
    call_id = await phone.ring()
    await poll(entry)
    await press(hass_ready, "decline")
    assert (await phone.call(call_id))["status"] == "REJECTED"


async def test_buttons_are_available_and_free_of_attributes_whatever_happens(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    await phone.fault("calls.list", status=503, times=3)
    await poll(entry)
    assert not number(entry).coordinator.last_update_success
    for name in NAMES:
        state = state_of(hass_ready, f"button.casa_{name}")
        assert state.state == "unknown"
        assert state.attributes.keys() == {"friendly_name"}


@pytest.mark.parametrize("name", NAMES)
async def test_a_press_without_a_call_says_that_there_is_none(
    hass_ready: HomeAssistant, entry: MockConfigEntry, notifications: Notifications, name: str
) -> None:
    with pytest.raises(ServiceValidationError, match="No call is going on"):
        await press(hass_ready, name)
    (notification,) = notifications.values()
    assert "No call is going on" in notification["message"]


@pytest.mark.parametrize("name", ["answer", "decline"])
@pytest.mark.parametrize("call", ["dialed", "answered"])
async def test_a_call_that_does_not_ring_here_is_neither_answered_nor_declined(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone, name: str, call: str
) -> None:
    if call == "dialed":
        call_id = await phone.dial()
    else:
        call_id = await phone.ring()
        await phone.api("POST", f"/calls/{call_id}/accept", {})
    await poll(entry)
    with pytest.raises(ServiceValidationError, match="No incoming call is ringing"):
        await press(hass_ready, name)
    assert [len(await phone.requests(f"calls.{it}")) for it in ("accept", "reject")] == [
        int(call == "answered"),
        0,
    ]


async def test_a_ring_that_nobody_has_reported_yet_is_answered(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    first = await phone.dial()
    await poll(polled_entry)
    await phone.act(first, "hang_up")
    second = await phone.ring()
    await press(hass_ready, "answer")
    assert (await phone.call(second))["status"] == "ACCEPTED"


@pytest.mark.parametrize("name", NAMES)
async def test_with_two_calls_no_button_guesses(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone, name: str
) -> None:
    await phone.ring()
    await phone.ring()
    await poll(entry)
    with pytest.raises(ServiceValidationError, match="More than one call"):
        await press(hass_ready, name)


async def test_a_failed_press_is_reported(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    await phone.ring()
    await poll(entry)
    await phone.fault("calls.accept", status=500)
    with pytest.raises(HomeAssistantError, match="HTTP 500"):
        await press(hass_ready, "answer")
    assert number(entry).failures.counts == {"answer_call": {"server_error": 1}}
