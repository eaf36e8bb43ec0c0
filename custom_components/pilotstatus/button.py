"""Buttons that act on the one live call."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .api import Call
from .call_control import CallControl
from .call_log import CallLog
from .const import SERVICE_ANSWER_CALL, SERVICE_HANG_UP, SERVICE_REJECT_CALL
from .data import PilotStatusConfigEntry
from .entity import PilotStatusEntity

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class PilotStatusButtonDescription(ButtonEntityDescription):
    """A button: the call it acts on, if there is one, and how it acts."""

    action: str
    call_fn: Callable[[CallLog], Call | None]
    press_fn: Callable[[CallControl, str], Awaitable[Any]]


BUTTONS: Final = (
    PilotStatusButtonDescription(
        key="answer",
        action=SERVICE_ANSWER_CALL,
        call_fn=lambda calls: calls.ringing_call,
        press_fn=CallControl.async_answer,
    ),
    PilotStatusButtonDescription(
        key="reject",
        action=SERVICE_REJECT_CALL,
        call_fn=lambda calls: calls.ringing_call,
        press_fn=CallControl.async_reject,
    ),
    PilotStatusButtonDescription(
        key="hang_up",
        action=SERVICE_HANG_UP,
        call_fn=lambda calls: calls.only_live_call,
        press_fn=CallControl.async_hang_up,
    ),
)


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: PilotStatusConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons of a number."""
    async_add_entities(PilotStatusButton(entry, button) for button in BUTTONS)


class PilotStatusButton(PilotStatusEntity, ButtonEntity):
    """A button that is available only while it can act."""

    entity_description: PilotStatusButtonDescription

    def __init__(
        self, entry: PilotStatusConfigEntry, description: PilotStatusButtonDescription
    ) -> None:
        """Act on the calls of a number."""
        super().__init__(entry, description)
        self._call_control = entry.runtime_data.call_control

    @property
    @override
    def available(self) -> bool:
        """Return whether there is a call to act on."""
        return super().available and self._call() is not None

    @override
    async def async_press(self) -> None:
        """Act on the call."""
        button, call = self.entity_description, self._call()
        call_id = None if call is None else call.id
        async with self._call_control.attempt(button.action, call_id) as attempt:
            await button.press_fn(self._call_control, attempt.call_id)

    def _call(self) -> Call | None:
        return self.entity_description.call_fn(self.coordinator.calls)
