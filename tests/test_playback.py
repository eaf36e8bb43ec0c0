"""From a media-source item to the sound in the call, through the real HTTP view."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
import io
from pathlib import Path
import subprocess
from typing import Any
import wave

from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    MockPlatform,
    mock_config_flow,
    mock_integration,
    mock_platform,
)

from custom_components.pilotstatus import playback, transcode
from homeassistant.components import tts
from homeassistant.config_entries import ConfigFlow
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from .conftest import make_entry
from .phone import Phone
from .test_audio import make_sound
from .test_failures import Notifications, notifications  # noqa: F401
from .test_services import act

PLAYBACK = "sensor.casa_0001_last_playback"


class Engine(tts.TextToSpeechEntity):
    """A text-to-speech engine of the tests: it speaks a file, and fails on order."""

    _attr_default_language = "pt-BR"
    _attr_supported_languages = ["pt-BR"]  # noqa: RUF012
    _attr_name = "Test engine"
    _attr_unique_id = "engine"

    def __init__(self, sound: Path) -> None:
        """Speak the sound of a file."""
        self.sound = sound
        self.fails: str | None = None

    async def async_get_tts_audio(
        self,
        message: str,  # noqa: ARG002 - Home Assistant's signature
        language: str,  # noqa: ARG002
        options: dict[str, Any],  # noqa: ARG002
    ) -> tuple[str, bytes] | tuple[None, None]:
        """Speak."""
        if self.fails == "before":
            raise HomeAssistantError("The engine has no voice")
        return "mp3", self.sound.read_bytes()


@pytest.fixture
async def house(
    hass_ready: HomeAssistant,
    hass_client_no_auth: Callable[[], Awaitable[TestClient[Any, Any]]],
    phone: Phone,
    tmp_path: Path,
) -> MockConfigEntry:
    """Return the demo number in a house with media, ffmpeg and a web server."""
    hass_ready.config.media_dirs = {"local": str(tmp_path)}
    for component in (
        "websocket_api",
        "media_player",
        "media_source",
        "ffmpeg",
        "tts",
        "pilotstatus",
    ):
        assert await async_setup_component(hass_ready, component, {})
    client = await hass_client_no_auth()
    hass_ready.config.internal_url = str(client.make_url("")).rstrip("/")
    entry = make_entry(phone)
    entry.add_to_hass(hass_ready)
    assert await hass_ready.config_entries.async_setup(entry.entry_id)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    return entry


@pytest.fixture
async def engine(hass_ready: HomeAssistant, house: MockConfigEntry, tmp_path: Path) -> Engine:
    """Return a text-to-speech engine that is set up."""
    engine = Engine(make_sound(tmp_path, "mp3", 1))

    async def setup_entry(hass: HomeAssistant, entry: Any) -> bool:
        await hass.config_entries.async_forward_entry_setups(entry, ["tts"])
        return True

    async def unload_entry(hass: HomeAssistant, entry: Any) -> bool:
        return await hass.config_entries.async_unload_platforms(entry, ["tts"])

    async def setup_platform(_hass: Any, _entry: Any, add: Callable[..., None]) -> None:
        add([engine])

    module = MockModule("test", async_setup_entry=setup_entry, async_unload_entry=unload_entry)
    mock_integration(hass_ready, module)
    mock_platform(hass_ready, "test.tts", MockPlatform(async_setup_entry=setup_platform))
    mock_platform(hass_ready, "test.config_flow", None)
    entry = MockConfigEntry(domain="test")
    entry.add_to_hass(hass_ready)
    with mock_config_flow("test", ConfigFlow):
        assert await hass_ready.config_entries.async_setup(entry.entry_id)
    await hass_ready.async_block_till_done()
    return engine


SPEECH = "media-source://tts/tts.test_engine?message=Ol%C3%A1&language=pt-BR&cache=false"


def local(name: str) -> str:
    """Return the media-source id of a file in the media folder."""
    return f"media-source://media_source/local/{name}"


def samples_of(path: Path) -> bytes:
    """Return a file's samples, as the simulator decodes them."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "s16le", "-ar", "48000", "-ac", "1"]
    return subprocess.run([*command, "pipe:1"], check=True, capture_output=True).stdout


async def heard(hass: HomeAssistant, phone: Phone, call_id: str, size: int) -> bytes:
    """Wait until the call has heard so many bytes of samples; return them."""
    samples = b""
    for _ in range(150):
        with wave.open(io.BytesIO(await phone.heard(call_id))) as wav:
            samples = wav.readframes(wav.getnframes())
        if len(samples) >= size:
            break
        await asyncio.sleep(0.05)
    return samples


async def answered_call(hass: HomeAssistant, phone: Phone) -> str:
    """Return a call that the house has answered."""
    call_id = await phone.ring()
    await act(hass, "answer_call", call_id=call_id)
    return call_id


@pytest.mark.parametrize("fetch", ["request", "connect"])
@pytest.mark.parametrize("name", ["wav", "mp3", "opus"])
async def test_a_local_file_is_heard_as_it_is(
    hass_ready: HomeAssistant,
    house: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    name: str,
    fetch: str,
) -> None:
    """Sample by sample, whenever it is fetched; it can be fetched no more after the call."""
    await phone.settings(fetch=fetch)
    sound = make_sound(tmp_path, name, 0.5)
    call_id = await phone.ring()
    answer = await act(hass_ready, "play_audio", media=local(sound.name))
    assert answer["queued"]
    await act(hass_ready, "answer_call")
    expected = samples_of(sound)
    assert await heard(hass_ready, phone, call_id, len(expected)) == expected
    state = hass_ready.states.get(PLAYBACK)
    assert state.attributes["media_url"] == local(sound.name)
    await hass_ready.async_block_till_done()
    assert hass_ready.states.get(PLAYBACK).attributes["fetched_at"] is not None
    (play,) = (await phone.call(call_id))["plays"]
    assert play["mediaUrl"].endswith(f".{name}")
    assert "?" not in play["mediaUrl"]
    assert house.runtime_data.media.get(*token_of(play["mediaUrl"])) is not None
    await act(hass_ready, "hang_up")
    assert house.runtime_data.media.get(*token_of(play["mediaUrl"])) is None


def token_of(url: str) -> tuple[str, str]:
    """Return token and extension of a URL of ours."""
    token, _, extension = url.rpartition("/")[2].rpartition(".")
    return token, extension


@pytest.mark.parametrize("name", ["m4a", "flac", "ogg"])
async def test_other_formats_are_converted(
    hass_ready: HomeAssistant, house: MockConfigEntry, phone: Phone, tmp_path: Path, name: str
) -> None:
    """They come out as mp3 of the same length, and are heard."""
    sound = make_sound(tmp_path, name, 0.5)
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media={"media_content_id": local(sound.name)})
    length = len(samples_of(sound))
    samples = await heard(hass_ready, phone, call_id, length)
    assert abs(len(samples) - length) < 48_000 * 2 * 0.1
    assert any(samples)
    (play,) = (await phone.call(call_id))["plays"]
    assert play["mediaUrl"].endswith(".mp3")


async def test_a_long_file(
    hass_ready: HomeAssistant, house: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    """20 minutes are fetched whole."""
    sound = make_sound(tmp_path, "cbr.mp3", 1200)
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=local(sound.name))
    for _ in range(200):
        (play,) = (await phone.call(call_id))["plays"]
        if play["seconds"]:
            break
        await asyncio.sleep(0.05)
    assert play["seconds"] == pytest.approx(1200, abs=1)


async def test_media_that_cannot_be_played(
    hass_ready: HomeAssistant, house: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    """Each ends in a clear error, and nothing is sent or kept."""
    (tmp_path / "text.mp3").write_text("not a sound")
    with (tmp_path / "huge.wav").open("wb") as huge:
        huge.truncate(100 * 1024 * 1024)
    call_id = await answered_call(hass_ready, phone)
    for media, key in (
        (local("text.mp3"), "media_no_sound"),
        (local("huge.wav"), "media_too_large"),
        (local("vanished.mp3"), "media_not_found"),
        ("media-source://nothing/x", "media_not_found"),
        ("media-source://tts/tts.nobody?message=x", "speech_failed"),
        (local("../secrets.yaml"), "media_not_found"),
    ):
        with pytest.raises(ServiceValidationError) as caught:
            await act(hass_ready, "play_audio", media=media)
        assert caught.value.translation_key == key
        state = hass_ready.states.get(PLAYBACK)
        assert (state.state, state.attributes["error"]) == ("failed", key)
    assert (await phone.call(call_id))["plays"] == []
    assert house.runtime_data.media._items == {}  # noqa: SLF001


async def test_without_ffmpeg_the_formats_are_named(
    hass_ready: HomeAssistant,
    house: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whether the integration or the program is missing."""
    sound = make_sound(tmp_path, "flac", 0.2)
    await answered_call(hass_ready, phone)

    class Missing:
        binary = "/nowhere/ffmpeg"

    monkeypatch.setattr(transcode, "get_ffmpeg_manager", lambda _: Missing)
    with pytest.raises(ServiceValidationError, match="mp3, wav and opus"):
        await act(hass_ready, "play_audio", media=local(sound.name))
    hass_ready.config.components.remove("ffmpeg")
    with pytest.raises(ServiceValidationError, match="mp3, wav and opus"):
        await act(hass_ready, "play_audio", media=local(sound.name))


async def test_a_conversion_that_does_not_end(
    hass_ready: HomeAssistant,
    house: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is ended."""
    sound = make_sound(tmp_path, "flac", 30)
    monkeypatch.setattr(transcode, "_TIMEOUT", 0.001)
    await answered_call(hass_ready, phone)
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass_ready, "play_audio", media=local(sound.name))
    assert caught.value.translation_key == "media_too_long"


async def test_speech_is_heard(
    hass_ready: HomeAssistant, house: MockConfigEntry, phone: Phone, engine: Engine
) -> None:
    """As the engine spoke it, and its words are shown nowhere."""
    call_id = await answered_call(hass_ready, phone)
    await act(hass_ready, "play_audio", media=SPEECH)
    expected = samples_of(engine.sound)
    assert await heard(hass_ready, phone, call_id, len(expected)) == expected
    shown = hass_ready.states.get(PLAYBACK).attributes["media_url"]
    assert shown == "media-source://tts/tts.test_engine"


async def test_tts_speak_on_the_player(
    hass_ready: HomeAssistant, house: MockConfigEntry, phone: Phone, engine: Engine
) -> None:
    """What people already use, as they use it; and the states of the player."""
    player = "media_player.casa_0001_call_player"
    assert hass_ready.states.get(player).state == "idle"
    speak = {
        "entity_id": "tts.test_engine",
        "media_player_entity_id": player,
        "message": "Olá",
        "cache": False,
    }
    with pytest.raises(ServiceValidationError, match="No call is going on"):
        await hass_ready.services.async_call("tts", "speak", speak, blocking=True)
    call_id = await answered_call(hass_ready, phone)
    assert hass_ready.states.get(player).state == "on"
    await hass_ready.services.async_call("tts", "speak", speak, blocking=True)
    assert hass_ready.states.get(player).state == "playing"
    expected = samples_of(engine.sound)
    assert await heard(hass_ready, phone, call_id, len(expected)) == expected
    await asyncio.sleep(0.3)
    await hass_ready.async_block_till_done()
    assert hass_ready.states.get(player).state == "on"
    await hass_ready.services.async_call(
        "media_player", "turn_off", {"entity_id": player}, blocking=True
    )
    assert hass_ready.states.get(player).state == "idle"
    assert (await phone.call(call_id))["status"] == "COMPLETED"
    house.runtime_data.async_set_connected(connected=False)
    assert hass_ready.states.get(player).state == "off"


async def test_what_was_queued_plays_from_the_answer(
    hass_ready: HomeAssistant, house: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    """The player knows it, however late the answer comes."""
    sound = make_sound(tmp_path, "wav", 0.5)
    call_id = await phone.ring()
    await act(hass_ready, "play_audio", media=local(sound.name))
    for item in house.runtime_data.media._items.values():  # noqa: SLF001
        item.stored -= 3 * 3600
    await act(hass_ready, "answer_call")
    await hass_ready.async_block_till_done()
    assert hass_ready.states.get("media_player.casa_0001_call_player").state == "playing"
    expected = samples_of(sound)
    assert await heard(hass_ready, phone, call_id, len(expected)) == expected


async def test_the_media_browser_shows_audio(
    hass_ready: HomeAssistant, house: MockConfigEntry, tmp_path: Path, hass_ws_client: Any
) -> None:
    """Sounds are there, pictures are not."""
    make_sound(tmp_path, "mp3", 0.2)
    (tmp_path / "picture.jpg").write_bytes(b"")
    client = await hass_ws_client(hass_ready)
    await client.send_json_auto_id(
        {
            "type": "media_player/browse_media",
            "entity_id": "media_player.casa_0001_call_player",
            "media_content_type": "",
            "media_content_id": "media-source://media_source/local/.",
        }
    )
    answer = await client.receive_json()
    assert [child["title"] for child in answer["result"]["children"]] == ["tone.mp3"]


async def test_an_engine_that_fails(
    hass_ready: HomeAssistant,
    house: MockConfigEntry,
    phone: Phone,
    engine: Engine,
    notifications: Notifications,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Before its first bytes it is an error, half-way a notification."""
    call_id = await answered_call(hass_ready, phone)
    engine.fails = "before"
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass_ready, "play_audio", media=SPEECH)
    assert caught.value.translation_key == "speech_failed"
    assert (await phone.call(call_id))["plays"] == []
    notifications.clear()

    async def half(_hass: HomeAssistant, _wanted: str) -> AsyncGenerator[bytes]:
        yield engine.sound.read_bytes()[:2000]
        await asyncio.sleep(0.1)
        raise RuntimeError("The engine lost its voice")

    monkeypatch.setattr("custom_components.pilotstatus.media._speak", half)
    await act(hass_ready, "play_audio", media=SPEECH)
    for _ in range(100):
        await asyncio.sleep(0.05)
        if notifications:
            break
    (told,) = notifications.values()
    assert "text-to-speech" in told["message"]
    state = hass_ready.states.get(PLAYBACK)
    assert (state.state, state.attributes["error"]) == ("failed", "speech_failed")


async def test_a_sound_that_nobody_fetches(
    hass_ready: HomeAssistant,
    house: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The silent failure is told, with the address that was not reached."""
    monkeypatch.setattr(playback, "_FETCH_TIMEOUT", 0.3)
    await phone.settings(strict_internet=True)
    sound = make_sound(tmp_path, "mp3", 0.2)
    await phone.ring()
    await act(hass_ready, "play_audio", media=local(sound.name))
    await asyncio.sleep(0.5)
    assert notifications == {}
    await act(hass_ready, "answer_call")
    for _ in range(100):
        await asyncio.sleep(0.05)
        if notifications:
            break
    (told,) = notifications.values()
    assert hass_ready.config.internal_url in told["message"].replace("\\", "")
    state = hass_ready.states.get(PLAYBACK)
    assert (state.state, state.attributes["error"]) == ("failed", "not_fetched")


async def test_a_playlist_is_played_in_order(
    hass_ready: HomeAssistant, house: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    """Each after the one before, starting with the answer."""
    sounds = [make_sound(tmp_path, name, 0.4) for name in ("wav", "mp3")]
    call_id = await phone.ring()
    playing = hass_ready.async_create_task(
        act(hass_ready, "play_audio", media=[local(sound.name) for sound in sounds])
    )
    await asyncio.sleep(0.3)
    assert len((await phone.call(call_id))["plays"]) == 1
    await act(hass_ready, "answer_call")
    assert (await playing)["queued"]
    expected = b"".join(samples_of(sound) for sound in sounds)
    assert await heard(hass_ready, phone, call_id, len(expected)) == expected
    playing = hass_ready.async_create_task(
        act(hass_ready, "play_audio", media=[local(sound.name) for sound in sounds])
    )
    await asyncio.sleep(0.2)
    await phone.act(call_id, "hang_up")
    with pytest.raises(HomeAssistantError) as caught:
        await playing
    assert caught.value.translation_key == "call_over"


async def test_one_failing_item_stops_the_rest(
    hass_ready: HomeAssistant,
    house: MockConfigEntry,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,  # noqa: F811
) -> None:
    """It is said which one, and nothing is played in vain."""
    sound = make_sound(tmp_path, "wav", 0.2)
    call_id = await answered_call(hass_ready, phone)
    media = [local(sound.name), local("vanished.mp3"), local(sound.name)]
    with pytest.raises(ServiceValidationError):
        await act(hass_ready, "play_audio", media=media)
    (told,) = notifications.values()
    assert "Item: 2/3" in told["message"]
    assert "vanished" in told["message"]
    assert (await phone.call(call_id))["plays"] == []
    assert house.runtime_data.media._items == {}  # noqa: SLF001


async def test_an_unanswered_call_ends_a_playlist(
    hass_ready: HomeAssistant, house: MockConfigEntry, phone: Phone, tmp_path: Path
) -> None:
    """What waits for the answer waits no longer."""
    sound = make_sound(tmp_path, "wav", 0.2)
    call_id = await phone.ring()
    playing = hass_ready.async_create_task(
        act(hass_ready, "play_audio", media=[local(sound.name)] * 2)
    )
    await asyncio.sleep(0.3)
    await phone.act(call_id, "hang_up")
    with pytest.raises(HomeAssistantError) as caught:
        await playing
    assert caught.value.translation_key == "call_over"


async def test_a_placed_call_hears_media(
    hass_ready: HomeAssistant, house: MockConfigEntry, phone: Phone, engine: Engine
) -> None:
    """Prepared before the dial, heard from the answer on."""
    answer = await act(hass_ready, "place_call", to="+5511999999999", media=SPEECH)
    await asyncio.sleep(0.2)
    await phone.act(answer["call_id"], "answer")
    expected = samples_of(engine.sound)
    assert await heard(hass_ready, phone, answer["call_id"], len(expected)) == expected


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({}, "media_missing"),
        ({"media_url": "https://a.b/c.mp3", "media": "https://a.b/c.mp3"}, "media_twice"),
        ({"media": "https://a.b/c.ogg"}, "media_url_format"),
    ],
)
async def test_exactly_one_of_url_and_media(
    hass_ready: HomeAssistant, house: MockConfigEntry, phone: Phone, data: Any, key: str
) -> None:
    """Media may name a URL, too."""
    await answered_call(hass_ready, phone)
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass_ready, "play_audio", **data)
    assert caught.value.translation_key == key


async def test_an_internal_address_is_never_sent_out(
    hass_ready: HomeAssistant,
    phone: Phone,
    house: MockConfigEntry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without an external address it is said what to set, and a repair says the same."""
    sound = make_sound(tmp_path, "mp3", 0.2)
    await answered_call(hass_ready, phone)
    house.runtime_data.is_private_server = False
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass_ready, "play_audio", media=local(sound.name))
    assert caught.value.translation_key == "no_external_url"
    issue = ("pilotstatus", f"no_external_url_{house.entry_id}")
    assert ir.async_get(hass_ready).async_get_issue(*issue) is not None
    await hass_ready.config.async_update(external_url="https://house.example.com")
    await act(hass_ready, "play_audio", media=local(sound.name))
    plays = (await phone.calls())[0]["plays"]
    assert plays[0]["mediaUrl"].startswith("https://house.example.com/api/pilotstatus/media/")
