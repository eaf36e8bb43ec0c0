"""One simulated call: its life cycle, and what is played into it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
import secrets
import time

from .audio import BYTES_PER_SECOND, Sound


class Status(StrEnum):
    """The documented states of a call."""

    INITIATED = "INITIATED"
    RINGING = "RINGING"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    MISSED = "MISSED"


LIVE = frozenset({Status.INITIATED, Status.RINGING, Status.ACCEPTED})


def timestamp(moment: datetime | None) -> str | None:
    """Write an instant as the API does: UTC with milliseconds."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(slots=True, kw_only=True)
class Play:
    """One accepted play: the URL it named and what became of it.

    ``started`` is on the monotonic clock, ``None`` while the play waits.
    """

    media_url: str
    sound: Sound | None = None
    error: str | None = None
    started: float | None = None

    def heard(self, until: float) -> bytes:
        """Return the samples that had sounded by ``until``."""
        if self.sound is None or self.started is None:
            return b""
        played = max(0, int((until - self.started) * BYTES_PER_SECOND))
        return self.sound.samples[: played - played % 2]


@dataclass(slots=True, kw_only=True)
class Call:
    """One call of a number, with the states that its two parties bring about."""

    number_id: str
    own_number: str
    peer_number: str
    direction: str
    status: Status
    id: str = field(default_factory=lambda: f"call_{secrets.token_hex(10)}")
    external_id: str = field(default_factory=lambda: secrets.token_hex(16).upper())
    opaque: str | None = None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    connected_at: datetime | None = None
    ended_at: datetime | None = None
    plays: list[Play] = field(default_factory=list)
    _ended: float | None = None

    @property
    def is_live(self) -> bool:
        """Whether the call has not ended."""
        return self.status in LIVE

    @property
    def duration(self) -> int | None:
        """Whole seconds from answer to end; ``None`` for a call that had no answer."""
        if self.connected_at is None or self.ended_at is None:
            return None
        return round((self.ended_at - self.connected_at).total_seconds())

    def move(self, status: Status) -> None:
        """Enter a state, and note the time that goes with it."""
        self.status = status
        self.updated_at = datetime.now(UTC)
        if status is Status.ACCEPTED:
            self.connected_at = self.updated_at
            self.start_waiting_plays()
        elif not self.is_live:
            self.ended_at = self.updated_at
            self._ended = time.monotonic()

    def start_waiting_plays(self) -> None:
        """Let every fetched play sound, each after the one before it.

        What a second play does to a running one is not documented; here it waits.
        """
        if self.status is not Status.ACCEPTED:
            return
        free = time.monotonic()
        for play in self.plays:
            if play.error is not None:
                continue
            if play.sound is None:
                return
            if play.started is None:
                play.started = free
            free = max(free, play.started + play.sound.seconds)

    def heard(self) -> bytes:
        """Return the samples that the call has heard so far."""
        until = self._ended or time.monotonic()
        return b"".join(play.heard(until) for play in self.plays)

    def as_json(self) -> dict[str, object]:
        """Return the documented call object."""
        return {
            "id": self.id,
            "externalCallId": self.external_id,
            "direction": self.direction,
            "status": self.status,
            "peerNumber": self.peer_number,
            "fromNumber": self.own_number if self.direction == "OUTBOUND" else self.peer_number,
            "conversationId": None,
            "bizOpaqueCallbackData": self.opaque,
            "startedAt": timestamp(self.created_at),
            "connectedAt": timestamp(self.connected_at),
            "endedAt": timestamp(self.ended_at),
            "durationSeconds": self.duration,
            "errorCode": None,
            "errorMessage": None,
            "createdAt": timestamp(self.created_at),
            "updatedAt": timestamp(self.updated_at),
        }

    def as_phone_json(self) -> dict[str, object]:
        """Return the call as the other party sees it, with what was played."""
        return self.as_json() | {
            "numberId": self.number_id,
            "plays": [
                {
                    "mediaUrl": play.media_url,
                    "seconds": play.sound.seconds if play.sound else None,
                    "started": play.started is not None,
                    "error": play.error,
                }
                for play in self.plays
            ],
        }
