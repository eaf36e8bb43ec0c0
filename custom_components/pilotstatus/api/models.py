"""What the API sends, as values: parsed once, tolerant of what is new.

Field names and shapes come from the calls pages of the API documentation and from the
vendor's own Python SDK. A field that is missing, null or of another type becomes ``None``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
import re
from typing import Any, Self

from .errors import InvalidResponseError

_LID_SUFFIX = "@lid"
_NOT_DIGITS = re.compile(r"\D")


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


def normalize_phone(value: Any) -> str | None:
    """Return a phone number as ``+`` and digits, ``None`` if there is none.

    The API writes numbers with and without ``+`` and sometimes as a WhatsApp address
    (``5511999999999:12@s.whatsapp.net``). A ``@lid`` address hides the phone number.
    """
    if not isinstance(value, str) or value.endswith(_LID_SUFFIX):
        return None
    digits = _NOT_DIGITS.sub("", value.partition("@")[0].partition(":")[0])
    return f"+{digits}" if digits else None


def parse_text(value: Any) -> str | None:
    """Return text, ``None`` for none and for what is no text."""
    return value if isinstance(value, str) and value else None


def parse_status(value: Any) -> CallStatus | str | None:
    """Return a status; one that is not documented stays as it came."""
    text = parse_text(value)
    if text is None:
        return None
    return CallStatus(text) if text in CallStatus else text


def parse_direction(value: Any) -> CallDirection | None:
    """Return a direction, ``None`` for one that is not documented."""
    text = parse_text(value)
    return CallDirection(text) if text is not None and text in CallDirection else None


def parse_instant(value: Any) -> datetime | None:
    """Parse ISO 8601; an instant without an offset is UTC, as all the API's are."""
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def parse_seconds(value: Any) -> int | None:
    """Return whole seconds, ``None`` for what cannot be any."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value < float("inf") else None


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
        """Whether the call is going on; unknown states do not count as live."""
        return isinstance(self.status, CallStatus) and self.status.is_live and not self.ended_at

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
        if not isinstance(data, Mapping) or not (call_id := parse_text(data.get("id"))):
            raise InvalidResponseError(reason="a call without an id")
        return cls(
            id=call_id,
            external_id=parse_text(data.get("externalCallId")),
            direction=parse_direction(data.get("direction")),
            status=parse_status(data.get("status")),
            peer_number=normalize_phone(data.get("peerNumber")),
            created_at=parse_instant(data.get("createdAt")),
            started_at=parse_instant(data.get("startedAt")),
            connected_at=parse_instant(data.get("connectedAt")),
            ended_at=parse_instant(data.get("endedAt")),
            updated_at=parse_instant(data.get("updatedAt")),
            duration=parse_seconds(data.get("durationSeconds")),
            error_code=parse_text(data.get("errorCode")),
            error_message=parse_text(data.get("errorMessage")),
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
            or not (call_id := parse_text(data.get("id")))
        ):
            raise InvalidResponseError(reason="not an action result")
        return cls(call_id=call_id, status=parse_status(data.get("status")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One WhatsApp number of the account.

    ``is_connected`` is whether it is linked to WhatsApp. ``key_hints`` holds, for each of its
    keys, how the key begins and its last four characters, as far as the server says.
    """

    id: str
    name: str | None = None
    phone: str | None = None
    is_connected: bool | None = None
    key_hints: tuple[tuple[str, str], ...] = ()

    def owns_key(self, api_key: str) -> bool:
        """Whether one of this number's keys looks like the given one."""
        return any(
            api_key.startswith(prefix) and api_key.endswith(last) for prefix, last in self.key_hints
        )

    @classmethod
    def parse(cls, data: Any) -> Self:
        """Return the number that an item of ``GET /v1/numbers`` describes.

        Raises InvalidResponseError if there is no object with an id.
        """
        if not isinstance(data, Mapping) or not (number_id := parse_text(data.get("id"))):
            raise InvalidResponseError(reason="a number without an id")
        keys, connected = data.get("apiKeys"), data.get("isFullyConnected")
        return cls(
            id=number_id,
            name=parse_text(data.get("name")),
            phone=normalize_phone(data.get("number")),
            is_connected=connected if isinstance(connected, bool) else None,
            key_hints=tuple(
                (prefix, parse_text(key.get("keyLast4")) or "")
                for key in (keys if isinstance(keys, list) else [])
                if isinstance(key, Mapping) and (prefix := parse_text(key.get("keyPrefix")))
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One webhook of the number, as the server keeps it."""

    id: str
    url: str
    active: bool
    events: frozenset[str]

    @classmethod
    def parse(cls, data: Any) -> Self:
        """Return the webhook that an object of the API describes.

        Raises InvalidResponseError if it has no id or no URL.
        """
        if (
            not isinstance(data, Mapping)
            or not (webhook_id := parse_text(data.get("id")))
            or not (url := parse_text(data.get("url")))
        ):
            raise InvalidResponseError(reason="a webhook without an id or URL")
        events = data.get("events")
        return cls(
            id=webhook_id,
            url=url,
            active=data.get("active") is not False,
            events=frozenset(filter(None, map(parse_text, events)))
            if isinstance(events, list)
            else frozenset(),
        )
