"""Receives deliveries; keeps the registration at Pilot Status up to date."""

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
    CALL_EVENTS,
    NUMBER_EVENTS,
    SIGNATURE_HEADER,
    PilotStatusError,
    Webhook,
    is_signed,
    parse_event,
    parse_json,
    read_body,
)
from .client import make_client
from .const import CONF_CLOUDHOOK_URL, CONF_WEBHOOK_SECRET, DOMAIN
from .data import PilotStatusConfigEntry
from .delivered import HandledDeliveries
from .identity import async_learn_number, find_number_id
from .issues import NO_EXTERNAL_URL, OTHER_INSTALLATION, async_set_issue
from .network import reachable_url

_LOGGER = logging.getLogger(__name__)

_EVENTS: Final = frozenset(CALL_EVENTS + NUMBER_EVENTS)
_NAME: Final = "Home Assistant"
_MAX_BODY: Final = 64 * 1024
_REMOVE_TIMEOUT: Final = 10
_FIRST_TIMEOUT: Final = 10
_CHECK_INTERVAL: Final = timedelta(minutes=15)
#: After a failure, in seconds; the last one repeats.
_RETRY_DELAYS: Final = (5, 30, 60, 120, 240, 480, 900)


class WebhookManager:
    """Receives the deliveries of one number, and reconciles its webhook at Pilot Status."""

    def __init__(self, hass: HomeAssistant, entry: PilotStatusConfigEntry) -> None:
        """Prepare for a number that has been set up."""
        self._hass = hass
        self._entry = entry
        self._number = entry.runtime_data
        self._client = self._number.client.in_background()
        self._lock = asyncio.Lock()
        self._failures = 0
        self._cancel_retry: CALLBACK_TYPE | None = None
        # Where this installation has had deliveries sent, since it was started.
        self._registered_url: str | None = None
        self._has_reconciled = False
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
            await self._number.coordinator.async_refresh_number()
            try:
                kept, is_new = await self._reconcile()
            except PilotStatusError as err:
                self._retry_later(err)
                self._number.coordinator.async_set_webhook(present=False)
                return
            if self._failures:
                _LOGGER.info("The webhook of %s at Pilot Status is registered", self._entry.title)
            self._failures = 0
            self._has_reconciled = True
            # A number that cannot emit calls has a webhook, but polling must serve.
            is_complete = kept is not None and kept.events >= set(CALL_EVENTS)
            self._number.coordinator.async_set_webhook(present=is_complete, is_new=is_new)

    async def _reconcile(self) -> tuple[Webhook | None, bool]:
        """Return the one webhook of this number, and whether it was just made or changed.

        ``None`` if it cannot deliver here. Raises PilotStatusError.
        """
        client = self._client
        url = await self._delivery_url()
        async_set_issue(self._hass, self._entry, NO_EXTERNAL_URL, present=url is None)
        listed = await client.list_webhooks()
        async_learn_number(self._hass, self._entry, find_number_id(listed))
        own = [it for it in listed if _is_own(self._entry, it)]
        is_first = self._registered_url is None
        registered = [it for it in own if it.url in (url, self._registered_url)]
        # Another installation with the same webhook would take it back, and so on without end.
        is_shared = not is_first and len(registered) < len(own)
        async_set_issue(self._hass, self._entry, OTHER_INSTALLATION, present=is_shared)
        if is_shared and not registered:
            return None, False
        candidates = (registered or own) if url else []
        kept = candidates[0] if candidates else None
        for leftover in own if is_first and url else registered:
            if leftover is not kept:
                await client.delete_webhook(leftover.id)
        if url is None:
            return None, False
        is_new = kept is None or kept.url != url or not kept.active
        if kept is None:
            kept = await client.create_webhook(url, _NAME, _EVENTS)
            async_learn_number(self._hass, self._entry, find_number_id([kept]))
        # Events that the number cannot emit stay away.
        elif is_new or not kept.events >= _EVENTS:
            kept = await client.update_webhook(kept.id, url, _EVENTS)
        self._registered_url = url
        return kept, is_new

    async def _delivery_url(self) -> str | None:
        """Return where Pilot Status can deliver to, ``None`` if it cannot reach Home Assistant."""
        if (url := await self._cloudhook_url()) is not None:
            return url
        base = reachable_url(
            self._hass, is_private_server=self._number.is_private_server, allow_cloud=False
        )
        if base is None:
            return None
        return base + webhook.async_generate_path(self._entry.data[CONF_WEBHOOK_ID])

    async def _cloudhook_url(self) -> str | None:
        """Return the URL at Home Assistant Cloud, ``None`` without a subscription."""
        hass, entry = self._hass, self._entry
        if "cloud" not in hass.config.components:
            return None
        from homeassistant.components import cloud  # noqa: PLC0415 - only if it is set up

        if not cloud.async_active_subscription(hass):
            return None
        try:
            url = await cloud.async_get_or_create_cloudhook(hass, entry.data[CONF_WEBHOOK_ID])
        except cloud.CloudNotAvailable:
            # A passing loss of the connection: what was good before is good again soon.
            return entry.data.get(CONF_CLOUDHOOK_URL)
        if url != entry.data.get(CONF_CLOUDHOOK_URL):
            hass.config_entries.async_update_entry(
                entry, data={**entry.data, CONF_CLOUDHOOK_URL: url}
            )
        return url

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
            counts = status is HTTPStatus.OK and body not in self._handled
            delivery = parse_json(body) if counts else {}
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
        try:
            event = parse_event(delivery)
            if event is not None and self._number.coordinator.async_handle_event(event):
                self._handled.add(body)
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


async def async_remove_webhook(hass: HomeAssistant, entry: PilotStatusConfigEntry) -> None:
    """Delete the webhook of a number, if server and cloud can be reached."""
    if CONF_WEBHOOK_ID not in entry.data:
        return
    client = make_client(hass, entry.data, budget=0)
    with suppress(PilotStatusError, TimeoutError):
        async with asyncio.timeout(_REMOVE_TIMEOUT):
            for candidate in await client.list_webhooks():
                if _is_own(entry, candidate):
                    await client.delete_webhook(candidate.id)
    if CONF_CLOUDHOOK_URL in entry.data and "cloud" in hass.config.components:
        from homeassistant.components import cloud  # noqa: PLC0415 - only if it is set up

        with suppress(cloud.CloudNotAvailable, ValueError):
            await cloud.async_delete_cloudhook(hass, entry.data[CONF_WEBHOOK_ID])


def _is_own(entry: PilotStatusConfigEntry, candidate: Webhook) -> bool:
    """Whether a webhook of the server delivers, or once delivered, to this entry."""
    path = webhook.async_generate_path(entry.data[CONF_WEBHOOK_ID])
    return candidate.url.endswith(path) or candidate.url == entry.data.get(CONF_CLOUDHOOK_URL)
