"""The documented ``/v1/webhooks`` endpoints, for a number's key."""

from urllib.parse import urlsplit

from aiohttp import web
import voluptuous as vol

from .app import SIMULATION, ApiError, invalid, json_body, own_number
from .numbers import Provider
from .webhooks import EMITTED, META_ONLY, Webhook, is_url

_MAX_LOGS = 50
_BODY = vol.Schema({"url": str, "name": str, "events": list, "active": bool}, extra=vol.ALLOW_EXTRA)


def add_routes(router: web.UrlDispatcher) -> None:
    """Add every endpoint, named as faults and counts name it."""
    router.add_get("/v1/webhooks", list_webhooks, name="webhooks.list")
    router.add_post("/v1/webhooks", create_webhook, name="webhooks.create")
    router.add_get("/v1/webhooks/{webhook_id}", get_webhook, name="webhooks.get")
    router.add_patch("/v1/webhooks/{webhook_id}", update_webhook, name="webhooks.update")
    router.add_delete("/v1/webhooks/{webhook_id}", delete_webhook, name="webhooks.delete")
    router.add_get("/v1/webhooks/{webhook_id}/logs", list_logs, name="webhooks.logs")


async def list_webhooks(request: web.Request) -> web.Response:
    """``GET /v1/webhooks``: a bare array."""
    own = request.app[SIMULATION].webhooks.of(own_number(request).id)
    return web.json_response([webhook.as_json() for webhook in own])


async def create_webhook(request: web.Request) -> web.Response:
    """``POST /v1/webhooks``."""
    number = own_number(request)
    body = await json_body(request, _BODY)
    if not is_url(body.get("url")):
        raise invalid()
    if body.get("whatsappNumberId", number.id) != number.id:
        raise ApiError(400, "The number is not the key's", "NUMBER_MISMATCH")
    webhook = Webhook(
        number_id=number.id,
        url=body["url"],
        name=body.get("name", urlsplit(body["url"]).hostname),
        events=_emitted(body.get("events", []), number.provider),
    )
    request.app[SIMULATION].webhooks.all.append(webhook)
    return web.json_response(webhook.as_json(), status=201)


async def get_webhook(request: web.Request) -> web.Response:
    """``GET /v1/webhooks/{id}``."""
    return web.json_response(_webhook(request).as_json())


async def update_webhook(request: web.Request) -> web.Response:
    """``PATCH /v1/webhooks/{id}``: ``events`` replaces the whole list."""
    webhook = _webhook(request)
    body = await json_body(request, _BODY)
    if "url" in body and not is_url(body["url"]):
        raise invalid()
    webhook.url = body.get("url", webhook.url)
    webhook.name = body.get("name", webhook.name)
    webhook.active = body.get("active", webhook.active)
    if "events" in body:
        webhook.events = _emitted(body["events"], own_number(request).provider)
    return web.json_response(webhook.as_short_json())


async def delete_webhook(request: web.Request) -> web.Response:
    """``DELETE /v1/webhooks/{id}``; its body is not documented."""
    request.app[SIMULATION].webhooks.all.remove(_webhook(request))
    return web.Response()


async def list_logs(request: web.Request) -> web.Response:
    """``GET /v1/webhooks/{id}/logs``: what was delivered last."""
    webhook = _webhook(request)
    try:
        limit = int(request.query.get("limit", _MAX_LOGS))
    except ValueError:
        raise invalid() from None
    if not 1 <= limit <= _MAX_LOGS:
        raise invalid()
    event = request.query.get("event")
    logs = [log for log in reversed(webhook.logs) if event in (None, log["event"])]
    return web.json_response(logs[:limit])


def _emitted(events: list[str], provider: Provider) -> list[str]:
    """Drop, as silently as the real server, what the number's provider cannot emit."""
    emitted = EMITTED | (META_ONLY if provider is Provider.META else frozenset())
    return [event for event in events if event in emitted or event == "*"]


def _webhook(request: web.Request) -> Webhook:
    number = own_number(request)
    for webhook in request.app[SIMULATION].webhooks.of(number.id):
        if webhook.id == request.match_info["webhook_id"]:
            return webhook
    raise ApiError(404, "Webhook not found", "WEBHOOK_NOT_FOUND")
