"""The action play_audio, called as an automation does."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.api import CallStatus
from custom_components.pilotstatus.const import CALL_OWNERS
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
from simulator.client import Phone
from simulator.numbers import SECOND_KEY

from .common import LINE, MEDIA, Notifications, act, number, play, poll, state_of, until


async def test_play_into_a_ringing_call_is_queued(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    """The answer says that the audio waits."""
    call_id = await phone.ring()
    answer = await play(hass_ready, call_id)
    assert answer == {"success": True, "call_id": call_id, "status": "ringing", "queued": True}
    assert [play["mediaUrl"] for play in (await phone.call(call_id))["plays"]] == [MEDIA]
    assert state_of(hass_ready, "sensor.casa_last_playback").state == "queued"


async def test_play_from_an_automation_with_a_template(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    """An automation finds the call in the sensor, and asks for no response."""
    call_id = await phone.ring()
    await poll(entry)
    sensor = "sensor.casa_last_call_status"
    action = {
        "action": "pilotstatus.play_audio",
        "data": {"call_id": f"{{{{ state_attr('{sensor}', 'call_id') }}}}", "media_url": MEDIA},
    }
    automation = {"triggers": {"trigger": "event", "event_type": "go"}, "actions": [action]}
    assert await async_setup_component(hass_ready, "automation", {"automation": automation})
    hass_ready.bus.async_fire("go")
    await hass_ready.async_block_till_done()
    assert len((await phone.call(call_id))["plays"]) == 1


@pytest.mark.parametrize(
    ("call_id", "media_url", "key"),
    [
        ("call_1", "greeting.mp3", "media_url_invalid"),
        ("call_1", "http://u:p@127.0.0.1/a.mp3", "media_url_credentials"),
        ("call_1", "https://a.b/c.ogg", "media_url_format"),
        ("", MEDIA, "call_id_invalid"),
        (" .. ", MEDIA, "call_id_invalid"),
    ],
)
async def test_what_the_caller_got_wrong_is_not_sent(
    hass_ready: HomeAssistant,
    entry: MockConfigEntry,
    phone: Phone,
    call_id: str,
    media_url: str,
    key: str,
) -> None:
    """The error comes before the request."""
    with pytest.raises(ServiceValidationError) as caught:
        await play(hass_ready, call_id, media_url)
    assert caught.value.translation_key == key
    assert await phone.requests("calls.play") == []


async def test_no_number_is_set_up(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    """The action stays, and says what is missing."""
    await hass_ready.config_entries.async_remove(entry.entry_id)
    with pytest.raises(ServiceValidationError, match="No number is set up"):
        await play(hass_ready, "call_1")


async def test_a_number_that_is_not_ready(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    """A number that is unloaded is named."""
    await hass_ready.config_entries.async_unload(entry.entry_id)
    with pytest.raises(ServiceValidationError, match=r"The number Casa is not ready"):
        await play(hass_ready, "call_1")
    await hass_ready.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    with pytest.raises(ServiceValidationError, match="No number is set up"):
        await play(hass_ready, "call_1")


async def test_the_number_that_knows_the_call_is_meant(
    hass_ready: HomeAssistant,
    entry: MockConfigEntry,
    second_entry: MockConfigEntry,
    phone: Phone,
) -> None:
    """With two numbers the call tells; else the choices are named."""
    call_id = await phone.ring(number="num_second")
    with pytest.raises(ServiceValidationError, match=r"Casa, Loja"):
        await play(hass_ready, call_id)
    await play(hass_ready, call_id, config_entry_id=second_entry.entry_id)
    status = "sensor.loja_last_call_status"
    assert await until(lambda: state_of(hass_ready, status).state == "ringing")
    await play(hass_ready, call_id)
    assert len((await phone.call(call_id))["plays"]) == 2
    with pytest.raises(ServiceValidationError, match="no number with the config entry ID"):
        await play(hass_ready, call_id, config_entry_id="nothing")


async def test_which_numbers_know_a_call_is_kept_as_long_as_they_are_loaded(
    hass_ready: HomeAssistant,
    entry: MockConfigEntry,
    second_entry: MockConfigEntry,
    phone: Phone,
) -> None:
    owners = hass_ready.data[CALL_OWNERS]
    call_id = await phone.ring(number="num_second")
    await poll(second_entry)
    known = number(second_entry).coordinator.calls.find(call_id)
    assert known is not None
    external_id = known.external_id
    assert owners == {it: {second_entry.entry_id} for it in (call_id, external_id)}
    number(entry).coordinator.async_apply(
        number(entry).coordinator.calls.apply_answer(call_id, CallStatus.RINGING)
    )
    with pytest.raises(ServiceValidationError, match=r"Casa, Loja"):
        await play(hass_ready, call_id)
    coordinator = number(entry).coordinator
    assert await hass_ready.config_entries.async_unload(entry.entry_id)
    assert owners[call_id] == {second_entry.entry_id}
    await play(hass_ready, call_id)
    # What an unloaded number still learns is nobody's.
    coordinator.calls.apply_answer("late", CallStatus.RINGING)
    assert "late" not in owners
    assert await hass_ready.config_entries.async_unload(second_entry.entry_id)
    assert owners == {}
    assert await hass_ready.config_entries.async_setup(second_entry.entry_id)
    assert owners[call_id] == {second_entry.entry_id}


async def test_the_one_live_call_is_meant(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    """No call is guessed: none and two are refused, and the calls are named."""
    with pytest.raises(ServiceValidationError, match="No call is going on"):
        await act(hass_ready, "play_audio", media_url=MEDIA)
    first = await phone.ring()
    answer = await act(hass_ready, "play_audio", media_url=MEDIA)
    assert (answer["call_id"], answer["queued"]) == (first, True)
    second = await phone.ring()
    await poll(entry)
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass_ready, "hang_up")
    assert f"{first} (…4321, ringing)" in str(caught.value)
    assert f"{second} (…4321, ringing)" in str(caught.value)
    assert "+55" not in str(caught.value)


async def test_answer_reject_and_hang_up(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    """The answers move the call, and show at once."""
    call_id = await phone.ring()
    assert await act(hass_ready, "answer_call") == {
        "success": True,
        "call_id": call_id,
        "status": "accepted",
    }
    status = "sensor.casa_last_call_status"
    assert state_of(hass_ready, status).state == "accepted"
    assert state_of(hass_ready, LINE).state == "in_call"
    assert (await act(hass_ready, "hang_up"))["status"] == "completed"
    assert state_of(hass_ready, status).state == "completed"
    assert state_of(hass_ready, LINE).state == "idle"
    second = await phone.ring()
    assert (await act(hass_ready, "reject_call", call_id=second))["status"] == "rejected"


@pytest.mark.parametrize(
    "to",
    [
        *("+55 (11) 99999-9999", "+55 11 99999.9999", " +5511999999999 ", "+55/11/999999999"),
        *("(11) 99999-9999", "5511999999999", 5511999999999, 11999999999),
    ],
)
async def test_a_number_is_dialled_as_people_write_it(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone, to: str | int
) -> None:
    """Audio is queued right after the dial."""
    hass_ready.config.country = "BR"
    answer = await act(hass_ready, "place_call", to=to, media_url=MEDIA)
    (call,) = await phone.calls()
    assert answer == {"call_id": call["id"], "status": "initiated", "answered": None}
    assert call["peerNumber"] == "5511999999999"
    assert [play["mediaUrl"] for play in call["plays"]] == [MEDIA]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"to": "11 99999-9999"}, "phone_no_country"),
        ({"to": "5511999999999"}, "phone_no_country"),
        ({"to": 5511999999999}, "phone_no_country"),
        ({"to": 5511999999999.0}, "phone_invalid"),
        ({"to": True}, "phone_invalid"),
        ({"to": "+55"}, "phone_too_short"),
        ({"to": "+55119999999999999"}, "phone_too_long"),
        ({"to": "+55 casa 999999"}, "phone_invalid"),
        ({"to": "+5511999999999", "media_url": "https://a.b/c.ogg"}, "media_url_format"),
    ],
)
async def test_nothing_is_dialled_in_vain(
    hass_ready: HomeAssistant,
    entry: MockConfigEntry,
    phone: Phone,
    data: dict[str, Any],
    key: str,
) -> None:
    """Neither with a number that is none nor for audio that cannot be played."""
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass_ready, "place_call", **data)
    assert caught.value.translation_key == key
    assert await phone.calls() == []


async def test_an_integer_that_may_be_two_numbers_is_not_dialled(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    """A template loses the plus sign; as text it is a number of Brazil."""
    hass_ready.config.country = "BR"
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass_ready, "place_call", to=4930123456)
    assert caught.value.translation_key == "phone_ambiguous"
    await act(hass_ready, "place_call", to="4930123456")
    assert [call["peerNumber"] for call in await phone.calls()] == ["554930123456"]


async def test_a_dial_of_unknown_outcome_is_not_repeated(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    """It may ring, and one ring is enough."""
    await phone.fault("calls.start", drop="after")
    with pytest.raises(HomeAssistantError, match="may have been placed"):
        await act(hass_ready, "place_call", to="+5511999999999")
    assert len(await phone.calls()) == 1


@pytest.mark.parametrize(
    ("what", "answered", "status"),
    [("answer", True, "accepted"), ("decline", False, "rejected"), (None, False, "ringing")],
)
async def test_waiting_for_the_answer(
    hass_ready: HomeAssistant,
    entry: MockConfigEntry,
    phone: Phone,
    what: str | None,
    answered: bool,  # noqa: FBT001
    status: str,
) -> None:
    """It ends with the answer, with the end, or with the time."""
    placed = hass_ready.async_create_task(
        act(
            hass_ready,
            "place_call",
            to="+5511999999999",
            wait_for_answer=True,
            timeout=30 if what else 1,
        )
    )
    while not (calls := await phone.calls()):  # noqa: ASYNC110 - it is another process
        await asyncio.sleep(0.01)
    if what:
        await asyncio.sleep(0.2)
        await phone.act(calls[0]["id"], what)
        await poll(entry)
    answer = await placed
    assert answer == {"call_id": calls[0]["id"], "status": status, "answered": answered}


async def test_a_wait_whose_last_question_fails(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    """What is known has to do: a house that escalates must go on."""
    await phone.fault("calls.get", status=503, times=99)
    answer = await act(
        hass_ready, "place_call", to="+5511999999999", wait_for_answer=True, timeout=1
    )
    assert answer["answered"] is False


async def test_cancelling_ends_the_wait(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    """The call goes on."""
    placed = hass_ready.async_create_task(
        act(hass_ready, "place_call", to="+5511999999999", wait_for_answer=True)
    )
    while number(entry).coordinator.calls.last_call is None:  # noqa: ASYNC110 - it is another process
        await asyncio.sleep(0.01)
    placed.cancel()
    with pytest.raises(asyncio.CancelledError):
        await placed
    assert (await phone.calls())[0]["status"] in ("INITIATED", "RINGING")
    assert number(entry).coordinator.update_interval == timedelta(seconds=60)


async def test_calls_are_returned(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    """Newest first, from a time on, as many as asked for."""
    first, second = await phone.ring(), await phone.ring()
    calls = (await act(hass_ready, "get_calls"))["calls"]
    assert [call["call_id"] for call in calls] == [second, first]
    assert calls[0]["status"] == "ringing"
    assert calls[0]["direction"] == "inbound"
    assert calls[0]["peer_number"] == "+5511987654321"
    assert len((await act(hass_ready, "get_calls", limit=1))["calls"]) == 1
    earlier = await act(hass_ready, "get_calls", before=calls[0]["created_at"])
    assert [call["call_id"] for call in earlier["calls"]] == [first]


async def test_the_second_number_acts(
    hass_ready: HomeAssistant,
    entry: MockConfigEntry,
    second_entry: MockConfigEntry,
    phone: Phone,
) -> None:
    """Each number dials with its own key."""
    with pytest.raises(ServiceValidationError, match="More than one number"):
        await act(hass_ready, "place_call", to="+5511999999999")
    await act(hass_ready, "place_call", to="+5511999999999", config_entry_id=second_entry.entry_id)
    assert len((await phone.api("GET", "/calls", key=SECOND_KEY))["calls"]) == 1
    assert (await phone.api("GET", "/calls"))["calls"] == []


async def test_a_call_that_was_placed_before_its_audio_failed_is_named(
    hass_ready: HomeAssistant,
    entry: MockConfigEntry,
    phone: Phone,
    notifications: Notifications,
) -> None:
    """Nobody should dial again."""
    await phone.fault("calls.play", status=400, error="No such file")
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass_ready, "place_call", to="+5511999999999", media_url=MEDIA)
    (placed,) = await phone.calls()
    assert caught.value.translation_key == "placed_without_audio"
    assert f"The call was placed (call ID {placed['id']})" in str(caught.value)
    assert "Pilot Status refused the request: “No such file”" in str(caught.value)
    (left,) = notifications.values()
    assert "The call was placed" in left["message"]
    assert placed["id"].replace("_", r"\_") in left["message"]
    assert "No such file" in left["message"]
