"""What is known of a play."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .api import CallStatus
from .media.store import StoredMedia


class PlaybackStatus(StrEnum):
    """How the last play ended, as far as the API tells: it knows of no end of playing."""

    ACCEPTED = "accepted"
    QUEUED = "queued"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Playback:
    """The last play.

    ``media_url`` has no query; ``error`` is the cause of a failure; ``item`` is what is kept
    here of the sound.
    """

    status: PlaybackStatus
    call_id: str
    media_url: str | None
    error: str | None = None
    item: StoredMedia | None = None

    @property
    def fetched_at(self) -> datetime | None:
        """When Pilot Status first fetched it; known only of what it fetches from here."""
        return None if self.item is None else self.item.fetched_at


def is_unanswered(status: CallStatus | str | None) -> bool:
    """Whether audio that is played into a call of this state waits for the answer."""
    return status in {CallStatus.INITIATED, CallStatus.RINGING}
