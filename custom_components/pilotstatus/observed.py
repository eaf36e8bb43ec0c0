"""What this run has seen of what the API leaves undocumented: for diagnostics. Pure.

It is bounded whoever sends, and holds no phone number, no address and no value of a header
but those that say which program sent it.
"""

from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Final

from .api import parse_id, parse_instant, parse_text, parse_words
from .call_state import CallChange

_MAX_ENTRIES: Final = 60
_MAX_KINDS: Final = 40
_MAX_NAME: Final = 64
#: Headers whose values are kept.
_TELLING: Final = frozenset({"accept", "accept-encoding", "content-type", "user-agent"})


class Observed:
    """Statuses, the order and delay of deliveries, when media was fetched, names of headers.

    ``now`` returns the time by the server's clock. ``deliveries`` counts what was taken,
    ``repeated`` what came again, ``refused`` what had a wrong signature.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Start with nothing."""
        self.deliveries = 0
        self.repeated = 0
        self.refused = 0
        self.last_delivery: datetime | None = None
        self._now = now
        self._timeline: deque[dict[str, Any]] = deque(maxlen=_MAX_ENTRIES)
        self._statuses: Counter[str] = Counter()
        self._known: set[tuple[str, str]] = set()
        self._headers: dict[str, dict[str, str]] = {"delivery": {}, "fetch": {}}

    def record_delivery(self, delivery: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        """Record a delivery, with its delay against its own time."""
        self.deliveries += 1
        self.last_delivery = now = self._now()
        self._record_headers("delivery", headers)
        sent = parse_instant(delivery.get("timestamp"))
        status = parse_text(delivery.get("status"), _MAX_NAME)
        self._count(status)
        self._add(
            "delivery",
            event=parse_text(delivery.get("event"), _MAX_NAME),
            call_id=parse_id(delivery.get("callId")),
            status=status,
            seconds_late=None if sent is None else round((now - sent).total_seconds(), 3),
        )

    def record_change(self, change: CallChange) -> None:
        """Record what became of a call, however it was learned."""
        call = change.call
        self._count(call.status and str(call.status))
        self._add(
            "call",
            event=str(change.kind),
            call_id=call.id,
            status=call.status and str(call.status),
            direction=call.direction and str(call.direction),
            error_code=call.error_code,
        )

    def record_fetch(
        self, call_id: str | None, seconds: float, method: str, headers: Mapping[str, str]
    ) -> None:
        """Record that media was fetched, so many seconds after it was offered."""
        self._record_headers("fetch", headers)
        self._add(
            "fetch",
            call_id=call_id,
            method=parse_text(method, _MAX_NAME),
            seconds_after_offer=round(seconds, 3),
            is_range="range" in {name.lower() for name in headers},
        )

    def as_dict(self) -> dict[str, Any]:
        """Return it as diagnostics show it, oldest first."""
        return {
            "statuses": dict(self._statuses),
            "deliveries_repeated": self.repeated,
            "deliveries_refused": self.refused,
            "headers": {kind: dict(sorted(seen.items())) for kind, seen in self._headers.items()},
            "timeline": [it | {"at": it["at"].isoformat()} for it in self._timeline],
        }

    def _add(self, kind: str, **seen: Any) -> None:
        self._timeline.append({"at": self._now(), "what": kind, **seen})

    def _count(self, status: str | None) -> None:
        if status is not None and (status in self._statuses or _has_room(self._statuses)):
            self._statuses[status] += 1

    def _record_headers(self, kind: str, headers: Mapping[str, str]) -> None:
        seen = self._headers[kind]
        for name, value in headers.items():
            # As most are, from the second delivery on.
            if (kind, name) in self._known:
                continue
            short = parse_text(name.lower(), _MAX_NAME)
            if short is not None and short not in seen and _has_room(seen):
                seen[short] = (parse_words(value) or "") if short in _TELLING else "…"
                self._known.add((kind, name))


def _has_room(seen: Collection[str]) -> bool:
    return len(seen) < _MAX_KINDS
