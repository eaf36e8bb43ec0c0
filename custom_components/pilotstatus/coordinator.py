"""What is known of one number, and when to ask the server for more."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
import logging
from typing import Final

from yarl import URL

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_API_KEY
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .api import (
    ActionResult,
    CallStatus,
    InvalidAuthError,
    PilotStatusClient,
    PilotStatusError,
    RateLimitedError,
    TenantKeyError,
)
from .calls import CallLog
from .const import CONF_BASE_URL, CONF_KEY_TYPE, DOMAIN
from .hosts import is_private_host
from .media import check_media_url, without_secrets
from .refusal import Refusal

type PilotStatusConfigEntry = ConfigEntry[PilotStatusCoordinator]

_LOGGER = logging.getLogger(__name__)

_IDLE_INTERVAL: Final = timedelta(seconds=60)
_LIVE_INTERVAL: Final = timedelta(seconds=5)


class PlaybackStatus(StrEnum):
    """How the last play ended, as far as the API tells: it knows of no end of playing."""

    ACCEPTED = "accepted"
    QUEUED = "queued"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Playback:
    """The last play. ``media_url`` has no query; ``error`` is the cause of a failure."""

    status: PlaybackStatus
    call_id: str
    media_url: str | None
    error: str | None = None


def error_placeholders(err: PilotStatusError) -> dict[str, str]:
    """Return what the translated sentence for an error may name."""
    wait = err.retry_after if isinstance(err, RateLimitedError) else 0
    return {
        "reason": err.reason or err.code or "?",
        "status": str(err.status or "?"),
        "wait": f"{wait:.0f}",
    }


class PilotStatusCoordinator(DataUpdateCoordinator[CallLog]):
    """Owns the client and the calls of one number, and the state of the last play."""

    config_entry: PilotStatusConfigEntry

    def __init__(self, hass: HomeAssistant, entry: PilotStatusConfigEntry) -> None:
        """Prepare; the first refresh asks the server."""
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=DOMAIN,
            update_interval=_IDLE_INTERVAL,
        )
        self.client = PilotStatusClient(
            async_get_clientsession(hass),
            entry.data[CONF_API_KEY],
            key_type=entry.data[CONF_KEY_TYPE],
            base_url=entry.data[CONF_BASE_URL],
        )
        self.calls = CallLog()
        self.last_playback: Playback | None = None
        #: How often each action has failed since it last succeeded.
        self.failures: Counter[str] = Counter()
        self._is_private_server = is_private_host(URL(entry.data[CONF_BASE_URL]).host or "")

    async def play(self, call_id: str, media_url: str) -> ActionResult:
        """Play the audio at a URL into a call, and keep how that went.

        Raises Refusal before anything is sent, PilotStatusError after.
        """
        try:
            checked = check_media_url(media_url, allow_private=self._is_private_server)
            result = await self.client.play(call_id, checked)
        except (PilotStatusError, Refusal) as err:
            self.last_playback = Playback(
                status=PlaybackStatus.FAILED,
                call_id=call_id,
                media_url=without_secrets(media_url),
                error=err.cause,
            )
            self.async_update_listeners()
            raise
        queued = is_queued(result)
        self.last_playback = Playback(
            status=PlaybackStatus.QUEUED if queued else PlaybackStatus.ACCEPTED,
            call_id=result.call_id,
            media_url=without_secrets(media_url),
        )
        self._take_answer(result)
        return result

    async def _async_update_data(self) -> CallLog:
        """Ask for the newest calls."""
        try:
            self.calls.merge(await self.client.list_calls())
        except (InvalidAuthError, TenantKeyError) as err:
            raise ConfigEntryAuthFailed(
                translation_domain=DOMAIN, translation_key=err.cause
            ) from err
        except PilotStatusError as err:
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key=err.cause,
                translation_placeholders=error_placeholders(err),
            ) from err
        self._adapt_interval()
        return self.calls

    @callback
    def _take_answer(self, result: ActionResult) -> None:
        """Show what an action's answer says of its call, at once."""
        known = self.calls.apply(result)
        self._adapt_interval()
        self.async_set_updated_data(self.calls)
        if not known:
            self.config_entry.async_create_background_task(
                self.hass, self.async_request_refresh(), f"{DOMAIN} refresh"
            )

    @callback
    def _adapt_interval(self) -> None:
        self.update_interval = _LIVE_INTERVAL if self.calls.live_calls else _IDLE_INTERVAL


def is_queued(result: ActionResult) -> bool:
    """Whether a play waits for its call to be answered."""
    return result.status in {CallStatus.INITIATED, CallStatus.RINGING}
