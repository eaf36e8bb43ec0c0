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


def test_the_date_that_came_closest_to_the_start_of_its_second_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = ServerClock()
    noon = datetime.now(UTC).replace(microsecond=0)

    def reads(seconds_later: float, date: datetime) -> float:
        """Return what the clock says after noon, in seconds, once it has read a date."""
        monkeypatch.setattr("time.monotonic", lambda: 1000 + seconds_later)
        clock.read({"Date": format_datetime(date, usegmt=True)})
        return (clock.now() - noon).total_seconds()

    second = timedelta(seconds=1)
    # It is 0.9 s after noon at the server, which cannot be told.
    assert reads(0.0, noon) == pytest.approx(0)
    # 1.1 s after noon: the date says at least 1.0.
    assert reads(0.2, noon + second) == pytest.approx(1.0)
    # 2.8 s after noon: the date says 2.0, but the clock knows better.
    assert reads(1.9, noon + 2 * second) == pytest.approx(2.7)
    # The server's clock was set back.
    assert reads(2.0, noon - 5 * second) == pytest.approx(-5)
    assert reads(3.0, noon + 60 * second) == pytest.approx(60)
