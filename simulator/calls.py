"""One simulated call: its life cycle, and what is played into it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import secrets
import time

from .audio import BYTES_PER_SECOND, Audio
from .transitions import LIVE, Direction, Status, Step, next_status


def timestamp(moment: datetime | None) -> str | None:
    """Write an instant as the API does: UTC with milliseconds."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(slots=True, kw_only=True)
class Play:
    """One accepted play: the URL it named and what became of it.

    ``started`` is on the monotonic clock, ``starts_at`` the same instant on the other one; both
    are ``None`` while the play waits.
    """

    media_url: str
    audio: Audio | None = None
    error: str | None = None
    started: float | None = None
    starts_at: datetime | None = None

    def start(self, moment: float) -> None:
        """Start at an instant of the monotonic clock."""
        self.started = moment
        self.starts_at = datetime.now(UTC) + timedelta(seconds=moment - time.monotonic())

    def heard_bytes(self, until: float) -> int:
        """Return the size of the samples that had played by ``until``."""
        if self.audio is None or self.started is None:
            return 0
        played = max(0, int((until - self.started) * BYTES_PER_SECOND))
        return min(played - played % 2, len(self.audio.samples))

    def heard(self, until: float, start: int = 0) -> bytes:
        """Return the samples that had played by ``until``, from a byte on."""
        if self.audio is None:
            return b""
        return self.audio.samples[start : self.heard_bytes(until)]


@dataclass(slots=True, kw_only=True)
class Call:
    """One call of a number, with the states that its two parties bring about.

    ``peer_number`` is ``None`` for a caller who withholds it. ``began`` and ``ended`` are on the
    monotonic clock: a call was live from one to the other.
    """

    number_id: str
    own_number: str
    peer_number: str | None
    direction: Direction
    status: Status
    id: str = field(default_factory=lambda: f"call_{secrets.token_hex(10)}")
    external_id: str = field(default_factory=lambda: secrets.token_hex(16).upper())
    opaque: str | None = None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    connected_at: datetime | None = None
    ended_at: datetime | None = None
    plays: list[Play] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    ended: float | None = None

    @property
    def is_live(self) -> bool:
        """Whether the call has not ended."""
        return self.status in LIVE

    @property
    def caller(self) -> str | None:
        """The phone number of the party that called."""
        return self.peer_number if self.direction is Direction.INBOUND else self.own_number

    @property
    def callee(self) -> str | None:
        """The phone number of the party that was called."""
        return self.own_number if self.direction is Direction.INBOUND else self.peer_number

    @property
    def duration(self) -> int | None:
        """Whole seconds from answer to end; ``None`` for a call that had no answer."""
        if self.connected_at is None or self.ended_at is None:
            return None
        return int((self.ended_at - self.connected_at).total_seconds())

    def move(self, step: Step) -> None:
        """Take a step, and store the time of it.

        Raises InvalidStateError if the call is in no state for the step.
        """
        self.status = next_status(step, self.direction, self.status)
        self.updated_at = datetime.now(UTC)
        if self.status is Status.ACCEPTED:
            self.connected_at = self.updated_at
            self.start_waiting_plays()
        elif not self.is_live:
            self.ended_at = self.updated_at
            self.ended = time.monotonic()

    def start_waiting_plays(self) -> None:
        """Start every fetched play, each after the one before it.

        What a second play does to a running one is not documented; here it waits.
        """
        if self.status is not Status.ACCEPTED:
            return
        free = time.monotonic()
        for play in self.plays:
            if play.error is not None:
                continue
            if play.audio is None:
                return
            started = free if play.started is None else play.started
            if play.started is None:
                play.start(started)
            free = max(free, started + play.audio.seconds)

    def heard_bytes(self) -> int:
        """Return the size of the samples that the call has heard so far."""
        until = self.ended or time.monotonic()
        return sum(play.heard_bytes(until) for play in self.plays)

    def heard(self, start: int = 0) -> bytes:
        """Return the samples that the call has heard so far, from a byte on."""
        until = self.ended or time.monotonic()
        parts = []
        for play in self.plays:
            parts.append(play.heard(until, start))
            start = max(0, start - play.heard_bytes(until))
        return b"".join(parts)

    def as_json(self) -> dict[str, object]:
        """Return the documented call object."""
        return {
            "id": self.id,
            "externalCallId": self.external_id,
            "direction": self.direction,
            "status": self.status,
            "peerNumber": self.peer_number,
            "fromNumber": self.caller,
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
            "began": self.began,
            "ended": self.ended,
            "plays": [
                {
                    "mediaUrl": play.media_url,
                    "title": play.audio.title if play.audio else None,
                    "seconds": play.audio.seconds if play.audio else None,
                    "started": play.started is not None,
                    "startsAt": timestamp(play.starts_at),
                    "error": play.error,
                }
                for play in self.plays
            ],
        }
