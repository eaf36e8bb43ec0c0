"""Speech into the call, from an engine that streams."""

import asyncio

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.components import tts
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from simulator.client import Phone
from tests.audio import samples_of
from tests.common import PLAYBACK, Notifications, act, answered_call, heard, number, state_of, until
from tests.engine import SPEECH, Engine


async def test_speech_is_heard(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, engine: Engine
) -> None:
    """As the engine spoke it, and its words are shown nowhere."""
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=SPEECH)
    expected = samples_of(engine.sound)
    assert await heard(phone, call_id, len(expected)) == expected
    shown = state_of(hass_ready, PLAYBACK).attributes["media"]
    assert shown == "media-source://tts/tts.test_engine"


async def test_speech_goes_out_before_its_end(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, engine: Engine
) -> None:
    """The play is sent, and fetched, while the engine still speaks."""
    engine.goes_on.clear()
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=SPEECH)
    fetched = lambda: state_of(hass_ready, PLAYBACK).attributes["fetched_at"]  # noqa: E731
    assert await until(fetched)
    assert await heard(phone, call_id, 0) == b""
    engine.goes_on.set()
    expected = samples_of(engine.sound)
    assert await heard(phone, call_id, len(expected)) == expected


async def test_an_engine_that_fails_at_once(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, engine: Engine
) -> None:
    """Is an error of the action, and nothing is sent."""
    engine.fails = "before"
    call_id = await answered_call(hass_ready, phone)
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass_ready, "play_audio", media=SPEECH)
    assert caught.value.translation_key == "speech_failed"
    assert (await phone.call(call_id))["plays"] == []


async def test_speech_that_says_nothing(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, engine: Engine
) -> None:
    """Is nothing that could be played."""
    await answered_call(hass_ready, phone)
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass_ready, "play_audio", media=SPEECH.partition("?")[0])
    assert caught.value.translation_key == "media_not_found"


async def test_speech_that_another_has_begun(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, engine: Engine
) -> None:
    """Is read where it is offered, whatever its format."""
    stream = tts.async_create_stream(hass_ready, "tts.test_engine", language="pt-BR")
    stream.async_set_message("Olá")
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=stream.url)
    expected = samples_of(engine.sound)
    assert await heard(phone, call_id, len(expected)) == expected


async def test_speech_that_has_no_room(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    engine: Engine,
) -> None:
    """It is the room that is told of, and not the engine."""
    number(media_entry).media.store.max_items = 0
    await answered_call(hass_ready, phone)
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass_ready, "play_audio", media=SPEECH)
    assert caught.value.translation_key == "media_store_full"


@pytest.mark.parametrize("is_full", [False, True])
async def test_an_engine_that_fails_half_way(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    engine: Engine,
    notifications: Notifications,
    is_full: bool,  # noqa: FBT001
) -> None:
    """Is told, once it is known; so is speech that grows over what can be kept."""
    engine.goes_on.clear()
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=SPEECH)
    if is_full:
        number(media_entry).media.store.max_bytes = engine.sound.stat().st_size - 1
    else:
        engine.fails = "between"
    engine.goes_on.set()
    (told,) = (await until(lambda: notifications)).values()
    assert "text-to-speech" in told["message"]
    state = state_of(hass_ready, PLAYBACK)
    assert (state.state, state.attributes["error"]) == ("failed", "speech_failed")
    assert len(number(media_entry).media.store) == 0
    await asyncio.sleep(0.2)
    assert await heard(phone, call_id, 0) == b""


async def test_a_placed_call_hears_speech(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, engine: Engine
) -> None:
    """Prepared before the dial, heard from the answer on."""
    answer = await act(hass_ready, "place_call", to="+5511999999999", media=SPEECH)
    await asyncio.sleep(0.2)
    await phone.act(answer["call_id"], "answer")
    expected = samples_of(engine.sound)
    assert await heard(phone, answer["call_id"], len(expected)) == expected
