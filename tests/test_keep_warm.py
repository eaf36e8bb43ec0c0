"""The connection is kept warm by a question about the call that waits for its answer."""

from collections.abc import Iterator
from itertools import pairwise
import time

import pytest

from custom_components.pilotstatus.keep_warm import INTERVAL, ConnectionWarmer
from homeassistant.core import HomeAssistant
from tests.common import pass_time, until

#: Seconds, much less than those that a warmer waits after a long silence.
SHORT = 0.2
SILENCE = 1.0
#: How much earlier than asked for a timer may seem to fire, by another clock than its own.
EARLY = 0.01


class Server:
    """Records the questions, and when it was heard last; it answers only if the test says so."""

    def __init__(self) -> None:
        """Start after a long silence."""
        self.heard_at = time.monotonic() - 3600
        self.asked: list[str] = []
        self.times: list[float] = []
        self.answers = False

    def ask(self, call_id: str) -> None:
        """Record a question."""
        self.asked.append(call_id)
        self.times.append(time.monotonic())
        if self.answers:
            self.heard_at = time.monotonic()

    def is_asked(self, times: int = 1) -> bool:
        """Return whether it was asked so many times."""
        return len(self.asked) >= times

    def warmer(self, hass: HomeAssistant, interval: float = SHORT) -> ConnectionWarmer:
        """Return what keeps the connection to it warm."""
        return ConnectionWarmer(hass, lambda: self.heard_at, self.ask, interval)


@pytest.fixture
def server() -> Server:
    """Return a server that has said nothing for long."""
    return Server()


@pytest.fixture
def warmer(hass: HomeAssistant, server: Server) -> Iterator[ConnectionWarmer]:
    """Return a warmer without a call; it has none at the end either."""
    warmer = server.warmer(hass)
    yield warmer
    warmer.async_set_call(None)


def test_the_interval_is_shorter_than_a_connection_is_kept() -> None:
    # aiohttp, and so Home Assistant's session, closes a connection that was idle for 15 s.
    assert INTERVAL == 14


@pytest.mark.parametrize(("silence", "seconds"), [(0, 14), (4, 10), (12, 2), (13.5, 1), (3600, 1)])
async def test_the_first_question_is_due_an_interval_after_the_last_answer(
    hass: HomeAssistant, server: Server, silence: float, seconds: float
) -> None:
    warmer = ConnectionWarmer(hass, lambda: server.heard_at, server.ask)
    server.heard_at = time.monotonic() - silence
    warmer.async_set_call("a")
    # Only the clock of Home Assistant is advanced; by the server's it is long since.
    server.heard_at -= 14
    await pass_time(hass, seconds - 0.9)
    assert server.asked == []
    await pass_time(hass, seconds + 0.1)
    assert server.asked == ["a"]
    warmer.async_set_call(None)


@pytest.mark.parametrize("rest", [0.6, 5])
async def test_a_question_that_is_postponed_is_due_when_the_rest_of_the_interval_is_over(
    hass: HomeAssistant, server: Server, rest: float
) -> None:
    warmer = ConnectionWarmer(hass, lambda: server.heard_at, server.ask)
    warmer.async_set_call("a")
    server.heard_at = time.monotonic() - 14 + rest
    await pass_time(hass, 1.1)
    assert server.asked == []
    server.heard_at -= 14
    await pass_time(hass, rest - 0.9)
    assert server.asked == []
    await pass_time(hass, rest + 0.1)
    assert server.asked == ["a"]
    warmer.async_set_call(None)


async def test_a_timer_that_is_left_is_no_reason_to_wait_when_home_assistant_stops(
    hass: HomeAssistant, server: Server
) -> None:
    # The cleanup after each test fails because of any other timer.
    server.warmer(hass, INTERVAL).async_set_call("a")


@pytest.mark.parametrize(("answers", "silence"), [(False, 0), (False, 3600), (True, 3600)])
async def test_a_server_is_asked_after_a_second_and_then_once_per_interval(
    warmer: ConnectionWarmer,
    server: Server,
    answers: bool,  # noqa: FBT001
    silence: float,
) -> None:
    server.answers = answers
    server.heard_at = time.monotonic() - silence
    began = time.monotonic()
    warmer.async_set_call("a")
    assert await until(lambda: server.is_asked(4))
    assert server.asked == ["a"] * 4
    assert server.times[0] - began >= SILENCE - EARLY
    assert all(later - earlier >= SHORT - EARLY for earlier, later in pairwise(server.times))


async def test_nothing_is_asked_without_a_call(warmer: ConnectionWarmer, server: Server) -> None:
    warmer.async_set_call(None)
    assert not await until(server.is_asked, seconds=SILENCE + 2 * SHORT)


async def test_nothing_is_asked_as_long_as_the_server_is_heard(
    hass: HomeAssistant, server: Server
) -> None:
    warmer = ConnectionWarmer(hass, time.monotonic, server.ask, SHORT)
    warmer.async_set_call("a")
    assert not await until(server.is_asked, seconds=SILENCE + 3 * SHORT)
    warmer.async_set_call(None)


async def test_it_is_asked_about_the_call_that_is_set_now(
    warmer: ConnectionWarmer, server: Server
) -> None:
    warmer.async_set_call("a")
    assert await until(server.is_asked)
    warmer.async_set_call("b")
    assert await until(lambda: server.is_asked(2))
    warmer.async_set_call("c")
    assert await until(lambda: server.is_asked(3))
    assert server.asked == ["a", "b", "c"]


async def test_without_a_call_it_stops_and_with_another_it_starts_again(
    warmer: ConnectionWarmer, server: Server
) -> None:
    warmer.async_set_call("a")
    assert await until(server.is_asked)
    warmer.async_set_call(None)
    assert not await until(lambda: server.is_asked(2), seconds=3 * SHORT)
    began = time.monotonic()
    warmer.async_set_call("b")
    assert await until(lambda: server.is_asked(2))
    assert server.asked == ["a", "b"]
    assert server.times[1] - began >= SILENCE - EARLY


async def test_calls_that_come_and_go_start_one_timer(
    warmer: ConnectionWarmer, server: Server
) -> None:
    for call_id in ("a", "b", None, "c", None, "c", "d"):
        warmer.async_set_call(call_id)
    assert await until(lambda: server.is_asked(3))
    assert server.asked == ["d"] * 3
    assert all(later - earlier >= SHORT - EARLY for earlier, later in pairwise(server.times))
    warmer.async_set_call(None)
    assert not await until(lambda: server.is_asked(4), seconds=3 * SHORT)


async def test_an_answer_before_the_timer_postpones_the_question(
    hass: HomeAssistant, server: Server
) -> None:
    # On a busy machine, too, a second is over before the timer.
    interval = 4.0
    warmer = server.warmer(hass, interval)
    server.heard_at = time.monotonic()
    warmer.async_set_call("a")
    assert not await until(server.is_asked, seconds=1)
    heard_at = server.heard_at = time.monotonic()
    assert await until(server.is_asked)
    assert server.times[0] - heard_at >= interval - EARLY
    warmer.async_set_call(None)
