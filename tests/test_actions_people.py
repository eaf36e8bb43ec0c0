"""What actions say to people: messages, calls that end after them, announcements."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events
import voluptuous as vol

from custom_components.pilotstatus.playback import Timings
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
from simulator.client import Phone

from .audio import Sound, samples_of
from .common import (
    ANA,
    BRUNO,
    CARLA,
    MEDIA,
    Notifications,
    act,
    answered_call,
    heard,
    number,
    refusal,
    shown_playback,
    until,
    until_asked,
)
from .engine import Engine


@pytest.fixture
def home(peopled_entry: MockConfigEntry) -> MockConfigEntry:
    """Return the demo number with contacts and media, that waits for nothing long."""
    number(peopled_entry).player.timings = Timings(fetch=2, hasty=0.1, tail=1.5)
    return peopled_entry


async def ends(phone: Phone, call_id: str) -> bool:
    """Wait until a call has ended; return whether it did."""

    async def has_ended() -> bool:
        return bool((await phone.call(call_id))["endedAt"])

    return await until_asked(has_ended)


async def settle(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Wait until nothing more is to come of what was played."""
    await hass.async_block_till_done(wait_background_tasks=True)
    await until(lambda: number(entry).player.playing is None)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_a_message_is_spoken_and_heard_and_the_call_goes_on(
    hass_ready: HomeAssistant, home: MockConfigEntry, spoken: Engine, phone: Phone
) -> None:
    number(home).player.timings = Timings(tail=0)
    call_id = await answered_call(hass_ready, phone)
    answer = await act(hass_ready, "play_audio", message=" Tem água na adega. ")
    assert answer["call_id"] == call_id
    expected = samples_of(spoken.file)
    assert await heard(phone, call_id, len(expected)) == expected
    assert spoken.messages == ["Tem água na adega."]
    assert await until(lambda: shown_playback(hass_ready) == ("played", None))
    await settle(hass_ready, home)
    assert await phone.requests("calls.terminate") == []


async def test_a_message_is_spoken_by_the_engine_that_is_named(
    hass_ready: HomeAssistant, spoken: Engine, phone: Phone
) -> None:
    await answered_call(hass_ready, phone)
    message = {"message": "Olá"}
    refused = await refusal(hass_ready, "play_audio", engine="tts.gone", **message)
    assert refused == "speech_engine_unknown"
    assert await refusal(hass_ready, "play_audio", language="de", **message) == "speech_language"
    assert spoken.messages == []
    await act(hass_ready, "play_audio", engine="tts.test_engine", language="pt", **message)
    assert spoken.messages == ["Olá"]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"media_url": MEDIA, "message": "Olá"}, "media_twice"),
        ({"media": MEDIA, "message": "Olá"}, "media_twice"),
        ({"media": MEDIA, "media_url": MEDIA}, "media_twice"),
        ({"media": MEDIA, "media_url": MEDIA, "message": "Olá"}, "media_twice"),
        ({"media": [], "message": " "}, "media_missing"),
        ({}, "media_missing"),
    ],
)
async def test_exactly_one_of_url_media_and_message_is_taken(
    hass_ready: HomeAssistant, spoken: Engine, phone: Phone, data: dict[str, Any], key: str
) -> None:
    call_id = await answered_call(hass_ready, phone)
    assert await refusal(hass_ready, "play_audio", **data) == key
    assert await refusal(hass_ready, "announce", to="Ana", **data) == key
    if key == "media_twice":
        assert await refusal(hass_ready, "place_call", to="Ana", **data) == key
    assert [call["id"] for call in await phone.calls()] == [call_id]
    assert await phone.requests("calls.play") == []


async def test_the_call_ends_after_the_last_of_the_audio_and_the_action_does_not_wait(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=[sound.media] * 2, hang_up=True)
    assert (await phone.call(call_id))["status"] == "ACCEPTED"
    assert await ends(phone, call_id)
    assert await phone.heard_samples(call_id) == sound.samples * 2
    assert len(await phone.requests("calls.terminate")) == 1
    assert shown_playback(hass_ready) == ("played", None)


async def test_the_call_ends_after_audio_on_the_internet_whose_length_is_learned(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media_url=sound.url, hang_up=True)
    assert await ends(phone, call_id)
    assert await phone.heard_samples(call_id) == sound.samples


async def test_the_call_ends_after_a_message_that_was_queued(
    hass_ready: HomeAssistant, spoken: Engine, phone: Phone
) -> None:
    call_id = await phone.ring()
    assert (await act(hass_ready, "play_audio", message="Olá", hang_up=True))["queued"]
    assert (await phone.call(call_id))["status"] == "RINGING"
    await act(hass_ready, "answer_call")
    assert await ends(phone, call_id)
    assert await phone.heard_samples(call_id) == samples_of(spoken.file)


async def test_if_it_is_unknown_when_the_audio_ends_nothing_is_sent(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone
) -> None:
    call_id = await answered_call(hass_ready, phone)
    # The page of the simulator is no audio.
    endless = {"media_url": f"{phone.url}/phone", "hang_up": True}
    assert await refusal(hass_ready, "play_audio", **endless) == "media_length_unknown"
    assert await refusal(hass_ready, "place_call", to="Ana", **endless) == "media_length_unknown"
    assert [call["id"] for call in await phone.calls()] == [call_id]
    assert await phone.requests("calls.play") == []
    # Without the wish to end the call it is played as ever.
    await act(hass_ready, "play_audio", media_url=endless["media_url"])
    assert len(await phone.requests("calls.play")) == 1


async def test_a_call_for_which_the_audio_was_not_fetched_is_ended_too(
    hass_ready: HomeAssistant,
    home: MockConfigEntry,
    phone: Phone,
    sound: Sound,
    notifications: Notifications,
) -> None:
    await phone.settings(strict_internet=True)
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=sound.media, hang_up=True)
    assert await ends(phone, call_id)
    assert await until(lambda: shown_playback(hass_ready) == ("failed", "not_fetched"))
    assert list(notifications) == [f"pilotstatus_{home.entry_id}_play_audio"]


@pytest.mark.parametrize("moment", ["unanswered", "playing", "played"])
async def test_who_hung_up_first_is_not_hung_up_on(
    hass_ready: HomeAssistant,
    home: MockConfigEntry,
    phone: Phone,
    sound: Sound,
    notifications: Notifications,
    moment: str,
) -> None:
    number(home).player.timings = Timings(tail=1)
    call_id = await phone.ring()
    if moment != "unanswered":
        await act(hass_ready, "answer_call")
    times = 20 if moment == "playing" else 1
    await act(hass_ready, "play_audio", media=[sound.media] * times, hang_up=True)
    status = {"unanswered": "queued"}.get(moment, moment)
    assert await until(lambda: shown_playback(hass_ready)[0] == status)
    await phone.act(call_id, "hang_up")
    await until(lambda: not number(home).coordinator.calls.live_calls)
    await settle(hass_ready, home)
    assert await phone.requests("calls.terminate") == []
    assert f"pilotstatus_{home.entry_id}_hang_up" not in notifications


async def test_a_call_that_was_not_answered_in_time_may_still_be_answered_and_is_not_ended(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    number(home).player.timings = Timings(answer=0.3, tail=0)
    call_id = await phone.ring()
    await act(hass_ready, "play_audio", media=sound.media, hang_up=True)
    assert await until(lambda: shown_playback(hass_ready) == ("accepted", None))
    await settle(hass_ready, home)
    assert await phone.requests("calls.terminate") == []
    assert (await phone.call(call_id))["status"] == "RINGING"


async def test_a_call_that_could_not_be_ended_is_reported(
    hass_ready: HomeAssistant,
    home: MockConfigEntry,
    phone: Phone,
    sound: Sound,
    notifications: Notifications,
) -> None:
    await phone.fault("calls.terminate", status=400, error="Not now", times=9)
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=sound.media, hang_up=True)
    (notification,) = (await until(lambda: notifications)).values()
    assert notification["notification_id"] == f"pilotstatus_{home.entry_id}_hang_up"
    assert "Not now" in notification["message"]
    assert call_id in notification["message"].replace("\\", "")
    await settle(hass_ready, home)
    await phone.clear_faults()
    await act(hass_ready, "hang_up")
    assert notifications == {}


async def test_a_message_is_said_to_a_contact_who_answers_and_the_call_ends(
    hass_ready: HomeAssistant, spoken: Engine, phone: Phone
) -> None:
    await phone.person(ANA, does="answer", after=0.3)
    answer = await act(
        hass_ready,
        "place_call",
        contact="notify.ana",
        message="Olá, Ana",
        hang_up=True,
        wait_for_answer=True,
    )
    assert (answer["status"], answer["answered"]) == ("accepted", True)
    assert await ends(phone, answer["call_id"])
    (call,) = await phone.calls()
    assert (call["peerNumber"], call["status"]) == (ANA[1:], "COMPLETED")
    assert await phone.heard_samples(call["id"]) == samples_of(spoken.file)
    assert spoken.messages == ["Olá, Ana"]


async def test_a_call_that_is_to_end_after_nothing_is_not_placed(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone
) -> None:
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass_ready, "place_call", to="Ana", hang_up=True)
    assert caught.value.translation_key == "media_missing"
    assert await phone.calls() == []


@pytest.mark.parametrize("does", ["answer", "decline"])
async def test_a_script_decides_by_whether_somebody_was_reached(
    hass_ready: HomeAssistant, spoken: Engine, phone: Phone, does: str
) -> None:
    await phone.person(BRUNO, does="decline")
    await phone.person(ANA, does=does, after=0.2)
    event_data = {"name": "{{ (told.answered_by | first).name if told.answered }}"}
    sequence = [
        {
            "action": "pilotstatus.announce",
            "data": {
                "contacts": ["notify.bruno", "notify.ana"],
                "message": "{{ 'Tem água na ' ~ where }}",
            },
            "response_variable": "told",
        },
        {
            "if": "{{ told.answered }}",
            "then": {"event": "told", "event_data": event_data},
            "else": {"event": "nobody_told", "event_data": event_data},
        },
    ]
    script = {"water": {"sequence": sequence}}
    assert await async_setup_component(hass_ready, "script", {"script": script})
    events = [async_capture_events(hass_ready, it) for it in ("told", "nobody_told")]
    await hass_ready.services.async_call("script", "water", {"where": "adega"}, blocking=True)
    told, nobody_told = ([event.data for event in it] for it in events)
    if does == "answer":
        assert (told, nobody_told) == ([{"name": "Ana"}], [])
    else:
        assert (told, nobody_told) == ([], [{"name": ""}])
    assert [call["peerNumber"] for call in await phone.calls()] == [ANA[1:], BRUNO[1:]]
    assert spoken.messages == ["Tem água na adega"]


async def test_contacts_are_called_in_their_order_before_those_who_are_written(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone, sound: Sound
) -> None:
    people = (BRUNO, CARLA, "+5511991110004", ANA)
    for person in people:
        await phone.person(person, does="decline")
    answer = await act(
        hass_ready,
        "announce",
        to=["+55 11 99111-0003", "+5511991110004", "ana"],
        contacts=["notify.bruno", "notify.ana"],
        media=sound.media,
    )
    attempts = answer["attempts"]
    assert [it["peer_number"] for it in attempts] == [BRUNO, ANA, CARLA, "+5511991110004"]
    assert [it["name"] for it in attempts] == ["Bruno", "Ana", None, None]
    assert {it["status"] for it in attempts} == {"rejected"}
    assert (answer["answered"], answer["answered_by"]) == (False, [])


@pytest.mark.parametrize(
    "data",
    [{"repeat": 0}, {"repeat": 6}, {"rounds": 0}, {"rounds": 6}, {"ring": 9}, {"ring": 121}],
    ids=str,
)
async def test_nobody_is_called_more_often_or_longer_than_is_allowed(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone, data: dict[str, Any]
) -> None:
    with pytest.raises(vol.Invalid):
        await act(hass_ready, "announce", to="Ana", media_url=MEDIA, **data)
    assert await phone.calls() == []


async def test_calls_name_their_contacts(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone
) -> None:
    for peer in (ANA, CARLA, BRUNO.replace("+55119", "+5511"), None):
        await phone.ring(peer)
    calls = (await act(hass_ready, "get_calls"))["calls"]
    assert [call["contact"] for call in calls] == [None, "Bruno", None, "Ana"]
