"""Keeps the connection to the server warm while a call waits for its answer."""

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
    """Asks for a call if nothing else has been asked for a while.

    The answer to the call, and what is played then, pay no handshake. ``heard_at`` returns when
    the server answered last, in monotonic seconds; ``ask`` asks for a call in the background.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        heard_at: Callable[[], float],
        ask: Callable[[str], None],
        interval: float = INTERVAL,
    ) -> None:
        """Start without a call."""
        self._hass = hass
        self._heard_at = heard_at
        self._ask = ask
        self._interval = interval
        self._call_id: str | None = None
        self._cancel: CALLBACK_TYPE | None = None

    @callback
    def async_set_call(self, call_id: str | None) -> None:
        """Set which call waits for its answer, if one does."""
        self._call_id = call_id
        if call_id is not None and self._cancel is None:
            self._schedule(max(self._remaining(), _SHORTEST))
        elif call_id is None and self._cancel is not None:
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
        self._schedule(remaining if remaining > 0 else self._interval)
        if remaining <= 0 and self._call_id is not None:
            self._ask(self._call_id)
