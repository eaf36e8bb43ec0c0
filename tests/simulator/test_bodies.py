"""The bodies that no client should trust, as they arrive at a client."""

import asyncio
import gzip
import json
import math

import aiohttp
import pytest

from simulator.bodies import Body
from simulator.client import Phone
from simulator.numbers import DEMO_KEY

HEADERS = {"x-api-key": DEMO_KEY}
MEBIBYTE = 1024 * 1024


async def raw(phone: Phone) -> tuple[int, bytes]:
    """Return the status and the body of an answer, a packed one as it came."""
    async with (
        aiohttp.ClientSession(auto_decompress=False) as session,
        session.get(f"{phone.url}/v1/calls", headers=HEADERS) as response,
    ):
        assert response.content_type == "application/json"
        return response.status, await response.read()


@pytest.mark.parametrize("status", [None, 503])
@pytest.mark.parametrize("body", [it for it in Body if it not in {Body.CUT, Body.STALLED}])
async def test_a_body_comes_with_the_status_that_was_ordered_or_that_the_request_had(
    phone: Phone, body: Body, status: int | None
) -> None:
    await phone.fault("calls.list", body=body, status=status)
    assert (await raw(phone))[0] == (status or 200)


async def test_each_body_is_what_its_name_says(phone: Phone) -> None:
    async def ordered(body: Body) -> bytes:
        await phone.fault("calls.list", body=body)
        return (await raw(phone))[1]

    assert await ordered(Body.EMPTY) == b""
    with pytest.raises(UnicodeDecodeError):
        (await ordered(Body.BINARY)).decode()
    with pytest.raises(RecursionError):
        json.loads(await ordered(Body.DEEP))
    huge = await ordered(Body.HUGE)
    assert 0.8 * MEBIBYTE < len(huge) < MEBIBYTE
    assert json.loads(huge)["success"] is True
    bomb = await ordered(Body.GZIP_BOMB)
    assert len(bomb) < MEBIBYTE
    assert len(gzip.decompress(bomb)) > 32 * MEBIBYTE
    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(await ordered(Body.WRONG_GZIP))


async def test_a_cut_body_ends_before_its_promised_length(
    phone: Phone, session: aiohttp.ClientSession
) -> None:
    await phone.fault("calls.list", body="cut")
    async with session.get(f"{phone.url}/v1/calls", headers=HEADERS) as response:
        assert response.status == 200
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()


async def test_a_stalled_body_stops_until_the_client_goes(
    phone: Phone, session: aiohttp.ClientSession
) -> None:
    await phone.fault("calls.list", body="stalled")
    async with session.get(f"{phone.url}/v1/calls", headers=HEADERS) as response:
        assert response.status == 200
        assert (await response.content.readany()).startswith(b"{")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(response.read(), 0.2)
    assert await phone.calls() == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("null", None),
        ('"text"', "text"),
        ("7", 7),
        ("[]", []),
        ('{"id": "\\ud800"}', {"id": "\ud800"}),
        (f'{{"n": {"9" * 400}}}', {"n": int("9" * 400)}),
        ("1e400", math.inf),
        ("{", ValueError),
        ("", ValueError),
    ],
)
async def test_text_is_sent_as_it_is_ordered(phone: Phone, text: str, expected: object) -> None:
    await phone.fault("calls.list", text=text)
    status, body = await raw(phone)
    assert (status, body.decode()) == (200, text)
    if expected is ValueError:
        with pytest.raises(ValueError, match="Expecting"):
            json.loads(body)
    else:
        assert json.loads(body) == expected


async def test_a_redirect_names_its_target(phone: Phone, session: aiohttp.ClientSession) -> None:
    target = "http://127.0.0.1:1/v1/calls"
    await phone.fault("calls.list", status=307, headers={"location": target})
    async with session.get(
        f"{phone.url}/v1/calls", headers=HEADERS, allow_redirects=False
    ) as response:
        assert (response.status, response.headers["location"]) == (307, target)
