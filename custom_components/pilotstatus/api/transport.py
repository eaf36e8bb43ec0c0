"""Sends the requests of one number: once, unless repeating them can do no harm."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import copy
from http import HTTPStatus
from typing import Any, Final, Literal, Self

import aiohttp
from yarl import URL

from .body import read_body
from .clock import ServerClock
from .errors import (
    CannotConnectError,
    InvalidResponseError,
    OutcomeUnknownError,
    PilotStatusError,
    ServerFaultError,
    error_for_answer,
)
from .rate_limit import Pause, requested_wait
from .redaction import parse_words
from .values import parse_json

_MAX_BODY: Final = 1024 * 1024
_REPEAT_DELAYS: Final = (0.25, 0.5)
#: Seconds for the body of an answer whose status says enough.
_ERROR_BODY_TIMEOUT: Final = 5

KeyType = Literal["api_key", "api_key_id"]
type Method = Literal["GET", "POST", "PATCH", "DELETE"]
_KEY_HEADERS: Final[Mapping[KeyType, str]] = {
    "api_key": "x-api-key",
    "api_key_id": "x-api-key-id",
}


class Transport:
    """Sends requests with a key to one server; they share its rate limit and its clock.

    The session is the caller's: it is used, never closed. ``budget`` is how many seconds
    one request may spend waiting for a rate limit to lift, ``timeout`` bounds each sending
    of it.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        api_key: str,
        key_type: KeyType,
        base_url: str,
        budget: float,
        timeout: aiohttp.ClientTimeout,
    ) -> None:
        """Keep the session and the key; nothing is sent yet."""
        self.clock = ServerClock()
        self._session = session
        self._api_key = api_key
        self._headers = {
            "accept": "application/json",
            # What is packed cannot be bounded before it is unpacked.
            "accept-encoding": "identity",
            _KEY_HEADERS[key_type]: api_key,
        }
        self._base_url = base_url.rstrip("/")
        self._budget = budget
        self._timeout = timeout
        self._pause = Pause()
        self._is_background = False

    def in_background(self) -> Self:
        """Return the same for questions that nobody waits for.

        A long rate limit that only these were told of bars no other request.
        """
        transport = copy(self)
        transport._is_background = True  # noqa: SLF001 - of this class
        return transport

    async def request[T](
        self,
        method: Method,
        path: str,
        parse: Callable[[Any], T],
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        expects_json: bool = True,
    ) -> T:
        """Send a request, and return what its answer says.

        Whatever the parsing throws leaves as InvalidResponseError.
        """
        status, data = await self._send(method, path, params, body)
        if data is None and expects_json:
            raise InvalidResponseError(status=status, reason="not JSON")
        try:
            return parse(data)
        except InvalidResponseError as err:
            raise InvalidResponseError(status=status, reason=err.reason) from None
        except Exception as err:  # noqa: BLE001 - nothing that a server says may leave as it is
            raise InvalidResponseError(status=status, reason=type(err).__name__) from None

    async def _send(
        self,
        method: Method,
        path: str,
        params: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
    ) -> tuple[int, Any]:
        """Send a request, repeat it only if that can do no harm; return status and JSON.

        A connection that was never made and a 429 are repeated for any method, since the
        server cannot have acted. Lost connections and 5xx are repeated for GET only.
        """
        deadline = asyncio.get_running_loop().time() + self._budget
        delays = iter(_REPEAT_DELAYS)
        while True:
            async with self._pause.turn(deadline, is_background=self._is_background) as turn:
                try:
                    status, headers, data = await self._exchange(method, path, params, body)
                except Exception as err:  # noqa: BLE001 - whatever a socket or a header throws
                    failure, harmless = _no_answer(method, err)
                else:
                    if status == HTTPStatus.TOO_MANY_REQUESTS:
                        wait = requested_wait(headers, data, self._pause.refusals)
                        self._pause.refuse(turn, wait, is_background=self._is_background)
                        continue
                    self._pause.lift(turn)
                    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
                        return status, data
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
            auto_decompress=False,
        ) as response:
            self.clock.read(response.headers)
            if response.status < HTTPStatus.MULTIPLE_CHOICES:
                return response.status, response.headers, await _read_json(response)
            data = None
            # The status says what it is, whatever becomes of the words for it.
            with suppress(Exception):
                async with asyncio.timeout(_ERROR_BODY_TIMEOUT):
                    data = await _read_json(response)
            return response.status, response.headers, data

    def _error(self, status: int, data: Any) -> PilotStatusError:
        """Return the error for an answer, its words free of secrets."""
        answer = data if isinstance(data, Mapping) else {}
        return error_for_answer(
            status,
            parse_words(answer.get("code"), self._api_key),
            parse_words(answer.get("error"), self._api_key),
        )


def _no_answer(method: Method, err: Exception) -> tuple[PilotStatusError, bool]:
    """Return the error for a request that got no answer, and whether to repeat it.

    The error is not chained to aiohttp's: that one can carry the headers, and so the key.
    """
    if isinstance(err, aiohttp.ConnectionTimeoutError):
        return CannotConnectError(reason="no connection in time"), False
    if isinstance(err, aiohttp.InvalidURL):
        return CannotConnectError(reason="no address of a server"), False
    if isinstance(err, aiohttp.ClientConnectorError):
        return CannotConnectError(), True
    if method != "GET":
        return OutcomeUnknownError(), False
    in_time = not isinstance(err, TimeoutError)
    return CannotConnectError(reason="lost" if in_time else "no answer in time"), in_time


async def _read_json(response: aiohttp.ClientResponse) -> Any:
    """Return the body as JSON, ``None`` if it is none, packed, or over the size limit."""
    body = await read_body(response.content, _MAX_BODY)
    if body is None:
        response.close()
        return None
    try:
        return parse_json(body)
    except ValueError:
        return None
