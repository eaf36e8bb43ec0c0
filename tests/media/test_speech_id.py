"""Who speaks a message: the engine, its language and its voice."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.pilotstatus.errors import ActionRefusedError
from custom_components.pilotstatus.media.speech import async_speak, speech_id
from custom_components.pilotstatus.media.store import MediaStore
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.audio import make_audio
from tests.engine import set_up_engine
from tests.media.speaker import Speaker

TEST, OTHER, GONE = "tts.test_engine", "tts.other_engine", "tts.gone"


class Other(Speaker):
    """Another engine, that speaks both kinds of Portuguese."""

    _attr_default_language = "pt-PT"
    _attr_supported_languages = ["pt-PT", "pt-BR"]  # noqa: RUF012
    _attr_name = "Other engine"
    _attr_unique_id = "other"


class Engines(NamedTuple):
    """The engines: Home Assistant's default, and the other."""

    test: Speaker
    other: Speaker


@pytest.fixture
async def engines(hass: HomeAssistant, tmp_path: Path) -> AsyncIterator[Engines]:
    """Set up two engines, of which one speaks longer than the other."""
    hass.config.config_dir = str(tmp_path)
    for component in ("media_source", "ffmpeg", "tts"):
        assert await async_setup_component(hass, component, {})
    engines = Engines(
        Speaker(make_audio(tmp_path, "mp3", 1)), Other(make_audio(tmp_path, "low.mp3", 0.5))
    )
    await set_up_engine(hass, *engines)
    yield engines
    await hass.async_block_till_done(wait_background_tasks=True)


type PipelineMaker = Callable[..., Any]


@pytest.fixture
async def prefer(
    hass: HomeAssistant,
    socket_enabled: None,
    hass_ws_client: WebSocketGenerator,
    engines: Engines,
) -> PipelineMaker:
    """Set up Assist; return what adds a pipeline and makes it the preferred one, as users do."""
    for component in ("homeassistant", "assist_pipeline"):
        assert await async_setup_component(hass, component, {})
    client = await hass_ws_client()

    async def send(command: str, **data: Any) -> Any:
        await client.send_json_auto_id({"type": f"assist_pipeline/pipeline/{command}", **data})
        answer = await client.receive_json()
        assert answer["success"], answer
        return answer["result"]

    async def prefer(engine: str | None, language: str | None, voice: str | None = None) -> None:
        unused = ("stt_engine", "stt_language", "wake_word_entity", "wake_word_id")
        pipeline = await send(
            "create",
            conversation_engine="conversation.home_assistant",
            conversation_language="en",
            language="en",
            name="Kitchen",
            tts_engine=engine,
            tts_language=language,
            tts_voice=voice,
            **dict.fromkeys(unused),
        )
        await send("set_preferred", pipeline_id=pipeline["id"])

    return prefer


async def assert_speaks(
    hass: HomeAssistant, media_id: str, engine: Speaker, language: str, **voice: str
) -> None:
    """Assert that an engine, and no other, speaks "Olá" in a language."""
    (entry,) = hass.config_entries.async_entries("test")
    store = MediaStore(lambda _: None)
    # What was spoken before is spoken from memory, or from a file.
    await hass.services.async_call("tts", "clear_cache", blocking=True)
    uncached = f"{media_id}&cache=false"
    item = await async_speak(hass, entry, store, uncached, max_wait=30, max_stall=30)
    await item.complete.wait()
    assert item.data == engine.file.read_bytes()
    assert engine.asked == [("Olá", language, {**voice, "preferred_format": "mp3"})]
    engine.asked.clear()


def refusal(hass: HomeAssistant, *arguments: Any) -> tuple[str, dict[str, str]]:
    """Return why nobody can speak, and the words for it."""
    with pytest.raises(ActionRefusedError) as caught:
        speech_id(hass, "Olá", *arguments)
    return caught.value.translation_key, caught.value.placeholders


async def test_without_more_home_assistants_engine_speaks_its_language(
    hass: HomeAssistant, engines: Engines
) -> None:
    hass.config.language = "en"
    await assert_speaks(hass, speech_id(hass, "Olá"), engines.test, "en-US")


async def test_an_engine_that_lacks_the_language_of_home_assistant_speaks_its_own(
    hass: HomeAssistant, engines: Engines
) -> None:
    hass.config.language = "de"
    await assert_speaks(hass, speech_id(hass, "Olá"), engines.test, "pt-BR")


async def test_the_engine_that_is_named_speaks(hass: HomeAssistant, engines: Engines) -> None:
    options = {"tts_engine": TEST, "tts_language": "en-US"}
    media_id = speech_id(hass, "Olá", OTHER, options=options)
    # The language of the options is that of their own engine.
    await assert_speaks(hass, media_id, engines.other, "pt-PT")
    assert engines.test.asked == []


@pytest.mark.parametrize(("engine", "language"), [(None, None), (OTHER, None), (None, "pt-BR")])
async def test_the_engine_and_the_language_of_the_options_speak(
    hass: HomeAssistant, engines: Engines, engine: str | None, language: str | None
) -> None:
    hass.config.language = "en"
    options = {"tts_engine": OTHER, "tts_language": "pt-BR"}
    media_id = speech_id(hass, "Olá", engine, language, options)
    await assert_speaks(hass, media_id, engines.other, "pt-BR")
    media_id = speech_id(hass, "Olá", engine, "pt-PT", options)
    await assert_speaks(hass, media_id, engines.other, "pt-PT")


async def test_the_language_of_the_options_holds_without_an_engine(
    hass: HomeAssistant, engines: Engines
) -> None:
    media_id = speech_id(hass, "Olá", options={"tts_language": "en-US"})
    await assert_speaks(hass, media_id, engines.test, "en-US")


@pytest.mark.parametrize(("country", "spoken"), [("BR", "pt-BR"), ("PT", "pt-PT")])
async def test_a_language_is_that_of_the_country(
    hass: HomeAssistant, engines: Engines, country: str, spoken: str
) -> None:
    hass.config.country = country
    media_id = speech_id(hass, "Olá", OTHER, "pt")
    await assert_speaks(hass, media_id, engines.other, spoken)
    hass.config.language = "pt"
    media_id = speech_id(hass, "Olá", OTHER)
    await assert_speaks(hass, media_id, engines.other, spoken)


async def test_a_language_without_its_country_is_found(
    hass: HomeAssistant, engines: Engines
) -> None:
    await assert_speaks(hass, speech_id(hass, "Olá", TEST, "pt"), engines.test, "pt-BR")


async def test_the_preferred_pipeline_of_assist_speaks_with_its_voice(
    hass: HomeAssistant, engines: Engines, prefer: PipelineMaker
) -> None:
    hass.config.language = "en"
    # That of Home Assistant itself names no engine.
    await assert_speaks(hass, speech_id(hass, "Olá"), engines.test, "en-US")
    await prefer(TEST, "en-US", "bob")
    await prefer(OTHER, "pt-BR", "alice")
    alice = {"voice": "alice"}
    for arguments in ((None, None), (OTHER, None), (None, "pt-BR")):
        media_id = speech_id(hass, "Olá", *arguments)
        await assert_speaks(hass, media_id, engines.other, "pt-BR", **alice)
    # A voice is one of its language.
    media_id = speech_id(hass, "Olá", language="pt-PT")
    await assert_speaks(hass, media_id, engines.other, "pt-PT")
    media_id = speech_id(hass, "Olá", options={"tts_language": "pt-PT"})
    await assert_speaks(hass, media_id, engines.other, "pt-PT")
    media_id = speech_id(hass, "Olá", options={"tts_language": "pt-BR"})
    await assert_speaks(hass, media_id, engines.other, "pt-BR", **alice)


async def test_an_engine_that_is_named_or_chosen_comes_before_the_pipeline(
    hass: HomeAssistant, engines: Engines, prefer: PipelineMaker
) -> None:
    hass.config.language = "en"
    await prefer(OTHER, "pt-BR", "alice")
    await assert_speaks(hass, speech_id(hass, "Olá", TEST), engines.test, "en-US")
    media_id = speech_id(hass, "Olá", options={"tts_engine": TEST})
    await assert_speaks(hass, media_id, engines.test, "en-US")
    assert engines.other.asked == []


async def test_a_pipeline_whose_engine_was_removed_is_no_reason_not_to_speak(
    hass: HomeAssistant, engines: Engines, prefer: PipelineMaker
) -> None:
    hass.config.language = "en"
    await prefer(GONE, "xx", "alice")
    await assert_speaks(hass, speech_id(hass, "Olá"), engines.test, "en-US")
    media_id = speech_id(hass, "Olá", options={"tts_language": "pt-BR"})
    await assert_speaks(hass, media_id, engines.test, "pt-BR")


async def test_an_engine_that_does_not_exist_is_named(
    hass: HomeAssistant, engines: Engines
) -> None:
    unknown = ("speech_engine_unknown", {"engine": GONE})
    assert refusal(hass, GONE) == unknown
    assert refusal(hass, None, None, {"tts_engine": GONE}) == unknown


async def test_a_language_that_the_engine_does_not_speak_is_named(
    hass: HomeAssistant, engines: Engines
) -> None:
    options = {"tts_engine": OTHER, "tts_language": "en-US"}
    words = {"engine": OTHER, "language": "en-US"}
    assert refusal(hass, OTHER, "en-US") == ("speech_language", words)
    assert refusal(hass, None, None, options) == ("speech_language", words)


async def test_a_voice_or_a_language_of_the_pipeline_that_the_engine_lacks_is_left_out(
    hass: HomeAssistant, engines: Engines, prefer: PipelineMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    hass.config.language = "pt-BR"
    await prefer(OTHER, "xx", None)
    await assert_speaks(hass, speech_id(hass, "Olá"), engines.other, "pt-BR")
    await prefer(OTHER, "pt-PT", "alice")
    monkeypatch.setattr(Other, "_attr_supported_options", ["preferred_format"])
    # An engine keeps what it has told.
    engines.other.__dict__.pop("supported_options", None)
    await assert_speaks(hass, speech_id(hass, "Olá"), engines.other, "pt-PT")


async def test_without_an_engine_nobody_speaks(hass: HomeAssistant) -> None:
    nobody: tuple[str, dict[str, str]] = ("speech_no_engine", {})
    assert refusal(hass) == nobody
    assert refusal(hass, GONE) == nobody
    assert await async_setup_component(hass, "tts", {})
    assert refusal(hass) == nobody
    assert refusal(hass, GONE) == ("speech_engine_unknown", {"engine": GONE})
