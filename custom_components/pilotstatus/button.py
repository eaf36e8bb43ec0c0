"""Buttons that act on the one live call."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .call_control import CallControl
from .const import SERVICE_ANSWER_CALL, SERVICE_HANG_UP, SERVICE_REJECT_CALL
from .data import PilotStatusConfigEntry
from .entity import PilotStatusEntity

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class PilotStatusButtonDescription(ButtonEntityDescription):
    """A button: how it acts on a call, and whether only on one that rings."""

    action: str
    press_fn: Callable[[CallControl, str], Awaitable[Any]]
    needs_ringing: bool = False


BUTTONS: Final = (
    PilotStatusButtonDescription(
        key="answer",
        action=SERVICE_ANSWER_CALL,
        press_fn=CallControl.async_answer,
        needs_ringing=True,
    ),
    PilotStatusButtonDescription(
        key="reject",
        action=SERVICE_REJECT_CALL,
        press_fn=CallControl.async_reject,
        needs_ringing=True,
    ),
    PilotStatusButtonDescription(
        key="hang_up",
        action=SERVICE_HANG_UP,
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
    """A button that is always available: pressed in vain it reports why."""

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
        """Return True: what a press finds out counts."""
        return True

    @override
    async def async_press(self) -> None:
        """Act on the call."""
        button, control = self.entity_description, self._call_control
        async with control.attempt(
            button.action, context=self._context, needs_ringing=button.needs_ringing
        ) as attempt:
            await button.press_fn(control, attempt.call_id)
