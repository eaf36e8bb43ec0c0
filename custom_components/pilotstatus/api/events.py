"""What a webhook delivers, as values.

Shapes and names come from the vendor's own Python SDK and the docs page "Webhook event
reference". Names that are not known are no error: new ones appear without notice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self

from .models import ENDED, Call, CallDirection, CallStatus, parse_direction, parse_status
from .values import normalize_phone, parse_id, parse_instant, parse_seconds, parse_text


class CallEventKind(StrEnum):
    """What happened to a call."""

    RINGING = "ringing"
    CONNECTED = "connected"
    ENDED = "ended"
    MISSED = "missed"


class NumberEventKind(StrEnum):
    """What happened to a number's link to WhatsApp."""

    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    REMOVED = "removed"
    RESTORED = "restored"


_CALL_KINDS: Final = {f"call.{kind}": kind for kind in CallEventKind}
_NUMBER_KINDS: Final = {f"number.{kind}": kind for kind in NumberEventKind}
CALL_EVENTS: Final = tuple(_CALL_KINDS)
NUMBER_EVENTS: Final = tuple(_NUMBER_KINDS)

_STATUS: Final = {
    CallEventKind.RINGING: CallStatus.RINGING,
    CallEventKind.CONNECTED: CallStatus.ACCEPTED,
    CallEventKind.MISSED: CallStatus.MISSED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent:
    """One ``call.*`` event, with what it says of its call.

    ``call.id`` is the provider's id if the event carries no other.
    """

    kind: CallEventKind
    call: Call

    @classmethod
    def parse(cls, kind: CallEventKind, data: Mapping[str, Any]) -> Self | None:
        """Return the event, ``None`` if it names no call."""
        external_id = parse_id(data.get("externalCallId"))
        call_id = parse_id(data.get("callId")) or external_id
        if call_id is None:
            return None
        direction = parse_direction(data.get("direction"))
        peer = data.get("to" if direction is CallDirection.OUTBOUND else "from")
        timestamp = parse_instant(data.get("timestamp"))
        duration = parse_seconds(data.get("duration"))
        over = kind is CallEventKind.ENDED or kind is CallEventKind.MISSED
        call = Call(
            id=call_id,
            external_id=external_id,
            direction=direction,
            status=_STATUS.get(kind) or _end_status(data.get("status"), timestamp),
            peer_number=normalize_phone(peer) if direction else None,
            started_at=timestamp if kind is CallEventKind.RINGING else None,
            connected_at=timestamp if kind is CallEventKind.CONNECTED else None,
            ended_at=timestamp if over else None,
            duration=duration,
        )
        return cls(kind=kind, call=call)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberEvent:
    """One ``number.*`` event; ``number_id`` is ``None`` if it does not say whose."""

    kind: NumberEventKind
    number_id: str | None = None

    @property
    def is_connected(self) -> bool:
        """Whether the number is linked to WhatsApp from now on, as far as the event says.

        A restored number comes back disconnected.
        """
        return self.kind is NumberEventKind.CONNECTED


def parse_event(data: Mapping[str, Any]) -> CallEvent | NumberEvent | None:
    """Return the event of a delivery, ``None`` if its name or its call is not known."""
    name = parse_text(data.get("event")) or ""
    if (kind := _CALL_KINDS.get(name)) is not None:
        return CallEvent.parse(kind, data)
    if (number_kind := _NUMBER_KINDS.get(name)) is not None:
        about = data.get("data")
        number_id = parse_id(about.get("numberId")) if isinstance(about, Mapping) else None
        return NumberEvent(kind=number_kind, number_id=number_id)
    return None


def _end_status(value: Any, timestamp: datetime | None) -> CallStatus | str:
    """Return the status of a call that has ended; one that is live cannot be true.

    One that is not documented says that the call is over only together with the time of it.
    """
    status = parse_status(value)
    if status in ENDED or (timestamp and status is not None and status not in set(CallStatus)):
        return status
    return CallStatus.COMPLETED
