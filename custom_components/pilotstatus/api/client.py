"""Client of the Pilot Status API: one method for each endpoint."""

from collections.abc import Callable, Collection, Mapping
from copy import copy
from datetime import datetime
from typing import Any, Final, Self
from urllib.parse import quote

import aiohttp
from yarl import URL

from .account import DeliveryRecord, Number, Webhook
from .errors import CallNotFoundError, InvalidResponseError, NotFoundError
from .models import ActionResult, Call, CallDirection
from .transport import KeyType, Method, Transport
from .values import parse_id, parse_list

DEFAULT_BASE_URL: Final = "https://pilotstatus.com.br"
MAX_CALLS: Final = 100
MAX_DELIVERIES: Final = 50
#: Seconds.
DEFAULT_BUDGET: Final = 30.0

_TIMEOUT: Final = aiohttp.ClientTimeout(total=30, connect=10)


class PilotStatusClient:
    """Sends the requests of one number.

    The session is the caller's: it is used, never closed. ``budget`` is how many seconds
    one request may spend waiting for a rate limit to lift, ``timeout`` bounds each sending
    of it. Every method may raise any PilotStatusError.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        api_key: str,
        *,
        key_type: KeyType = "api_key",
        base_url: str = DEFAULT_BASE_URL,
        budget: float = DEFAULT_BUDGET,
        timeout: aiohttp.ClientTimeout = _TIMEOUT,
    ) -> None:
        """Keep the session and the key; nothing is sent yet."""
        #: The server, empty if its address is none.
        self.host = _host(base_url)
        self._transport = Transport(session, api_key, key_type, base_url, budget, timeout)

    def in_background(self) -> Self:
        """Return the same client for questions that nobody waits for.

        A long rate limit that only these were told of bars no other request.
        """
        client = copy(self)
        client._transport = self._transport.in_background()  # noqa: SLF001 - of this class
        return client

    def now(self) -> datetime:
        """Return the time by the server's clock."""
        return self._transport.clock.now()

    def heard_at(self) -> float:
        """Return when the server answered last, in monotonic seconds."""
        return self._transport.clock.heard_at

    async def list_calls(self, *, limit: int = 25, before: str | None = None) -> list[Call]:
        """Return the newest calls first, at most ``limit`` (1 to 100).

        ``before`` is ISO 8601: only calls created strictly earlier. Items without an id
        are skipped. Source: docs page "List calls".
        """
        params = {"limit": str(limit)}
        if before is not None:
            params["before"] = before
        return await self._transport.request("GET", "/v1/calls", _parse_calls, params=params)

    async def get_call(self, call_id: str) -> Call:
        """Return one call, by its Pilot Status id or its provider's id.

        Source: docs page "Get call".
        """
        return await self._request_call("GET", call_id, Call.parse)

    async def play(self, call_id: str, media_url: str) -> ActionResult:
        """Play the audio at a public URL into a call; queued until the call is answered.

        Source: docs page "Play audio into call (web)".
        """
        body = {"mediaUrl": media_url}
        return await self._request_call("POST", call_id, ActionResult.parse, "/play", body)

    async def start_call(self, to: str) -> Call:
        """Call a phone number, E.164 with ``+``; return the call that was created.

        Source: docs page "Start call (BIC)". A second request would be a second call.
        """

        def parse(data: Any) -> Call:
            known = {"direction": CallDirection.OUTBOUND, "peerNumber": to}
            return Call.parse({**known, **data} if isinstance(data, Mapping) else data)

        return await self._transport.request("POST", "/v1/calls", parse, body={"to": to})

    async def accept(self, call_id: str) -> ActionResult:
        """Answer an incoming call. Source: docs page "Accept call"."""
        return await self._request_call("POST", call_id, ActionResult.parse, "/accept", {})

    async def reject(self, call_id: str) -> ActionResult:
        """Decline an incoming call. Source: docs page "Rejeitar chamada"."""
        return await self._request_call("POST", call_id, ActionResult.parse, "/reject")

    async def terminate(self, call_id: str) -> ActionResult:
        """Hang up. Source: docs page "Terminate call"."""
        return await self._request_call("POST", call_id, ActionResult.parse, "/terminate")

    async def list_webhooks(self) -> list[Webhook]:
        """Return the number's webhooks. Source: docs page "List webhooks".

        Other projects have met the list inside an object, so that is read, too.
        """
        return await self._transport.request("GET", "/v1/webhooks", _parse_webhooks)

    async def create_webhook(self, url: str, name: str, events: Collection[str]) -> Webhook:
        """Have events delivered to a URL. Source: docs page "Create webhook".

        Events that the number cannot emit are dropped silently: compare ``events``.
        """
        body = {"url": url, "name": name, "events": sorted(events)}
        return await self._transport.request("POST", "/v1/webhooks", Webhook.parse, body=body)

    async def update_webhook(self, webhook_id: str, url: str, events: Collection[str]) -> Webhook:
        """Move a webhook, switch it on, and replace its events.

        Source: docs page "Update webhook".
        """
        body = {"url": url, "active": True, "events": sorted(events)}
        return await self._transport.request(
            "PATCH", _webhook_path(webhook_id), Webhook.parse, body=body
        )

    async def delete_webhook(self, webhook_id: str) -> None:
        """Remove a webhook for good. Source: docs page "Configure webhooks"."""
        await self._transport.request(
            "DELETE", _webhook_path(webhook_id), _ignore, expects_json=False
        )

    async def list_deliveries(
        self, webhook_id: str, *, limit: int = MAX_DELIVERIES
    ) -> list[DeliveryRecord]:
        """Return the newest deliveries to a webhook, at most ``limit`` (1 to 50).

        Source: docs page "Webhook delivery events". Whether the list stands inside an object is
        not documented, so that is read, too.
        """
        path = f"{_webhook_path(webhook_id)}/logs"
        params = {"limit": str(limit)}
        return await self._transport.request("GET", path, _parse_deliveries, params=params)

    async def get_number(self, number_id: str) -> Number:
        """Return a number with its settings.

        Source: the vendor's SDK. Whether the key of a number may ask is not documented.
        """
        return await self._transport.request("GET", _number_path(number_id), Number.parse)

    async def accept_calls(self, number_id: str) -> Number:
        """Have a number no longer decline every call by itself.

        Source: the vendor's SDK, on the settings of a number.
        """
        body = {"settings": {"rejectCall": False}}
        path = _number_path(number_id)
        return await self._transport.request("PATCH", path, Number.parse, body=body)

    async def list_numbers(self) -> list[Number]:
        """Return the numbers of the account that the key may see.

        Source: docs page "List numbers".
        """
        return await self._transport.request("GET", "/v1/numbers", _parse_numbers)

    async def _request_call[T](
        self,
        method: Method,
        call_id: str,
        parse: Callable[[Any], T],
        action: str = "",
        body: Mapping[str, Any] | None = None,
    ) -> T:
        """Send a request about one call: 404 means that the number has no such call.

        Raises ValueError for what cannot be an id: a server could read it as a step up in
        the path.
        """
        if parse_id(call_id) is None:
            raise ValueError("not a call id")
        path = f"/v1/calls/{quote(call_id, safe='')}{action}"
        try:
            return await self._transport.request(method, path, parse, body=body)
        except NotFoundError as err:
            raise CallNotFoundError(status=err.status, code=err.code, reason=err.reason) from None


def _host(url: str) -> str:
    try:
        return URL(url).host or ""
    except ValueError:
        return ""


def _webhook_path(webhook_id: str) -> str:
    return f"/v1/webhooks/{quote(webhook_id, safe='')}"


def _number_path(number_id: str) -> str:
    return f"/v1/numbers/{quote(number_id, safe='')}"


def _parse_calls(data: Any) -> list[Call]:
    calls = parse_list(data.get("calls"), MAX_CALLS) if isinstance(data, Mapping) else None
    if calls is None:
        raise InvalidResponseError(reason="no list of calls")
    return [Call.parse(item) for item in calls if _has_id(item)]


def _parse_numbers(data: Any) -> list[Number]:
    if (numbers := parse_list(data)) is None:
        raise InvalidResponseError(reason="no list of numbers")
    return [Number.parse(item) for item in numbers if _has_id(item)]


def _parse_deliveries(data: Any) -> list[DeliveryRecord]:
    if isinstance(data, Mapping):
        data = data.get("data", data.get("logs"))
    if (deliveries := parse_list(data, MAX_DELIVERIES)) is None:
        raise InvalidResponseError(reason="no list of deliveries")
    return [DeliveryRecord.parse(item) for item in deliveries]


def _parse_webhooks(data: Any) -> list[Webhook]:
    if isinstance(data, Mapping):
        data = data.get("data", data.get("webhooks"))
    if (webhooks := parse_list(data)) is None:
        raise InvalidResponseError(reason="no list of webhooks")
    return [Webhook.parse(item) for item in webhooks]


def _ignore(_data: Any) -> None:
    """Read nothing of an answer."""


def _has_id(item: Any) -> bool:
    return isinstance(item, Mapping) and parse_id(item.get("id")) is not None
