"""One call: how far it has come, which event that is, and how records of it are joined. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from .api import Call, CallDirection, CallStatus
from .const import ATTR_CALL_ID

LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
#: How far a call is that is over, the most that ``progress`` returns.
OVER: Final = 4

#: Ages beyond which a call is over, whatever else is known.
_UNANSWERED_LIMIT: Final = timedelta(minutes=5)
_LIMIT: Final = timedelta(hours=24)
_PROGRESS: Final[Mapping[CallStatus, int]] = {
    CallStatus.INITIATED: 1,
    CallStatus.RINGING: 2,
    CallStatus.ACCEPTED: 3,
}
_FIELDS: Final = tuple(it.name for it in fields(Call) if it.name not in {"id", "status"})


class CallChangeKind(StrEnum):
    """What is told of a call: at most one of the last four, when it is over.

    Ringing: an incoming call rings. Dialing: the called phone rings. Ended: it was answered.
    Declined: by either side, before an answer. Missed and unanswered: an incoming and an
    outgoing call that is over otherwise.
    """

    RINGING = "ringing"
    DIALING = "dialing"
    CONNECTED = "connected"
    ENDED = "ended"
    DECLINED = "declined"
    MISSED = "missed"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class CallChange:
    """What has happened to a call, and the call as it is since then."""

    kind: CallChangeKind
    call: Call


def began(call: Call) -> datetime:
    """Return when a call began, as far as that is known."""
    return call.created_at or call.started_at or call.connected_at or call.ended_at or LONG_AGO


def progress(call: Call) -> int:
    """Return how far a call has come: it only ever moves to more.

    A state that is not documented says little, and hides none that is.
    """
    if call.is_over:
        return OVER
    if isinstance(call.status, CallStatus):
        return _PROGRESS[call.status]
    return -1 if call.status is None else 0


def _standing(call: Call) -> tuple[int, bool]:
    """Return by what one of two states counts: how far it is, then whether it has a name."""
    return progress(call), call.status is not None


def is_incoming(call: Call) -> bool:
    """Whether somebody calls the number.

    A call of unknown direction counts as incoming: what the number dials comes with its
    direction in the answer to the dial.
    """
    return call.direction is not CallDirection.OUTBOUND


def change_kind(call: Call) -> CallChangeKind | None:
    """Return what a call's state is told as, ``None`` if it is not told.

    Whether a call that is over was answered, its status does not say: hanging up stores
    ``COMPLETED`` for unanswered calls, too.
    """
    if call.is_over:
        if call.was_answered:
            return CallChangeKind.ENDED
        if call.status is CallStatus.REJECTED:
            return CallChangeKind.DECLINED
        return CallChangeKind.MISSED if is_incoming(call) else CallChangeKind.UNANSWERED
    if call.status is CallStatus.RINGING:
        return CallChangeKind.RINGING if is_incoming(call) else CallChangeKind.DIALING
    return CallChangeKind.CONNECTED if call.status is CallStatus.ACCEPTED else None


def seconds_talked(call: Call) -> int | None:
    """Return how long a call that is over lasted after its answer, ``None`` for any other."""
    if call.duration is not None:
        return call.duration
    if call.ended_at is None or not call.was_answered:
        return None
    answered_at = call.connected_at or began(call)
    return max(0, int((call.ended_at - answered_at).total_seconds()))


def is_outdated(call: Call, now: datetime) -> bool:
    """Whether a live call began so long ago that its end must have been missed."""
    if call.was_answered:
        return now - (call.connected_at or began(call)) > _LIMIT
    return now - (call.started_at or began(call)) > _UNANSWERED_LIMIT


def ended(call: Call) -> Call:
    """Return a call as it is once it is over, if nobody has said how it ended."""
    if call.was_answered:
        status = CallStatus.COMPLETED
    else:
        status = CallStatus.MISSED if is_incoming(call) else CallStatus.FAILED
    return replace(call, status=status)


def stands_in(call: Call) -> bool:
    """Whether the provider's id stands in for the id of a call, which is not known yet."""
    return call.id == call.external_id


def join(known: Call, incoming: Call, *, outweighs: bool) -> Call:
    """Join two records of one call, with the state that is further on.

    ``outweighs`` is whether the incoming one counts if they differ in the rest.
    """
    first, second = (incoming, known) if outweighs else (known, incoming)
    joined = {
        name: getattr(second, name) if getattr(first, name) is None else getattr(first, name)
        for name in ("id", *_FIELDS)
    }
    by_progress = sorted((second, first), key=_standing)
    ahead = by_progress[-1]
    # The provider's id stands in for the id only as long as there is no other.
    if joined["external_id"] == joined["id"]:
        joined["id"] = next(
            (it.id for it in (known, incoming) if it.id != joined["external_id"]), joined["id"]
        )
    joined["status"] = ahead.status
    return replace(known, **joined)


def adds_nothing(known: Call, incoming: Call, *, outweighs: bool) -> bool:
    """Whether a known record would be the same after it was joined with an incoming one."""
    before, after = _standing(known), _standing(incoming)
    if incoming.id != known.id or after > before:
        return False
    if outweighs and after == before and incoming.status != known.status:
        return False
    for name in _FIELDS:
        told = getattr(incoming, name)
        if told is not None:
            was = getattr(known, name)
            if told != was and (outweighs or was is None):
                return False
    return True


def as_data(call: Call) -> dict[str, Any]:
    """Return a call as attributes and responses show it: times ISO 8601, words in lower case.

    A duration that the server does not give is counted from the answer to the end.
    """
    data: dict[str, Any] = {ATTR_CALL_ID: call.id, "status": call.status and call.status.lower()}
    for name in _FIELDS:
        value = getattr(call, name)
        data[name] = value.isoformat() if isinstance(value, datetime) else value
    data["direction"] = call.direction and call.direction.lower()
    data["duration"] = seconds_talked(call)
    return data


class SeenCalls:
    """How far the newest calls were seen to have come, those that were forgotten included."""

    def __init__(self, limit: int = 1000) -> None:
        """Start with none; ``limit`` is how many are kept."""
        self._limit = limit
        self._by_id: dict[str, int] = {}
        self._by_external_id: dict[str, int] = {}

    def add(self, call: Call) -> None:
        """Keep how far a call has come."""
        self._keep(self._by_id, call.id, progress(call))
        if call.external_id is not None:
            self._keep(self._by_external_id, call.external_id, progress(call))

    def progress(self, call: Call) -> int:
        """Return how far a call was seen to have come, -1 if it is not known."""
        seen = [self._by_id.get(call.id, -1), self._by_id.get(call.external_id or "", -1)]
        if stands_in(call):
            seen.append(self._by_external_id.get(call.id, -1))
        return max(seen)

    def _keep(self, seen: dict[str, int], call_id: str, progress: int) -> None:
        seen[call_id] = max(progress, seen.pop(call_id, -1))
        if len(seen) > self._limit:
            del seen[next(iter(seen))]
