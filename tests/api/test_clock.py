"""The server's time."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from custom_components.pilotstatus.api.clock import ServerClock


def difference(clock: ServerClock) -> float:
    """Return how many minutes a clock is ahead of ours."""
    return round((clock.now() - datetime.now(UTC)).total_seconds() / 60)


def test_until_an_answer_came_our_clock_counts() -> None:
    assert difference(ServerClock()) == 0


@pytest.mark.parametrize("minutes", [-90, 0, 600])
def test_the_date_of_an_answer_counts(minutes: int) -> None:
    clock = ServerClock()
    date = datetime.now(UTC) + timedelta(minutes=minutes)
    clock.read({"Date": format_datetime(date, usegmt=True)})
    assert difference(clock) == minutes
    clock.read({})
    assert difference(clock) == minutes


@pytest.mark.parametrize(
    "date",
    ["", "soon", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 1 Jan 0001 00:00:00 +2359", "\ud800"],
)
def test_a_date_that_cannot_be_is_not_believed(date: str) -> None:
    clock = ServerClock()
    clock.read({"Date": date})
    assert difference(clock) == 0
