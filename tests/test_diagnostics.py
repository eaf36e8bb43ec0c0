"""The diagnostics that a user can attach to an issue."""

from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus import diagnostics
from custom_components.pilotstatus.api import Call
from custom_components.pilotstatus.diagnostics import async_get_config_entry_diagnostics
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from simulator.client import Phone
from simulator.numbers import DEMO_KEY

from .audio import make_audio
from .common import (
    act,
    answered_call,
    local,
    number,
    play,
    plays_of,
    poll,
    until,
    until_asked,
)

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
    assert found["number"] == {
        "provider": "PILOT_STATUS",
        "rejects_calls": False,
        "connected": True,
    }
    assert found["contacts"] == 0


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


async def test_what_was_delivered_shows_and_what_the_server_got_for_it(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    before = (await async_get_config_entry_diagnostics(hass_ready, pushed_entry))["webhook"]
    assert (before["deliveries"], before["last_delivery"], before["log"]) == (0, None, [])
    await phone.ring()
    assert await until(lambda: number(pushed_entry).observed.deliveries)
    (hook,) = await phone.webhooks()
    assert await until_asked(lambda: phone.api("GET", f"/webhooks/{hook['id']}/logs"))
    found = await async_get_config_entry_diagnostics(hass_ready, pushed_entry)
    shown = found["webhook"]
    assert (shown["registered"], shown["active"], shown["address"]) == (True, True, "internal")
    assert shown["events"] == sorted(hook["events"])
    assert (shown["deliveries"], shown["error"]) == (1, None)
    assert shown["last_delivery"] == number(pushed_entry).observed.last_delivery
    (log,) = shown["log"]
    assert (log["event"], log["succeeded"], log["status"]) == ("call.ringing", True, 200)
    seen = found["observed"]
    assert [(it["what"], it["event"]) for it in seen["timeline"]] == [
        ("delivery", "call.ringing"),
        ("call", "ringing"),
    ]
    assert seen["headers"]["delivery"]["content-type"] == "application/json"
    for secret in ("5511987654321", hook["url"], hook["id"], "whsec"):
        assert secret not in str(found)


async def test_a_server_that_does_not_say_or_is_slow_keeps_nobody_from_the_diagnostics(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    phone: Phone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(diagnostics, "_LOG_TIMEOUT", 0.1)
    for fault in ({"status": 403}, {"delay": 5}):
        await phone.fault("webhooks.logs", **fault)
        found = await async_get_config_entry_diagnostics(hass_ready, pushed_entry)
        assert found["webhook"]["log"] is None


async def test_repeated_and_refused_deliveries_are_counted(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    await phone.delivery(copies=3)
    await phone.ring()
    observed = number(pushed_entry).observed
    assert await until(lambda: observed.deliveries + observed.repeated == 3)
    assert observed.repeated
    hass_ready.config_entries.async_update_entry(pushed_entry, options={"webhook_secret": "other"})
    await phone.delivery(copies=1)
    await phone.ring()
    assert await until(lambda: observed.refused) == 1
    found = await async_get_config_entry_diagnostics(hass_ready, pushed_entry)
    assert found["observed"]["deliveries_refused"] == 1


async def test_the_last_poll_and_its_error_show(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    shown = (await async_get_config_entry_diagnostics(hass_ready, entry))["polling"]
    succeeded = shown["last_success"]
    assert (shown["interval"], shown["last_error"]) == (900, None)
    assert succeeded is not None
    await phone.fault("calls.list", status=500, times=3)
    await poll(entry)
    shown = (await async_get_config_entry_diagnostics(hass_ready, entry))["polling"]
    assert (shown["last_success"], shown["last_error"]) == (succeeded, "server_error")
    await poll(entry)
    shown = (await async_get_config_entry_diagnostics(hass_ready, entry))["polling"]
    assert shown["last_success"] > succeeded
    assert shown["last_error"] is None


async def test_a_fetch_of_media_shows_with_the_program_that_fetched(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    call_id = await answered_call(hass_ready, phone)
    file = make_audio(tmp_path, "wav", 0.1)
    await act(hass_ready, "play_audio", call_id=call_id, media=local(file.name))
    await plays_of(phone, call_id)
    seen = number(media_entry).observed.as_dict()
    (fetch,) = [it for it in seen["timeline"] if it["what"] == "fetch"]
    assert (fetch["call_id"], fetch["method"]) == (call_id, "GET")
    assert fetch["seconds_after_offer"] > 0
    assert "user-agent" in seen["headers"]["fetch"]
