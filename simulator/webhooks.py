"""Webhooks of a number: kept in memory, delivered over real HTTP, signed."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
import hmac
import json
import random
import secrets
import time
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from .calls import Call, timestamp
from .traffic import Kind, Traffic

CALL_EVENTS = ("call.ringing", "call.connected", "call.ended", "call.missed")
NUMBER_EVENTS = (
    "number.created",
    "number.connected",
    "number.disconnected",
    "number.removed",
    "number.restored",
)
EMITTED = frozenset(CALL_EVENTS + NUMBER_EVENTS)
#: Some of the events that only a Meta number can emit.
META_ONLY = frozenset({"call.permission_updated", "calls"})
SIGNATURE_HEADER = "x-pilot-status-signature"
_TIMEOUT = aiohttp.ClientTimeout(total=10)
_MAX_LOGS = 1000


@dataclass(slots=True, kw_only=True)
class Webhook:
    """One webhook, and what was delivered to it."""

    number_id: str
    url: str
    name: str
    events: list[str]
    active: bool = True
    id: str = field(default_factory=lambda: f"wh_{secrets.token_hex(10)}")
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    logs: list[dict[str, Any]] = field(default_factory=list)

    def wants(self, event: str) -> bool:
        """Whether an event is delivered to it."""
        return self.active and (event in self.events or "*" in self.events)

    def as_short_json(self) -> dict[str, Any]:
        """Return the webhook as ``PATCH`` answers it; the secret is never among it."""
        return {
            "id": self.id,
            "tenantId": "tenant_demo",
            "name": self.name,
            "url": self.url,
            "environment": "LIVE",
            "active": self.active,
            "events": self.events,
            "whatsappInstanceIds": [],
            "createdAt": timestamp(self.created_at),
            "updatedAt": timestamp(self.created_at),
        }

    def as_json(self) -> dict[str, Any]:
        """Return the webhook as the list shows it."""
        last = self.logs[-1]["createdAt"] if self.logs else None
        return self.as_short_json() | {
            "apiKeys": [],
            "lastTriggered": last,
            "whatsappNumberIds": [self.number_id],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How events are delivered: ``copies`` of each, after ``delay`` seconds.

    With ``shuffle`` each takes up to the delay, so that they arrive in any order; with ``lose``
    none is delivered.
    """

    copies: int = 1
    delay: float = 0
    shuffle: bool = False
    lose: bool = False
    secret: str = "whsec_demo"  # noqa: S105


class Webhooks:
    """All webhooks of the account."""

    def __init__(self, traffic: Traffic) -> None:
        """Start with none; what is delivered is noted in ``traffic``."""
        self._traffic = traffic
        self.all: list[Webhook] = []
        self.delivery = Delivery()
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    def of(self, number_id: str) -> list[Webhook]:
        """Return the webhooks of a number."""
        return [webhook for webhook in self.all if webhook.number_id == number_id]

    def emit(self, number_id: str, payload: dict[str, Any]) -> None:
        """Deliver an event to the webhooks of a number that want it."""
        for webhook in self.of(number_id):
            if webhook.wants(payload["event"]) and not self.delivery.lose:
                for _ in range(self.delivery.copies):
                    self._start(self._deliver(webhook, payload))

    async def close(self) -> None:
        """End what is still under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _deliver(self, webhook: Webhook, payload: dict[str, Any]) -> None:
        delay = self.delivery.delay
        await asyncio.sleep(random.uniform(0, delay) if self.delivery.shuffle else delay)  # noqa: S311
        body = json.dumps(payload).encode()
        digest = hmac.new(self.delivery.secret.encode(), body, sha256).hexdigest()
        headers = {"content-type": "application/json", SIGNATURE_HEADER: digest}
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=_TIMEOUT)
        began = time.monotonic()
        status, text = None, ""
        try:
            async with self._session.post(webhook.url, data=body, headers=headers) as response:
                status, text = response.status, await response.text()
        except (aiohttp.ClientError, TimeoutError) as err:
            text = type(err).__name__
        seconds = time.monotonic() - began
        self._traffic.add(Kind.DELIVERY, payload["event"], status, seconds)
        webhook.logs.append(
            {
                "event": payload["event"],
                "status": "SUCCESS" if status is not None and status // 100 == 2 else "FAILED",  # noqa: PLR2004
                "statusCode": status,
                "payload": payload,
                "response": text,
                "durationMs": round(seconds * 1000),
                "createdAt": timestamp(datetime.now(UTC)),
            }
        )
        del webhook.logs[:-_MAX_LOGS]

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def is_url(value: object) -> bool:
    """Whether a value can be delivered to."""
    if not isinstance(value, str):
        return False
    parts = urlsplit(value)
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def call_payload(event: str, call: Call) -> dict[str, Any]:
    """Return the documented flat payload of a ``call.*`` event."""
    payload: dict[str, Any] = {
        "event": event,
        "callId": call.id,
        "externalCallId": call.external_id,
        "direction": call.direction,
        "status": call.status,
        "from": call.caller,
        "to": call.callee,
        "timestamp": timestamp(call.updated_at),
    }
    if event == "call.ended" and call.duration is not None:
        payload["duration"] = call.duration
    return payload
