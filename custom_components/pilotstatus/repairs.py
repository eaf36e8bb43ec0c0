"""Repairs that a click carries out."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.components.repairs import RepairsFlow
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResult

from .api import PilotStatusError
from .data import PilotStatusConfigEntry, PilotStatusData
from .issues import CALLS_REJECTED, OTHER_INSTALLATION
from .texts import async_error_text

type Fix = Callable[[PilotStatusConfigEntry], Awaitable[None]]


async def _accept_calls(entry: PilotStatusConfigEntry) -> None:
    """Have the number no longer decline every call by itself."""
    number: PilotStatusData = entry.runtime_data
    if (own := number.coordinator.number) is not None:
        await number.client.accept_calls(own.id)
        await number.coordinator.async_refresh_number()


async def _take_webhook_back(entry: PilotStatusConfigEntry) -> None:
    """Have calls delivered here, and no more to the other installation."""
    registration = entry.runtime_data.registration
    registration.async_claim()
    await registration.async_reconcile()


_FIXES: Final[Mapping[str, Fix]] = {
    CALLS_REJECTED: _accept_calls,
    OTHER_INSTALLATION: _take_webhook_back,
}


class PilotStatusRepairFlow(RepairsFlow):
    """Ask whether to carry out a repair, and do so."""

    def __init__(self, entry: PilotStatusConfigEntry | None, fix: Fix) -> None:
        """Repair what is wrong with the number of an entry."""
        self._entry = entry
        self._fix = fix

    async def async_step_init(self, _user_input: dict[str, str] | None = None) -> FlowResult[Any]:
        """Start to ask."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> FlowResult[Any]:
        """Ask, or carry it out: if Pilot Status refuses, say why."""
        entry, problem = self._entry, None
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="number_not_ready")
        if user_input is not None:
            try:
                await self._fix(entry)
            except PilotStatusError as err:
                problem = await async_error_text(self.hass, err)
            else:
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            errors={"base": "not_repaired"} if problem else {},
            description_placeholders={"number": entry.title, "problem": problem or ""},
        )


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, Any] | None
) -> RepairsFlow:
    """Return the flow that repairs an issue."""
    entry_id = (data or {})["entry_id"]
    fix = _FIXES[issue_id.removesuffix(f"_{entry_id}")]
    return PilotStatusRepairFlow(hass.config_entries.async_get_entry(entry_id), fix)
