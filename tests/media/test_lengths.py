"""How long media is: learned before it is played, waited for while it grows, kept by its copies."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
import socket
from typing import override

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
import pytest

from custom_components.pilotstatus.errors import ActionRefusedError
from custom_components.pilotstatus.media import prepare
from custom_components.pilotstatus.media.prepare import (
    MediaContext,
    PreparedMedia,
    async_complete,
    async_learn_length,
    async_prepare,
    copy_of,
)
from tests.audio import make_audio
from tests.common import local
from tests.engine import SPEECH, Engine, set_up_engine
from tests.media.sources import WAV, Upstream

MEBIBYTE = 1024 * 1024


@pytest.fixture
def audio(tmp_path: Path, upstream: Upstream) -> bytes:
    """Let the server of the test send half a second of audio; return it."""
    upstream.content = make_audio(tmp_path, "wav", 0.5).read_bytes()
    return upstream.content


@pytest.fixture
async def engine(context: MediaContext, tmp_path: Path) -> Engine:
    """Set up an engine that speaks the first half of its words; return it."""
    engine = Engine(make_audio(tmp_path, "mp3", 1))
    await set_up_engine(context.hass, engine)
    engine.goes_on.clear()
    return engine


async def assert_unknown(context: MediaContext, url: str, key: str, **words: str) -> None:
    """Assert that the length of what is on the internet cannot be learned."""
    with pytest.raises(ActionRefusedError) as caught:
        await async_learn_length(context, PreparedMedia(url=url, shown=url))
    assert (caught.value.translation_key, caught.value.placeholders) == (key, words)


async def test_the_length_of_a_url_is_learned_by_reading_it_once(
    context: MediaContext, upstream: Upstream, audio: bytes
) -> None:
    media = await async_prepare(context, upstream.url)
    assert (media.length, upstream.hits) == (None, [])
    learned = await async_learn_length(context, media)
    assert learned.length == pytest.approx(0.5)
    assert (learned.url, learned.shown, learned.stored) == (media.url, media.shown, None)
    assert await async_learn_length(context, learned) is learned
    assert await async_complete(context, learned) is learned
    assert upstream.hits == ["/a.wav"]
    assert len(context.store) == 0


async def test_what_is_stored_whole_tells_its_length_itself(
    context: MediaContext, tmp_path: Path
) -> None:
    media = await async_prepare(context, local(make_audio(tmp_path, "opus", 0.5).name))
    assert media.length == pytest.approx(0.5, abs=0.1)
    assert await async_learn_length(context, media) is media


async def test_what_still_grows_is_not_waited_for(context: MediaContext, engine: Engine) -> None:
    media = await async_prepare(context, SPEECH)
    async with asyncio.timeout(1):
        assert await async_learn_length(context, media) is media
    assert media.length is None
    engine.goes_on.set()
    assert media.stored is not None
    await media.stored.complete.wait()
    assert media.length == pytest.approx(1, abs=0.1)


async def test_stored_audio_of_unknown_length_is_refused(context: MediaContext) -> None:
    item = context.store.add("mp3", b"audio")
    item.finish()
    media = PreparedMedia(url=item.path, shown="/a.mp3", stored=item)
    for learn in (async_learn_length, async_complete):
        with pytest.raises(ActionRefusedError) as caught:
            await learn(context, media)
        assert caught.value.translation_key == "media_length_unknown"


async def test_what_is_no_audio_has_no_length(context: MediaContext, upstream: Upstream) -> None:
    for content in (b"", b"<html>", WAV, bytes(1000)):
        upstream.content = content
        await assert_unknown(context, upstream.url, "media_length_unknown")
    assert len(upstream.hits) == 4


async def test_what_cannot_be_read_is_not_found(
    context: MediaContext, upstream: Upstream, audio: bytes
) -> None:
    vanished = upstream.url.replace("a.wav", "b.wav")
    for url in ("http://127.0.0.1:1/a.wav", "http://127.0.0.1:99999/a.wav", vanished):
        await assert_unknown(context, url, "media_not_found")
    assert upstream.hits == ["/b.wav"]


async def test_what_is_too_large_is_not_read_to_its_end(
    context: MediaContext, upstream: Upstream
) -> None:
    context.max_megabytes, upstream.size = 2, 200 * MEBIBYTE
    await assert_unknown(context, upstream.url, "media_too_large", limit="2")
    assert 2 * MEBIBYTE < upstream.sent < 30 * MEBIBYTE


async def test_what_does_not_come_in_time_is_given_up(context: MediaContext) -> None:
    context.read_timeout = 0.3
    endless = context.store.add("mp3", b"x")
    url = f"{context.hass.config.internal_url}{endless.path}"
    async with asyncio.timeout(10):
        await assert_unknown(context, url, "media_too_large", limit="48")


class _Everywhere(AbstractResolver):
    """Finds every name on this machine."""

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the address of this machine."""
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=port, family=family, proto=0, flags=0
            )
        ]

    @override
    async def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
async def internet(monkeypatch: pytest.MonkeyPatch, socket_enabled: None) -> AsyncIterator[None]:
    """Let every name lead to this machine, as if it were a server on the internet."""
    connector = aiohttp.TCPConnector(resolver=_Everywhere())
    async with aiohttp.ClientSession(connector=connector) as session:
        monkeypatch.setattr(prepare, "async_get_clientsession", lambda _: session)
        yield


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "homeassistant.local"])
async def test_a_public_url_is_not_followed_into_this_network(
    context: MediaContext, upstream: Upstream, audio: bytes, internet: None, host: str
) -> None:
    public = upstream.url.replace("127.0.0.1", "media.example.com")
    learned = await async_learn_length(context, PreparedMedia(url=public, shown=public))
    assert learned.length == pytest.approx(0.5)
    upstream.moved_to = upstream.url.replace("127.0.0.1", host)
    await assert_unknown(context, public.replace("a.wav", "moved"), "media_not_found")
    assert upstream.hits == ["/a.wav", "/moved"]
    # On the same server it may move.
    upstream.moved_to = "/a.wav"
    moved = PreparedMedia(url=public.replace("a.wav", "moved"), shown=public)
    assert (await async_learn_length(context, moved)).length == pytest.approx(0.5)


async def test_speech_is_complete_when_all_of_it_was_spoken(
    context: MediaContext, engine: Engine
) -> None:
    media = await async_prepare(context, SPEECH)
    completing = asyncio.create_task(async_complete(context, media))
    done, _ = await asyncio.wait([completing], timeout=0.2)
    assert not done
    engine.goes_on.set()
    assert await completing is media
    assert media.length == pytest.approx(1, abs=0.1)
    assert media.stored is not None
    assert media.stored.data == engine.file.read_bytes()


async def test_speech_that_breaks_off_is_refused_for_that(
    context: MediaContext, engine: Engine
) -> None:
    media = await async_prepare(context, SPEECH)
    completing = asyncio.create_task(async_complete(context, media))
    engine.fails = "between"
    engine.goes_on.set()
    with pytest.raises(ActionRefusedError) as caught:
        await completing
    assert caught.value.translation_key == "speech_failed"


async def test_speech_that_is_too_slow_is_not_waited_for(
    context: MediaContext, engine: Engine
) -> None:
    context.convert_timeout = 0.2
    media = await async_prepare(context, SPEECH)
    async with asyncio.timeout(10):
        with pytest.raises(ActionRefusedError) as caught:
            await async_complete(context, media)
    assert caught.value.translation_key == "media_too_long"


async def test_of_what_is_on_the_internet_the_length_completes_it(
    context: MediaContext, upstream: Upstream, audio: bytes
) -> None:
    media = await async_prepare(context, upstream.url)
    assert (await async_complete(context, media)).length == pytest.approx(0.5)
    assert upstream.hits == ["/a.wav"]


async def read(media: PreparedMedia) -> bytes:
    """Fetch media as Pilot Status does."""
    async with aiohttp.ClientSession() as session, session.get(media.url) as response:
        assert response.status == 200
        return await response.read()


async def test_a_copy_is_fetched_from_a_url_of_its_own(
    context: MediaContext, tmp_path: Path
) -> None:
    sound = make_audio(tmp_path, "wav", 0.5)
    media = await async_prepare(context, local(sound.name))
    copies = [copy_of(context, media) for _ in range(2)]
    assert len({it.url for it in (media, *copies)}) == 3
    assert [it.shown for it in copies] == [local(sound.name)] * 2
    assert [it.length for it in copies] == [media.length] * 2
    first, second = (it.stored for it in copies)
    assert first is not None
    assert second is not None
    assert await read(copies[0]) == sound.read_bytes()
    assert (first.fetched_at is None, second.fetched_at) == (False, None)
    # They outlive what they are copies of.
    assert media.stored is not None
    context.store.remove(media.stored)
    assert await read(copies[1]) == sound.read_bytes()


async def test_what_is_on_the_internet_is_its_own_copy(context: MediaContext) -> None:
    media = PreparedMedia(url="https://a.b/c.mp3", shown="https://a.b/c.mp3", known_length=1)
    assert copy_of(context, media) is media
    assert len(context.store) == 0


async def test_a_copy_for_which_there_is_no_room_is_refused(
    context: MediaContext, tmp_path: Path
) -> None:
    media = await async_prepare(context, local(make_audio(tmp_path, "wav", 0.2).name))
    context.store.max_items = 1
    with pytest.raises(ActionRefusedError) as caught:
        copy_of(context, media)
    assert caught.value.translation_key == "media_store_full"
