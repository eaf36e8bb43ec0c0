"""What is known of a number's calls: pure state, no I/O."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from .api import ActionResult, Call

_MAX_CALLS: Final = 100
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


def _age(call: Call) -> datetime:
    return call.created_at or call.started_at or _LONG_AGO


class CallLog:
    """The newest calls of one number, at most 100 and all live ones.

    A call that has finished never becomes live again.
    """

    def __init__(self) -> None:
        """Start with no call known."""
        self._calls: dict[str, Call] = {}

    def merge(self, snapshot: Iterable[Call]) -> None:
        """Take in calls as the server lists them."""
        for call in snapshot:
            known = self._calls.get(call.id)
            if known is None or known.is_live or not call.is_live:
                self._calls[call.id] = call
        newest = sorted(self._calls.values(), key=_age, reverse=True)
        for call in newest[_MAX_CALLS:]:
            if not call.is_live:
                del self._calls[call.id]

    def apply(self, result: ActionResult) -> bool:
        """Take in the answer to an action; return whether its call is known."""
        known = self.find(result.call_id)
        if known is None:
            return False
        if known.is_live and result.status is not None:
            self._calls[known.id] = replace(known, status=result.status)
        return True

    def find(self, call_id: str) -> Call | None:
        """Return the call with that id, the provider's id included."""
        if call := self._calls.get(call_id):
            return call
        return next((call for call in self._calls.values() if call.external_id == call_id), None)

    @property
    def all(self) -> list[Call]:
        """All calls that are known, newest first."""
        return sorted(self._calls.values(), key=_age, reverse=True)

    @property
    def last_call(self) -> Call | None:
        """The call that began last, whether it goes on or not."""
        return max(self._calls.values(), key=_age, default=None)

    @property
    def live_calls(self) -> list[Call]:
        """The calls that are going on, newest first."""
        return [call for call in self.all if call.is_live]
