"""The documented ``/v1/numbers`` endpoints."""

from aiohttp import web
import voluptuous as vol

from .app import SIMULATION, ApiError, json_body, key_owner
from .numbers import Number

_MAX_MESSAGE = 1000
_SETTINGS = vol.Schema(
    {
        "rejectCall": vol.Any(bool, None),
        "msgRejectCall": vol.Any(vol.All(str, vol.Length(max=_MAX_MESSAGE)), None),
    }
)
_BODY = vol.Schema({"settings": _SETTINGS})


def add_routes(router: web.UrlDispatcher) -> None:
    """Add the endpoints, named as faults and counts name them."""
    router.add_get("/v1/numbers", list_numbers, name="numbers.list")
    router.add_get("/v1/numbers/{number_id}", get_number, name="numbers.get")
    router.add_patch("/v1/numbers/{number_id}", update_number, name="numbers.update")


async def list_numbers(request: web.Request) -> web.Response:
    """``GET /v1/numbers``, which a key of either scope may call."""
    key_owner(request)
    numbers = request.app[SIMULATION].numbers.values()
    return web.json_response([number.as_json() for number in numbers])


async def get_number(request: web.Request) -> web.Response:
    """``GET /v1/numbers/{id}``; which keys may call it is not documented, so all may."""
    return web.json_response(_number(request).as_detail_json())


async def update_number(request: web.Request) -> web.Response:
    """``PATCH /v1/numbers/{id}``: the settings that are about calls."""
    number = _number(request)
    settings = (await json_body(request, _BODY)).get("settings")
    if not settings:
        raise ApiError(400, "Nothing to change", "EMPTY_PATCH")
    number.reject_call = settings.get("rejectCall", number.reject_call)
    number.reject_message = settings.get("msgRejectCall", number.reject_message)
    return web.json_response(number.as_detail_json())


def _number(request: web.Request) -> Number:
    key_owner(request)
    number_id = request.match_info["number_id"]
    number = request.app[SIMULATION].numbers.get(number_id)
    if number is None:
        raise ApiError(404, "Number not found", "NUMBER_NOT_FOUND")
    return number
