"""What all endpoints share: the simulation, the errors, the key's owner, the body."""

import json
import time
from typing import Any

from aiohttp import web
import voluptuous as vol

from .faults import Handler
from .numbers import TENANT_KEY, Number, Provider
from .simulation import Received, Simulation
from .traffic import Kind

SIMULATION: web.AppKey[Simulation] = web.AppKey("simulation", Simulation)


class ApiError(Exception):
    """An answer with the documented error body."""

    def __init__(self, status: int, error: str, code: str | None = None) -> None:
        """Store what the answer says."""
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

    began = time.monotonic()
    try:
        response = await simulation.faults.apply(endpoint, request, answer)
        received.status = response.status
    finally:
        what = f"{request.method} {request.raw_path}"
        is_gone = request.transport is None or request.transport.is_closing()
        status = None if is_gone else received.status
        simulation.traffic.add(Kind.REQUEST, what, status, time.monotonic() - began)
    return response


def endpoints(app: web.Application) -> frozenset[str]:
    """Return the names of the ``/v1`` endpoints, as faults and counts name them."""
    return frozenset(app.router.named_resources())


def key_owner(request: web.Request) -> Number | None:
    """Return the number of the request's key, ``None`` for the account's own key."""
    key = request.headers.get("x-api-key")
    key_id = request.headers.get("x-api-key-id")
    if key == TENANT_KEY:
        return None
    for number in request.app[SIMULATION].numbers.values():
        if key == number.key or (key is None and key_id == number.key_id):
            return number
    raise ApiError(401, "Unauthorized")


def own_number(request: web.Request) -> Number:
    """Return the number of a number-scoped key."""
    number = key_owner(request)
    if number is None:
        raise ApiError(
            403, "Tenant-scoped keys cannot call number endpoints", "TENANT_SCOPE_NOT_ALLOWED"
        )
    return number


def calling_number(request: web.Request) -> Number:
    """Return the number of a number-scoped key, if its provider can call."""
    number = own_number(request)
    if number.provider is Provider.EVOLUTION:
        raise ApiError(400, "This number cannot call", "FEATURE_NOT_SUPPORTED")
    return number


async def json_body(
    request: web.Request, schema: vol.Schema, *, may_be_empty: bool = False
) -> dict[str, Any]:
    """Return the JSON object of a request, valid by its schema."""
    raw = await request.read()
    if not raw and may_be_empty:
        return {}
    if request.content_type != "application/json":
        raise invalid()
    try:
        return parse_object(raw, schema)
    except ValueError:
        raise invalid() from None


def parse_object(raw: bytes, schema: vol.Schema) -> dict[str, Any]:
    """Return the JSON object of a body, valid by its schema. Raises ValueError."""
    try:
        body: dict[str, Any] = schema(json.loads(raw))
    except vol.Invalid as err:
        raise ValueError(str(err)) from err
    return body


async def no_body(request: web.Request) -> None:
    """Refuse a request that has a body."""
    if await request.read():
        raise invalid()
