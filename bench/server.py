"""The other side of the measurements: as little of Pilot Status as answers a request.

The simulator does what Pilot Status does with a call, and takes its time for it. Here every
answer is ready, so that what is measured is Home Assistant. ``/bench`` is for orders: which
calls there are, how many requests came, what to deliver and to read.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime
import itertools
import json
import ssl
import sys
import time
from typing import Any, Final

import aiohttp
from aiohttp import web

HOST: Final = "127.0.0.1"
_RESULT: Final = '{{"success": true, "id": "{}", "status": "{}"}}'
_TIMEOUT: Final = aiohttp.ClientTimeout(total=120)

type Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


def timestamp() -> str:
    """Return the time as Pilot Status writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def event(name: str, call_id: str) -> dict[str, Any]:
    """Return the payload of an event of an incoming call."""
    return {
        "event": f"call.{name}",
        "callId": call_id,
        "externalCallId": f"wa_{call_id}",
        "direction": "INBOUND",
        "status": {"ringing": "RINGING", "connected": "ACCEPTED"}.get(name, "COMPLETED"),
        "from": "5511999999999",
        "to": "5511888888888",
        "timestamp": timestamp(),
    }


def _call(call_id: str, status: str) -> dict[str, Any]:
    return {"id": call_id, "status": status, "direction": "INBOUND", "createdAt": timestamp()}


class Server:
    """Answers requests, and counts them."""

    def __init__(self) -> None:
        """Start without calls."""
        self._counts: Counter[str] = Counter()
        #: The calls of each key.
        self._calls: dict[str, list[dict[str, Any]]] = {}
        #: The calls that were delivered, in their order.
        self._delivered: dict[str, dict[str, Any]] = {}
        #: The webhook of each key.
        self._webhooks: dict[str, dict[str, Any]] = {}
        #: When the last play was asked for, and with what body.
        self._played: tuple[float, bytes] = (0, b"{}")
        self._refuses_webhooks = False
        self._new_ids = (f"new_{it}" for it in itertools.count())

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request, or carry out an order."""
        came = time.perf_counter()
        _, root, *rest = request.path.split("/")
        if root == "bench":
            return await self._obey(request, rest[0])
        body = await request.read()
        self._counts[f"{request.method} {rest[0]}{'/' + rest[-1] if len(rest) > 2 else ''}"] += 1
        if rest[-1] == "play":
            self._played = came, body
        if rest[0] == "webhooks" and self._refuses_webhooks:
            return web.json_response({"error": "not for this key"}, status=403)
        key = request.headers.get("x-api-key", "")
        answer = self._answer(request.method, key, rest, body, request.query)
        return web.Response(text=answer, content_type="application/json")

    def _answer(
        self, method: str, key: str, path: list[str], body: bytes, query: Mapping[str, str]
    ) -> str:
        match method, path:
            case "POST", ["calls", call_id, action]:
                status = "COMPLETED" if action in {"reject", "terminate"} else "ACCEPTED"
                return _RESULT.format(call_id, status)
            case "GET", ["calls", call_id]:
                return json.dumps(self._call(key, call_id))
            case "GET", ["calls"]:
                calls = [*reversed(self._delivered.values()), *self._calls.get(key, [])]
                return json.dumps({"calls": calls[: int(query.get("limit", "25"))]})
            case "POST", ["webhooks"]:
                self._webhooks[key] = {"id": "wh", "active": True, **json.loads(body)}
                return json.dumps(self._webhooks[key])
            case "GET", ["webhooks"]:
                return json.dumps([it for it in [self._webhooks.get(key)] if it])
            case "DELETE", ["webhooks", _]:
                self._webhooks.pop(key, None)
        return "[]"

    def _call(self, key: str, call_id: str) -> dict[str, Any]:
        for call in self._calls.get(key, []):
            if call["id"] == call_id:
                return call
        return self._delivered.get(call_id) or _call(call_id, "COMPLETED")

    async def _obey(self, request: web.BaseRequest, order: str) -> web.Response:
        data = json.loads(await request.read() or b"{}")
        match order:
            case "calls":
                self._calls = data
                self._delivered.clear()
                answer: Any = {}
            case "counts":
                answer = dict(self._counts)
                self._counts.clear()
            case "webhooks":
                self._refuses_webhooks = data["refused"]
                answer = {}
            case "played":
                answer = {"at": self._played[0], "body": json.loads(self._played[1])}
            case "deliver":
                answer = await self._deliver(**data)
            case "read":
                answer = await self._read(**data)
        return web.json_response(answer)

    async def _deliver(
        self, url: str, kind: str, count: int, concurrency: int = 1, calls: int = 0
    ) -> dict[str, Any]:
        """Deliver so many events; return the seconds, the statuses, and when each was sent."""
        sent: list[float] = []
        statuses: Counter[int] = Counter()
        bodies = self._bodies(kind, calls)
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:

            async def send(share: int) -> None:
                for _ in range(share):
                    body = next(bodies)
                    sent.append(time.perf_counter())
                    async with session.post(url, json=body) as response:
                        await response.read()
                        statuses[response.status] += 1

            await asyncio.gather(*(send(1) for _ in range(concurrency)))
            began = time.perf_counter()
            await asyncio.gather(*(send(count // concurrency) for _ in range(concurrency)))
            seconds = time.perf_counter() - began
        if kind != "burst":
            for call in self._delivered.values():
                call["status"] = "COMPLETED"
        return {"seconds": seconds, "statuses": statuses, "sent": sent}

    def _bodies(self, kind: str, calls: int) -> Iterator[dict[str, Any]]:
        if kind == "repeated":
            body = event("ringing", next(self._new_ids))
            while True:
                yield body
        names = ["ringing"] if kind == "new" else ["ringing", "connected", "ended"]
        if kind == "burst":
            ids = [next(self._new_ids) for _ in range(calls)]
            yield from self._of(ids, names[0])
            while True:
                yield from self._of(ids, names[1])
        while True:
            call_id = next(self._new_ids)
            for name in names:
                yield from self._of([call_id], name)

    def _of(self, ids: list[str], name: str) -> Iterator[dict[str, Any]]:
        for call_id in ids:
            body = event(name, call_id)
            call = self._delivered.setdefault(call_id, _call(call_id, body["status"]))
            call["status"] = body["status"]
            yield body

    async def _read(self, url: str, readers: int, part: int = 0) -> dict[str, Any]:
        """Read a URL by so many at once, in ranges of ``part`` bytes if that is not 0."""

        async def read(session: aiohttp.ClientSession) -> int:
            size = 0
            while True:
                headers = {"range": f"bytes={size}-{size + part - 1}"} if part else {}
                async with session.get(url, headers=headers) as response:
                    if response.status not in {200, 206}:
                        return size
                    # Kept by nobody, however many read at once.
                    async for chunk in response.content.iter_any():
                        size += len(chunk)
                if not part:
                    return size

        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
            began = time.perf_counter()
            sizes = await asyncio.gather(*(read(session) for _ in range(readers)))
        return {"seconds": time.perf_counter() - began, "bytes": sum(sizes)}


async def serve(certificate: str | None = None) -> None:
    """Serve until standard input ends; say the port on standard output."""
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(web.Server(Server().handle), HOST, 0, ssl=context)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
