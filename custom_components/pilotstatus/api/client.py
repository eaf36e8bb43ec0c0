"""Client of the Pilot Status API: one method for each endpoint over one request method."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
import json
import re
from typing import Any, Final, Literal
from urllib.parse import quote

import aiohttp
from yarl import URL

from .errors import (
    CannotConnectError,
    InvalidResponseError,
    OutcomeUnknownError,
    PilotStatusError,
    ServerFaultError,
    error_for_answer,
)
from .models import ActionResult, Call, Number
from .rate_limit import Pause, requested_wait

DEFAULT_BASE_URL: Final = "https://pilotstatus.com.br"
MAX_CALLS: Final = 100

_TIMEOUT: Final = aiohttp.ClientTimeout(total=30, connect=10)
_MAX_BODY: Final = 1024 * 1024
_REPEAT_DELAYS: Final = (0.25, 0.5)
_BUDGET: Final = 30.0
_MAX_REASON: Final = 300

_PHONE = re.compile(r"\+?\d[\d ().-]{6,}\d")
_QUERY = re.compile(r"(https?://[^\s?#]+)[?#]\S*")

KeyType = Literal["api_key", "api_key_id"]
type Method = Literal["GET", "POST"]
_KEY_HEADERS: Final[Mapping[KeyType, str]] = {
    "api_key": "x-api-key",
    "api_key_id": "x-api-key-id",
}


class PilotStatusClient:
    """Speaks for one number.

    The session is the caller's: it is used, never closed. ``budget`` is how many seconds
    one request may spend waiting for a rate limit to lift. Every method may raise any
    PilotStatusError.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        api_key: str,
        *,
        key_type: KeyType = "api_key",
        base_url: str = DEFAULT_BASE_URL,
        budget: float = _BUDGET,
    ) -> None:
        """Keep the session and the key; nothing is sent yet."""
        self._session = session
        self._api_key = api_key
        self._headers = {"accept": "application/json", _KEY_HEADERS[key_type]: api_key}
        self._base_url = base_url.rstrip("/")
        self._budget = budget
        self._pause = Pause()

    async def list_calls(self, *, limit: int = 25, before: str | None = None) -> list[Call]:
        """Return the newest calls first, at most ``limit`` (1 to 100).

        ``before`` is ISO 8601: only calls created strictly earlier. Items without an id
        are left out. Source: docs page "List calls".
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
        return Call.parse(await self._request("GET", _call_path(call_id)))

    async def play(self, call_id: str, media_url: str) -> ActionResult:
        """Play the audio at a public URL into a call; queued until the call is answered.

        Source: docs page "Play audio into call (web)".
        """
        return ActionResult.parse(
            await self._request("POST", _call_path(call_id, "/play"), body={"mediaUrl": media_url})
        )

    async def list_numbers(self) -> list[Number]:
        """Return all numbers of the account, as far as the key may see them.

        Source: docs page "List numbers".
        """
        data = await self._request("GET", "/v1/numbers")
        if not isinstance(data, list):
            raise InvalidResponseError(status=HTTPStatus.OK, reason="no list of numbers")
        return [Number.parse(item) for item in data if isinstance(item, Mapping) and item.get("id")]

    async def _request(
        self,
        method: Method,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Any:
        """Send a request, repeating it only where that can do no harm; return its JSON.

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
                    if data is None:
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
        """Send once; return status, headers and JSON (``None`` where it is none)."""
        async with self._session.request(
            method,
            URL(self._base_url + path, encoded=True),
            params=params,
            json=body,
            headers=self._headers,
            timeout=_TIMEOUT,
            allow_redirects=False,
        ) as response:
            return response.status, response.headers, await _read_json(response)

    def _error(self, status: int, data: Any) -> PilotStatusError:
        """Return the error that an answer means, its words free of secrets."""
        answer = data if isinstance(data, Mapping) else {}
        return error_for_answer(
            status,
            self._clean(answer.get("code")),
            self._clean(answer.get("error")),
        )

    def _clean(self, text: Any) -> str | None:
        """Take the key, phone numbers and URL queries out of the server's words."""
        if not isinstance(text, str) or not text:
            return None
        text = text.replace(self._api_key, "…")
        return _PHONE.sub("…", _QUERY.sub(r"\1", text))[:_MAX_REASON]


def _call_path(call_id: str, action: str = "") -> str:
    """Return the path of a call, its id percent-encoded in full.

    Raises ValueError for an id that a server would read as a step up in the path.
    """
    if call_id in {"", ".", ".."}:
        raise ValueError("not a call id")
    return f"/v1/calls/{quote(call_id, safe='')}{action}"


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


async def _read_json(response: aiohttp.ClientResponse) -> Any:
    """Return the body as JSON, ``None`` where it is none or over the size limit."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > _MAX_BODY:
            response.close()
            return None
    try:
        return json.loads(body)
    except ValueError:
        return None
