"""The diagnostics that a user can attach to an issue."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.api import Call
from custom_components.pilotstatus.diagnostics import async_get_config_entry_diagnostics
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from simulator.client import Phone
from simulator.numbers import DEMO_KEY

from .common import number, play, poll

REDACTED = "**REDACTED**"


async def test_diagnostics_hold_the_state_of_the_number(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    call_id = await phone.ring()
    await play(hass_ready, call_id, "http://127.0.0.1:1/private_name.mp3")
    await poll(entry)
    await phone.fault("calls.play", status=500)
    with pytest.raises(HomeAssistantError):
        await play(hass_ready, call_id)
    failed = number(entry).failures.counts
    found = await async_get_config_entry_diagnostics(hass_ready, entry)
    assert found["calls"][0]["id"] == call_id
    assert found["calls"][0]["status"] == "RINGING"
    assert found["last_playback"]["status"] == "failed"
    assert found["failures"] == failed == {"play_audio": {"server_error": 1}}
    assert found["last_update_success"] is True
    assert found["connected"] is True


async def test_every_secret_is_redacted(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    secrets = {
        "cloudhook_url": "https://hooks.nabu.casa/secret_hook",
        "webhook_id": "secret_id",
    }
    hass_ready.config_entries.async_update_entry(
        entry, data={**entry.data, **secrets}, options={"webhook_secret": "secret_signature"}
    )
    number(entry).coordinator.calls.merge(
        [Call(id="call_1", peer_number="+5511987654321", error_message="secret words")]
    )
    call_id = await phone.ring()
    await play(hass_ready, call_id, "http://127.0.0.1:1/secret_name.mp3")
    found: dict[str, Any] = await async_get_config_entry_diagnostics(hass_ready, entry)
    assert found["data"] == {
        **entry.data,
        "api_key": REDACTED,
        "cloudhook_url": REDACTED,
        "webhook_id": REDACTED,
    }
    assert found["options"] == {"webhook_secret": REDACTED}
    assert found["last_playback"]["media"] == REDACTED
    shown = {call["id"]: call for call in found["calls"]}
    assert shown["call_1"]["peer_number"] == shown["call_1"]["error_message"] == REDACTED
    for secret in (DEMO_KEY, "5511987654321", "secret_"):
        assert secret not in str(found).replace("webhook_secret", "")
