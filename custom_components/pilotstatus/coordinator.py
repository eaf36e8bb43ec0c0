"""Keeps the call log of one number fresh: polls, takes deliveries, waits for changes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
import logging
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .api import (
    Call,
    CallEvent,
    CallNotFoundError,
    InvalidAuthError,
    NotConnectedError,
    NotFoundError,
    Number,
    NumberEvent,
    PilotStatusClient,
    PilotStatusError,
    TenantKeyError,
)
from .call_log import CallLog
from .call_state import CallChange
from .const import CALL_OWNERS, DOMAIN
from .errors import UNKNOWN_OUTCOMES, error_placeholders, translation_key
from .identity import async_ask_number
from .keep_warm import ConnectionWarmer
from .polling import PollingMode
from .questions import Questions

type ChangeListener = Callable[[CallChange], None]

_LOGGER: Final = logging.getLogger(__name__)


class PilotStatusCoordinator(DataUpdateCoordinator[None]):
    """Owns what is known of one number and its calls.

    However a change is learned, ``async_apply`` or a poll stores it, then the entities are
    updated, then the change listeners are called.
    """

    config_entry: ConfigEntry

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, client: PilotStatusClient) -> None:
        """Prepare; the first refresh asks the server."""
        super().__init__(hass, _LOGGER, config_entry=entry, name=DOMAIN)
        self.calls = CallLog(client.now, entry.entry_id, hass.data.setdefault(CALL_OWNERS, {}))
        #: Whether the number is linked to WhatsApp, ``None`` while that is unknown.
        self.connected: bool | None = None
        #: What the server says of the number, as far as the key may see it.
        self.number: Number | None = None
        self._client = client
        self._background_client = client.in_background()
        self._questions = Questions()
        self.polling = PollingMode()
        self._change_listeners: list[ChangeListener] = []
        self._waiting: set[asyncio.Event] = set()
        self._warmer = ConnectionWarmer(hass, client.heard_at, self.async_refresh_in_background)
        self._changes: list[CallChange] = []  # not yet reported to the change listeners

    @callback
    def async_add_change_listener(self, listener: ChangeListener) -> CALLBACK_TYPE:
        """Call a listener with each change of a call; return how to remove it."""
        self._change_listeners.append(listener)
        return lambda: self._change_listeners.remove(listener)

    @callback
    def async_apply(self, changes: list[CallChange]) -> None:
        """Show what an event or an answer has changed in the log: entities first, then events."""
        if not self.last_update_success:
            # A poll that succeeds logs the same.
            _LOGGER.info("Fetching %s data recovered", self.name)
        self._changes += changes
        self._adapt_interval()
        self.async_set_updated_data(None)

    @override
    @callback
    def async_update_listeners(self) -> None:
        """Update the entities, then call the change listeners."""
        super().async_update_listeners()
        changes, self._changes = self._changes, []
        for change in changes:
            for listener in tuple(self._change_listeners):
                listener(change)

    @callback
    def async_handle_event(self, event: CallEvent | NumberEvent) -> bool:
        """Handle what was delivered; return whether it tells nothing if it comes again."""
        self.polling.record_delivery()
        if isinstance(event, NumberEvent):
            own = self.config_entry.unique_id
            if own is None or event.number_id in (None, own):
                self.async_set_connected(event.is_connected)
            return False
        revision = self.calls.revision
        changes = self.calls.apply_event(event)
        if changes is None:
            # Among many calls that may be made up this one may be real: the server knows.
            self.async_refresh_in_background()
        elif self.calls.revision != revision:
            self.async_apply(changes)
            if changes and not self.calls.is_named(changes[0].call.id):
                # Also makes the connection that the answer will need.
                self.async_refresh_in_background(changes[0].call.id)
        return changes is not None

    @callback
    def async_set_webhook(self, *, present: bool, is_new: bool = False) -> None:
        """Set whether the server has a webhook that delivers here, and did not before."""
        if present is not self.polling.has_webhook:
            self.polling.has_webhook = present
            self._reschedule()
        if is_new and self.polling.has_polled:
            # What rang before the webhook existed has been delivered to nobody.
            self.async_refresh_in_background()

    @callback
    def async_set_connected(self, connected: bool | None) -> None:  # noqa: FBT001
        """Set whether the number is linked to WhatsApp, unless that is unknown."""
        if connected is not None and connected is not self.connected:
            self.connected = connected
            self.async_update_listeners()

    async def async_act[T](self, request: Awaitable[T], call_id: str | None = None) -> T:
        """Await a request that only a number on WhatsApp can carry out; learn if it is.

        If it is not known whether the request was carried out, or the call was not found, the
        server is asked for the truth about the call, or all of them. Raises PilotStatusError.
        """
        try:
            result = await request
        except NotConnectedError:
            self.async_set_connected(connected=False)
            raise
        except CallNotFoundError:
            if call_id is not None and self.calls.find(call_id):
                self.async_refresh_in_background(call_id)
            raise
        except UNKNOWN_OUTCOMES:
            self.async_refresh_in_background(call_id)
            raise
        self.async_set_connected(connected=True)
        return result

    async def async_refresh_call(self, call_id: str) -> Call:
        """Ask for one call; return what is then known of it. Raises PilotStatusError."""
        call = await self._client.get_call(call_id)
        self.async_apply(self.calls.merge([call]))
        return self.calls.find(call.id) or call

    async def async_refresh_calls(self) -> None:
        """Ask for the newest calls now. Raises PilotStatusError."""
        self.async_apply(self.calls.merge(await self._client.list_calls(), is_list=True))

    async def async_refresh_number(self) -> None:
        """Ask for the number, with its settings, if the key may see them."""
        client = self._background_client
        with suppress(PilotStatusError):
            if (own := await async_ask_number(self.hass, self.config_entry, client)) is not None:
                self.number = own
                self.async_set_connected(own.is_connected)

    @callback
    def async_refresh_in_background(self, call_id: str | None = None) -> None:
        """Ask for one call, or for the newest, in the background: of many questions a few."""
        if self._questions.add(call_id):
            self.config_entry.async_create_background_task(
                self.hass, self._ask_questions(), f"{DOMAIN} questions"
            )

    async def _ask_questions(self) -> None:
        client, calls = self._background_client, self.calls
        async for call_id in self._questions.due():
            try:
                found = [await client.get_call(call_id)] if call_id else await client.list_calls()
                self.async_apply(calls.merge(found, is_list=call_id is None))
            except NotFoundError:
                # One that only an event has named, and that goes on, it may not know yet.
                if call_id and (calls.is_named(call_id) or calls.is_over(call_id)):
                    self.async_apply(calls.apply_not_found(call_id))
            except PilotStatusError:
                continue

    async def async_wait_until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Wait until a condition on the calls holds; return whether it did in time.

        Cancelling ends only the wait; unloading the number ends it, too.
        """
        updated = asyncio.Event()
        remove_listener = self.async_add_listener(updated.set)
        self._waiting.add(updated)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    while not holds() and not self._shutdown_requested:
                        updated.clear()
                        await updated.wait()
        finally:
            self._waiting.remove(updated)
            remove_listener()
        return holds()

    @override
    async def async_shutdown(self) -> None:
        """End all polls and waits."""
        await super().async_shutdown()
        self._warmer.async_set_call(None)
        self.calls.close()
        for waiting in self._waiting:
            waiting.set()

    async def async_wait_for_answer(self, call_id: str, seconds: float) -> bool:
        """Wait until a call is answered or over, and poll often; return whether answered.

        The call goes on when the time has passed. Cancelling ends only the wait.
        """
        calls = self.calls
        with self._polling_often():
            await self.async_wait_until(
                lambda: calls.was_answered(call_id) or calls.is_over(call_id) is True, seconds
            )
        if not calls.was_answered(call_id) and not calls.is_over(call_id):
            # The last delivery may have been lost. If no answer comes, the log has to do.
            with suppress(PilotStatusError):
                return (await self.async_refresh_call(call_id)).was_answered
        return calls.was_answered(call_id)

    @override
    async def _async_update_data(self) -> None:
        """Ask for the newest calls, and for live ones that are not among them."""
        self._changes += self.calls.expire()
        try:
            snapshot = await self._background_client.list_calls()
            snapshot += await self._lost_calls(snapshot)
        except (InvalidAuthError, TenantKeyError) as err:
            raise ConfigEntryAuthFailed(
                translation_domain=DOMAIN, translation_key=translation_key(err)
            ) from err
        except PilotStatusError as err:
            if isinstance(err, NotConnectedError):
                self.async_set_connected(connected=False)
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key=translation_key(err),
                translation_placeholders=error_placeholders(err),
            ) from err
        is_new = any(self.calls.find(call.id) is None for call in snapshot)
        self.polling.record_poll(dt_util.utcnow(), found_new_call=is_new)
        self._changes += self.calls.merge(snapshot, is_list=True)
        self._adapt_interval()

    async def _lost_calls(self, snapshot: list[Call]) -> list[Call]:
        """Return calls that count as live and are not in a snapshot, a few of them at a time.

        What the server has to say of one call does not keep the others from being polled.
        """
        listed = {call.id for call in snapshot} | {call.external_id for call in snapshot}
        missing = [call.id for call in self.calls.live_calls if call.id not in listed]
        lost = []
        for call_id in self.polling.take_turns(missing):
            try:
                lost.append(await self._background_client.get_call(call_id))
            except NotFoundError:
                self._changes += self.calls.apply_not_found(call_id)
            except PilotStatusError as err:
                if isinstance(err, InvalidAuthError | TenantKeyError):
                    raise
        return lost

    @contextmanager
    def _polling_often(self) -> Iterator[None]:
        """Poll as if nothing were delivered."""
        self.polling.waiting += 1
        self._reschedule()
        try:
            yield
        finally:
            self.polling.waiting -= 1
            self._reschedule()

    @callback
    def _reschedule(self) -> None:
        """Choose again when to poll next."""
        self._adapt_interval()
        if self._listeners:
            self._schedule_refresh()

    @callback
    def _adapt_interval(self) -> None:
        self.update_interval = self.polling.interval(is_live=bool(self.calls.live_calls))
        awaited = None if self._shutdown_requested else self.calls.awaited_call
        self._warmer.async_set_call(None if awaited is None else awaited.id)
