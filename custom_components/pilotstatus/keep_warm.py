"""Keeps the connection to the server warm, so that a request pays no handshake."""

from collections.abc import Callable
from datetime import datetime
import time
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

#: Seconds. Home Assistant's session closes a connection that was idle for 15.
INTERVAL: Final = 14.0
#: After a long silence somebody may just be asking.
_SHORTEST: Final = 1.0


class ConnectionWarmer:
    """Asks the server something if nothing else has been asked for a while.

    ``heard_at`` returns when the server answered last, in monotonic seconds; ``ask`` asks in
    the background.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        heard_at: Callable[[], float],
        ask: Callable[[], None],
        interval: float = INTERVAL,
    ) -> None:
        """Start without need."""
        self._hass = hass
        self._heard_at = heard_at
        self._ask = ask
        self._interval = interval
        self._cancel: CALLBACK_TYPE | None = None

    @callback
    def async_set_needed(self, *, needed: bool) -> None:
        """Set whether a request is expected soon."""
        if needed and self._cancel is None:
            self._schedule(max(self._remaining(), _SHORTEST))
        elif not needed and self._cancel is not None:
            self._cancel()
            self._cancel = None

    def _remaining(self) -> float:
        return self._heard_at() + self._interval - time.monotonic()

    def _schedule(self, seconds: float) -> None:
        job = HassJob(self._on_time, "keep warm", cancel_on_shutdown=True)
        self._cancel = async_call_later(self._hass, seconds, job)

    @callback
    def _on_time(self, _now: datetime) -> None:
        remaining = self._remaining()
        if remaining <= 0:
            remaining = self._interval
            self._ask()
        self._schedule(remaining)
