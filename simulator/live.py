"""What a person's open page receives: each change, and the audio of a call as it is played."""

import asyncio
from contextlib import suppress
from dataclasses import asdict
import json
from typing import Any, Final

from aiohttp import web
from aiohttp_sse import EventSourceResponse, sse_response

from .app import SIMULATION
from .audio import BYTES_PER_SECOND
from .calls import Call
from .numbers import CALLER
from .simulation import Simulation

#: A page shows the newest calls only.
_MAX_CALLS: Final = 30
#: Seconds of audio in one piece, and how much of what was played before is still sent.
_PIECE: Final = 0.05
_LATE: Final = 2


def view(simulation: Simulation) -> dict[str, Any]:
    """Return what a page shows: the calls, newest first, the people and the numbers."""
    return {
        "calls": [call.as_phone_json() for call in simulation.calls[:_MAX_CALLS]],
        "people": [person.as_json() for person in simulation.people],
        "numbers": [
            {"id": number.id, "name": number.name, "phone": f"+{number.phone}"}
            for number in simulation.numbers.values()
        ],
        "stranger": CALLER,
        "speaks": simulation.home is not None,
    }


async def events(request: web.Request) -> web.StreamResponse:
    """Send ``view`` and what passes (``traffic``) as they are now, then with each change."""
    simulation = request.app[SIMULATION]
    async with sse_response(request) as response:
        await _send_changes(simulation, response)
    return response


async def _send_changes(simulation: Simulation, response: EventSourceResponse) -> None:
    shown, last = "", 0
    with simulation.changes.watch() as changed:
        while response.is_connected() and not simulation.changes.closed:
            changed.clear()
            text = json.dumps(view(simulation))
            if text != shown:
                await response.send(text, event="view")
                shown = text
            if passed := simulation.traffic.since(last):
                last = passed[-1].number
                await response.send(json.dumps([asdict(it) for it in passed]), event="traffic")
            await changed.wait()


async def stream(request: web.Request, call: Call) -> web.StreamResponse:
    """Send the samples that a call hears, as it hears them, until it ends.

    They are those of ``Audio.samples``: 48 kHz, mono, signed 16 bit, little endian. Silence
    is left out.
    """
    response = web.StreamResponse(headers={"cache-control": "no-store"})
    response.content_type = "application/octet-stream"
    await response.prepare(request)
    sent = max(0, call.heard_bytes() - _LATE * BYTES_PER_SECOND)
    is_over = False
    # Who hangs up or closes the page is gone.
    with suppress(ConnectionResetError):
        while not is_over:
            is_over = not call.is_live or request.app[SIMULATION].changes.closed
            if samples := call.heard(sent):
                sent += len(samples)
                await response.write(samples)
            await asyncio.sleep(_PIECE)
    return response
