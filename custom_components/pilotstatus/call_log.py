"""The calls of one number: pure state, no I/O.

Snapshots, webhook events and the answers to actions describe the same calls, in any order,
repeated, or not at all. A call only ever moves forward: dialing, ringing, answered, over.
So what comes late or twice changes nothing, and no clock has to be trusted.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, Final

from .api import Call, CallDirection, CallEvent, CallEventKind, CallStatus
from .const import ATTR_CALL_ID

_MAX_CALLS: Final = 100
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_PROGRESS: Final = {CallStatus.INITIATED: 0, CallStatus.RINGING: 1, CallStatus.ACCEPTED: 3}
_UNKNOWN_PROGRESS: Final = 2
_OVER: Final = 4
_FIELDS: Final = tuple(field.name for field in fields(Call) if field.name != "status")


@dataclass(frozen=True, slots=True)
class CallChange:
    """A call came to ring, was answered, ended or was missed."""

    kind: CallEventKind
    call: Call


def _began(call: Call) -> datetime:
    return call.created_at or call.started_at or call.connected_at or call.ended_at or _LONG_AGO


def _progress(call: Call) -> int:
    if call.is_over:
        return _OVER
    if isinstance(call.status, CallStatus):
        return _PROGRESS[call.status]
    return -1 if call.status is None else _UNKNOWN_PROGRESS


def _kind(call: Call) -> CallEventKind | None:
    """Return the event that a call's state is, ``None`` if it is none."""
    if call.status is CallStatus.MISSED:
        return CallEventKind.MISSED
    if call.is_over:
        return CallEventKind.ENDED
    if call.status is CallStatus.RINGING:
        return CallEventKind.RINGING
    return CallEventKind.CONNECTED if call.status is CallStatus.ACCEPTED else None


class CallLog:
    """The newest calls of one number, at most 100 and all live ones.

    *Last call* is the one that began last. *Live* is a call that is being dialed, rings or
    was answered, and has not ended.
    """

    def __init__(self) -> None:
        """Start with no calls."""
        #: Counts up with everything that is new.
        self.revision = 0
        self._calls: dict[str, Call] = {}
        # Calls whose state came in the server's own list, which outweighs events.
        self._confirmed: set[str] = set()

    def merge(self, snapshot: Iterable[Call]) -> list[CallChange]:
        """Merge calls as the server lists them; return what changed."""
        changes = [change for call in snapshot if (change := self._merge(call, confirmed=True))]
        self._forget_oldest()
        return changes

    def apply_event(self, event: CallEvent) -> list[CallChange]:
        """Merge a webhook event; return what changed, nothing if nothing is new."""
        change = self._merge(event.call, confirmed=False)
        self._forget_oldest()
        return [change] if change else []

    def apply_answer(self, call_id: str, status: CallStatus | str | None) -> list[CallChange]:
        """Merge the state that the answer to an action names; return what changed."""
        known = self.find(call_id)
        answered = Call(id=known.id if known else call_id, status=status)
        change = self._merge(answered, confirmed=False)
        return [change] if change else []

    def forget(self, call_id: str) -> None:
        """Remove a call that the server does not know any more."""
        self._calls.pop(call_id, None)
        self._confirmed.discard(call_id)

    def find(self, call_id: str) -> Call | None:
        """Return the call with that id, the provider's id included."""
        if call := self._calls.get(call_id):
            return call
        return next((call for call in self._calls.values() if call.external_id == call_id), None)

    @property
    def all(self) -> list[Call]:
        """All known calls, newest first."""
        return sorted(self._calls.values(), key=_began, reverse=True)

    @property
    def last_call(self) -> Call | None:
        """The call that began last, live or not."""
        return max(self._calls.values(), key=_began, default=None)

    @property
    def live_calls(self) -> list[Call]:
        """The live calls, newest first."""
        return [call for call in self.all if call.is_live]

    @property
    def only_live_call(self) -> Call | None:
        """The one live call, ``None`` if there is none or more than one."""
        live = self.live_calls
        return live[0] if len(live) == 1 else None

    @property
    def ringing_call(self) -> Call | None:
        """The one live call, if it can be answered or declined."""
        call = self.only_live_call
        if call and call.status is CallStatus.RINGING and call.direction is CallDirection.INBOUND:
            return call
        return None

    def is_over(self, call_id: str) -> bool | None:
        """Whether a call is over, ``None`` if the call is unknown."""
        call = self.find(call_id)
        return None if call is None else call.is_over

    def was_answered(self, call_id: str) -> bool:
        """Whether a call was answered, as far as is known."""
        call = self.find(call_id)
        return call is not None and call.was_answered

    def _merge(self, incoming: Call, *, confirmed: bool) -> CallChange | None:
        """Join an incoming call with all that is known of it."""
        before: Call | None = None
        was_confirmed = False
        for known in self._find_same(incoming):
            is_confirmed = known.id in self._confirmed
            outweighs = is_confirmed or not was_confirmed
            before = known if before is None else _join(before, known, outweighs=outweighs)
            was_confirmed = was_confirmed or is_confirmed
            self.forget(known.id)
        if before is None:
            after = incoming
        else:
            after = _join(before, incoming, outweighs=confirmed or not was_confirmed)
        self._calls[after.id] = after
        self.revision += after != before
        if confirmed or was_confirmed:
            self._confirmed.add(after.id)
        kind = _kind(after)
        if kind is None or (before and _progress(before) >= _progress(after)):
            return None
        return CallChange(kind, after)

    def _find_same(self, call: Call) -> list[Call]:
        """Return the entries of the same call: two if only now they turn out to be one."""
        ids = {call.id, call.external_id} - {None}
        return [
            known for known in self._calls.values() if known.id in ids or known.external_id in ids
        ]

    def _forget_oldest(self) -> None:
        for call in self.all[_MAX_CALLS:]:
            if not call.is_live:
                self.forget(call.id)


def _join(known: Call, incoming: Call, *, outweighs: bool) -> Call:
    """Join two records of one call, with the state that is further on.

    ``outweighs`` is whether the incoming one counts if they differ in the rest.
    """
    first, second = (incoming, known) if outweighs else (known, incoming)
    joined = {
        name: getattr(second, name) if getattr(first, name) is None else getattr(first, name)
        for name in _FIELDS
    }
    by_progress = sorted((second, first), key=_progress)
    ahead = by_progress[-1]
    # The provider's id stands in for the id only as long as there is no other.
    if joined["external_id"] == joined["id"]:
        joined["id"] = next(
            (it.id for it in (known, incoming) if it.id != joined["external_id"]), joined["id"]
        )
    joined["status"] = ahead.status
    return replace(known, **joined)


def as_data(call: Call) -> dict[str, Any]:
    """Return a call as attributes and responses show it: times ISO 8601, words in lower case."""
    data = {ATTR_CALL_ID: call.id, **asdict(call)}
    del data["id"]
    for name, value in data.items():
        if isinstance(value, datetime):
            data[name] = value.isoformat()
    for name in ("direction", "status"):
        data[name] = data[name] and data[name].lower()
    return data
