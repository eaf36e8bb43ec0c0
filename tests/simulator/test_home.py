"""What a person wants their home to say is handed to Home Assistant."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web
import pytest

from simulator.client import Phone
from simulator.server import serve
from simulator.simulation import Simulation
from simulator.transitions import Status

from .receiver import serve as serve_app
from .test_people import ANA


@asynccontextmanager
async def asked(
    session: aiohttp.ClientSession, status: int = 200
) -> AsyncIterator[tuple[Phone, list[dict[str, Any]]]]:
    """Serve a home that answers with a status; yields its telephone, and what it is asked."""
    wishes: list[dict[str, Any]] = []

    async def webhook(request: web.Request) -> web.Response:
        wishes.append(await request.json())
        return web.Response(status=status)

    app = web.Application()
    app.router.add_post("/hook", webhook)
    async with (
        serve_app(app) as url,
        serve(Simulation("ps_demo_key", home=f"{url}/hook")) as port,
    ):
        yield Phone(session, f"http://127.0.0.1:{port}"), wishes


async def test_a_wish_is_handed_on_whole(
    session: aiohttp.ClientSession, socket_enabled: None
) -> None:
    async with asked(session) as (phone, wishes):
        await phone.ask_home(ANA)
        await phone.ask_home(ANA, "Olá")
    assert wishes == [
        {"to": ANA, "message": None, "call_id": None},
        {"to": ANA, "message": "Olá", "call_id": None},
    ]


async def test_a_home_that_refuses_fails_the_wish(
    session: aiohttp.ClientSession, socket_enabled: None
) -> None:
    async with asked(session, status=500) as (phone, _):
        with pytest.raises(aiohttp.ClientResponseError, match="HTTP 500"):
            await phone.ask_home(ANA)


async def test_a_home_that_is_not_reached_fails_the_wish(
    session: aiohttp.ClientSession, socket_enabled: None
) -> None:
    async with serve(Simulation("ps_demo_key", home="http://127.0.0.1:9/hook")) as port:
        with pytest.raises(aiohttp.ClientResponseError, match="ClientConnectorError"):
            await Phone(session, f"http://127.0.0.1:{port}").ask_home(ANA)


async def test_without_a_home_the_number_calls_and_says_nothing(phone: Phone) -> None:
    await phone.ask_home(ANA)
    call = await phone.call(await phone.newest(Status.RINGING))
    assert (call["direction"], f"+{call['peerNumber']}", call["plays"]) == ("OUTBOUND", ANA, [])
    with pytest.raises(aiohttp.ClientResponseError, match="no home that speaks"):
        await phone.ask_home(ANA, "Olá")


@pytest.mark.parametrize(
    "order", [{}, {"to": "Ana"}, {"to": ANA, "message": ""}, {"to": ANA, "message": "x" * 501}]
)
async def test_a_wish_is_checked(
    phone: Phone, session: aiohttp.ClientSession, order: dict[str, Any]
) -> None:
    async with session.post(f"{phone.url}/phone/home", json=order) as response:
        assert response.status == 400
    assert await phone.calls() == []
