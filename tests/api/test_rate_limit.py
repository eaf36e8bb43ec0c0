"""How long a client waits after a 429."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from custom_components.pilotstatus.api.rate_limit import requested_wait

NOON = "Mon, 23 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "body", "earlier", "wait"),
    [
        ({"Retry-After": "7"}, {"retryAfterSeconds": 9}, 0, 7),
        ({"Retry-After": "Mon, 23 Nov 2026 12:00:05 GMT", "Date": NOON}, None, 0, 5),
        ({"Retry-After": "Mon, 23 Nov 2026 11:00:00 GMT", "Date": NOON}, None, 0, 1),
        ({"Retry-After": "Mon, 23 Nov 2026 12:00:05 -0000", "Date": NOON}, None, 0, 5),
        ({"Retry-After": "soon"}, {"retryAfterSeconds": 9}, 0, 9),
        ({"Retry-After": "nan"}, None, 0, 2),
        ({"Retry-After": "0"}, None, 0, 1),
        ({"Retry-After": "9999999"}, None, 0, 3600),
        ({}, {"retryAfterSeconds": 1.5}, 0, 1.5),
        ({}, {"retryAfterSeconds": True}, 0, 2),
        ({}, {"retryAfterSeconds": None}, 1, 4),
        ({}, [], 2, 8),
        ({}, None, 9, 8),
    ],
)
def test_the_requested_wait_is_read_from_the_header_or_the_body_within_bounds(
    headers: dict[str, str], body: Any, earlier: int, wait: float
) -> None:
    """The header has priority over the body; without either it is 2, 4 and 8 s."""
    assert requested_wait(headers, body, earlier) == wait


def test_a_date_is_compared_with_our_clock_if_the_answer_has_no_date() -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert 25 < requested_wait({"Retry-After": then}, None, 0) <= 30
