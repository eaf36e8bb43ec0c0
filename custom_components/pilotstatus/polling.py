"""How often the server is asked for calls. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

_IDLE: Final = timedelta(seconds=60)
_LIVE: Final = timedelta(seconds=5)
_PUSHED_IDLE: Final = timedelta(minutes=15)
_PUSHED_LIVE: Final = timedelta(seconds=60)
#: After so many polls that found a call without a delivery, deliveries are missing.
_MISSED_LIMIT: Final = 3
#: Calls that one poll asks for one by one.
_MAX_SINGLE: Final = 5


@dataclass(slots=True)
class PollingMode:
    """What decides how often to poll.

    ``has_webhook`` is whether the server delivers to Home Assistant, ``polled_at`` when a poll has
    last succeeded, ``waiting`` how many wait for a change of a call, ``missed`` how many
    polls since the last delivery found a call that no delivery had reported, ``turn`` whose turn
    it is among the calls that are asked for one by one.
    """

    has_webhook: bool = False
    polled_at: datetime | None = None
    waiting: int = 0
    missed: int = 0
    turn: int = 0

    @property
    def misses_deliveries(self) -> bool:
        """Whether so many deliveries are missing that polling must serve."""
        return self.missed >= _MISSED_LIMIT

    def record_delivery(self) -> None:
        """Record a delivery: none is missing."""
        self.missed = 0

    @property
    def has_polled(self) -> bool:
        """Whether a poll has succeeded."""
        return self.polled_at is not None

    def record_poll(self, now: datetime, *, found_new_call: bool) -> None:
        """Count a poll; what the first one finds may have begun before Home Assistant did."""
        if found_new_call and self.has_webhook and self.has_polled:
            self.missed += 1
        self.polled_at = now

    def take_turns(self, call_ids: Sequence[str]) -> list[str]:
        """Return the calls that this poll asks for: a few, and in the end each."""
        count = len(call_ids)
        chosen = [call_ids[(self.turn + it) % count] for it in range(min(count, _MAX_SINGLE))]
        self.turn += len(chosen)
        return chosen

    def interval(self, *, is_live: bool) -> timedelta:
        """Return how long to wait between polls, with a live call or without one."""
        if self.has_webhook and not self.waiting and not self.misses_deliveries:
            return _PUSHED_LIVE if is_live else _PUSHED_IDLE
        return _LIVE if is_live else _IDLE
