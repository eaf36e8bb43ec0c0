"""What the API sends, as values: parsed once, tolerant of what is new.

Field names and shapes come from the calls pages of the API documentation and from the
vendor's own Python SDK. A field that is missing, null or of another type becomes ``None``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self

from .errors import InvalidResponseError
from .redaction import parse_words
from .values import (
    normalize_phone,
    parse_id,
    parse_instant,
    parse_seconds,
    parse_text,
)

_MAX_CODE: Final = 64


class CallStatus(StrEnum):
    """The seven documented states of a call."""

    INITIATED = "INITIATED"
    RINGING = "RINGING"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    MISSED = "MISSED"

    @property
    def is_live(self) -> bool:
        """Whether a call in this state is still going on."""
        return self in {self.INITIATED, self.RINGING, self.ACCEPTED}

    @property
    def is_unanswered(self) -> bool:
        """Whether audio that is played into a call in this state waits for the answer."""
        return self in {self.INITIATED, self.RINGING}


ENDED = frozenset(status for status in CallStatus if not status.is_live)


class CallDirection(StrEnum):
    """Who called whom, seen from the number."""

    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"


_STATUSES: Final[Mapping[str, CallStatus]] = {str(it): it for it in CallStatus}
_DIRECTIONS: Final[Mapping[str, CallDirection]] = {str(it): it for it in CallDirection}


def parse_status(value: Any) -> CallStatus | str | None:
    """Return a status; one that is not documented stays as it came."""
    text = parse_text(value, _MAX_CODE)
    if text is None:
        return None
    return _STATUSES.get(text, text)


def parse_direction(value: Any) -> CallDirection | None:
    """Return a direction, ``None`` for one that is not documented."""
    text = parse_text(value, _MAX_CODE)
    return None if text is None else _DIRECTIONS.get(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call. Instants are aware, ``duration`` is in seconds.

    ``status`` is a plain string if the server names one that is not documented.
    """

    id: str
    external_id: str | None = None
    direction: CallDirection | None = None
    status: CallStatus | str | None = None
    peer_number: str | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    connected_at: datetime | None = None
    ended_at: datetime | None = None
    updated_at: datetime | None = None
    duration: int | None = None
    error_code: str | None = None
    error_message: str | None = None

    @property
    def is_live(self) -> bool:
        """Whether the call is going on.

        Of a state that is not documented only a call that was answered counts as live.
        """
        if self.is_over:
            return False
        if isinstance(self.status, CallStatus):
            return self.status.is_live
        return self.connected_at is not None and self.duration is None

    @property
    def is_over(self) -> bool:
        """Whether the call has ended, whatever its state is called."""
        return self.ended_at is not None or self.status in ENDED

    @property
    def was_answered(self) -> bool:
        """Whether somebody answered.

        An end alone proves nothing: hanging up stores ``COMPLETED`` for unanswered calls, too.
        """
        return (
            self.status is CallStatus.ACCEPTED
            or self.connected_at is not None
            or self.duration is not None
        )

    @classmethod
    def parse(cls, data: Any) -> Self:
        """Return the call that a call object of the API describes.

        Raises InvalidResponseError if there is no object with an id.
        """
        if not isinstance(data, Mapping) or not (call_id := parse_id(data.get("id"))):
            raise InvalidResponseError(reason="a call without an id")
        return cls(
            id=call_id,
            external_id=parse_id(data.get("externalCallId")),
            direction=parse_direction(data.get("direction")),
            status=parse_status(data.get("status")),
            peer_number=normalize_phone(data.get("peerNumber")),
            created_at=parse_instant(data.get("createdAt")),
            started_at=parse_instant(data.get("startedAt")),
            connected_at=parse_instant(data.get("connectedAt")),
            ended_at=parse_instant(data.get("endedAt")),
            updated_at=parse_instant(data.get("updatedAt")),
            duration=parse_seconds(data.get("durationSeconds")),
            error_code=parse_words(data.get("errorCode")),
            error_message=parse_words(data.get("errorMessage")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionResult:
    """The answer to an action on a call: ``success`` was true.

    ``call_id`` is the Pilot Status id, also if the request named the provider's id.
    """

    call_id: str
    status: CallStatus | str | None

    @property
    def is_unanswered(self) -> bool:
        """Whether the call waits for its answer; unknown states do not count."""
        return isinstance(self.status, CallStatus) and self.status.is_unanswered

    @classmethod
    def parse(cls, data: Any) -> Self:
        """Return what ``{"success": true, "id": …, "status": …}`` says.

        Raises InvalidResponseError for anything else; an unknown status passes.
        """
        if (
            not isinstance(data, Mapping)
            or data.get("success") is not True
            or not (call_id := parse_id(data.get("id")))
        ):
            raise InvalidResponseError(reason="not an action result")
        return cls(call_id=call_id, status=parse_status(data.get("status")))
