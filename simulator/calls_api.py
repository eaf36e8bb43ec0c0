"""The documented ``/v1/calls`` endpoints of a web number."""

from datetime import datetime
from urllib.parse import urlsplit

from aiohttp import web
import voluptuous as vol

from .app import SIMULATION, ApiError, calling_number, invalid, json_body, no_body
from .calls import Call
from .numbers import Number, Provider, is_phone
from .transitions import InvalidStateError, Step

_MAX_LIMIT = 100

_START = vol.Schema({vol.Required("to"): str, vol.Optional("bizOpaqueCallbackData"): str})
_ACCEPT = vol.Schema({})
_PLAY = vol.Schema({vol.Required("mediaUrl"): str})


def add_routes(router: web.UrlDispatcher) -> None:
    """Add every endpoint, named as faults and counts name it."""
    router.add_get("/v1/calls", list_calls, name="calls.list")
    router.add_post("/v1/calls", start_call, name="calls.start")
    router.add_get("/v1/calls/{call_id}", get_call, name="calls.get")
    router.add_post("/v1/calls/{call_id}/accept", accept_call, name="calls.accept")
    router.add_post("/v1/calls/{call_id}/reject", reject_call, name="calls.reject")
    router.add_post("/v1/calls/{call_id}/terminate", terminate_call, name="calls.terminate")
    router.add_post("/v1/calls/{call_id}/play", play, name="calls.play")


async def list_calls(request: web.Request) -> web.Response:
    """``GET /v1/calls``."""
    number = calling_number(request)
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
    return web.json_response(_call(request, calling_number(request)).as_json())


async def start_call(request: web.Request) -> web.Response:
    """``POST /v1/calls``."""
    number = calling_number(request)
    if number.provider is not Provider.WEB:
        raise invalid()
    _require_connected(number)
    body = await json_body(request, _START)
    if not is_phone(body["to"]):
        raise invalid()
    call = request.app[SIMULATION].dial(number, body["to"], body.get("bizOpaqueCallbackData"))
    return web.json_response(
        {"id": call.id, "externalCallId": call.external_id, "status": call.status}, status=201
    )


async def accept_call(request: web.Request) -> web.Response:
    """``POST /v1/calls/{callId}/accept``."""
    await json_body(request, _ACCEPT, may_be_empty=True)
    return _move(request, Step.ACCEPT)


async def reject_call(request: web.Request) -> web.Response:
    """``POST /v1/calls/{callId}/reject``."""
    await no_body(request)
    return _move(request, Step.REJECT)


async def terminate_call(request: web.Request) -> web.Response:
    """``POST /v1/calls/{callId}/terminate``."""
    await no_body(request)
    return _move(request, Step.TERMINATE)


async def play(request: web.Request) -> web.Response:
    """``POST /v1/calls/{callId}/play``."""
    number = calling_number(request)
    if number.provider is not Provider.WEB:
        raise ApiError(400, "Only web numbers can do this", "FEATURE_NOT_SUPPORTED")
    _require_connected(number)
    call = _call(request, number)
    body = await json_body(request, _PLAY)
    url = urlsplit(body["mediaUrl"])
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise invalid()
    try:
        request.app[SIMULATION].play(call, body["mediaUrl"])
    except InvalidStateError as err:
        raise _conflict(err) from err
    return _result(call)


def _require_connected(number: Number) -> None:
    if not number.connected:
        raise ApiError(409, "WhatsApp is not connected", "WHATSAPP_INSTANCE_NOT_CONNECTED")


def _call(request: web.Request, number: Number) -> Call:
    call = request.app[SIMULATION].find_call(number, request.match_info["call_id"])
    if call is None:
        raise ApiError(404, "Call not found", "CALL_NOT_FOUND")
    return call


def _move(request: web.Request, step: Step) -> web.Response:
    number = calling_number(request)
    _require_connected(number)
    call = _call(request, number)
    try:
        request.app[SIMULATION].move(call, step)
    except InvalidStateError as err:
        raise _conflict(err) from err
    return _result(call)


def _conflict(err: InvalidStateError) -> ApiError:
    # Which code the real server uses is not documented.
    return ApiError(409, str(err), "INVALID_CALL_STATE")


def _result(call: Call) -> web.Response:
    return web.json_response({"success": True, "id": call.id, "status": call.status})
