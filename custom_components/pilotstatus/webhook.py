"""Deliveries of Pilot Status, and the one webhook there that asks for them."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from http import HTTPStatus
import json
import logging
from typing import Any, Final

from aiohttp import hdrs, web

from homeassistant.components import webhook
from homeassistant.const import CONF_WEBHOOK_ID, EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from .api import (
    CALL_EVENTS,
    NUMBER_EVENTS,
    SIGNATURE_HEADER,
    CallEvent,
    PilotStatusClient,
    PilotStatusError,
    Webhook,
    is_signed,
    parse_event,
)
from .const import CONF_CLOUDHOOK_URL, CONF_WEBHOOK_SECRET, DOMAIN
from .coordinator import PilotStatusConfigEntry, make_client
from .issues import NO_EXTERNAL_URL, async_set_issue
from .network import house_url

_LOGGER = logging.getLogger(__name__)

_EVENTS: Final = frozenset(CALL_EVENTS + NUMBER_EVENTS)
_NAME: Final = "Home Assistant"
_MAX_BODY: Final = 64 * 1024
_REMEMBERED: Final = 2048
_REMOVE_TIMEOUT: Final = 10
_CHECK_INTERVAL: Final = timedelta(minutes=15)


class WebhookManager:
    """Receives the deliveries of one number, and keeps its webhook at Pilot Status in step."""

    def __init__(self, hass: HomeAssistant, entry: PilotStatusConfigEntry) -> None:
        """Belong to a number that has been set up."""
        self._hass = hass
        self._entry = entry
        self._coordinator = entry.runtime_data
        self._lock = asyncio.Lock()
        # The deliveries that came last, by what makes one: an event has no id of its own.
        self._seen: dict[tuple[str, ...], None] = {}
        self._is_in_step = True

    @callback
    def async_start(self) -> None:
        """Receive deliveries from now on, and bring the server in step in the background."""
        hass, entry = self._hass, self._entry
        if CONF_WEBHOOK_ID not in entry.data:
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
        entry.async_on_unload(
            async_track_time_interval(hass, self._on_time, _CHECK_INTERVAL, cancel_on_shutdown=True)
        )
        entry.async_on_unload(hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._on_config))
        if "cloud" in hass.config.components:
            from homeassistant.components import cloud  # noqa: PLC0415 - only where it runs

            entry.async_on_unload(cloud.async_listen_connection_change(hass, self._on_cloud))
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
        """Make the server's webhook the one that is wanted: one, here, active, complete."""
        async with self._lock:
            await self._coordinator.async_refresh_number()
            client = self._coordinator.client
            try:
                url = await self._delivery_url()
                own = [it for it in await client.list_webhooks() if _is_own(self._entry, it)]
                wanted = [it for it in own if it.url == url] or own
                kept = wanted[0] if wanted and url else None
                for leftover in own:
                    if leftover is not kept:
                        await client.delete_webhook(leftover.id)
                if url is not None:
                    kept = await self._in_step(client, kept, url)
            except PilotStatusError as err:
                self._log_once(err)
                self._coordinator.async_set_webhook(present=False)
                return
            self._is_in_step = True
            async_set_issue(self._hass, self._entry, NO_EXTERNAL_URL, present=url is None)
            # A number that cannot emit calls has a webhook, but polling must serve.
            complete = kept is not None and kept.events >= set(CALL_EVENTS)
            self._coordinator.async_set_webhook(present=complete)

    async def _in_step(self, client: PilotStatusClient, kept: Webhook | None, url: str) -> Webhook:
        """Return the webhook as it is wanted; events the number cannot emit stay away."""
        if kept is None:
            return await client.create_webhook(url, _NAME, _EVENTS)
        if kept.url == url and kept.active and kept.events >= _EVENTS:
            return kept
        return await client.update_webhook(kept.id, url, _EVENTS)

    async def _delivery_url(self) -> str | None:
        """Return where Pilot Status can deliver to, ``None`` where it cannot reach the house."""
        if (url := await self._cloudhook_url()) is not None:
            return url
        base = house_url(
            self._hass, private_server=self._coordinator.is_private_server, allow_cloud=False
        )
        if base is None:
            return None
        return base + webhook.async_generate_path(self._entry.data[CONF_WEBHOOK_ID])

    async def _cloudhook_url(self) -> str | None:
        """Return the address at the Home Assistant Cloud, where there is a subscription."""
        hass, entry = self._hass, self._entry
        if "cloud" not in hass.config.components:
            return None
        from homeassistant.components import cloud  # noqa: PLC0415 - only where it runs

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
    def _log_once(self, err: PilotStatusError) -> None:
        if self._is_in_step:
            _LOGGER.warning("The webhook at Pilot Status could not be kept in step: %s", err)
        self._is_in_step = False

    async def _handle(
        self, _hass: HomeAssistant, _webhook_id: str, request: web.Request
    ) -> web.Response:
        """Take in one delivery; the answer is the status alone."""
        if request.method != hdrs.METH_POST:
            return web.Response(status=HTTPStatus.METHOD_NOT_ALLOWED)
        body = await _read(request)
        if body is None:
            return web.Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        secret = self._entry.options.get(CONF_WEBHOOK_SECRET)
        if secret and not is_signed(body, secret, request.headers.get(SIGNATURE_HEADER)):
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        try:
            data = json.loads(body)
        except ValueError:
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        if not isinstance(data, dict):
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        event = parse_event(data)
        if event is not None and not (isinstance(event, CallEvent) and self._is_repeat(event)):
            self._coordinator.async_take_event(event)
        return web.Response(status=HTTPStatus.OK)

    def _is_repeat(self, event: CallEvent) -> bool:
        key = (event.kind, event.call.id, str(event.call.status), str(event.timestamp))
        if key in self._seen:
            return True
        self._seen[key] = None
        if len(self._seen) > _REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return False


async def _read(request: web.Request) -> bytes | None:
    """Return the raw body, ``None`` for one over the limit.

    From the stream: a request that comes through the cloud has no ``read``, and makes a new
    stream each time it is asked for one.
    """
    stream = request.content
    body = b""
    while chunk := await stream.read(_MAX_BODY + 1 - len(body)):
        body += chunk
        if len(body) > _MAX_BODY:
            return None
    return body


async def async_remove_webhook(hass: HomeAssistant, entry: PilotStatusConfigEntry) -> None:
    """Take the number's webhook away, as far as server and cloud can be reached."""
    if CONF_WEBHOOK_ID not in entry.data:
        return
    client = make_client(hass, entry.data, budget=0)
    with suppress(PilotStatusError, TimeoutError):
        async with asyncio.timeout(_REMOVE_TIMEOUT):
            for candidate in await client.list_webhooks():
                if _is_own(entry, candidate):
                    await client.delete_webhook(candidate.id)
    if CONF_CLOUDHOOK_URL in entry.data and "cloud" in hass.config.components:
        from homeassistant.components import cloud  # noqa: PLC0415 - only where it runs

        with suppress(cloud.CloudNotAvailable, ValueError):
            await cloud.async_delete_cloudhook(hass, entry.data[CONF_WEBHOOK_ID])


def _is_own(entry: PilotStatusConfigEntry, candidate: Webhook) -> bool:
    """Whether a webhook of the server delivers, or once delivered, to this entry."""
    path = webhook.async_generate_path(entry.data[CONF_WEBHOOK_ID])
    return candidate.url.endswith(path) or candidate.url == entry.data.get(CONF_CLOUDHOOK_URL)
