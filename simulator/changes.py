"""Who looks at the simulation hears of each change."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Changes:
    """Wakes those who watch; what changed, they look up themselves."""

    def __init__(self) -> None:
        """Start with nobody watching."""
        self.closed = False
        self._watching: set[asyncio.Event] = set()

    def notify(self) -> None:
        """Tell everybody who watches that something changed."""
        for changed in self._watching:
            changed.set()

    def close(self) -> None:
        """Tell everybody that nothing changes any more."""
        self.closed = True
        self.notify()

    @contextmanager
    def watch(self) -> Iterator[asyncio.Event]:
        """Watch until the context ends; yields an event that is set with each change."""
        changed = asyncio.Event()
        self._watching.add(changed)
        try:
            yield changed
        finally:
            self._watching.discard(changed)
