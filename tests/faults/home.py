"""A Home Assistant with one number, whose client is in a hurry."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import logging
from typing import Any

import aiohttp
from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.api import PilotStatusClient, transport
from custom_components.pilotstatus.const import DOMAIN
from homeassistant.components import persistent_notification
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from simulator.client import Phone
from tests.common import Notifications, act, poll

from .catalogue import LATE

#: Seconds: less than the shortest wait that the client takes when a server names none.
_BUDGET = 1.8
PATIENT = aiohttp.ClientTimeout(total=20)
IMPATIENT = aiohttp.ClientTimeout(total=LATE / 2)
TO = "+5511999999999"


@dataclass(slots=True)
class Hurry:
    """How long clients wait for the answer to a request that is sent from now on."""

    timeout: aiohttp.ClientTimeout = PATIENT

    def apply(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let every client wait as long as this says, and hardly for anything else."""

        def make(*args: Any, **options: Any) -> PilotStatusClient:
            return PilotStatusClient(*args, **{**options, "budget": _BUDGET})

        def ignore(_transport: transport.Transport, _timeout: aiohttp.ClientTimeout) -> None:
            """Whatever a client was made with."""

        timeout = property(lambda _: self.timeout, ignore)
        monkeypatch.setattr(transport.Transport, "_timeout", timeout, raising=False)
        monkeypatch.setattr("custom_components.pilotstatus.client.PilotStatusClient", make)
        monkeypatch.setattr(transport, "_REPEAT_DELAYS", (0.01, 0.02))


@dataclass(slots=True, kw_only=True)
class Home:
    """The Home Assistant, the simulator, and all that shows what became of a fault."""

    hass: HomeAssistant
    phone: Phone
    entry: MockConfigEntry
    client: TestClient[Any, Any]
    notifications: Notifications
    caplog: pytest.LogCaptureFixture
    hurry: Hurry
    media: str = ""

    async def begin(self) -> None:
        """Begin with a simulator and a log that know nothing."""
        await self.phone.reset()
        # The fault is the only thing that Home Assistant hears of.
        await self.phone.delivery(lose=True)
        # A dialed phone does not ring while it is looked at.
        await self.phone.settings(dial_delay=60)
        self.caplog.clear()

    async def end_calls(self) -> None:
        """End every call, and let Home Assistant know."""
        for call in await self.phone.calls():
            if call["status"] in {"INITIATED", "RINGING", "ACCEPTED"}:
                await self.phone.act(call["id"], "hang_up")
        await self.poll()
        await self.hass.async_block_till_done()

    async def poll(self) -> None:
        """Poll the calls now."""
        await poll(self.entry)

    async def reload(self) -> None:
        """Set the number up anew, which ends every pause."""
        await self.hass.config_entries.async_reload(self.entry.entry_id)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def renew(self) -> None:
        """Let nothing be left of what went wrong, so that it is not found again."""
        self.forget_notifications()
        for _ in range(2):
            # What a call has left behind, the next one replaces, in the restored states as well.
            await self.phone.ring()
            await self.poll()
            await self.end_calls()
            await self.reload()

    def abort_flows(self) -> None:
        """End the flows that ask for another key."""
        flows = self.hass.config_entries.flow
        for flow in flows.async_progress_by_handler(DOMAIN):
            flows.async_abort(flow["flow_id"])

    def forget_notifications(self) -> None:
        """Take every notification away."""
        for notification_id in tuple(self.notifications):
            persistent_notification.async_dismiss(self.hass, notification_id)

    def enable_entities(self) -> None:
        """Enable the entities that are disabled at first."""
        registry = er.async_get(self.hass)
        for entity in er.async_entries_for_config_entry(registry, self.entry.entry_id):
            registry.async_update_entity(entity.entity_id, disabled_by=None)

    def entity(self, domain: str, key: str = "") -> str | None:
        """Return the entity of the number with a key, ``None`` if it has none."""
        registry = er.async_get(self.hass)
        entities = er.async_entries_for_config_entry(registry, self.entry.entry_id)
        fits = (it for it in entities if it.domain == domain and it.unique_id.endswith(key))
        return next((it.entity_id for it in fits), None)

    def state(self, domain: str, key: str) -> str | None:
        """Return the state of the entity with a key, ``None`` if there is none."""
        entity_id = self.entity(domain, key)
        state = None if entity_id is None else self.hass.states.get(entity_id)
        return None if state is None else str(state.state)

    async def act(self, action: str, **data: Any) -> Any:
        """Perform an action; return its response."""
        return await act(self.hass, action, **data)

    async def use(self, domain: str, service: str, key: str = "", **data: Any) -> None:
        """Use the entity of the number with a key."""
        data[ATTR_ENTITY_ID] = self.entity(domain, key)
        await self.hass.services.async_call(domain, service, data, blocking=True)

    @asynccontextmanager
    async def answering(self) -> AsyncIterator[None]:
        """Answer what is dialed, and let Home Assistant know, while the block runs."""
        done = asyncio.Event()

        async def answer() -> None:
            while not done.is_set():
                for call in await self.phone.calls():
                    if call["status"] in {"INITIATED", "RINGING"}:
                        await self.phone.act(call["id"], "answer")
                        # Only now can it be in the log that the poll is merged with.
                        await asyncio.sleep(0.05)
                        await self.poll()
                await asyncio.sleep(0.02)

        task = self.hass.async_create_task(answer())
        try:
            yield
        finally:
            done.set()
            await task

    def errors(self) -> list[logging.LogRecord]:
        """Return what the log has that no action and no fault may leave there."""
        return [
            it
            for it in self.caplog.records
            if it.levelno >= logging.ERROR or (it.exc_info and it.levelno >= logging.WARNING)
        ]
