"""Diagnostics that a user can attach to an issue: nothing secret."""

import asyncio
from contextlib import suppress
from dataclasses import asdict
from typing import Any, Final

import phonenumbers

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_API_KEY, CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant

from .api import PilotStatusError
from .const import CONF_CLOUDHOOK_URL, CONF_WEBHOOK_SECRET
from .coordinator import PilotStatusCoordinator
from .data import PilotStatusConfigEntry, PilotStatusData

_SECRETS: Final = {
    CONF_API_KEY,
    "error_message",
    "media",
    "peer_number",
    CONF_CLOUDHOOK_URL,
    CONF_WEBHOOK_ID,
    CONF_WEBHOOK_SECRET,
}
#: Seconds in which the server may say what became of deliveries.
_LOG_TIMEOUT: Final = 5


async def async_get_config_entry_diagnostics(
    _hass: HomeAssistant, entry: PilotStatusConfigEntry
) -> dict[str, Any]:
    """Return the state of one number, redacted."""
    number = entry.runtime_data
    coordinator, playback = number.coordinator, number.player.last
    return async_redact_data(
        {
            "data": dict(entry.data),
            "options": dict(entry.options),
            "number": {
                "provider": coordinator.number and coordinator.number.provider,
                "rejects_calls": coordinator.number and coordinator.number.rejects_calls,
                "connected": coordinator.connected,
            },
            "webhook": await _webhook(number),
            "polling": _polling(coordinator),
            "failures": {it: dict(causes) for it, causes in number.failures.counts.items()},
            "contacts": len(number.contacts.all),
            "calls": [asdict(call) for call in coordinator.calls.all],
            "last_playback": playback and playback.as_dict(),
            "observed": number.observed.as_dict(),
            "phone_numbers": phonenumbers.__version__,
        },
        _SECRETS,
    )


async def _webhook(number: PilotStatusData) -> dict[str, Any]:
    """Return what is known of the webhook, and what became of its last deliveries.

    ``log`` is ``None`` if the server does not say.
    """
    registration, observed = number.registration, number.observed
    log = None
    if (webhook := registration.webhook) is not None:
        with suppress(PilotStatusError, TimeoutError):
            async with asyncio.timeout(_LOG_TIMEOUT):
                records = await number.client.in_background().list_deliveries(webhook.id)
                log = [asdict(record) for record in records]
    return {
        "registered": webhook is not None,
        "active": webhook and webhook.active,
        "events": webhook and sorted(webhook.events),
        "address": registration.address,
        "error": registration.error,
        "last_delivery": observed.last_delivery,
        "deliveries": observed.deliveries,
        "log": log,
    }


def _polling(coordinator: PilotStatusCoordinator) -> dict[str, Any]:
    error = None if coordinator.last_update_success else coordinator.last_exception
    interval = coordinator.update_interval
    return {
        "interval": interval and interval.total_seconds(),
        "last_success": coordinator.polling.polled_at,
        "last_error": getattr(error, "translation_key", None) or (error and type(error).__name__),
    }
