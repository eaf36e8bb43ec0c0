"""The sensors, updated by polls and by the answers to plays."""

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    mock_restore_cache_with_extra_data,
)

from custom_components.pilotstatus.playback import Playback, PlaybackStatus
from homeassistant.core import HomeAssistant, State
from simulator.client import Phone

from .common import (
    MEDIA,
    PLAYBACK,
    STATUS,
    make_entry,
    pass_time,
    play,
    poll,
    set_up,
    short,
    state_of,
    until,
)


async def test_without_a_webhook_the_sensors_follow_a_call_by_polling(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    """Calls are polled each minute, and every 5 s while one is live."""
    assert state_of(hass_ready, STATUS).state == "unknown"
    call_id = await phone.ring()
    await pass_time(hass_ready, 61)
    state = state_of(hass_ready, STATUS)
    assert state.state == "ringing"
    assert state.attributes["call_id"] == call_id
    assert state.attributes["direction"] == "inbound"
    assert state.attributes["peer_number"] == "+5511987654321"
    assert state.attributes["started_at"] is not None
    assert state.attributes["ended_at"] is None
    await phone.act(call_id, "hang_up")
    await pass_time(hass_ready, 6)
    assert state_of(hass_ready, STATUS).state == "missed"
    assert state_of(hass_ready, "sensor.casa_last_call_duration").state == "unknown"
    time = state_of(hass_ready, "sensor.casa_last_call_time")
    assert time.attributes["device_class"] == "timestamp"
    requested = len(await phone.requests("calls.list"))
    await pass_time(hass_ready, 6)
    assert len(await phone.requests("calls.list")) == requested


async def test_a_play_is_shown_without_a_poll_and_without_the_query_of_its_url(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    call_id = await phone.ring()
    await poll(entry)
    requested = len(await phone.requests("calls.list"))
    await play(hass_ready, call_id, f"{MEDIA}?signature=secret")
    state = state_of(hass_ready, "sensor.casa_last_playback")
    assert state.state == "queued"
    assert state.attributes["call_id"] == call_id
    assert state.attributes["media"] == MEDIA
    assert state.attributes["error"] is None
    assert len(await phone.requests("calls.list")) == requested


async def test_a_play_into_an_unknown_call_requests_the_call(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    await play(hass_ready, await phone.ring())
    assert await until(lambda: state_of(hass_ready, STATUS).state == "ringing")


async def test_an_undocumented_status_is_shown_as_unknown(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    await phone.fault("calls.list", fields={"calls": [{"id": "call_1", "status": "ON_HOLD"}]})
    await poll(entry)
    assert state_of(hass_ready, STATUS).state == "unknown"
    assert state_of(hass_ready, STATUS).attributes["call_id"] == "call_1"


async def test_the_last_values_are_shown_after_a_restart_until_there_are_newer_ones(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    duration = "sensor.casa_last_call_duration"
    failed = Playback(
        status=PlaybackStatus.FAILED, call_id="call_0", media=MEDIA, error="not_connected"
    )
    kept = {
        STATUS: ("completed", {"call_id": "call_0", "peer_number": "+5511"}),
        duration: ("42", {}),
        PLAYBACK: ("failed", {"call_id": "call_0", "media": MEDIA, "error": "not_connected"}),
    }
    extra = {
        STATUS: {"native_value": "completed", "native_unit_of_measurement": None},
        duration: {"native_value": 42, "native_unit_of_measurement": "s"},
        PLAYBACK: failed.as_dict(),
    }
    mock_restore_cache_with_extra_data(
        hass_ready,
        [
            (State(entity_id, value, attributes), extra[entity_id])
            for entity_id, (value, attributes) in kept.items()
        ],
    )
    entry = await set_up(hass_ready, make_entry(phone))
    for entity_id, (value, attributes) in kept.items():
        state = state_of(hass_ready, entity_id)
        assert state.state == value
        assert attributes.items() <= state.attributes.items()
    await phone.ring()
    await poll(entry)
    assert state_of(hass_ready, STATUS).state == "ringing"
    assert state_of(hass_ready, "sensor.casa_last_playback").state == "failed"


@pytest.mark.parametrize(
    ("native_value", "attribute"),
    [
        ("no_option", "x" * 900_000),
        (["ringing"], "bad\ud800"),
        ("bad\ud800", 10**30),
        (1e20, ["deep"]),
        ({"__type": "<class 'datetime.datetime'>", "isoformat": "9999-12-31T23:59:59+00:00"}, None),
        ({"__type": "<class 'datetime.datetime'>", "isoformat": "0001-01-01T00:00:00+23:59"}, None),
    ],
    ids=short,
)
async def test_a_value_that_cannot_be_is_not_restored(
    hass_ready: HomeAssistant,
    phone: Phone,
    caplog: pytest.LogCaptureFixture,
    native_value: object,
    attribute: object,
) -> None:
    sensors = [STATUS, *(f"sensor.casa_last_call_{key}" for key in ("duration", "time"))]
    mock_restore_cache_with_extra_data(
        hass_ready,
        [
            (
                State(entity_id, "odd", {"call_id": "call_0", "error_message": attribute}),
                {"native_value": native_value, "native_unit_of_measurement": None},
            )
            for entity_id in sensors
        ],
    )
    await set_up(hass_ready, make_entry(phone))
    for entity_id in sensors:
        assert state_of(hass_ready, entity_id).state == "unknown"
    shown = state_of(hass_ready, STATUS)
    assert shown.attributes["call_id"] == "call_0"
    assert len(shown.as_dict_json) < 4096
    assert not [it for it in caplog.records if it.levelname == "ERROR"]


async def test_failed_polls_are_logged_once_and_make_entities_unavailable_until_one_succeeds(
    hass_ready: HomeAssistant,
    entry: MockConfigEntry,
    phone: Phone,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await phone.fault("calls.list", times=6, status=503)
    for _ in range(2):
        await poll(entry)
        assert state_of(hass_ready, STATUS).state == "unavailable"
    assert caplog.text.count("Error fetching pilotstatus data") == 1
    await poll(entry)
    assert state_of(hass_ready, STATUS).state == "unknown"
