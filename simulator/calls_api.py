"""The documented ``/v1`` endpoints of a web number."""

from collections.abc import Awaitable, Callable
from datetime import datetime
import json
import re
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from .calls import LIVE, Call, Status
from .numbers import TENANT_KEY, Number, Provider
from .simulation import Received, Simulation

SIMULATION: web.AppKey[Simulation] = web.AppKey("simulation", Simulation)

_PHONE = re.compile(r"\+?[1-9]\d{7,14}")
_MAX_LIMIT = 100

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ApiError(Exception):
    """An answer with the documented error body."""

    def __init__(self, status: int, error: str, code: str | None = None) -> None:
        """Keep what the answer says."""
        super().__init__(error)
        self.status = status
        self.body = {"error": error} | ({"code": code} if code else {})


def invalid() -> ApiError:
    """Return the error for a payload or parameter that is not as documented."""
    return ApiError(400, "Validation error")


@web.middleware
async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count the request, apply the ordered fault, and write errors as documented."""
    endpoint = request.match_info.route.name
    if not request.path.startswith("/v1/") or endpoint is None:
        return await handler(request)
    simulation = request.app[SIMULATION]
    received = Received(endpoint=endpoint, path=request.raw_path, status=None)
    simulation.received.append(received)

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except ApiError as err:
            return web.json_response(err.body, status=err.status)

    response = await simulation.faults.apply(endpoint, request, answer)
    received.status = response.status
    return response


def add_routes(router: web.UrlDispatcher) -> None:
    """Add every endpoint, named as faults and counts name it."""
    router.add_get("/v1/calls", list_calls, name="calls.list")
    router.add_post("/v1/calls", start_call, name="calls.start")
    router.add_get("/v1/calls/{call_id}", get_call, name="calls.get")
    router.add_post("/v1/calls/{call_id}/accept", accept_call, name="calls.accept")
    router.add_post("/v1/calls/{call_id}/reject", reject_call, name="calls.reject")
    router.add_post("/v1/calls/{call_id}/terminate", terminate_call, name="calls.terminate")
    router.add_post("/v1/calls/{call_id}/play", play, name="calls.play")
    router.add_get("/v1/numbers", list_numbers, name="numbers.list")


async def list_calls(request: web.Request) -> web.Response:
    """``GET /v1/calls``."""
    number = _calling_number(request)
    try:
        limit = int(request.query.get("limit", "25"))
        before = request.query.get("before")
        instant = datetime.fromisoformat(before) if before else None
    except ValueError:
        raise invalid() from None
    if not 1 <= limit <= _MAX_LIMIT or (instant and instant.tzinfo is None):
        raise invalid()
    calls = [
        call.as_json()
        for call in request.app[SIMULATION].calls
        if call.number_id == number.id and (instant is None or call.created_at < instant)
    ]
    return web.json_response({"calls": calls[:limit]})


async def get_call(request: web.Request) -> web.Response:
    """``GET /v1/calls/{callId}``."""
    return web.json_response(_call(request, _calling_number(request)).as_json())


async def start_call(request: web.Request) -> web.Response:
    """``POST /v1/calls``."""
    number = _calling_number(request)
    if number.provider is not Provider.WEB:
        raise invalid()
    _require_connected(number)
    body = await _body(request, required={"to"}, optional={"bizOpaqueCallbackData"})
    if not _PHONE.fullmatch(body["to"]):
        raise invalid()
    call = request.app[SIMULATION].dial(number, body["to"], body.get("bizOpaqueCallbackData"))
    return web.json_response(
        {"id": call.id, "externalCallId": call.external_id, "status": call.status}, status=201
    )


async def accept_call(request: web.Request) -> web.Response:
    """``POST /v1/calls/{callId}/accept``."""
    await _body(request)
    return _act(request, {Status.RINGING}, Status.ACCEPTED, inbound=True)


async def reject_call(request: web.Request) -> web.Response:
    """``POST /v1/calls/{callId}/reject``."""
    await _no_body(request)
    return _act(request, {Status.RINGING}, Status.REJECTED, inbound=True)


async def terminate_call(request: web.Request) -> web.Response:
    """``POST /v1/calls/{callId}/terminate``."""
    await _no_body(request)
    return _act(request, LIVE, Status.COMPLETED)


async def play(request: web.Request) -> web.Response:
    """``POST /v1/calls/{callId}/play``."""
    number = _calling_number(request)
    _require_web(number)
    _require_connected(number)
    call = _call(request, number)
    body = await _body(request, required={"mediaUrl"})
    url = urlsplit(body["mediaUrl"])
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise invalid()
    _require_state(call, LIVE)
    request.app[SIMULATION].play(call, body["mediaUrl"])
    return _result(call)


async def list_numbers(request: web.Request) -> web.Response:
    """``GET /v1/numbers``, which a key of either scope may call."""
    _key_owner(request)
    numbers = request.app[SIMULATION].numbers.values()
    return web.json_response([number.as_json() for number in numbers])


def _key_owner(request: web.Request) -> Number | None:
    """Return the number of the request's key, ``None`` for the account's own key."""
    key = request.headers.get("x-api-key")
    key_id = request.headers.get("x-api-key-id")
    if key == TENANT_KEY:
        return None
    for number in request.app[SIMULATION].numbers.values():
        if key == number.key or (key is None and key_id == number.key_id):
            return number
    raise ApiError(401, "Unauthorized")


def calling_number(request: web.Request) -> Number:
    """Return the number of a number-scoped key."""
    number = _key_owner(request)
    if number is None:
        raise ApiError(
            403, "Tenant-scoped keys cannot call number endpoints", "TENANT_SCOPE_NOT_ALLOWED"
        )
    return number


def _calling_number(request: web.Request) -> Number:
    number = calling_number(request)
    if number.provider is Provider.EVOLUTION:
        raise ApiError(400, "This number cannot call", "FEATURE_NOT_SUPPORTED")
    return number


def _require_web(number: Number) -> None:
    if number.provider is not Provider.WEB:
        raise ApiError(400, "Only web numbers can do this", "FEATURE_NOT_SUPPORTED")


def _require_connected(number: Number) -> None:
    if not number.connected:
        raise ApiError(409, "WhatsApp is not connected", "WHATSAPP_INSTANCE_NOT_CONNECTED")


def _require_state(call: Call, states: frozenset[Status] | set[Status]) -> None:
    # Which code the real server uses is not documented.
    if call.status not in states:
        raise ApiError(409, f"The call is {call.status}", "INVALID_CALL_STATE")


def _call(request: web.Request, number: Number) -> Call:
    call = request.app[SIMULATION].find_call(number, request.match_info["call_id"])
    if call is None:
        raise ApiError(404, "Call not found", "CALL_NOT_FOUND")
    return call


def _act(
    request: web.Request,
    allowed: frozenset[Status] | set[Status],
    status: Status,
    *,
    inbound: bool = False,
) -> web.Response:
    number = _calling_number(request)
    _require_connected(number)
    call = _call(request, number)
    if inbound and call.direction != "INBOUND":
        raise ApiError(409, "Not an incoming call", "INVALID_CALL_STATE")
    _require_state(call, allowed)
    request.app[SIMULATION].move(call, status)
    return _result(call)


def _result(call: Call) -> web.Response:
    return web.json_response({"success": True, "id": call.id, "status": call.status})


async def _no_body(request: web.Request) -> None:
    if await request.read():
        raise invalid()


async def _body(
    request: web.Request,
    *,
    required: frozenset[str] | set[str] = frozenset(),
    optional: frozenset[str] | set[str] = frozenset(),
) -> dict[str, Any]:
    """Return the JSON object of a request; its fields are strings, none is unknown."""
    raw = await request.read()
    if not raw and not required:
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        raise invalid() from None
    if (
        request.content_type != "application/json"
        or not isinstance(body, dict)
        or not required <= body.keys() <= required | optional
        or not all(isinstance(value, str) for value in body.values())
    ):
        raise invalid()
    return body
