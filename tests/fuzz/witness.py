"""What must hold of Home Assistant, whatever strangers have sent to it."""

import logging
from typing import Any, Final

from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.test_utils import TestClient
import orjson
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from simulator.client import Phone
from tests.common import act, number, poll

_COMPONENT: Final = "custom_components.pilotstatus"
_MAX_ATTRIBUTES: Final = 4096
#: Calls in the log that the server has not named.
_MAX_UNNAMED: Final = 20
#: After so many inputs a real call is made.
_CALL_EVERY: Final = 40


class Witness:
    """Asserts that Home Assistant is well, and counts the inputs after which it was."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: MockConfigEntry,
        client: TestClient[Any, Any],
        phone: Phone,
        token: str,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """Watch the number of an entry; ``token`` is a user's, for the API of Home Assistant."""
        self.count = 0
        self._hass = hass
        self._entry = entry
        self._client = client
        self._phone = phone
        self._token = token
        self._caplog = caplog
        self._real_calls = 0

    async def assert_well(self, tried: object) -> None:
        """Assert what holds after each input, and after many that a real call gets through."""
        self.count += 1
        self._assert_states(tried)
        self._assert_log(tried)
        if self.count % _CALL_EVERY == 0:
            await self.assert_alive()

    async def assert_alive(self) -> None:
        """Assert that states are served, and that a real call is noticed and can be acted on."""
        headers = {"Authorization": f"Bearer {self._token}"}
        async with self._client.get("/api/states", headers=headers) as response:
            assert response.status == 200
            assert len(await response.json()) == len(self._hass.states.async_all())
        calls = number(self._entry).coordinator.calls
        call_id = await self._phone.ring()
        self._real_calls += 1
        if calls.find(call_id) is None:
            await poll(self._entry)
        assert calls.find(call_id) is not None, "a real call was not noticed"
        await act(self._hass, "answer_call", call_id=call_id)
        assert calls.was_answered(call_id)
        await act(self._hass, "hang_up", call_id=call_id)
        assert (await self._phone.call(call_id))["status"] == "COMPLETED"
        assert calls.is_over(call_id)
        self._assert_log("a real call")

    def assert_refused_by_aiohttp(self, tried: object) -> None:
        """Assert that aiohttp refused what is no HTTP, and that only it says so."""
        (record,) = (it for it in self._caplog.records if it.exc_info)
        assert record.name == "aiohttp.server", (record, tried)
        assert record.exc_info, (record, tried)
        assert isinstance(record.exc_info[1], HttpProcessingError), (record, tried)
        self._caplog.clear()

    def forget_refusals(self) -> None:
        """Forget what is logged of requests that were refused before the component saw them."""
        self._caplog.clear()

    def _assert_states(self, tried: object) -> None:
        for state in self._hass.states.async_all():
            written = orjson.loads(state.as_dict_json)
            size = len(orjson.dumps(written["attributes"]))
            assert size < _MAX_ATTRIBUTES, (state.entity_id, size, tried)
        known = len(number(self._entry).coordinator.calls.all)
        assert known <= _MAX_UNNAMED + self._real_calls, (known, tried)

    def _assert_log(self, tried: object) -> None:
        webhook_id = self._entry.data["webhook_id"]
        records = list(self._caplog.records)
        # What is asserted of this input is not asserted of the next one.
        self._caplog.clear()
        for record in records:
            message = record.getMessage()
            found = (record.name, message, tried)
            assert record.levelno < logging.ERROR, found
            assert not record.exc_info, found
            if record.name.startswith(_COMPONENT) or record.levelno >= logging.WARNING:
                assert webhook_id not in message, found
