"""The states of a playback, and which one comes next. Pure state, no I/O."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self

from yarl import URL

from .api import Call, parse_id, parse_instant, parse_seconds, parse_text
from .errors import ActionError, ActionRefusedError
from .media.prepare import PreparedMedia
from .media.store import LIFETIME
from .notification import Attempt


class PlaybackStatus(StrEnum):
    """What is known of a playback. The API reports no end of playing.

    Queued: the call has not been answered. Accepted: it was sent, its end cannot be known.
    Interrupted: the call ended first.
    """

    QUEUED = "queued"
    ACCEPTED = "accepted"
    PLAYING = "playing"
    PLAYED = "played"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


#: Items that are restored to follow; more than one call would ever hear.
_MAX_REMAINING: Final = 1000
_ENDED: Final = (PlaybackStatus.PLAYED, PlaybackStatus.INTERRUPTED, PlaybackStatus.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Playback:
    """One playback, as it is shown.

    ``media`` is the media without secrets, ``length`` its seconds, ``fetched_at`` when
    Pilot Status first fetched it, ``error`` the translation key of a failure. ``is_stored`` is
    whether Home Assistant serves the media, ``remaining`` how many items follow it.
    """

    status: PlaybackStatus
    call_id: str
    media: str | None
    length: float | None = None
    fetched_at: datetime | None = None
    error: str | None = None
    is_stored: bool = False
    remaining: int = 0

    @property
    def is_timed(self) -> bool:
        """Whether its end can be known."""
        return self.is_stored or self.length is not None

    def as_dict(self) -> dict[str, Any]:
        """Return the playback as JSON can carry it."""
        return asdict(self) | {"fetched_at": self.fetched_at and self.fetched_at.isoformat()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self | None:
        """Return the playback that ``as_dict`` described, ``None`` for anything else."""
        status, call_id = data.get("status"), data.get("call_id")
        if status not in list(PlaybackStatus) or not isinstance(call_id, str):
            return None
        length, remaining = data.get("length"), data.get("remaining")
        is_length = parse_seconds(length) is not None
        return cls(
            status=PlaybackStatus(status),
            call_id=parse_id(call_id) or "",
            media=parse_text(data.get("media")),
            length=length if is_length else None,
            fetched_at=parse_instant(data.get("fetched_at")),
            error=parse_text(data.get("error")),
            is_stored=data.get("is_stored") is True,
            remaining=max(0, min(remaining, _MAX_REMAINING)) if isinstance(remaining, int) else 0,
        )

    def after_restart(self, *, is_over: bool | None, was_answered: bool) -> Self:
        """Return what has become of it while Home Assistant did not run, as far as is known."""
        if self.status in _ENDED:
            return self
        if is_over and not was_answered:
            return replace(self, status=PlaybackStatus.INTERRUPTED)
        if self.needs_home_assistant:
            return replace(self, status=PlaybackStatus.FAILED, error="playback_lost")
        return replace(self, status=PlaybackStatus.ACCEPTED)

    @property
    def needs_home_assistant(self) -> bool:
        """Whether the call can hear the rest of it only with Home Assistant's help."""
        if self.status in _ENDED:
            return False
        is_fetched = self.fetched_at is not None and self.length is not None
        return self.remaining > 0 or (self.is_stored and not is_fetched)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """How long is waited for what, in seconds.

    ``fetch``: after the answer, for Pilot Status to fetch media. ``hasty``: who hangs up sooner
    than this after the answer may not have left it the time. ``answer``: for the answer.
    ``tail``: after the last of the audio, before the call is ended for it, since the phone
    hears it later than it was sent.
    """

    fetch: float = 30
    hasty: float = 5
    answer: float = LIFETIME
    tail: float = 3


DEFAULT_TIMINGS: Final = Timings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The state of a playback: ``status``, and why it failed.

    Unless it ``is_final`` it changes with the call, with the media, and by itself after
    ``wait`` seconds, never if that is ``None``.
    """

    status: PlaybackStatus
    error: ActionRefusedError | None = None
    is_final: bool = True
    wait: float | None = None


@dataclass(slots=True, kw_only=True)
class Progress:
    """How far the playback of one item has come; instants are loop time.

    ``was_heard`` is whether the call has heard some of it, as far as is known.
    """

    media: PreparedMedia
    sent_at: float
    timings: Timings = DEFAULT_TIMINGS
    was_heard: bool = False
    _answered_at: float | None = None
    _began_at: float | None = None
    _is_unseen: bool = False

    def heard(self, now: float) -> float | None:
        """Return how many seconds of it the call has heard, ``None`` if that is unknown."""
        stored, length = self.media.stored, self.media.length
        if self._answered_at is None or (stored is not None and stored.fetched_at is None):
            return 0.0
        if self._began_at is None or length is None or self._is_unseen:
            return None
        return max(0.0, min(now - self._began_at, length))

    @property
    def is_answered(self) -> bool:
        """Whether the call was seen to be answered."""
        return self._answered_at is not None

    def step(self, call: Call | None, now: float) -> Step:
        """Return the state that follows from what is known of the call and the media."""
        if self._answered_at is None and call is not None and call.was_answered:
            self._answered_at = now
            # It was answered some time before it ended.
            self._is_unseen = call.is_over
        is_over = call is not None and call.is_over
        if self._answered_at is None:
            return self._wait_for_answer(now, is_over=is_over)
        waited = now - self._answered_at
        if (stored := self.media.stored) is not None:
            if stored.fetched_at is None:
                return self._wait_for_fetch(waited, is_over=is_over)
            if stored.failure is not None:
                return Step(status=PlaybackStatus.FAILED, error=ActionRefusedError(stored.failure))
        is_known = stored is None or stored.complete.is_set()
        if is_known and self.media.length is None:
            return Step(status=PlaybackStatus.ACCEPTED)
        return self._play(self.media.length, now, is_over=is_over)

    def _wait_for_answer(self, now: float, *, is_over: bool) -> Step:
        if is_over:
            return Step(status=PlaybackStatus.INTERRUPTED)
        wait = self.sent_at + self.timings.answer - now
        if wait <= 0:
            return Step(status=PlaybackStatus.ACCEPTED)
        return Step(status=PlaybackStatus.QUEUED, is_final=False, wait=wait)

    def _wait_for_fetch(self, waited: float, *, is_over: bool) -> Step:
        if is_over and waited < self.timings.hasty:
            return Step(status=PlaybackStatus.INTERRUPTED)
        wait = self.timings.fetch - waited
        if is_over or wait <= 0:
            address = str(URL(self.media.url).origin())
            error = ActionRefusedError("not_fetched", address=address)
            return Step(status=PlaybackStatus.FAILED, error=error)
        return Step(status=PlaybackStatus.ACCEPTED, is_final=False, wait=wait)

    def _play(self, length: float | None, now: float, *, is_over: bool) -> Step:
        """Return the state of media of that many seconds, ``None`` while it still grows."""
        wait = None
        if length is not None:
            # Whether Pilot Status plays before it has fetched all is unknown: the later end.
            if self._began_at is None:
                self._began_at = now
            wait = self._began_at + length - now
            if wait <= 0:
                return Step(status=PlaybackStatus.PLAYED)
        if is_over:
            return Step(status=PlaybackStatus.INTERRUPTED)
        self.was_heard = True
        return Step(status=PlaybackStatus.PLAYING, is_final=False, wait=wait)


@dataclass(slots=True, eq=False)
class Playlist:
    """Media for one call: the items, which of them is played, and what is known of that.

    ``progress`` is ``None`` until the current item was sent. ``attempt`` is the action's, as it
    was when that played the first item. ``then`` is what to do with the
    call when all was played, or when that failed. ``is_reported`` is whether the player itself
    reports what the call does not hear. ``ended`` is set when nothing more is played; then
    ``error`` is why not all was, and ``heard`` how many seconds were, ``None`` if unknown.
    """

    items: list[PreparedMedia] = field(default_factory=list)
    call_id: str = ""
    attempt: Attempt = field(default_factory=Attempt)
    then: Callable[[str], Awaitable[None]] | None = None
    is_reported: bool = True
    heard: float | None = 0.0
    error: ActionError | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    position: int = 0
    playback: Playback | None = None
    progress: Progress | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def current(self) -> PreparedMedia:
        """The item that is played."""
        return self.items[self.position]

    @property
    def name(self) -> str:
        """The current item as a notification names it."""
        return item_name(self.current.shown, self.position, len(self.items))

    @property
    def remaining(self) -> int:
        """How many items follow the current one."""
        return len(self.items) - self.position - 1

    def add_heard(self, now: float) -> None:
        """Count what the call has heard of the current item, when nothing more of it follows."""
        heard = None if self.progress is None else self.progress.heard(now)
        self.heard = None if heard is None or self.heard is None else self.heard + heard

    @property
    def current_attempt(self) -> Attempt:
        """The attempt, as a failure of the current item is reported."""
        return replace(self.attempt, call_id=self.call_id, media=self.name, is_placed=False)

    def assign(self, attempt: Attempt) -> None:
        """Keep the media for the call of an attempt, which learns what is played."""
        attempt.media = self.name
        self.attempt, self.call_id = replace(attempt), attempt.call_id
        for item in self.items:
            if item.stored is not None:
                item.stored.call_id = self.call_id


def item_name(shown: str | None, position: int, count: int) -> str:
    """Return how a notification names an item; ``position`` counts from 0."""
    return (shown or "") if count == 1 else f"{shown or '…'} ({position + 1}/{count})"
