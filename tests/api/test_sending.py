"""When requests are sent again, over real sockets: never twice, never given up too early."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import socket
import ssl

import aiohttp
import pytest
import trustme

from custom_components.pilotstatus.api import (
    Call,
    CannotConnectError,
    InvalidAuthError,
    InvalidResponseError,
    OutcomeUnknownError,
    PilotStatusClient,
    PilotStatusError,
    RateLimitedError,
    RequestRejectedError,
    ServerFaultError,
    transport,
)
from simulator.client import Phone
from simulator.numbers import DEMO_KEY
from simulator.server import serve
from simulator.simulation import Simulation
from tests.common import until_asked

MEDIA = "http://127.0.0.1:1/greeting.mp3"


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_a_play_is_not_repeated_after_the_connection_was_lost(
    client: PilotStatusClient, phone: Phone
) -> None:
    call_id = await phone.ring()
    await phone.fault("calls.play", drop="after")
    with pytest.raises(OutcomeUnknownError):
        await client.play(call_id, MEDIA)
    assert len((await phone.call(call_id))["plays"]) == 1


async def test_a_play_is_repeated_while_nothing_listens_and_arrives_once(
    session: aiohttp.ClientSession,
) -> None:
    port = free_port()
    client = PilotStatusClient(session, DEMO_KEY, base_url=f"http://127.0.0.1:{port}")
    simulation = Simulation(DEMO_KEY)
    call = simulation.ring(simulation.numbers["num_demo"], "+5511987654321")
    play = asyncio.create_task(client.play(call.id, MEDIA))
    # Time for a first try: a port where nothing listens cannot tell of it.
    await asyncio.sleep(0.1)
    async with serve(simulation, port):
        await play
        assert len(call.plays) == 1


@asynccontextmanager
async def cutting_front(upstream: int, cuts: int) -> AsyncIterator[int]:
    """Pass connections on to a port, but abort the first ones; return the port to use instead."""
    left = cuts

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal left
        if left:
            left -= 1
            writer.transport.abort()
            return
        back_reader, back_writer = await asyncio.open_connection("127.0.0.1", upstream)
        await asyncio.gather(pipe(reader, back_writer), pipe(back_reader, writer))

    server = await asyncio.start_server(connected, "127.0.0.1")
    async with server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize("cuts", [1, 2])
async def test_a_play_over_tls_is_repeated_if_the_connection_was_lost_before_the_handshake(
    socket_enabled: None, cuts: int
) -> None:
    authority = trustme.CA()
    server_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(server_tls)
    client_tls = ssl.create_default_context()
    authority.configure_trust(client_tls)
    simulation = Simulation(DEMO_KEY)
    call = simulation.ring(simulation.numbers["num_demo"], "+5511987654321")
    async with (
        serve(simulation, tls=server_tls) as port,
        cutting_front(port, cuts) as front,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=client_tls)) as session,
    ):
        client = PilotStatusClient(session, DEMO_KEY, base_url=f"https://127.0.0.1:{front}")
        await client.play(call.id, MEDIA)
        assert len(call.plays) == 1


async def test_a_play_without_tls_is_not_repeated_if_the_connection_was_lost_unread(
    client: PilotStatusClient, phone: Phone
) -> None:
    """A connection that was made proves nothing, so the outcome is unknown."""
    call_id = await phone.ring()
    await phone.fault(drop="before")
    with pytest.raises(OutcomeUnknownError):
        await client.play(call_id, MEDIA)
    assert (await phone.call(call_id))["plays"] == []


async def test_a_server_that_never_listens_is_reported_as_unreachable(
    session: aiohttp.ClientSession,
) -> None:
    client = PilotStatusClient(session, DEMO_KEY, base_url=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(CannotConnectError):
        await client.play("call_1", MEDIA)


@pytest.fixture
def impatient_client(session: aiohttp.ClientSession, phone: Phone) -> PilotStatusClient:
    """Return a client that waits 0.2 s for an answer."""
    timeout = aiohttp.ClientTimeout(total=0.2)
    return PilotStatusClient(session, DEMO_KEY, base_url=phone.url, timeout=timeout)


async def test_a_play_without_an_answer_in_time_has_an_unknown_outcome(
    impatient_client: PilotStatusClient, phone: Phone
) -> None:
    call_id = await phone.ring()
    await phone.fault("calls.play", delay=1)
    with pytest.raises(OutcomeUnknownError):
        await impatient_client.play(call_id, MEDIA)
    assert len(await phone.requests("calls.play")) == 1


async def test_a_list_without_an_answer_in_time_is_not_requested_again(
    impatient_client: PilotStatusClient, phone: Phone
) -> None:
    await phone.fault("calls.list", delay=1)
    with pytest.raises(CannotConnectError, match="in time"):
        await impatient_client.list_calls()
    assert len(await phone.requests("calls.list")) == 1


async def test_a_host_without_a_connection_in_time_is_reported_as_unreachable(
    session: aiohttp.ClientSession,
) -> None:
    timeout = aiohttp.ClientTimeout(connect=0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(0)
        fillers = []
        for _ in range(3):
            filler = socket.socket()
            filler.settimeout(0)
            filler.connect_ex(silent.getsockname())
            fillers.append(filler)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(CannotConnectError, match="no connection in time"):
            await PilotStatusClient(session, DEMO_KEY, base_url=url, timeout=timeout).play(
                "call_1", MEDIA
            )
        for filler in fillers:
            filler.close()


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": "after"}, {"drop": "before"}])
async def test_a_list_is_requested_up_to_three_times(
    client: PilotStatusClient, phone: Phone, fault: dict[str, object]
) -> None:
    await phone.fault("calls.list", times=2, **fault)
    assert await client.list_calls() == []


async def test_a_list_is_not_requested_a_fourth_time(
    client: PilotStatusClient, phone: Phone
) -> None:
    await phone.fault("calls.list", times=3, status=502)
    with pytest.raises(ServerFaultError):
        await client.list_calls()
    assert len(await phone.requests("calls.list")) == 3
    # More than three: aiohttp itself repeats a GET whose kept-alive connection was lost.
    await phone.fault("calls.list", times=20, drop="after")
    with pytest.raises(CannotConnectError, match="lost"):
        await client.list_calls()


async def test_a_rate_limited_play_is_sent_again_after_the_requested_wait(
    client: PilotStatusClient, phone: Phone
) -> None:
    call_id = await phone.ring()
    await phone.fault("calls.play", status=429, headers={"Retry-After": "1"})
    before = asyncio.get_running_loop().time()
    await client.play(call_id, MEDIA)
    assert asyncio.get_running_loop().time() - before >= 1
    assert len((await phone.call(call_id))["plays"]) == 1


async def test_a_pause_is_shared_by_all_requests_of_a_client(
    client: PilotStatusClient, phone: Phone
) -> None:
    call_id = await phone.ring()
    await phone.fault("calls.play", status=429, headers={"Retry-After": "1"})
    first = asyncio.create_task(client.play(call_id, MEDIA))
    assert await until_asked(lambda: phone.requests("calls.play"))
    await asyncio.gather(first, *(client.play(call_id, MEDIA) for _ in range(9)))
    statuses = [request["status"] for request in await phone.requests("calls.play")]
    assert statuses == [429, *[200] * 10]


async def test_a_wait_beyond_the_budget_is_an_error_at_once_and_nothing_is_sent_before_it_is_over(
    client: PilotStatusClient, phone: Phone
) -> None:
    await phone.fault("calls.play", status=429, fields={"retryAfterSeconds": 60})
    for _ in range(2):
        with pytest.raises(RateLimitedError) as caught:
            await client.play("call_1", MEDIA)
        assert 59 < caught.value.retry_after <= 60
    assert len(await phone.requests("calls.play")) == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, InvalidAuthError), (429, RateLimitedError), (400, RequestRejectedError)],
)
async def test_an_error_is_what_its_status_says_though_its_body_never_ends(
    session: aiohttp.ClientSession,
    phone: Phone,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    error: type[PilotStatusError],
) -> None:
    monkeypatch.setattr(transport, "_ERROR_BODY_TIMEOUT", 0.2)
    client = PilotStatusClient(session, DEMO_KEY, base_url=phone.url, budget=0)
    await phone.fault("calls.play", status=status, body="stalled")
    async with asyncio.timeout(5):
        with pytest.raises(error):
            await client.play("call_1", MEDIA)
    assert len(await phone.requests("calls.play")) == 1


async def test_ten_actions_at_once_do_not_hammer_a_server_that_says_429(
    session: aiohttp.ClientSession, phone: Phone
) -> None:
    client = PilotStatusClient(session, DEMO_KEY, base_url=phone.url, budget=4)
    await phone.fault("calls.play", status=429, headers={"Retry-After": "0"}, times=999)
    plays = (client.play("call_1", MEDIA) for _ in range(10))
    results = await asyncio.gather(*plays, return_exceptions=True)
    assert {type(result) for result in results} == {RateLimitedError}
    # All at once, then one after 1 s and one 2 s later.
    assert len(await phone.requests("calls.play")) == 12


async def test_a_poll_that_was_told_to_wait_an_hour_does_not_keep_an_action_from_trying(
    client: PilotStatusClient, phone: Phone
) -> None:
    call_id = await phone.ring()
    await phone.fault("calls.list", status=429, headers={"Retry-After": "86400"})
    with pytest.raises(RateLimitedError):
        await client.in_background().list_calls()
    assert (await client.terminate(call_id)).call_id == call_id
    await client.in_background().list_calls()


async def test_whatever_parsing_throws_is_an_answer_that_cannot_be_read(
    client: PilotStatusClient, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_data: object) -> Call:
        raise OverflowError("odd")

    monkeypatch.setattr(Call, "parse", fail)
    with pytest.raises(InvalidResponseError, match="HTTP 200, OverflowError"):
        await client.get_call(await phone.ring())
