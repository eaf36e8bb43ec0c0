"""Speech from an engine that streams."""

import asyncio
from collections.abc import AsyncGenerator
import json
from pathlib import Path
from typing import Any, override

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.errors import ActionRefusedError
from custom_components.pilotstatus.media.audio_format import audio_format
from custom_components.pilotstatus.media.speech import async_speak, is_speech
from custom_components.pilotstatus.media.store import MediaStore, StoredMedia
from homeassistant.components import tts
from homeassistant.components.tts import TTSAudioRequest
from homeassistant.components.tts.entity import TTSAudioResponse
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from simulator.client import Phone
from tests.audio import make_audio, samples_of
from tests.common import PLAYBACK, Notifications, act, answered_call, heard, number, state_of, until
from tests.engine import SPEECH, Engine, set_up_engine
from tests.media.speaker import Speaker

ENGINE = "media-source://tts/tts.test_engine"
HELLO = f"{ENGINE}?message=Hello&cache=false"


@pytest.fixture
def store() -> MediaStore:
    """Return an empty store."""
    return MediaStore(lambda _: None)


def entry_of(hass: HomeAssistant) -> ConfigEntry:
    """Return a config entry that is loaded: the engine's own."""
    (entry,) = hass.config_entries.async_entries("test")
    return entry


async def speak(
    hass: HomeAssistant,
    store: MediaStore,
    media_id: str = HELLO,
    max_wait: float = 30,
    max_stall: float = 30,
) -> StoredMedia:
    """Speak, and return what is stored of it."""
    return await async_speak(
        hass, entry_of(hass), store, media_id, max_wait=max_wait, max_stall=max_stall
    )


async def whole(item: StoredMedia) -> bytes:
    """Wait until speech is complete; return it."""
    async with asyncio.timeout(20):
        await item.complete.wait()
    return bytes(item.data)


async def read(item: StoredMedia) -> None:
    """Read an item to its end."""
    async for _ in item.chunks():
        pass


async def test_it_is_stored_while_the_engine_still_speaks(
    hass: HomeAssistant, speaker: Speaker, store: MediaStore
) -> None:
    audio = speaker.file.read_bytes()
    speaker.goes_on.clear()
    item = await speak(hass, store)
    assert list(store) == [item]
    assert item.data == audio[: len(audio) // 2]
    assert (item.extension, item.length, item.complete.is_set()) == ("mp3", None, False)
    speaker.goes_on.set()
    assert await whole(item) == audio
    assert item.length == pytest.approx(1, abs=0.1)
    assert not item.is_broken


@pytest.mark.parametrize(
    ("query", "language", "options"),
    [
        ("", "pt-BR", {}),
        ("&language=en-US", "en-US", {}),
        ("&language=en-US&voice=alice&speed=2", "en-US", {"voice": "alice", "speed": "2"}),
        ("&tts_options={}", "pt-BR", {}),
        ("&tts_options=null", "pt-BR", {}),
        (
            f"&language=en-US&tts_options={json.dumps({'voice': 'alice', 'speed': 2})}",
            "en-US",
            {"voice": "alice", "speed": 2},
        ),
        # The format is not the user's to choose.
        ("&preferred_format=wav", "pt-BR", {}),
        ('&tts_options={"preferred_format": "wav"}', "pt-BR", {}),
    ],
)
async def test_the_engine_is_asked_for_mp3_in_the_language_and_with_the_options(
    hass: HomeAssistant,
    speaker: Speaker,
    store: MediaStore,
    query: str,
    language: str,
    options: dict[str, Any],
) -> None:
    await whole(await speak(hass, store, f"{HELLO}{query}"))
    assert speaker.asked == [("Hello", language, {**options, "preferred_format": "mp3"})]


async def test_what_home_assistant_itself_writes_is_understood(
    hass: HomeAssistant, speaker: Speaker, store: MediaStore
) -> None:
    media_id = tts.generate_media_source_id(
        hass, "Olá, & tchau", "tts.test_engine", "pt-BR", {"voice": "alice"}, cache=False
    )
    assert is_speech(hass, media_id)
    await whole(await speak(hass, store, media_id))
    (asked,) = speaker.asked
    assert asked == ("Olá, & tchau", "pt-BR", {"voice": "alice", "preferred_format": "mp3"})


async def test_an_engine_that_speaks_another_format_is_converted(
    hass: HomeAssistant, tmp_path: Path, store: MediaStore, speaker: Speaker
) -> None:
    class Plain(Engine):
        @override
        async def async_stream_tts_audio(self, request: TTSAudioRequest) -> TTSAudioResponse:
            response = await super().async_stream_tts_audio(request)
            return TTSAudioResponse("wav", response.data_gen)

    assert await hass.config_entries.async_unload(entry_of(hass).entry_id)
    await hass.config_entries.async_remove(entry_of(hass).entry_id)
    await set_up_engine(hass, Plain(make_audio(tmp_path, "wav", 1)))
    item = await speak(hass, store)
    assert audio_format(await whole(item)) == "mp3"
    assert item.length == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    ("query", "is_cached"),
    [("&cache=false", False), ("&cache=true", True), ("&cache=x", False), ("", True)],
)
async def test_speech_is_cached_unless_that_is_not_wanted(
    hass: HomeAssistant,
    speaker: Speaker,
    store: MediaStore,
    tmp_path: Path,
    query: str,
    is_cached: bool,  # noqa: FBT001
) -> None:
    folder = tmp_path / "tts"
    await whole(await speak(hass, store, f"{ENGINE}?message=Hello{query}"))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(list(folder.iterdir())) == is_cached


@pytest.mark.parametrize(
    ("media_id", "expected"),
    [
        (HELLO, True),
        (ENGINE, False),
        ("media-source://tts/-stream-/token.mp3", False),
        ("media-source://media_source/local/message=.mp3", False),
        ("https://a.b/c.mp3?message=x", False),
    ],
)
async def test_speech_is_a_message_for_an_engine(
    hass: HomeAssistant,
    media_id: str,
    expected: bool,  # noqa: FBT001
) -> None:
    assert not is_speech(hass, media_id)
    hass.config.components.add("tts")
    assert is_speech(hass, media_id) is expected


async def assert_fails(hass: HomeAssistant, store: MediaStore, **speech: Any) -> None:
    """Assert that speech is an error and that nothing is stored."""
    with pytest.raises(ActionRefusedError) as caught:
        await speak(hass, store, **speech)
    assert caught.value.translation_key == "speech_failed"
    assert len(store) == 0


@pytest.mark.parametrize(
    "query",
    ["text=message=", "message=x&language=xx", "message=x&unknown=1", "message=x&tts_options=no"],
)
async def test_what_the_engine_does_not_understand_is_an_error(
    hass: HomeAssistant, speaker: Speaker, store: MediaStore, query: str
) -> None:
    await assert_fails(hass, store, media_id=f"{ENGINE}?{query}")
    assert speaker.asked == []


@pytest.mark.parametrize("failure", ["before", "mute"])
async def test_an_engine_that_has_no_words_is_an_error(
    hass: HomeAssistant, speaker: Speaker, store: MediaStore, failure: str
) -> None:
    speaker.fails = failure
    await assert_fails(hass, store)


async def test_an_engine_that_says_nothing_in_time_is_an_error(
    hass: HomeAssistant, speaker: Speaker, store: MediaStore
) -> None:
    speaker.begins.clear()
    async with asyncio.timeout(10):
        await assert_fails(hass, store, max_wait=0.1)
    # What comes after the first bytes may take longer.
    speaker.begins.set()
    speaker.goes_on.clear()
    item = await speak(hass, store, f"{HELLO}&voice=late", max_wait=1)
    assert not await until(item.complete.is_set, seconds=1.2)


async def test_speech_that_has_no_room_is_refused_for_that(
    hass: HomeAssistant, speaker: Speaker, store: MediaStore
) -> None:
    store.max_items = 0
    with pytest.raises(ActionRefusedError) as caught:
        await speak(hass, store)
    assert caught.value.translation_key == "media_store_full"


@pytest.mark.parametrize("cause", ["stall", "removal"])
async def test_speech_that_never_goes_on_is_broken(
    hass: HomeAssistant, speaker: Speaker, store: MediaStore, cause: str
) -> None:
    speaker.goes_on.clear()
    item = await speak(hass, store, max_stall=0.5 if cause == "stall" else 30)
    reader = asyncio.create_task(read(item))
    (filling,) = [task for task in asyncio.all_tasks() if task.get_name() == "pilotstatus media"]
    await asyncio.sleep(0)
    assert not reader.done()
    if cause == "removal":
        store.remove(item)
        speaker.goes_on.set()
    with pytest.raises(ConnectionResetError):
        async with asyncio.timeout(10):
            await reader
    assert await until(filling.done)
    assert (item.is_broken, item.length) == (True, None)
    if cause == "stall":
        assert speaker.file.read_bytes().startswith(item.data)
        assert item.data


async def test_speech_may_take_longer_in_all_than_between_its_parts(
    hass: HomeAssistant, speaker: Speaker, store: MediaStore
) -> None:
    audio = speaker.file.read_bytes()

    async def parts() -> AsyncGenerator[bytes]:
        for start in range(0, len(audio), len(audio) // 8):
            await asyncio.sleep(0.1)
            yield audio[start : start + len(audio) // 8]

    speaker.parts = parts
    item = await speak(hass, store, max_stall=0.5)
    assert await whole(item) == audio
    assert not item.is_broken


@pytest.mark.parametrize("cause", ["engine", "room", "unload"])
async def test_speech_that_breaks_off_is_broken(
    hass: HomeAssistant, speaker: Speaker, store: MediaStore, cause: str
) -> None:
    speaker.goes_on.clear()
    item = await speak(hass, store)
    first = bytes(item.data)
    assert not item.complete.is_set()
    if cause == "engine":
        speaker.fails = "between"
    elif cause == "room":
        store.max_bytes = speaker.file.stat().st_size - 1
    else:
        assert await hass.config_entries.async_unload(entry_of(hass).entry_id)
    if cause != "unload":
        speaker.goes_on.set()
    assert await whole(item) == first
    assert (item.is_broken, item.length) == (True, None)


async def test_speech_is_heard_and_its_words_are_shown_nowhere(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, engine: Engine
) -> None:
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=SPEECH)
    expected = samples_of(engine.file)
    assert await heard(phone, call_id, len(expected)) == expected
    assert state_of(hass_ready, PLAYBACK).attributes["media"] == ENGINE


async def test_speech_that_is_already_generated_is_read(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, engine: Engine
) -> None:
    stream = tts.async_create_stream(hass_ready, "tts.test_engine", language="pt-BR")
    stream.use_file_cache = False
    stream.async_set_message("Olá")
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=stream.url)
    expected = samples_of(engine.file)
    assert await heard(phone, call_id, len(expected)) == expected


async def test_speech_that_breaks_off_is_reported_and_not_heard(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    engine: Engine,
    notifications: Notifications,
) -> None:
    engine.goes_on.clear()
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=SPEECH)
    assert await until(lambda: state_of(hass_ready, PLAYBACK).attributes["fetched_at"])
    engine.fails = "between"
    engine.goes_on.set()
    (notification,) = (await until(lambda: notifications)).values()
    assert "text-to-speech" in notification["message"]
    state = state_of(hass_ready, PLAYBACK)
    assert (state.state, state.attributes["error"]) == ("failed", "speech_failed")
    assert len(number(media_entry).media.store) == 0
    assert await heard(phone, call_id, 0) == b""


async def test_a_placed_call_hears_speech_from_the_answer_on(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, engine: Engine
) -> None:
    answer = await act(hass_ready, "place_call", to="+5511999999999", media=SPEECH)
    await phone.act(answer["call_id"], "answer")
    expected = samples_of(engine.file)
    assert await heard(phone, answer["call_id"], len(expected)) == expected
