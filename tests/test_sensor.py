"""The sensors, updated by polls and by the answers to plays."""

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    mock_restore_cache_with_extra_data,
)

from custom_components.pilotstatus.api import CallEvent, parse_event
from custom_components.pilotstatus.playback import Playback, PlaybackStatus
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.entity import Entity
from simulator.client import Phone

from .common import (
    LINE,
    MEDIA,
    PLAYBACK,
    STATUS,
    act,
    add_contact,
    make_entry,
    number,
    pass_time,
    play,
    poll,
    rename_contact,
    set_up,
    short,
    state_of,
    until,
)

ANA = "+5511987654321"
DURATION = "sensor.casa_last_call_duration"
TIME = "sensor.casa_last_call_time"


@pytest.fixture
def enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enable the sensors that few people need, as a user can."""
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)


async def test_without_a_webhook_the_sensors_follow_a_call_by_polling(
    enabled: None, hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
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
    assert state_of(hass_ready, DURATION).state == "unknown"
    time = state_of(hass_ready, TIME)
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
    enabled: None, hass_ready: HomeAssistant, phone: Phone
) -> None:
    failed = Playback(
        status=PlaybackStatus.FAILED, call_id="call_0", media=MEDIA, error="not_connected"
    )
    kept = {
        STATUS: ("completed", {"call_id": "call_0", "peer_number": ANA, "contact": "Ana"}),
        DURATION: ("42", {}),
        PLAYBACK: ("failed", {"call_id": "call_0", "media": MEDIA, "error": "not_connected"}),
    }
    extra = {
        STATUS: {"native_value": "completed", "native_unit_of_measurement": None},
        DURATION: {"native_value": 42, "native_unit_of_measurement": "s"},
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
    enabled: None,
    hass_ready: HomeAssistant,
    phone: Phone,
    caplog: pytest.LogCaptureFixture,
    native_value: object,
    attribute: object,
) -> None:
    sensors = [STATUS, DURATION, TIME]
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


async def test_sensors_that_few_people_need_are_disabled(
    hass_ready: HomeAssistant, entry: MockConfigEntry
) -> None:
    assert hass_ready.states.get(DURATION) is None
    assert hass_ready.states.get(TIME) is None


def line(hass: HomeAssistant) -> tuple[str, str | None, str | None]:
    """Return what the line is doing, and the id and the contact of its call."""
    state = state_of(hass, LINE)
    return state.state, state.attributes["call_id"], state.attributes["contact"]


async def test_the_line_follows_an_incoming_call(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    await add_contact(hass_ready, polled_entry, "Ana", ANA)
    assert line(hass_ready) == ("idle", None, None)
    call_id = await phone.ring(ANA)
    await poll(polled_entry)
    assert line(hass_ready) == ("ringing", call_id, "Ana")
    shown = state_of(hass_ready, LINE).attributes
    assert (shown["direction"], shown["peer_number"]) == ("inbound", ANA)
    assert shown["since"] == state_of(hass_ready, STATUS).attributes["started_at"]
    await act(hass_ready, "answer_call")
    assert line(hass_ready) == ("in_call", call_id, "Ana")
    shown = state_of(hass_ready, LINE).attributes
    assert shown["since"] == state_of(hass_ready, STATUS).attributes["connected_at"]
    await act(hass_ready, "hang_up")
    assert line(hass_ready) == ("idle", None, None)
    assert state_of(hass_ready, LINE).attributes["since"] is None


async def test_a_call_is_dialed_from_its_start_and_of_two_calls_the_answered_one_counts(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    dialed = await phone.dial()
    await poll(polled_entry)
    assert line(hass_ready)[:2] == ("dialing", dialed)
    rings = await phone.ring()
    await poll(polled_entry)
    assert line(hass_ready)[:2] == ("ringing", rings)
    await phone.act(dialed, "answer")
    await poll(polled_entry)
    assert line(hass_ready)[:2] == ("in_call", dialed)
    await phone.act(dialed, "hang_up")
    await poll(polled_entry)
    assert line(hass_ready)[:2] == ("ringing", rings)


async def test_a_call_that_a_stranger_made_up_is_not_on_the_line_of_a_real_one(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    coordinator = number(polled_entry).coordinator
    made_up = parse_event({"event": "call.connected", "callId": "fake", "direction": "INBOUND"})
    assert isinstance(made_up, CallEvent)
    call_id = await phone.ring()
    await poll(polled_entry)
    coordinator.async_apply(coordinator.calls.apply_event(made_up) or [])
    assert len(coordinator.calls.live_calls) == 2
    assert line(hass_ready)[:2] == ("ringing", call_id)


async def test_a_contact_that_is_added_or_renamed_shows_at_once(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    await phone.ring(ANA)
    await poll(polled_entry)
    names = [state_of(hass_ready, it).attributes["contact"] for it in (LINE, STATUS)]
    assert names == [None, None]
    contact = await add_contact(hass_ready, polled_entry, "Ana", ANA)
    names = [state_of(hass_ready, it).attributes["contact"] for it in (LINE, STATUS)]
    assert names == ["Ana", "Ana"]
    await rename_contact(hass_ready, polled_entry, contact, "Ana Maria")
    names = [state_of(hass_ready, it).attributes["contact"] for it in (LINE, STATUS)]
    assert names == ["Ana Maria", "Ana Maria"]
    hass_ready.config_entries.async_remove_subentry(polled_entry, contact.subentry_id)
    await hass_ready.async_block_till_done()
    names = [state_of(hass_ready, it).attributes["contact"] for it in (LINE, STATUS)]
    assert names == [None, None]


async def test_the_name_of_a_restored_call_follows_its_contact(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    attributes = {"call_id": "call_0", "peer_number": ANA, "contact": "Ana"}
    extra = {"native_value": "missed", "native_unit_of_measurement": None}
    mock_restore_cache_with_extra_data(hass_ready, [(State(STATUS, "missed", attributes), extra)])
    entry = await set_up(hass_ready, make_entry(phone))
    assert state_of(hass_ready, STATUS).attributes["contact"] == "Ana"
    await add_contact(hass_ready, entry, "Ana Maria", ANA)
    shown = state_of(hass_ready, STATUS)
    assert (shown.state, shown.attributes["contact"]) == ("missed", "Ana Maria")
    assert shown.attributes["call_id"] == "call_0"


async def test_the_duration_is_known_when_a_call_is_hung_up_here(
    enabled: None, hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    await phone.ring()
    await poll(polled_entry)
    await act(hass_ready, "answer_call")
    await act(hass_ready, "hang_up")
    assert state_of(hass_ready, DURATION).state == "0"
    assert state_of(hass_ready, STATUS).attributes["duration"] == 0
