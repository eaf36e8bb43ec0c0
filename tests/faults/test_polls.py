"""Every poll with every fault: nothing is worse than that it is not known what changed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import pytest

from tests.common import until_asked

from .catalogue import Fault
from .figures import record
from .home import Home
from .rules import broken_after_poll, broken_in_log, broken_in_states, broken_over_http
from .runs import assert_rules, ordered
from .selection import faults_of, selected
from .trap import Trap

#: What Home Assistant's own coordinator logs, once, when a poll fails.
_COORDINATOR: Final = ("Error fetching", "Authentication failed while fetching")


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One way to ask: what happens before, and the endpoint that has the fault.

    ``is_joined`` is whether the other party acts at the same time.
    """

    name: str
    endpoint: str
    ready: Callable[[Home], Awaitable[None]]
    ask: Callable[[Home], Awaitable[None]] = Home.poll
    is_joined: bool = False


async def _ring(home: Home) -> None:
    await home.phone.ring()
    await home.poll()


async def _lose(home: Home) -> None:
    """Let the list have no call though one is live, so that the poll asks for it."""
    await _ring(home)
    await home.phone.fault("calls.list", times=1, fields={"calls": []})


async def _ring_unseen(home: Home) -> None:
    await home.phone.ring()


async def _listen(home: Home) -> None:
    """Have what happens delivered."""
    await home.phone.delivery(lose=False)
    await home.reload()


async def _be_told(home: Home) -> None:
    """Learn from a delivery that it rings, and ask for the call in the background."""

    async def is_asked() -> bool:
        return bool(await home.phone.requests("calls.get"))

    await home.phone.ring()
    assert await until_asked(is_asked)
    await home.hass.async_block_till_done(wait_background_tasks=True)


POLLS: Final = (
    Poll(name="poll a call that is known", endpoint="calls.list", ready=_ring),
    Poll(name="poll a call that is new", endpoint="calls.list", ready=_ring_unseen),
    Poll(name="poll a call that is not listed", endpoint="calls.get", ready=_lose),
    Poll(
        name="ask for a call that was delivered",
        endpoint="calls.get",
        ready=_listen,
        ask=_be_told,
        is_joined=True,
    ),
)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("poll", POLLS, ids=[it.name for it in POLLS])
async def test_a_fault_fails_one_poll_and_nothing_else(
    home: Home, trap: Trap, poll: Poll, request: pytest.FixtureRequest
) -> None:
    faults = faults_of(poll.endpoint, trap.url, is_joined=poll.is_joined)
    if not request.config.getoption("--all"):
        faults = selected(faults, POLLS.index(poll))
    meet = partial(broken_by, home, poll)
    await assert_rules(home, trap, faults, meet, partial(record, request, poll.name))


async def broken_by(home: Home, poll: Poll, fault: Fault) -> list[str]:
    """Return the rules that do not hold for a poll with a fault."""
    await home.begin()
    await poll.ready(home)
    async with ordered(home, poll.endpoint, fault):
        await poll.ask(home)
        await home.hass.async_block_till_done()
    broken = [*broken_in_states(home), *await broken_over_http(home)]
    allowed = [it for it in home.errors() if is_coordinator_line(it.getMessage(), it.exc_info)]
    if len(allowed) > 1:
        broken.append(f"logged {len(allowed)} times that the poll failed")
    broken += broken_in_log(home, allowed)
    home.caplog.clear()
    broken += await broken_after_poll(home)
    broken += [f"the next poll {it}" for it in broken_in_log(home)]
    if home.notifications:
        broken.append(f"left {len(home.notifications)} notifications")
    await home.end_calls()
    if broken:
        await home.renew()
    return list(dict.fromkeys(broken))


def is_coordinator_line(message: str, exc_info: object) -> bool:
    """Whether a line of the log is the one in which a coordinator tells of a failed poll."""
    return not exc_info and message.startswith(_COORDINATOR)
