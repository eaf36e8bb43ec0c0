"""The calls of one number: pure state, no I/O.

Snapshots, webhook events and the answers to actions describe the same calls, in any order,
repeated, or not at all. A call only ever moves forward: dialing, ringing, answered, over.
So what comes late or twice changes nothing. The clock that is trusted is the server's, and
only to tell that a call must be over.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from .api import Call, CallEvent, CallStatus
from .call_index import CallIndex
from .call_state import (
    LONG_AGO,
    OVER,
    CallChange,
    CallChangeKind,
    SeenCalls,
    adds_nothing,
    began,
    change_kind,
    ended,
    is_incoming,
    is_outdated,
    join,
    progress,
)

#: Calls that are kept, and live ones beyond them.
_MAX_CALLS: Final = 100
#: Calls that only events have named, so anybody who knows the webhook.
_MAX_UNNAMED: Final = 20


def _utc_now() -> datetime:
    return datetime.now(UTC)


class CallLog:
    """The newest calls of one number, at most 100, and at most 100 that are live.

    *Last call* is the one that began last. *Live* is a call that is being dialed, rings or
    was answered, and has not ended. ``now`` returns the time by the server's clock; ``owner``
    and ``owners`` are as in ``CallIndex``.
    """

    def __init__(
        self,
        now: Callable[[], datetime] = _utc_now,
        owner: str = "",
        owners: dict[str, set[str]] | None = None,
    ) -> None:
        """Start with no calls."""
        #: Counts up with everything that is new.
        self.revision = 0
        self._now = now
        self._calls = CallIndex(owner, owners)
        # Calls that the server itself has named in an answer.
        self._named: set[str] = set()
        # Calls whose state came in the server's own list, which outweighs events.
        self._confirmed: set[str] = set()
        # Calls whose end nobody has told, but that must be over.
        self._presumed: set[str] = set()
        self._seen = SeenCalls()
        # When the server was first asked: what was over by then is not reported.
        self._since: datetime | None = None

    def close(self) -> None:
        """Own no more calls: the number is unloaded."""
        self._calls.close()

    def merge(self, snapshot: Iterable[Call], *, is_list: bool = False) -> list[CallChange]:
        """Merge calls as the server names them; return what changed.

        ``is_list`` is whether these are the newest calls: one that is over and not among them,
        and that only events have named, was made up or is long past.
        """
        if self._since is None:
            self._since = self._now()
        changes = [change for call in snapshot if (change := self._merge(call, confirmed=True))]
        changes += self.expire()
        for call in self._calls if is_list else ():
            if call.is_over and call.id not in self._named:
                self._forget(call.id)
        self._forget_oldest()
        return changes

    def expire(self) -> list[CallChange]:
        """End the calls that must be over by their age; return what changed."""
        now = self._now()
        outdated = [call for call in self.live_calls if is_outdated(call, now)]
        return [change for call in outdated for change in self._presume_end(call)]

    def apply_event(self, event: CallEvent) -> list[CallChange] | None:
        """Merge a webhook event; return what changed, nothing if nothing is new.

        ``None`` if it was refused: there are too many calls that nobody but events has named.
        """
        if not self._calls.find_same(event.call):
            if self._seen.progress(event.call) == OVER:
                return []
            if len(self._calls) - len(self._named) >= _MAX_UNNAMED:
                return None
        change = self._merge(event.call)
        self._forget_oldest()
        return [change] if change else []

    def apply_answer(self, call_id: str, status: CallStatus | str | None) -> list[CallChange]:
        """Merge the state that the answer to an action names; return what changed."""
        known = self.find(call_id)
        answered = Call(id=known.id if known else call_id, status=status)
        change = self._merge(answered)
        if answered.id in self._calls:
            self._named.add(answered.id)
        self._forget_oldest()
        return [change] if change else []

    def apply_not_found(self, call_id: str) -> list[CallChange]:
        """Handle that the server does not know a call; return what changed.

        One that it has described before has ended. Any other is forgotten.
        """
        if (call := self.find(call_id)) is None:
            return []
        if call.id not in self._confirmed:
            self._forget(call.id)
            return []
        return [] if call.is_over else self._presume_end(call)

    def is_named(self, call_id: str) -> bool:
        """Whether the server itself has named a call in an answer."""
        call = self.find(call_id)
        return call is not None and call.id in self._named

    def find(self, call_id: str) -> Call | None:
        """Return the call with that id, the newest one with that id at the provider."""
        return self._calls.find(call_id)

    @property
    def all(self) -> list[Call]:
        """All known calls, newest first."""
        return sorted(self._calls, key=began, reverse=True)

    @property
    def last_call(self) -> Call | None:
        """The call that began last, live or not; of two at one time the live one."""
        return self._calls.last

    @property
    def live_calls(self) -> Sequence[Call]:
        """The live calls, newest first."""
        return self._calls.live

    @property
    def meant_calls(self) -> Sequence[Call]:
        """The live calls that can be meant if none is named, newest first.

        As long as the server has named one, those that only events have named do not count:
        anybody who knows the webhook can make them up.
        """
        live = self.live_calls
        return [call for call in live if call.id in self._named] or live

    @property
    def only_live_call(self) -> Call | None:
        """The one live call that can be meant, ``None`` if there is none or more than one."""
        meant = self.meant_calls
        return meant[0] if len(meant) == 1 else None

    @property
    def awaited_call(self) -> Call | None:
        """The newest of those calls that has not been answered, by either side."""
        return next((call for call in self.meant_calls if not call.was_answered), None)

    @property
    def ringing_call(self) -> Call | None:
        """The one live call, if it can be answered or declined."""
        call = self.only_live_call
        return call if call and call.status is CallStatus.RINGING and is_incoming(call) else None

    def is_over(self, call_id: str) -> bool | None:
        """Whether a call is over, ``None`` if the call is unknown."""
        call = self.find(call_id)
        return None if call is None else call.is_over

    def was_answered(self, call_id: str) -> bool:
        """Whether a call was answered, as far as is known."""
        call = self.find(call_id)
        return call is not None and call.was_answered

    def _presume_end(self, call: Call) -> list[CallChange]:
        """End a call, unless the server says later that it goes on."""
        change = self._merge(ended(call))
        self._presumed.add(call.id)
        return [change] if change else []

    def _merge(self, incoming: Call, *, confirmed: bool = False) -> CallChange | None:
        """Join an incoming call with all that is known of it."""
        before: Call | None = None
        was_confirmed = was_named = was_presumed = False
        same = self._calls.find_same(incoming)
        if len(same) == 1 and self._is_old(same[0], incoming, confirmed=confirmed):
            return None
        for known in same:
            is_confirmed = known.id in self._confirmed
            outweighs = is_confirmed or not was_confirmed
            before = known if before is None else join(before, known, outweighs=outweighs)
            was_confirmed = was_confirmed or is_confirmed
            was_named = was_named or known.id in self._named
            was_presumed = was_presumed or known.id in self._presumed
        goes_on = was_presumed and confirmed and incoming.is_live
        if before is None:
            after = incoming
        else:
            known = replace(before, status=None, ended_at=None) if goes_on else before
            after = join(known, incoming, outweighs=confirmed or not was_confirmed)
        seen = max(self._seen.progress(after), -1 if before is None else progress(before))
        was_live = after.is_live
        after = self._settle(after, is_known_as_over=seen == OVER and not goes_on)
        kind = self._kind_of_news(after, seen, was_live=was_live)
        after = after if kind is None else self._date(after)
        for known in same:
            self._forget_origin(known.id)
        self._calls.replace(same, after)
        self._seen.add(after)
        self.revision += after != before
        if confirmed or was_confirmed:
            self._confirmed.add(after.id)
        if confirmed or was_named:
            self._named.add(after.id)
        if was_presumed and not confirmed and not incoming.is_over:
            self._presumed.add(after.id)
        return None if kind is None else CallChange(kind, after)

    def _kind_of_news(self, call: Call, seen: int, *, was_live: bool) -> CallChangeKind | None:
        """Return what a call is told as that was ``seen`` to come so far, ``None`` if it is not."""
        if seen >= progress(call):
            return None
        if seen < 0 and call.is_over and (was_live or self._is_past(call)):
            # It was over before anything was heard of it.
            return None
        return change_kind(call)

    def _is_old(self, known: Call, incoming: Call, *, confirmed: bool) -> bool:
        """Whether nothing about a call changes, as with most that comes."""
        is_confirmed = known.id in self._confirmed
        if confirmed and (not is_confirmed or known.id in self._presumed):
            return False
        if known.is_live and is_outdated(known, self._now()):
            return False
        return adds_nothing(known, incoming, outweighs=confirmed or not is_confirmed)

    def _settle(self, call: Call, *, is_known_as_over: bool) -> Call:
        """Return a call that is dated if it is live, and over if that is known by other means."""
        if not call.is_live:
            return call
        if began(call) == LONG_AGO:
            # It was just dialed or acted on, and is the newest, whatever clocks say.
            last = self._calls.last
            newest = LONG_AGO if last is None else began(last)
            return replace(call, created_at=max(self._now(), newest + datetime.resolution))
        return ended(call) if is_known_as_over or is_outdated(call, self._now()) else call

    def _date(self, call: Call) -> Call:
        """Return a call that was just answered or has just ended, with the time of that.

        What the server says of it counts as soon as it is known.
        """
        if call.is_over and call.ended_at is None:
            return replace(call, ended_at=self._now())
        if call.status is CallStatus.ACCEPTED and call.connected_at is None:
            return replace(call, connected_at=self._now())
        return call

    def _is_past(self, call: Call) -> bool:
        """Whether a call was over before the server was first asked."""
        return self._since is not None and (call.ended_at or began(call)) < self._since

    def _forget(self, call_id: str) -> None:
        self._calls.remove(call_id)
        self._forget_origin(call_id)

    def _forget_origin(self, call_id: str) -> None:
        self._confirmed.discard(call_id)
        self._named.discard(call_id)
        self._presumed.discard(call_id)

    def _forget_oldest(self) -> None:
        if len(self._calls) <= _MAX_CALLS:
            return
        for call in self.all[_MAX_CALLS:]:
            if not call.is_live:
                self._forget(call.id)
        for call in self.live_calls[_MAX_CALLS:]:
            self._forget(call.id)
