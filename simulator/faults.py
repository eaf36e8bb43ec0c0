"""Faults that a test or a person orders, per endpoint."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
import json
from typing import Any, Final

from aiohttp import web

from .bodies import Body, send

ANY: Final = "*"

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Drop(StrEnum):
    """When a connection is closed: before anything is read, or after the request was handled."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(slots=True, kw_only=True)
class Fault:
    """What happens to the next ``times`` requests of an endpoint.

    ``delay`` is in seconds. ``status`` answers without handling the request, with ``error``,
    ``code``, ``fields`` and ``headers``. Without a status the request is handled, and what it was
    answered is changed: ``fields`` replace it, ``merge`` and ``without`` change and remove fields
    of its object, or of each object of its list. ``text`` is sent as JSON exactly as it is;
    ``body`` is one of those that no client should trust. ``drop`` closes a new connection, or the
    one that was just answered.
    """

    endpoint: str = ANY
    times: int = 1
    delay: float = 0
    status: int | None = None
    code: str | None = None
    error: str = "Fault"
    headers: dict[str, str] = field(default_factory=dict)
    fields: dict[str, Any] | list[Any] | None = None
    merge: dict[str, Any] = field(default_factory=dict)
    without: list[str] = field(default_factory=list)
    text: str | None = None
    drop: Drop | None = None
    body: Body | None = None

    async def answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Return the ordered error, or what the handler answers, with what is ordered of it."""
        if self.status is not None:
            status, data = self.status, self._error()
        else:
            response = await handler(request)
            status = response.status
            if self._keeps_answer or not isinstance(response, web.Response):
                return response
            data = self._changed(response.text or "null")
        if self.body is not None:
            return await send(request, self.body, status, self.headers)
        text = json.dumps(data) if self.text is None else self.text
        return web.Response(
            body=text.encode(),
            status=status,
            headers={"content-type": "application/json", **self.headers},
        )

    @property
    def _keeps_answer(self) -> bool:
        changes = (self.merge, self.without, self.headers)
        replaces = (self.fields, self.text, self.body)
        return not any(changes) and all(it is None for it in replaces)

    def _error(self) -> Any:
        if isinstance(self.fields, list):
            return self.fields
        content = {"error": self.error, "code": self.code} | (self.fields or {})
        return {key: value for key, value in content.items() if value is not None}

    def _changed(self, answer: str) -> Any:
        """Return an answer with the ordered changes: of a list, each of its objects has them."""
        if self.fields is not None:
            return self.fields
        data = json.loads(answer)
        if isinstance(data, dict) and isinstance(data.get("calls"), list):
            return {**data, "calls": [self._merged(item) for item in data["calls"]]}
        return (
            [self._merged(item) for item in data] if isinstance(data, list) else self._merged(data)
        )

    def _merged(self, item: Any) -> Any:
        if not isinstance(item, dict):
            return item
        return {key: value for key, value in (item | self.merge).items() if key not in self.without}


class Faults:
    """The faults that are still to come, in the order in which they were set."""

    def __init__(self) -> None:
        """Start with none."""
        self._pending: list[Fault] = []
        self._reset = asyncio.Event()

    def add(self, fault: Fault) -> None:
        """Add a fault."""
        self._pending.append(fault)

    def clear(self) -> None:
        """Cancel all that are still to come."""
        self._pending.clear()

    def reset(self) -> None:
        """Cancel all, and never handle a request that is still delayed."""
        self.clear()
        self._reset.set()
        self._reset = asyncio.Event()

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
        # Read first: a client that goes before the delay is over has sent it all the same.
        await request.read()
        if await self._is_reset_within(fault.delay):
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
        response = await fault.answer(request, handler)
        if fault.drop is Drop.AFTER and request.transport is not None:
            request.transport.abort()
        return response

    async def _is_reset_within(self, seconds: float) -> bool:
        reset = self._reset
        try:
            async with asyncio.timeout(seconds):
                return await reset.wait()
        except TimeoutError:
            return False

    def _next(self, fits: Callable[[Fault], bool]) -> Fault | None:
        for fault in self._pending:
            if fits(fault):
                fault.times -= 1
                if fault.times <= 0:
                    self._pending.remove(fault)
                return fault
        return None
