"""Deliveries that have been handled, since many come more than once. Pure."""

from typing import Final

_MAX_BODIES: Final = 64
#: Bytes. The documented deliveries have a few hundred.
_MAX_BODY: Final = 4096


class HandledDeliveries:
    """The bodies of the newest deliveries that would tell nothing if they came again."""

    def __init__(self) -> None:
        """Start with none."""
        self._bodies: dict[bytes, None] = {}

    def __contains__(self, body: bytes) -> bool:
        """Return whether a delivery has been handled."""
        return body in self._bodies

    def add(self, body: bytes) -> None:
        """Keep a body, unless it is larger than any that is documented."""
        if len(body) > _MAX_BODY:
            return
        self._bodies[body] = None
        if len(self._bodies) > _MAX_BODIES:
            del self._bodies[next(iter(self._bodies))]
