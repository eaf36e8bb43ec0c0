"""The buttons, which are available while they can act."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from simulator.client import Phone

from .common import number, poll, state_of


def available(hass: HomeAssistant) -> set[str]:
    """Return the names of the buttons that can be pressed."""
    names = ("answer", "decline", "hang_up")
    return {name for name in names if state_of(hass, f"button.casa_{name}").state != "unavailable"}


async def press(hass: HomeAssistant, name: str) -> None:
    """Press a button."""
    await hass.services.async_call(
        "button", "press", {"entity_id": f"button.casa_{name}"}, blocking=True
    )


async def test_only_buttons_that_fit_the_state_of_the_call_are_available(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    assert available(hass_ready) == set()
    call_id = await phone.ring()
    await poll(entry)
    assert available(hass_ready) == {"answer", "decline", "hang_up"}
    await press(hass_ready, "answer")
    assert (await phone.call(call_id))["status"] == "ACCEPTED"
    assert available(hass_ready) == {"hang_up"}
    await press(hass_ready, "hang_up")
    assert (await phone.call(call_id))["status"] == "COMPLETED"
    assert available(hass_ready) == set()
    call_id = await phone.ring()
    await poll(entry)
    await press(hass_ready, "decline")
    assert (await phone.call(call_id))["status"] == "REJECTED"


async def test_an_outgoing_call_can_only_be_hung_up_and_with_two_calls_no_button_is_available(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    await phone.dial()
    await poll(entry)
    assert available(hass_ready) == {"hang_up"}
    await phone.ring()
    await poll(entry)
    assert available(hass_ready) == set()


async def test_a_failed_press_is_reported(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    await phone.ring()
    await poll(entry)
    await phone.fault("calls.accept", status=500)
    with pytest.raises(HomeAssistantError, match="HTTP 500"):
        await press(hass_ready, "answer")
    assert number(entry).failures.counts["answer_call"] == 1
