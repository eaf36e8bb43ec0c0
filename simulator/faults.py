"""Faults that a test or a person orders, per endpoint."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
import json
from typing import Any

from aiohttp import web

ANY = "*"
_OVERSIZED = 2 * 1024 * 1024


@dataclass(slots=True, kw_only=True)
class Fault:
    """What happens to the next ``times`` requests of an endpoint.

    ``drop`` is ``before`` (a new connection is closed before anything is read) or ``after``
    (the request is carried out, then the connection is closed). ``status`` answers without
    carrying the request out; ``body`` is ``malformed`` or ``oversized`` and replaces the
    body of an answer that was carried out.
    """

    endpoint: str = ANY
    times: int = 1
    delay: float = 0
    status: int | None = None
    code: str | None = None
    error: str = "Fault"
    headers: dict[str, str] = field(default_factory=dict)
    fields: dict[str, Any] = field(default_factory=dict)
    drop: str | None = None
    body: str | None = None

    def answer(self) -> web.Response:
        """Return the ordered error."""
        content = {"error": self.error, "code": self.code} | self.fields
        return web.json_response(
            {key: value for key, value in content.items() if value is not None},
            status=self.status or 500,
            headers=self.headers,
        )


class Faults:
    """The faults that are still to come, in the order in which they were set."""

    def __init__(self) -> None:
        """Start with none."""
        self._pending: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Order a fault."""
        self._pending.append(fault)

    def clear(self) -> None:
        """Cancel all that are still to come."""
        self._pending.clear()

    def refuses_connection(self) -> bool:
        """Whether the connection that just came in is to be dropped unread."""
        return self._take(lambda fault: fault.drop == "before") is not None

    async def apply(
        self,
        endpoint: str,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        """Answer a request, with the fault that is due for its endpoint."""
        fault = self._take(lambda it: it.drop != "before" and it.endpoint in (endpoint, ANY))
        if fault is None:
            return await handler(request)
        await asyncio.sleep(fault.delay)
        if fault.status is not None:
            await request.read()
            return fault.answer()
        response = await handler(request)
        if fault.drop == "after" and request.transport is not None:
            request.transport.abort()
        if fault.body == "malformed":
            return web.Response(text='{"success": tru', status=response.status)
        if fault.body == "oversized":
            filler = json.dumps({"success": True, "filler": "x" * _OVERSIZED})
            return web.Response(text=filler, status=response.status)
        if fault.fields:
            return web.json_response(fault.fields, status=response.status)
        return response

    def _take(self, fits: Callable[[Fault], bool]) -> Fault | None:
        for fault in self._pending:
            if fits(fault):
                fault.times -= 1
                if fault.times <= 0:
                    self._pending.remove(fault)
                return fault
        return None
