"""How long a client waits after a 429."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from custom_components.pilotstatus.api import RateLimitedError
from custom_components.pilotstatus.api.rate_limit import Pause, requested_wait

NOON = "Mon, 23 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "body", "earlier", "wait"),
    [
        ({"Retry-After": "7"}, {"retryAfterSeconds": 9}, 0, 7),
        ({"Retry-After": "Mon, 23 Nov 2026 12:00:05 GMT", "Date": NOON}, None, 0, 5),
        ({"Retry-After": "Mon, 23 Nov 2026 11:00:00 GMT", "Date": NOON}, None, 0, -3600),
        ({"Retry-After": "Mon, 23 Nov 2026 12:00:05 -0000", "Date": NOON}, None, 0, 5),
        ({"Retry-After": "soon"}, {"retryAfterSeconds": 9}, 0, 9),
        ({"Retry-After": "nan"}, None, 0, 2),
        ({"Retry-After": "0"}, None, 0, 0),
        ({"Retry-After": "9999999"}, None, 0, 9999999),
        ({"Retry-After": "9" * 400}, None, 0, 2),
        ({"Retry-After": "Mon, 23 Nov 99999 12:00:00 GMT"}, None, 0, 2),
        ({}, {"retryAfterSeconds": 10**400}, 0, 2),
        ({}, {"retryAfterSeconds": [5]}, 0, 2),
        ({}, {"retryAfterSeconds": 1.5}, 0, 1.5),
        ({}, {"retryAfterSeconds": True}, 0, 2),
        ({}, {"retryAfterSeconds": None}, 1, 4),
        ({}, [], 2, 8),
        ({}, None, 9, 8),
    ],
)
def test_the_requested_wait_is_read_from_the_header_or_the_body(
    headers: dict[str, str], body: Any, earlier: int, wait: float
) -> None:
    """The header has priority over the body; without either it is 2, 4 and 8 s."""
    assert requested_wait(headers, body, earlier) == wait


def test_a_date_is_compared_with_our_clock_if_the_answer_has_no_date() -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert 25 < requested_wait({"Retry-After": then}, None, 0) <= 30


async def turns(pause: Pause, waits: list[float], deadline: float = 30) -> list[str]:
    """Send as many requests at once as there are waits; return in which order what was sent.

    The server says 429 to each with its wait, and lets pass what has none.
    """
    sent: list[str] = []
    end = asyncio.get_running_loop().time() + deadline

    async def send(name: str) -> None:
        with suppress(RateLimitedError):
            for _ in range(99):
                async with pause.turn(end, is_background=False) as turn:
                    await asyncio.sleep(0.01)
                    if waits:
                        sent.append("429")
                        pause.refuse(turn, waits.pop(0), is_background=False)
                        continue
                    sent.append(name)
                    pause.lift(turn)
                    return

    await asyncio.gather(*(send("ok") for _ in range(10)))
    return sent


async def test_after_a_pause_one_request_goes_first_and_the_others_follow_its_success() -> None:
    sent = await turns(Pause(), [0] * 11)
    assert sent == ["429"] * 11 + ["ok"] * 10


async def test_a_server_that_says_429_without_end_gets_few_requests() -> None:
    sent = await turns(Pause(), [0] * 999, deadline=4)
    # Ten at once, one after 1 s, one 2 s later; the next would be 4 s after that.
    assert sent == ["429"] * 12


async def refused(pause: Pause, budget: float = 0, *, is_background: bool = False) -> float:
    """Ask for a turn that comes too late; return how many seconds are left."""
    deadline = asyncio.get_running_loop().time() + budget
    with pytest.raises(RateLimitedError) as caught:
        async with pause.turn(deadline, is_background=is_background):
            pass
    return caught.value.retry_after


async def test_the_pause_doubles_at_least_while_429_follows_429() -> None:
    pause, waits = Pause(), []
    for turn in range(5):
        pause.refuse(turn, 0, is_background=False)
        waits.append(round(await refused(pause)))
    assert waits == [1, 2, 4, 8, 8]


async def test_a_long_pause_is_capped_at_an_hour() -> None:
    pause = Pause()
    pause.refuse(0, 9999999, is_background=False)
    assert 3599 < await refused(pause) <= 3600


async def test_a_pause_of_a_background_question_bars_an_action_no_longer_than_its_budget() -> None:
    pause, now = Pause(), asyncio.get_running_loop().time
    pause.refuse(0, 3600, is_background=True)
    assert await refused(pause, 30, is_background=True) > 3599
    async with pause.turn(now() + 30, is_background=False) as turn:
        # It was refused, too: now the server has told it to an action, and that counts.
        pause.refuse(turn, 600, is_background=False)
    assert 599 < await refused(pause, 30) <= 600


async def test_no_pause_bars_actions_for_longer_than_their_patience() -> None:
    pause, now = Pause(patience=0.2), asyncio.get_running_loop().time
    pause.refuse(0, 3600, is_background=False)
    assert await refused(pause, 30) > 3599
    await asyncio.sleep(0.25)
    assert await refused(pause, 30, is_background=True) > 3599
    async with pause.turn(now() + 30, is_background=False) as turn:
        # Meanwhile the others wait for what becomes of it.
        assert await refused(pause, 0.1) > 3598
        pause.refuse(turn, 3600, is_background=False)
    assert await refused(pause, 30) > 3599


async def test_of_many_actions_one_tries_during_a_pause_that_a_poll_was_told_of() -> None:
    pause = Pause()
    pause.refuse(0, 3600, is_background=True)
    assert await turns(pause, [3600] * 10) == ["429"]
    pause = Pause()
    pause.refuse(0, 3600, is_background=True)
    assert await turns(pause, []) == ["ok"] * 10


async def test_an_answer_to_an_older_request_does_not_lift_a_pause() -> None:
    pause, now = Pause(), asyncio.get_running_loop().time
    async with pause.turn(now(), is_background=False) as turn:
        pause.refuse(turn, 5, is_background=False)
        pause.lift(turn)
    assert await refused(pause) > 4


async def test_if_the_first_request_after_a_pause_is_lost_another_one_goes_first() -> None:
    pause, now = Pause(), asyncio.get_running_loop().time
    pause.refuse(0, 0, is_background=False)
    ends: list[str] = []

    async def send() -> None:
        async with pause.turn(now() + 9, is_background=False) as turn:
            await asyncio.sleep(0.05)
            if not ends:
                ends.append("lost")
                raise ConnectionError
            ends.append("answered")
            pause.lift(turn)

    results = await asyncio.gather(send(), send(), send(), return_exceptions=True)
    assert ends == ["lost", "answered", "answered"]
    assert sorted(type(result).__name__ for result in results) == [
        "ConnectionError",
        "NoneType",
        "NoneType",
    ]


async def test_who_waits_for_the_first_request_waits_no_longer_than_its_own_deadline() -> None:
    pause, now = Pause(), asyncio.get_running_loop().time
    pause.refuse(0, 0, is_background=False)
    holds = asyncio.Event()

    async def hold() -> None:
        async with pause.turn(now() + 9, is_background=False):
            holds.set()
            await asyncio.sleep(9)

    first = asyncio.create_task(hold())
    await holds.wait()
    await refused(pause, 0.2)
    first.cancel()


async def test_a_shorter_pause_does_not_shorten_a_longer_one() -> None:
    pause = Pause()
    pause.refuse(0, 600, is_background=False)
    pause.refuse(0, 5, is_background=False)
    assert await refused(pause) > 599
