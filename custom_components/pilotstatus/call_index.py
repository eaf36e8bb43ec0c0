"""Calls by their ids, and which of them are live and last. Pure.

What is asked often is kept with each change, so that no question has to look at all calls.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from .api import Call
from .call_state import began, stands_in


def _recency(call: Call) -> tuple[datetime, bool]:
    return began(call), call.is_live


def _relevance(call: Call) -> tuple[bool, datetime]:
    """Return by what one of several calls with one provider's id is chosen."""
    return call.is_live, began(call)


class CallIndex:
    """The calls of one number, found by either id.

    ``owners`` is shared by all numbers: it keeps, for each id, which of them know it.
    """

    def __init__(self, owner: str = "", owners: dict[str, set[str]] | None = None) -> None:
        """Start with no calls; ``owner`` is the number."""
        self._owner = owner
        self._owners = {} if owners is None else owners
        self._by_id: dict[str, Call] = {}
        # Each of the inner ones is a set that keeps its order.
        self._ids_by_external_id: dict[str, dict[str, None]] = {}
        self._live: dict[str, Call] = {}
        self._newest_live: list[Call] | None = []
        self._last: Call | None = None

    def __len__(self) -> int:
        """Return how many calls there are."""
        return len(self._by_id)

    def __iter__(self) -> Iterator[Call]:
        """Iterate over the calls, in the order in which they were last changed."""
        return iter(tuple(self._by_id.values()))

    def __contains__(self, call_id: str) -> bool:
        """Return whether there is a call with that id, not the provider's."""
        return call_id in self._by_id

    @property
    def live(self) -> Sequence[Call]:
        """The live calls, newest first."""
        if self._newest_live is None:
            self._newest_live = sorted(self._live.values(), key=began, reverse=True)
        return self._newest_live

    @property
    def last(self) -> Call | None:
        """The call that began last, live or not; of two at one time the live one."""
        if self._last is None:
            self._last = max(self._by_id.values(), key=_recency, default=None)
        return self._last

    def find(self, call_id: str) -> Call | None:
        """Return the call with that id, or the newest one with that id at the provider."""
        if call := self._by_id.get(call_id):
            return call
        if not (ids := self._ids_by_external_id.get(call_id)):
            return None
        return max((self._by_id[it] for it in ids), key=_relevance)

    def find_same(self, call: Call) -> list[Call]:
        """Return the entries of the same call: two if only now they turn out to be one.

        A provider's id can be used for a second call.
        """
        ids = dict.fromkeys((call.id, call.external_id, *self._ids_by_external_id.get(call.id, ())))
        same = [known for it in ids if it and (known := self._by_id.get(it))]
        if len(same) < 2:  # noqa: PLR2004
            return same
        if stands_in(call):
            return [max(same, key=_relevance)]
        if call.external_id is None:
            # One id names one call, whatever else has it as the provider's.
            return [self._by_id.get(call.id) or max(same, key=_relevance)]
        # Which one counts if they differ depends on their order.
        return [known for known in self if known in same]

    def replace(self, same: Sequence[Call], call: Call) -> None:
        """Put a call in the place of those that are the same."""
        last = self.last
        for known in same:
            self.remove(known.id)
        self._by_id[call.id] = call
        if call.external_id is not None:
            self._ids_by_external_id.setdefault(call.external_id, {})[call.id] = None
        if call.is_live:
            self._live[call.id] = call
            self._newest_live = None
        if last is None or _recency(call) > _recency(last):
            self._last = call
        elif self._last is None and _recency(call) == _recency(last):
            # It was the last one, and has only been changed.
            self._last = call
        for it in (call.id, call.external_id):
            if it is not None:
                self._owners.setdefault(it, set()).add(self._owner)

    def remove(self, call_id: str) -> None:
        """Remove a call, if it is there."""
        call = self._by_id.pop(call_id, None)
        if call is None:
            return
        if call.external_id is not None:
            same = self._ids_by_external_id[call.external_id]
            del same[call_id]
            if not same:
                del self._ids_by_external_id[call.external_id]
        if self._live.pop(call_id, None):
            self._newest_live = None
        if self._last is call:
            self._last = None
        for it in (call.id, call.external_id):
            if it is not None and self.find(it) is None:
                self._disown(it)

    def close(self) -> None:
        """Own no more calls, those that are still to come included."""
        for it in (*self._by_id, *self._ids_by_external_id):
            self._disown(it)
        self._owners = {}

    def _disown(self, call_id: str) -> None:
        owners = self._owners.get(call_id, set())
        owners.discard(self._owner)
        if not owners:
            self._owners.pop(call_id, None)
