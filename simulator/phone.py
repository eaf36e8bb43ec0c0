"""``/phone``: the other party, for a person with a browser and for a test with JSON."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from aiohttp import web
import voluptuous as vol

from . import home, live, orders
from .app import SIMULATION, endpoints, parse_object
from .audio import write_wav
from .calls import Call
from .faults import Drop, Fault
from .numbers import CALLER, DEMO_NUMBER, Number
from .people import Person
from .simulation import Simulation
from .transitions import InvalidStateError, Step

_PAGE = Path(__file__).with_name("page")

CLOSE_CONNECTIONS: web.AppKey[Callable[[], None]] = web.AppKey("close_connections")


def add_routes(router: web.UrlDispatcher) -> None:
    """Add the page and its JSON."""
    router.add_get("/", to_page)
    router.add_get("/phone", page)
    router.add_static("/phone/page", _PAGE)
    router.add_get("/phone/events", live.events)
    router.add_get("/phone/calls", list_calls)
    router.add_post("/phone/ring", ring)
    router.add_get("/phone/calls/{call_id}", show_call)
    router.add_post("/phone/calls/{call_id}/answer", answer)
    router.add_post("/phone/calls/{call_id}/decline", decline)
    router.add_post("/phone/calls/{call_id}/hang_up", hang_up)
    router.add_get("/phone/calls/{call_id}/heard.wav", heard)
    router.add_get("/phone/calls/{call_id}/live", listen)
    router.add_post("/phone/home", ask_home)
    router.add_get("/phone/people", list_people)
    router.add_put("/phone/people/{number}", put_person)
    router.add_delete("/phone/people/{number}", forget_person)
    router.add_patch("/phone/numbers/{number_id}", change_number)
    router.add_get("/phone/requests", list_requests)
    router.add_post("/phone/faults", add_fault)
    router.add_delete("/phone/faults", clear_faults)
    router.add_patch("/phone/settings", change_settings)
    router.add_patch("/phone/delivery", change_delivery)
    router.add_post("/phone/reset", reset)


async def to_page(_: web.Request) -> web.Response:
    """Send a person who opens the bare address to the page."""
    raise web.HTTPFound("/phone")


async def page(_: web.Request) -> web.FileResponse:
    """Show the phone."""
    return web.FileResponse(_PAGE / "index.html")


async def list_calls(request: web.Request) -> web.Response:
    """Return all calls, newest first, with what was played into each."""
    calls = request.app[SIMULATION].calls
    return web.json_response({"calls": [call.as_phone_json() for call in calls]})


async def ring(request: web.Request) -> web.Response:
    """Call a number: ``{"from": "+5511…", "number": "num_demo"}``, both optional.

    ``"from": null`` withholds the caller's number.
    """
    order = await _order(request, orders.RING)
    simulation = request.app[SIMULATION]
    number = _number(simulation, order.get("number", DEMO_NUMBER))
    call = simulation.ring(number, order.get("from", CALLER))
    return web.json_response(call.as_phone_json())


async def show_call(request: web.Request) -> web.Response:
    """Return one call."""
    return web.json_response(_call(request).as_phone_json())


async def answer(request: web.Request) -> web.Response:
    """Answer a call that the number placed."""
    return _move(request, Step.ANSWER)


async def decline(request: web.Request) -> web.Response:
    """Decline a call that the number placed."""
    return _move(request, Step.DECLINE)


async def hang_up(request: web.Request) -> web.Response:
    """End a call; one that rang in and was not answered is missed."""
    return _move(request, Step.HANG_UP)


async def heard(request: web.Request) -> web.Response:
    """Return what the call has heard so far, as a WAV file."""
    return web.Response(body=write_wav(_call(request).heard()), content_type="audio/wav")


async def listen(request: web.Request) -> web.StreamResponse:
    """Send what the call hears, as it hears it; see ``live.stream``."""
    return await live.stream(request, _call(request))


async def ask_home(request: web.Request) -> web.Response:
    """Have the home call a person, ``{"to": "+5511…"}``, and say a ``message``, if there is one.

    Given a ``call_id``, it is said in that call. Without a home the number calls, and says
    nothing.
    """
    order = await _order(request, orders.HOME)
    simulation = request.app[SIMULATION]
    if simulation.home is not None:
        try:
            await home.ask(simulation.home, {"message": None, "call_id": None} | order)
        except home.HomeError as err:
            raise web.HTTPBadGateway(text=str(err)) from err
    elif "message" in order:
        raise web.HTTPConflict(text="there is no home that speaks")
    else:
        simulation.dial(_number(simulation, DEMO_NUMBER), order["to"], None)
    return web.json_response({})


async def list_people(request: web.Request) -> web.Response:
    """Return the people, in the order in which they became known."""
    people = request.app[SIMULATION].people
    return web.json_response({"people": [person.as_json() for person in people]})


async def put_person(request: web.Request) -> web.Response:
    """Store what a person does when called, in place of what they did; see ``Person``.

    It counts from the next time that their phone rings.
    """
    order = await _order(request, orders.PERSON)
    try:
        person = Person(number=request.match_info["number"], **order)
    except ValueError as err:
        raise web.HTTPBadRequest(text=str(err)) from err
    request.app[SIMULATION].people.put(person)
    request.app[SIMULATION].changes.notify()
    return web.json_response(person.as_json())


async def forget_person(request: web.Request) -> web.Response:
    """Forget a person, who from now on ignores calls."""
    if not request.app[SIMULATION].people.forget(request.match_info["number"]):
        raise web.HTTPNotFound
    request.app[SIMULATION].changes.notify()
    return web.json_response({})


async def change_number(request: web.Request) -> web.Response:
    """Link a number to WhatsApp or unlink it, have it decline calls, or give it another key."""
    number = _number(request.app[SIMULATION], request.match_info["number_id"])
    order = await _order(request, orders.NUMBER)
    if "connected" in order:
        request.app[SIMULATION].connect(number, connected=order["connected"])
    number.key = order.get("key", number.key)
    number.reject_call = order.get("reject_call", number.reject_call)
    return web.json_response(number.as_json())


async def list_requests(request: web.Request) -> web.Response:
    """Return the API requests so far, those of ``?endpoint=`` if given."""
    endpoint = request.query.get("endpoint")
    if endpoint is not None and endpoint not in endpoints(request.app):
        raise web.HTTPBadRequest(text=f"no such endpoint: {endpoint}")
    received = request.app[SIMULATION].received
    return web.json_response(
        [asdict(item) for item in received if endpoint in (None, item.endpoint)]
    )


async def add_fault(request: web.Request) -> web.Response:
    """Order a fault; the fields are those of ``Fault``."""
    fault = Fault(**await _order(request, orders.fault(endpoints(request.app))))
    request.app[SIMULATION].faults.add(fault)
    if fault.drop is Drop.BEFORE:
        request.app[CLOSE_CONNECTIONS]()
        # They close in the next step of the loop: before the order is answered.
        await asyncio.sleep(0)
    return web.json_response({})


async def clear_faults(request: web.Request) -> web.Response:
    """Cancel the faults that are still to come."""
    request.app[SIMULATION].faults.clear()
    return web.json_response({})


async def change_settings(request: web.Request) -> web.Response:
    """Change some of the ``Settings``."""
    simulation = request.app[SIMULATION]
    changes = await _order(request, orders.SETTINGS)
    simulation.settings = replace(simulation.settings, **changes)
    return web.json_response(asdict(simulation.settings))


async def change_delivery(request: web.Request) -> web.Response:
    """Change how webhooks are delivered; the fields are those of ``Delivery``."""
    webhooks = request.app[SIMULATION].webhooks
    changes = await _order(request, orders.DELIVERY)
    webhooks.delivery = replace(webhooks.delivery, **changes)
    return web.json_response({})


async def reset(request: web.Request) -> web.Response:
    """Forget everything, as if newly started."""
    await request.app[SIMULATION].reset()
    return web.json_response({})


def _move(request: web.Request, step: Step) -> web.Response:
    call = _call(request)
    try:
        request.app[SIMULATION].move(call, step)
    except InvalidStateError as err:
        raise web.HTTPConflict(text=str(err)) from err
    return web.json_response(call.as_phone_json())


def _call(request: web.Request) -> Call:
    call_id = request.match_info["call_id"]
    for call in request.app[SIMULATION].calls:
        if call.id == call_id:
            return call
    raise web.HTTPNotFound


def _number(simulation: Simulation, number_id: str) -> Number:
    try:
        return simulation.numbers[number_id]
    except KeyError:
        raise web.HTTPNotFound from None


async def _order(request: web.Request, schema: vol.Schema) -> dict[str, Any]:
    """Return what is ordered, nothing for an empty body; refuse what the schema does not have."""
    try:
        return parse_object(await request.read() or b"{}", schema)
    except ValueError as err:
        raise web.HTTPBadRequest(text=str(err)) from err
