"""Client of the Pilot Status API: one method for each endpoint over one request method."""

import asyncio
from collections.abc import Collection, Mapping
from http import HTTPStatus
import json
import re
from typing import Any, Final, Literal
from urllib.parse import quote

import aiohttp
from yarl import URL

from .body import read_body
from .errors import (
    CallNotFoundError,
    CannotConnectError,
    InvalidResponseError,
    NotFoundError,
    OutcomeUnknownError,
    PilotStatusError,
    ServerFaultError,
    error_for_answer,
)
from .models import ActionResult, Call, CallDirection, Number, Webhook
from .rate_limit import Pause, requested_wait

DEFAULT_BASE_URL: Final = "https://pilotstatus.com.br"
MAX_CALLS: Final = 100
#: Seconds.
DEFAULT_BUDGET: Final = 30.0

_TIMEOUT: Final = aiohttp.ClientTimeout(total=30, connect=10)
_MAX_BODY: Final = 1024 * 1024
_REPEAT_DELAYS: Final = (0.25, 0.5)
_MAX_REASON: Final = 300

_PHONE = re.compile(r"\+?\d[\d ().-]{6,}\d")
_QUERY = re.compile(r"(https?://[^\s?#]+)[?#]\S*")

KeyType = Literal["api_key", "api_key_id"]
type Method = Literal["GET", "POST", "PATCH", "DELETE"]
_KEY_HEADERS: Final[Mapping[KeyType, str]] = {
    "api_key": "x-api-key",
    "api_key_id": "x-api-key-id",
}


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
        self._session = session
        self._api_key = api_key
        self._headers = {"accept": "application/json", _KEY_HEADERS[key_type]: api_key}
        self._base_url = base_url.rstrip("/")
        self._budget = budget
        self._timeout = timeout
        self._pause = Pause()

    async def list_calls(self, *, limit: int = 25, before: str | None = None) -> list[Call]:
        """Return the newest calls first, at most ``limit`` (1 to 100).

        ``before`` is ISO 8601: only calls created strictly earlier. Items without an id
        are skipped. Source: docs page "List calls".
        """
        params = {"limit": str(limit)}
        if before is not None:
            params["before"] = before
        data = await self._request("GET", "/v1/calls", params=params)
        calls = data.get("calls") if isinstance(data, Mapping) else None
        if not isinstance(calls, list):
            raise InvalidResponseError(status=HTTPStatus.OK, reason="no list of calls")
        return [Call.parse(item) for item in calls if isinstance(item, Mapping) and item.get("id")]

    async def get_call(self, call_id: str) -> Call:
        """Return one call, by its Pilot Status id or its provider's id.

        Source: docs page "Get call".
        """
        return Call.parse(await self._request_call("GET", call_id))

    async def play(self, call_id: str, media_url: str) -> ActionResult:
        """Play the audio at a public URL into a call; queued until the call is answered.

        Source: docs page "Play audio into call (web)".
        """
        body = {"mediaUrl": media_url}
        return ActionResult.parse(await self._request_call("POST", call_id, "/play", body))

    async def start_call(self, to: str) -> Call:
        """Call a phone number, E.164 with ``+``; return the call that was created.

        Source: docs page "Start call (BIC)". A second request would be a second call.
        """
        data = await self._request("POST", "/v1/calls", body={"to": to})
        if not isinstance(data, Mapping):
            raise InvalidResponseError(reason="not a call")
        return Call.parse({"direction": CallDirection.OUTBOUND, "peerNumber": to, **data})

    async def accept(self, call_id: str) -> ActionResult:
        """Answer an incoming call. Source: docs page "Accept call"."""
        return ActionResult.parse(await self._request_call("POST", call_id, "/accept", {}))

    async def reject(self, call_id: str) -> ActionResult:
        """Decline an incoming call. Source: docs page "Rejeitar chamada"."""
        return ActionResult.parse(await self._request_call("POST", call_id, "/reject"))

    async def terminate(self, call_id: str) -> ActionResult:
        """Hang up. Source: docs page "Terminate call"."""
        return ActionResult.parse(await self._request_call("POST", call_id, "/terminate"))

    async def list_webhooks(self) -> list[Webhook]:
        """Return the number's webhooks. Source: docs page "List webhooks".

        Other projects have met the list inside an object, so that is read, too.
        """
        data = await self._request("GET", "/v1/webhooks")
        if isinstance(data, Mapping):
            data = data.get("data", data.get("webhooks"))
        if not isinstance(data, list):
            raise InvalidResponseError(reason="no list of webhooks")
        return [Webhook.parse(item) for item in data]

    async def create_webhook(self, url: str, name: str, events: Collection[str]) -> Webhook:
        """Have events delivered to a URL. Source: docs page "Create webhook".

        Events that the number cannot emit are dropped silently: compare ``events``.
        """
        body = {"url": url, "name": name, "events": sorted(events)}
        return Webhook.parse(await self._request("POST", "/v1/webhooks", body=body))

    async def update_webhook(self, webhook_id: str, url: str, events: Collection[str]) -> Webhook:
        """Move a webhook, switch it on, and replace its events.

        Source: docs page "Update webhook".
        """
        body = {"url": url, "active": True, "events": sorted(events)}
        path = _webhook_path(webhook_id)
        return Webhook.parse(await self._request("PATCH", path, body=body))

    async def delete_webhook(self, webhook_id: str) -> None:
        """Remove a webhook for good. Source: docs page "Configure webhooks"."""
        await self._request("DELETE", _webhook_path(webhook_id), expects_json=False)

    async def list_numbers(self) -> list[Number]:
        """Return the numbers of the account that the key may see.

        Source: docs page "List numbers".
        """
        data = await self._request("GET", "/v1/numbers")
        if not isinstance(data, list):
            raise InvalidResponseError(status=HTTPStatus.OK, reason="no list of numbers")
        return [Number.parse(item) for item in data if isinstance(item, Mapping) and item.get("id")]

    async def _request_call(
        self,
        method: Method,
        call_id: str,
        action: str = "",
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        """Send a request about one call: 404 means that the number has no such call.

        Raises ValueError for an id that a server would read as a step up in the path.
        """
        if call_id in {"", ".", ".."}:
            raise ValueError("not a call id")
        path = f"/v1/calls/{quote(call_id, safe='')}{action}"
        try:
            return await self._request(method, path, body=body)
        except NotFoundError as err:
            raise CallNotFoundError(status=err.status, code=err.code, reason=err.reason) from None

    async def _request(
        self,
        method: Method,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        expects_json: bool = True,
    ) -> Any:
        """Send a request, repeat it only if that can do no harm, and return its JSON.

        A connection that was never made and a 429 are repeated for any method, since the
        server cannot have acted. Lost connections and 5xx are repeated for GET only.
        """
        deadline = asyncio.get_running_loop().time() + self._budget
        delays = iter(_REPEAT_DELAYS)
        limited = 0
        while True:
            await self._pause.wait(deadline)
            try:
                status, headers, data = await self._exchange(method, path, params, body)
            except (aiohttp.ClientError, OSError) as err:
                failure, harmless = _no_answer(method, err)
            else:
                if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
                    if data is None and expects_json:
                        raise InvalidResponseError(status=status, reason="not JSON")
                    return data
                if status == HTTPStatus.TOO_MANY_REQUESTS:
                    self._pause.extend(requested_wait(headers, data, limited))
                    limited += 1
                    continue
                failure = self._error(status, data)
                harmless = method == "GET" and isinstance(failure, ServerFaultError)
            if not harmless or (delay := next(delays, None)) is None:
                raise failure
            await asyncio.sleep(delay)

    async def _exchange(
        self,
        method: Method,
        path: str,
        params: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
    ) -> tuple[int, Mapping[str, str], Any]:
        """Send once; return status, headers and JSON (``None`` if it is none)."""
        async with self._session.request(
            method,
            URL(self._base_url + path, encoded=True),
            params=params,
            json=body,
            headers=self._headers,
            timeout=self._timeout,
            allow_redirects=False,
        ) as response:
            return response.status, response.headers, await _read_json(response)

    def _error(self, status: int, data: Any) -> PilotStatusError:
        """Return the error for an answer, its words free of secrets."""
        answer = data if isinstance(data, Mapping) else {}
        return error_for_answer(
            status,
            self._clean(answer.get("code")),
            self._clean(answer.get("error")),
        )

    def _clean(self, text: Any) -> str | None:
        """Remove the key, phone numbers and URL queries from the server's words."""
        if not isinstance(text, str) or not text:
            return None
        text = text.replace(self._api_key, "…")
        return _PHONE.sub("…", _QUERY.sub(r"\1", text))[:_MAX_REASON]


def _no_answer(method: Method, err: Exception) -> tuple[PilotStatusError, bool]:
    """Return the error for a request that got no answer, and whether to repeat it.

    The error is not chained to aiohttp's: that one can carry the headers, and so the key.
    """
    if isinstance(err, aiohttp.ConnectionTimeoutError):
        return CannotConnectError(reason="no connection in time"), False
    if isinstance(err, aiohttp.ClientConnectorError):
        return CannotConnectError(), True
    if method != "GET":
        return OutcomeUnknownError(), False
    in_time = not isinstance(err, TimeoutError)
    return CannotConnectError(reason="lost" if in_time else "no answer in time"), in_time


def _webhook_path(webhook_id: str) -> str:
    return f"/v1/webhooks/{quote(webhook_id, safe='')}"


async def _read_json(response: aiohttp.ClientResponse) -> Any:
    """Return the body as JSON, ``None`` if it is none or over the size limit."""
    body = await read_body(response.content, _MAX_BODY)
    if body is None:
        response.close()
        return None
    try:
        return json.loads(body)
    except ValueError:
        return None
