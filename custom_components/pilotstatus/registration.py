"""The webhook of a number at Pilot Status: registered, moved, repaired and removed."""

import asyncio
from contextlib import suppress
from http import HTTPStatus
from typing import Final

from homeassistant.components import webhook
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant, callback

from .api import (
    CALL_EVENTS,
    NUMBER_EVENTS,
    PilotStatusClient,
    PilotStatusError,
    Webhook,
)
from .call_state import LONG_AGO
from .client import make_client
from .const import CONF_CLOUDHOOK_URL, CONF_WEBHOOK_SECRET
from .coordinator import PilotStatusCoordinator
from .errors import translation_key
from .identity import async_learn_number, find_number_id
from .issues import CALLS_REJECTED, NO_EXTERNAL_URL, OTHER_INSTALLATION, async_set_issue
from .network import AddressKind, address_kind, reachable_url

_EVENTS: Final = frozenset(CALL_EVENTS + NUMBER_EVENTS)
_NAME: Final = "Home Assistant"
_REMOVE_TIMEOUT: Final = 10
#: Deliveries of which the server is asked what became of them.
_NEWEST: Final = 5


class Registration:
    """The webhook of one number, as the server has it.

    ``webhook`` is ``None`` while nothing is delivered here, ``address`` the way by which it is,
    ``error`` the translation key of why the server could not be asked, if so.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: PilotStatusClient,
        coordinator: PilotStatusCoordinator,
        *,
        is_private_server: bool,
    ) -> None:
        """Register nothing yet."""
        self.webhook: Webhook | None = None
        self.address = AddressKind.NONE
        self.error: str | None = None
        self._hass = hass
        self._entry = entry
        self._client = client
        self._coordinator = coordinator
        self._lock = asyncio.Lock()
        self._is_private_server = is_private_server
        # Where this installation has had deliveries sent, since it was started.
        self._registered_url: str | None = None

    async def async_reconcile(self) -> None:
        """Make the server's webhook the one that is wanted: one, here, active, complete.

        Whether the number is linked, and how it is set, is asked on the way. Raises
        PilotStatusError.
        """
        async with self._lock:
            await self._coordinator.async_refresh_number()
            number = self._coordinator.number
            if number is not None and number.rejects_calls is not None:
                self._set_issue(CALLS_REJECTED, present=number.rejects_calls)
            try:
                self.webhook, is_new = await self._async_reconcile()
            except PilotStatusError as err:
                self.error = translation_key(err)
                self._coordinator.async_set_webhook(present=False)
                raise
            self.error = None
            # Of a number that cannot emit calls polling must serve.
            self._coordinator.async_set_webhook(present=self.is_complete, is_new=is_new)

    @callback
    def async_claim(self) -> None:
        """Take the webhook, next time, from another installation that has it."""
        self._registered_url = None

    @property
    def is_complete(self) -> bool:
        """Whether all that happens to calls is delivered here."""
        # A number that cannot emit calls has a webhook all the same.
        return self.webhook is not None and self.webhook.events >= set(CALL_EVENTS)

    async def async_find_cause(self) -> tuple[str, dict[str, str]] | None:
        """Return why deliveries do not arrive, and what fills its sentence; ``None`` if unknown.

        The server is asked what became of the last ones.
        """
        if self.webhook is None:
            return None
        try:
            records = await self._client.list_deliveries(self.webhook.id, limit=_NEWEST)
        except PilotStatusError:
            return None
        if not records:
            return "never_sent", {}
        # In which order they come is not documented.
        newest = max(records, key=lambda record: record.created_at or LONG_AGO)
        has_secret = bool(self._entry.options.get(CONF_WEBHOOK_SECRET))
        if newest.status == HTTPStatus.UNAUTHORIZED and has_secret:
            return "secret", {}
        if newest.status is not None and newest.succeeded is not True:
            return "status", {"status": str(newest.status)}
        return ("elsewhere" if newest.succeeded else "no_answer"), {}

    async def _async_reconcile(self) -> tuple[Webhook | None, bool]:
        """Return the one webhook of this number, and whether it was just made or changed.

        ``None`` if it cannot deliver here. Raises PilotStatusError.
        """
        client = self._client
        url = await self._delivery_url()
        self.address = address_kind(self._hass, url)
        self._set_issue(NO_EXTERNAL_URL, present=url is None)
        listed = await client.list_webhooks()
        async_learn_number(self._hass, self._entry, find_number_id(listed))
        own = [it for it in listed if _is_own(self._entry, it)]
        is_first = self._registered_url is None
        registered = [it for it in own if it.url in (url, self._registered_url)]
        # Another installation with the same webhook would take it back, and so on without end.
        is_shared = not is_first and len(registered) < len(own)
        self._set_issue(OTHER_INSTALLATION, present=is_shared)
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

    @callback
    def _set_issue(self, issue: str, *, present: bool) -> None:
        async_set_issue(self._hass, self._entry, issue, present=present)

    async def _delivery_url(self) -> str | None:
        """Return where Pilot Status can deliver to, ``None`` if it cannot reach Home Assistant."""
        if (url := await self._cloudhook_url()) is not None:
            return url
        base = reachable_url(
            self._hass, is_private_server=self._is_private_server, allow_cloud=False
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


async def async_unregister(hass: HomeAssistant, entry: ConfigEntry) -> None:
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


def _is_own(entry: ConfigEntry, candidate: Webhook) -> bool:
    """Whether a webhook of the server delivers, or once delivered, to this entry."""
    path = webhook.async_generate_path(entry.data[CONF_WEBHOOK_ID])
    return candidate.url.endswith(path) or candidate.url == entry.data.get(CONF_CLOUDHOOK_URL)
