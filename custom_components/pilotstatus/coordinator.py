"""What is known of one number, and when to ask the server for more."""

from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
import logging
from typing import Any, Final

from yarl import URL

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_API_KEY
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .api import (
    Call,
    CallEvent,
    CallEventKind,
    InvalidAuthError,
    NotConnectedError,
    NotFoundError,
    NumberEvent,
    PilotStatusClient,
    PilotStatusError,
    RateLimitedError,
    TenantKeyError,
)
from .call_log import CallChange, CallLog
from .const import CONF_BASE_URL, CONF_KEY_TYPE, DOMAIN
from .issues import DELIVERIES_MISSING, async_set_issue
from .media.store import MediaStore
from .network import is_private_host
from .playback_state import Playback

type PilotStatusConfigEntry = ConfigEntry[PilotStatusCoordinator]
type ChangeListener = Callable[[CallChange], None]

_LOGGER = logging.getLogger(__name__)

_IDLE_INTERVAL: Final = timedelta(seconds=60)
_LIVE_INTERVAL: Final = timedelta(seconds=5)
_PUSHED_IDLE_INTERVAL: Final = timedelta(minutes=15)
_PUSHED_LIVE_INTERVAL: Final = timedelta(seconds=60)
#: After so many polls in a row that found a call nobody had told of, deliveries are missing.
_UNTOLD_LIMIT: Final = 3


def make_client(hass: HomeAssistant, data: Mapping[str, Any], **more: float) -> PilotStatusClient:
    """Return a client for the data of an entry; ``more`` is the client's own."""
    return PilotStatusClient(
        async_get_clientsession(hass),
        data[CONF_API_KEY],
        key_type=data[CONF_KEY_TYPE],
        base_url=data[CONF_BASE_URL],
        **more,
    )


def error_placeholders(err: PilotStatusError) -> dict[str, str]:
    """Return what the translated sentence for an error may name."""
    wait = err.retry_after if isinstance(err, RateLimitedError) else 0
    return {
        "reason": err.reason or err.code or "?",
        "status": str(err.status or "?"),
        "wait": f"{wait:.0f}",
    }


class PilotStatusCoordinator(DataUpdateCoordinator[CallLog]):
    """Owns the client and the calls of one number; polls, and takes what is pushed."""

    config_entry: PilotStatusConfigEntry

    def __init__(self, hass: HomeAssistant, entry: PilotStatusConfigEntry) -> None:
        """Prepare; the first refresh asks the server."""
        super().__init__(
            hass, _LOGGER, config_entry=entry, name=DOMAIN, update_interval=_IDLE_INTERVAL
        )
        self.client = make_client(hass, entry.data)
        self.calls = CallLog()
        self.last_playback: Playback | None = None
        self.media = MediaStore(self.is_over)
        #: Whether the number is linked to WhatsApp; ``None`` while that is not known.
        self.connected: bool | None = None
        #: How often each action has failed since it last succeeded.
        self.failures: Counter[str] = Counter()
        #: Whether the server is itself on this network, and so reaches what is on it.
        self.is_private_server = is_private_host(URL(entry.data[CONF_BASE_URL]).host or "")
        self._has_webhook = False
        self._has_polled = False
        self._untold = 0
        self._waiting = 0
        self._change_listeners: list[ChangeListener] = []

    @callback
    def async_add_change_listener(self, listener: ChangeListener) -> CALLBACK_TYPE:
        """Hear of each change of a call; return how to stop that."""
        self._change_listeners.append(listener)
        return lambda: self._change_listeners.remove(listener)

    @callback
    def async_set_webhook(self, *, present: bool) -> None:
        """Learn whether the server has a webhook that delivers to this house."""
        is_new = present and not self._has_webhook
        self._has_webhook = present
        self._reschedule()
        if is_new:
            # What rang before the webhook was there has been delivered to nobody.
            self._in_background(self.async_refresh_calls())

    @callback
    def async_set_connected(self, connected: bool | None) -> None:  # noqa: FBT001
        """Learn whether the number is linked to WhatsApp."""
        if connected is not None and connected is not self.connected:
            self.connected = connected
            self.async_update_listeners()

    @callback
    def async_set_playback(self, playback: Playback) -> None:
        """Show how the last play went."""
        self.last_playback = playback
        self.async_update_listeners()

    @callback
    def async_take_event(self, event: CallEvent | NumberEvent) -> None:
        """Take in what was delivered."""
        self._untold = 0
        async_set_issue(self.hass, self.config_entry, DELIVERIES_MISSING, present=False)
        if isinstance(event, NumberEvent):
            self.async_set_connected(event.is_connected)
            return
        revision = self.calls.revision
        changes = self.calls.apply_event(event)
        if self.calls.revision == revision:
            return
        self.async_take_changes(changes)
        if changes and event.kind is CallEventKind.RINGING:
            # Confirms the call and warms the connection: the answer then needs no handshake.
            self.async_refresh_in_background(changes[0].call.id)

    @callback
    def async_take_changes(self, changes: list[CallChange]) -> None:
        """Show what an event or an answer changed, at once."""
        self._adapt_interval()
        self.media.purge()
        self.async_set_updated_data(self.calls)
        for change in changes:
            self._tell(change)

    @callback
    def async_refresh_in_background(self, call_id: str) -> None:
        """Ask for one call without making anybody wait."""
        self._in_background(self.async_refresh_call(call_id))

    @callback
    def _in_background(self, question: Coroutine[Any, Any, Any]) -> None:
        """Ask without making anybody wait; where no answer comes, the next poll has one."""

        async def ask() -> None:
            with suppress(PilotStatusError):
                await question

        self.config_entry.async_create_background_task(self.hass, ask(), f"{DOMAIN} question")

    async def async_refresh_call(self, call_id: str) -> Call:
        """Ask for one call and return what is known of it then.

        Raises PilotStatusError.
        """
        call = await self.client.get_call(call_id)
        self.async_take_changes(self.calls.merge([call]))
        return self.calls.find(call.id) or call

    async def async_refresh_calls(self) -> None:
        """Ask for the newest calls now. Raises PilotStatusError."""
        self.async_take_changes(self.calls.merge(await self.client.list_calls()))

    async def async_refresh_number(self) -> None:
        """Ask whether the number is linked to WhatsApp, where the key may see that."""
        with suppress(PilotStatusError):
            for number in await self.client.list_numbers():
                if number.id == self.config_entry.unique_id:
                    self.async_set_connected(number.is_connected)

    @contextmanager
    def polling_fast(self) -> Iterator[None]:
        """Poll as if nothing were pushed, while somebody waits for a call."""
        self._waiting += 1
        self._reschedule()
        try:
            yield
        finally:
            self._waiting -= 1
            self._reschedule()

    async def _async_update_data(self) -> CallLog:
        """Ask for the newest calls, and for live ones that are not among them."""
        try:
            snapshot = await self.client.list_calls()
            snapshot += await self._lost_calls(snapshot)
        except (InvalidAuthError, TenantKeyError) as err:
            raise ConfigEntryAuthFailed(
                translation_domain=DOMAIN, translation_key=err.cause
            ) from err
        except PilotStatusError as err:
            if isinstance(err, NotConnectedError):
                self.async_set_connected(connected=False)
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key=err.cause,
                translation_placeholders=error_placeholders(err),
            ) from err
        untold = any(self.calls.find(call.id) is None for call in snapshot)
        if untold and self._has_webhook and self._has_polled:
            self._miss_delivery()
        self._has_polled = True
        self.media.purge()
        changes = self.calls.merge(snapshot)
        self._adapt_interval()
        for change in changes:
            self._tell(change)
        return self.calls

    async def _lost_calls(self, snapshot: list[Call]) -> list[Call]:
        """Return the calls that count as live and are not among the newest."""
        listed = {call.id for call in snapshot} | {call.external_id for call in snapshot}
        lost = []
        for call in self.calls.live_calls:
            if call.id not in listed:
                try:
                    lost.append(await self.client.get_call(call.id))
                except NotFoundError:
                    self.calls.forget(call.id)
        return lost

    def is_over(self, call_id: str) -> bool | None:
        """Whether a call is over, ``None`` where it is not known."""
        call = self.calls.find(call_id)
        return None if call is None else call.is_over

    @callback
    def _miss_delivery(self) -> None:
        self._untold += 1
        if self._untold == _UNTOLD_LIMIT:
            async_set_issue(self.hass, self.config_entry, DELIVERIES_MISSING, present=True)

    @callback
    def _tell(self, change: CallChange) -> None:
        for listener in tuple(self._change_listeners):
            listener(change)

    @callback
    def _reschedule(self) -> None:
        """Choose anew when to ask next."""
        self._adapt_interval()
        if self._listeners:
            self._schedule_refresh()

    @callback
    def _adapt_interval(self) -> None:
        live = self.calls.live_calls
        if self._waiting or not self._has_webhook or self._untold >= _UNTOLD_LIMIT:
            self.update_interval = _LIVE_INTERVAL if live else _IDLE_INTERVAL
        else:
            self.update_interval = _PUSHED_LIVE_INTERVAL if live else _PUSHED_IDLE_INTERVAL
