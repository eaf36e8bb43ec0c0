"""Receives deliveries; has the registration at Pilot Status kept up to date."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from http import HTTPStatus
import logging
from typing import Any, Final

from aiohttp import StreamReader, hdrs, web

from homeassistant.components import webhook
from homeassistant.const import CONF_WEBHOOK_ID, EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later, async_track_time_interval

from .api import (
    SIGNATURE_HEADER,
    PilotStatusError,
    is_signed,
    parse_event,
    parse_json,
    read_body,
)
from .const import CONF_WEBHOOK_SECRET, DOMAIN
from .data import PilotStatusConfigEntry
from .delivered import HandledDeliveries
from .issues import DELIVERIES_MISSING, async_set_issue

_LOGGER = logging.getLogger(__name__)

_MAX_BODY: Final = 64 * 1024
_FIRST_TIMEOUT: Final = 10
_CHECK_INTERVAL: Final = timedelta(minutes=15)
#: After a failure, in seconds; the last one repeats.
_RETRY_DELAYS: Final = (5, 30, 60, 120, 240, 480, 900)


class WebhookManager:
    """Receives the deliveries of one number, and has its webhook at Pilot Status reconciled."""

    def __init__(self, hass: HomeAssistant, entry: PilotStatusConfigEntry) -> None:
        """Prepare for a number that has been set up."""
        self._hass = hass
        self._entry = entry
        self._number = entry.runtime_data
        self._lock = asyncio.Lock()
        self._failures = 0
        self._cancel_retry: CALLBACK_TYPE | None = None
        self._has_reconciled = False
        # Whether deliveries were missing when that was last looked at.
        self._is_missing: bool | None = None
        self._handled = HandledDeliveries()

    async def async_prepare(self) -> None:
        """Take deliveries from now on.

        A new number gets its webhook first of all, so that no call can ring between asking for
        the calls and hearing of new ones.
        """
        hass, entry = self._hass, self._entry
        is_new = CONF_WEBHOOK_ID not in entry.data
        if is_new:
            webhook_id = webhook.async_generate_id()
            hass.config_entries.async_update_entry(
                entry, data={**entry.data, CONF_WEBHOOK_ID: webhook_id}
            )
        webhook_id = entry.data[CONF_WEBHOOK_ID]
        # All methods, since Home Assistant logs the id of a webhook whose method is not allowed.
        methods = [hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_POST, hdrs.METH_PUT]
        webhook.async_register(
            hass, DOMAIN, entry.title, webhook_id, self._handle, allowed_methods=methods
        )
        entry.async_on_unload(lambda: webhook.async_unregister(hass, webhook_id))
        entry.async_on_unload(self._stop_retry)
        if is_new:
            with suppress(TimeoutError):
                async with asyncio.timeout(_FIRST_TIMEOUT):
                    await self.async_reconcile()

    @callback
    def async_start(self) -> None:
        """Keep the webhook reconciled in the background."""
        hass, entry = self._hass, self._entry
        entry.async_on_unload(
            async_track_time_interval(hass, self._on_time, _CHECK_INTERVAL, cancel_on_shutdown=True)
        )
        entry.async_on_unload(self._number.coordinator.async_add_listener(self._watch))
        entry.async_on_unload(hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._on_config))
        if "cloud" in hass.config.components:
            from homeassistant.components import cloud  # noqa: PLC0415 - only if it is set up

            entry.async_on_unload(cloud.async_listen_connection_change(hass, self._on_cloud))
        if not self._has_reconciled and self._cancel_retry is None:
            self._check()

    @callback
    def _on_time(self, _now: datetime) -> None:
        self._check()

    @callback
    def _on_config(self, _event: Event) -> None:
        self._check()

    async def _on_cloud(self, _state: Any) -> None:
        self._check()

    @callback
    def _check(self) -> None:
        self._entry.async_create_background_task(
            self._hass, self.async_reconcile(), f"{DOMAIN} webhook"
        )

    async def async_reconcile(self) -> None:
        """Make the server's webhook the one that is wanted: one, here, active, complete.

        A failure is logged once and tried again later; so is the recovery from it logged.
        """
        async with self._lock:
            self._stop_retry()
            try:
                await self._number.registration.async_reconcile()
            except PilotStatusError as err:
                self._retry_later(err)
                return
            if self._failures:
                _LOGGER.info("The webhook of %s at Pilot Status is registered", self._entry.title)
            self._failures = 0
            self._has_reconciled = True

    @callback
    def _watch(self) -> None:
        """Report that deliveries are missing, and that they arrive again, and log each once."""
        is_missing = self._number.coordinator.polling.misses_deliveries
        if is_missing is self._is_missing or not (is_missing or self._number.observed.deliveries):
            return
        was_missing, self._is_missing = self._is_missing, is_missing
        if is_missing:
            _LOGGER.warning("Events of calls of %s do not arrive", self._entry.title)
            self._entry.async_create_background_task(
                self._hass, self._async_report_missing(), f"{DOMAIN} missing deliveries"
            )
        else:
            if was_missing:
                _LOGGER.info("Events of calls of %s arrive again", self._entry.title)
            async_set_issue(self._hass, self._entry, DELIVERIES_MISSING, present=False)

    async def _async_report_missing(self) -> None:
        found = await self._number.registration.async_find_cause()
        cause, placeholders = found or (None, {})
        if self._is_missing:
            async_set_issue(
                self._hass,
                self._entry,
                DELIVERIES_MISSING,
                present=True,
                cause=cause,
                **placeholders,
            )

    @callback
    def _retry_later(self, err: PilotStatusError) -> None:
        if not self._failures:
            _LOGGER.warning(
                "The webhook of %s at Pilot Status could not be registered: %s",
                self._entry.title,
                err,
            )
        delay = _RETRY_DELAYS[min(self._failures, len(_RETRY_DELAYS) - 1)]
        self._failures += 1
        self._cancel_retry = async_call_later(self._hass, delay, self._on_time)

    @callback
    def _stop_retry(self) -> None:
        if self._cancel_retry is not None:
            self._cancel_retry()
            self._cancel_retry = None

    async def _handle(
        self, _hass: HomeAssistant, _webhook_id: str, request: web.Request
    ) -> web.Response:
        """Handle a delivery; the answer is the status alone.

        Nothing is raised: Home Assistant would log it with the id of the webhook.
        """
        if request.method != hdrs.METH_POST:
            return web.Response(status=HTTPStatus.METHOD_NOT_ALLOWED)
        try:
            status, body = await self._read(request)
            is_taken = status is HTTPStatus.OK
            is_repeated = body in self._handled
            delivery = parse_json(body) if is_taken and not is_repeated else {}
        except Exception as err:  # noqa: BLE001 - whatever a stranger's request makes of itself
            _LOGGER.debug("A delivery could not be read: %s", type(err).__name__)
            if isinstance(request.content, StreamReader):
                # Else aiohttp would read on, and log a traceback of the same failure.
                request.content.feed_eof()
            response = web.Response(status=HTTPStatus.BAD_REQUEST)
            response.force_close()
            return response
        if not isinstance(delivery, dict):
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        observed = self._number.observed
        observed.repeated += is_taken and is_repeated
        observed.refused += status is HTTPStatus.UNAUTHORIZED
        try:
            if delivery:
                observed.record_delivery(delivery, request.headers)
            event = parse_event(delivery)
            if event is not None and self._number.coordinator.async_handle_event(event):
                self._handled.add(body)
            self._watch()
        except Exception:
            _LOGGER.exception("A delivery could not be handled")
            return web.Response(status=HTTPStatus.INTERNAL_SERVER_ERROR)
        return web.Response(status=status)

    async def _read(self, request: web.Request) -> tuple[HTTPStatus, bytes]:
        """Return the status of the answer to a delivery, and its body, if it counts."""
        body = await read_body(request.content, _MAX_BODY)
        if body is None:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b""
        secret = self._entry.options.get(CONF_WEBHOOK_SECRET)
        if secret and not is_signed(body, secret, request.headers.get(SIGNATURE_HEADER)):
            return HTTPStatus.UNAUTHORIZED, b""
        return HTTPStatus.OK, bytes(body)
