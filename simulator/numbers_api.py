"""The documented ``/v1/numbers`` endpoint."""

from aiohttp import web

from .app import SIMULATION, key_owner


def add_routes(router: web.UrlDispatcher) -> None:
    """Add the endpoint, named as faults and counts name it."""
    router.add_get("/v1/numbers", list_numbers, name="numbers.list")


async def list_numbers(request: web.Request) -> web.Response:
    """``GET /v1/numbers``, which a key of either scope may call."""
    key_owner(request)
    numbers = request.app[SIMULATION].numbers.values()
    return web.json_response([number.as_json() for number in numbers])
