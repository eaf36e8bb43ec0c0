"""Buttons that act on the one live call."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import call_control as control
from .api import Call
from .const import SERVICE_ANSWER_CALL, SERVICE_HANG_UP, SERVICE_REJECT_CALL
from .coordinator import PilotStatusConfigEntry, PilotStatusCoordinator
from .entity import PilotStatusEntity
from .failures import Attempt

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class PilotStatusButtonDescription(ButtonEntityDescription):
    """A button: the call it acts on, where there is one, and how it acts."""

    action: str
    call_fn: Callable[[PilotStatusCoordinator], Call | None]
    press_fn: Callable[[PilotStatusCoordinator, str], Awaitable[Any]]


BUTTONS: Final = (
    PilotStatusButtonDescription(
        key="answer",
        action=SERVICE_ANSWER_CALL,
        call_fn=control.ringing_call,
        press_fn=control.answer,
    ),
    PilotStatusButtonDescription(
        key="reject",
        action=SERVICE_REJECT_CALL,
        call_fn=control.ringing_call,
        press_fn=control.reject,
    ),
    PilotStatusButtonDescription(
        key="hang_up",
        action=SERVICE_HANG_UP,
        call_fn=control.the_live_call,
        press_fn=control.hang_up,
    ),
)


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: PilotStatusConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons of a number."""
    async_add_entities(PilotStatusButton(entry.runtime_data, button) for button in BUTTONS)


class PilotStatusButton(PilotStatusEntity, ButtonEntity):
    """A button that is there only while it can act."""

    entity_description: PilotStatusButtonDescription

    @property
    def available(self) -> bool:
        """Return whether there is a call to act on."""
        return super().available and self.entity_description.call_fn(self.coordinator) is not None

    async def async_press(self) -> None:
        """Act on the call."""
        button, entry = self.entity_description, self.coordinator.config_entry
        async with Attempt(self.hass, button.action, entry=entry) as attempt:
            call = button.call_fn(self.coordinator)
            call_id = None if call is None else call.id
            attempt.call_id = await control.find_live_call(self.coordinator, call_id)
            await button.press_fn(self.coordinator, attempt.call_id)
