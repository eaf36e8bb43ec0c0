"""Faults that a test or a person orders, per endpoint."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
import json
from typing import Any, Final

from aiohttp import web

ANY: Final = "*"
_OVERSIZED = 2 * 1024 * 1024

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Drop(StrEnum):
    """When a connection is closed: before anything is read, or after the request was handled."""

    BEFORE = "before"
    AFTER = "after"


class Body(StrEnum):
    """What replaces the body of an answer."""

    MALFORMED = "malformed"
    OVERSIZED = "oversized"


_BODIES: Final = {
    Body.MALFORMED: '{"success": tru',
    Body.OVERSIZED: json.dumps({"success": True, "filler": "x" * _OVERSIZED}),
}


@dataclass(slots=True, kw_only=True)
class Fault:
    """What happens to the next ``times`` requests of an endpoint.

    ``delay`` is in seconds. ``status`` answers without handling the request, with ``error``,
    ``code``, ``fields`` and ``headers``. Without a status ``fields`` replace what the request was
    answered. ``drop`` closes a new connection, or the one that was just answered.
    """

    endpoint: str = ANY
    times: int = 1
    delay: float = 0
    status: int | None = None
    code: str | None = None
    error: str = "Fault"
    headers: dict[str, str] = field(default_factory=dict)
    fields: dict[str, Any] | list[Any] | None = None
    drop: Drop | None = None
    body: Body | None = None

    async def answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Return the ordered error, or what the handler answers, with what is ordered of it."""
        if self.status is not None:
            await request.read()
            response: web.StreamResponse = web.json_response(
                self._error(), status=self.status, headers=self.headers
            )
        else:
            response = await handler(request)
            if self.fields is not None:
                response = web.json_response(self.fields, status=response.status)
        if self.body is not None:
            response = web.Response(text=_BODIES[self.body], status=response.status)
        return response

    def _error(self) -> Any:
        if isinstance(self.fields, list):
            return self.fields
        content = {"error": self.error, "code": self.code} | (self.fields or {})
        return {key: value for key, value in content.items() if value is not None}


class Faults:
    """The faults that are still to come, in the order in which they were set."""

    def __init__(self) -> None:
        """Start with none."""
        self._pending: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Add a fault."""
        self._pending.append(fault)

    def clear(self) -> None:
        """Cancel all that are still to come."""
        self._pending.clear()

    def refuses_connection(self) -> bool:
        """Whether the connection that just came in is to be dropped unread."""
        return self._next(lambda fault: fault.drop is Drop.BEFORE) is not None

    async def apply(
        self, endpoint: str, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """Answer a request, with the fault that is due for its endpoint."""
        fault = self._next(lambda it: it.drop is not Drop.BEFORE and it.endpoint in (endpoint, ANY))
        if fault is None:
            return await handler(request)
        await asyncio.sleep(fault.delay)
        response = await fault.answer(request, handler)
        if fault.drop is Drop.AFTER and request.transport is not None:
            request.transport.abort()
        return response

    def _next(self, fits: Callable[[Fault], bool]) -> Fault | None:
        for fault in self._pending:
            if fits(fault):
                fault.times -= 1
                if fault.times <= 0:
                    self._pending.remove(fault)
                return fault
        return None
