"""The log says once that the server was lost, and once that it is back, however that is learned."""

from functools import partial
import logging
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from simulator.client import Phone

from .common import STATUS, number, poll, state_of, until

LOST = "Error fetching pilotstatus data"
BACK = "Fetching pilotstatus data recovered"
MISSING = "Events of calls of Casa do not arrive"
ARRIVING = "Events of calls of Casa arrive again"
DAY = 10_000


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the component has logged of its availability, in order."""
    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.INFO]
    return [it for line in said for it in (LOST, BACK, MISSING, ARRIVING) if line.startswith(it)]


def has_logged(caplog: pytest.LogCaptureFixture, count: int) -> bool:
    """Whether so much of it has been logged."""
    return len(logged(caplog)) >= count


def is_available(hass: HomeAssistant) -> bool:
    """Whether the entities of the number are available."""
    return state_of(hass, STATUS).state != "unavailable"


@pytest.fixture(autouse=True)
def all_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Keep what is logged at info level, too."""
    caplog.set_level(logging.INFO)


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": "after"}, {"text": "lost"}])
async def test_a_loss_is_logged_once_and_so_is_that_the_server_is_back(
    hass_ready: HomeAssistant,
    entry: MockConfigEntry,
    phone: Phone,
    caplog: pytest.LogCaptureFixture,
    fault: dict[str, Any],
) -> None:
    for round_of in (1, 2):
        await phone.fault("calls.list", times=DAY, **fault)
        for _ in range(3):
            await poll(entry)
            assert not is_available(hass_ready)
        await phone.clear_faults()
        for _ in range(2):
            await poll(entry)
            assert is_available(hass_ready)
        assert logged(caplog) == [LOST, BACK] * round_of


async def test_that_the_server_is_back_is_logged_if_an_event_is_the_first_to_tell(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    phone: Phone,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await phone.fault("calls.list", times=DAY, status=503)
    await poll(pushed_entry)
    await phone.clear_faults()
    assert not is_available(hass_ready)
    await phone.ring()
    assert await until(lambda: is_available(hass_ready))
    assert logged(caplog) == [LOST, BACK]
    await poll(pushed_entry)
    await phone.ring()
    assert await until(lambda: len(number(pushed_entry).coordinator.calls.live_calls) > 1)
    assert logged(caplog) == [LOST, BACK]


async def test_missing_events_are_logged_once_and_so_is_that_they_arrive_again(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    phone: Phone,
    caplog: pytest.LogCaptureFixture,
) -> None:
    call_id = await phone.ring()
    assert await until(lambda: number(pushed_entry).observed.deliveries)
    await phone.act(call_id, "hang_up")
    assert logged(caplog) == []
    for round_of in (1, 2):
        await phone.delivery(lose=True)
        for _ in range(5):
            await phone.act(await phone.ring(), "hang_up")
            await poll(pushed_entry)
        await phone.delivery(lose=False)
        await phone.act(await phone.ring(), "hang_up")
        assert await until(partial(has_logged, caplog, 2 * round_of))
        assert logged(caplog) == [MISSING, ARRIVING] * round_of
