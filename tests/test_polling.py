"""How often the server is asked."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.pilotstatus.polling import PollingMode

NOW = datetime(2026, 11, 28, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("has_webhook", "waiting", "missed", "is_live", "seconds"),
    [
        (False, 0, 0, False, 60),
        (False, 0, 0, True, 5),
        (True, 0, 0, False, 900),
        (True, 0, 0, True, 60),
        (True, 1, 0, False, 60),
        (True, 1, 0, True, 5),
        (True, 0, 2, False, 900),
        (True, 0, 2, True, 60),
        (True, 0, 3, False, 60),
        (True, 0, 4, True, 5),
    ],
)
def test_a_webhook_makes_polling_slow_unless_it_must_serve(
    *, has_webhook: bool, waiting: int, missed: int, is_live: bool, seconds: int
) -> None:
    mode = PollingMode(has_webhook=has_webhook, waiting=waiting, missed=missed)
    assert mode.interval(is_live=is_live) == timedelta(seconds=seconds)


def test_only_a_call_that_could_have_been_delivered_counts_as_missed() -> None:
    mode = PollingMode(has_webhook=True)
    mode.record_poll(NOW, found_new_call=True)
    assert (mode.missed, mode.has_polled, mode.polled_at) == (0, True, NOW)
    mode.record_poll(NOW, found_new_call=True)
    assert mode.missed == 1
    mode.record_poll(NOW, found_new_call=False)
    assert mode.missed == 1
    mode.has_webhook = False
    mode.record_poll(NOW, found_new_call=True)
    assert mode.missed == 1


def test_at_the_start_nothing_is_delivered_and_nobody_waits() -> None:
    assert PollingMode() == PollingMode(has_webhook=False, polled_at=None, waiting=0, missed=0)


def test_three_missed_calls_are_missing_deliveries() -> None:
    mode = PollingMode(has_webhook=True, polled_at=NOW)
    seen = []
    for _ in range(4):
        mode.record_poll(NOW, found_new_call=True)
        seen.append(mode.misses_deliveries)
    assert seen == [False, False, True, True]


def test_each_poll_asks_for_five_calls_and_in_turn_for_each() -> None:
    mode, calls = PollingMode(), [str(it) for it in range(12)]
    asked = [mode.take_turns(calls) for _ in range(3)]
    assert [len(it) for it in asked] == [5, 5, 5]
    assert {call_id for it in asked for call_id in it} == set(calls)
    assert mode.take_turns([]) == []
    assert sorted(mode.take_turns(["1", "2"])) == ["1", "2"]
