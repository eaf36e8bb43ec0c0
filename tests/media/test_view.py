"""The view: what can be fetched from it, and what cannot."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
import logging
import tracemalloc
from typing import Any

import aiohttp
from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.media.store import MEDIA_PATH, MediaStore, StoredMedia
from custom_components.pilotstatus.media.view import MediaView
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.common import number, until

AUDIO = bytes(range(256)) * 40
MEBIBYTE = 1024 * 1024
LAST = len(AUDIO) - 1
TYPES = {"mp3": "audio/mpeg", "wav": "audio/wav", "opus": "audio/ogg"}
METHODS = ("GET", "HEAD")

type Client = TestClient[Any, Any]


@pytest.fixture
def store() -> MediaStore:
    """Return a store that is served, behind another."""
    return MediaStore(lambda _: None)


@pytest.fixture
async def client(
    hass: HomeAssistant, hass_client_no_auth: Callable[[], Awaitable[Client]], store: MediaStore
) -> Client:
    """Return a web server with nothing but the view."""
    assert await async_setup_component(hass, "http", {})
    hass.http.register_view(MediaView(lambda: [MediaStore(lambda _: None), store]))
    return await hass_client_no_auth()


@pytest.fixture
async def item(store: MediaStore) -> StoredMedia:
    """Return media that is stored."""
    item = store.add("mp3", AUDIO)
    item.finish()
    return item


def assert_private(response: aiohttp.ClientResponse) -> None:
    """Assert that nobody is to keep, to guess or to list it."""
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("extension", TYPES)
async def test_it_is_served_without_a_login(
    client: Client, store: MediaStore, extension: str
) -> None:
    item = store.add(extension, AUDIO)
    item.finish()
    for _ in range(2):
        async with client.get(item.path) as response:
            assert (response.status, await response.read()) == (200, AUDIO)
            assert response.headers["Content-Type"] == TYPES[extension]
            assert response.headers["Content-Length"] == str(len(AUDIO))
            assert response.headers["Accept-Ranges"] == "bytes"
            assert_private(response)


async def test_only_the_first_fetch_is_recorded(client: Client, item: StoredMedia) -> None:
    fetches = []
    for method in ("HEAD", "GET", "GET"):
        async with client.request(method, item.path):
            fetches.append(item.fetched_at)
    assert fetches[0] is None
    assert fetches[1] is not None
    assert fetches[2] == fetches[1]


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-9", 0, 9),
        ("bytes=7-7", 7, 7),
        ("bytes=10-", 10, LAST),
        ("bytes=0-", 0, LAST),
        ("bytes=-5", LAST - 4, LAST),
        ("bytes=-1", LAST, LAST),
        (f"bytes={LAST}-", LAST, LAST),
        # More than there is.
        (f"bytes=100-{LAST + 99}", 100, LAST),
        (f"bytes=-{len(AUDIO) + 1}", 0, LAST),
    ],
)
async def test_a_range_of_it_is_served(
    client: Client, item: StoredMedia, asked: str, first: int, last: int
) -> None:
    async with client.get(item.path, headers={"Range": asked}) as response:
        assert (response.status, await response.read()) == (206, AUDIO[first : last + 1])
        assert response.headers["Content-Range"] == f"bytes {first}-{last}/{len(AUDIO)}"
        assert response.headers["Content-Length"] == str(last + 1 - first)
        assert response.headers["Content-Type"] == "audio/mpeg"
        assert response.headers["Accept-Ranges"] == "bytes"
        assert_private(response)


@pytest.mark.parametrize(
    "asked",
    [
        f"bytes={len(AUDIO)}-",
        f"bytes={len(AUDIO) + 5}-{len(AUDIO) + 9}",
        "bytes=9-5",
        "bytes=0-1,5-6",
        "bytes=-",
        "bytes=x",
        "bytes",
        "items=0-1",
        "",
    ],
)
async def test_a_range_that_is_not_there_is_refused_with_the_size(
    client: Client, item: StoredMedia, asked: str
) -> None:
    async with client.get(item.path, headers={"Range": asked}) as response:
        assert (response.status, await response.read()) == (416, b"")
        assert response.headers["Content-Range"] == f"bytes */{len(AUDIO)}"
        assert_private(response)


@pytest.mark.parametrize("extension", TYPES)
async def test_head_tells_size_and_type(client: Client, store: MediaStore, extension: str) -> None:
    item = store.add(extension, AUDIO)
    item.finish()
    async with client.head(item.path) as response:
        assert response.status == 200
        assert response.headers["Content-Length"] == str(len(AUDIO))
        assert response.headers["Content-Type"] == TYPES[extension]
        assert response.headers["Accept-Ranges"] == "bytes"
        assert_private(response)


@pytest.mark.parametrize("is_broken", [False, True])
async def test_head_promises_nothing_of_media_that_grows_or_is_broken(
    client: Client,
    store: MediaStore,
    is_broken: bool,  # noqa: FBT001
) -> None:
    item = store.add("mp3", AUDIO)
    if is_broken:
        item.finish(failure="speech_failed")
    async with client.head(item.path) as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "audio/mpeg"
        assert "Content-Length" not in response.headers
        assert "Accept-Ranges" not in response.headers
        assert_private(response)


@pytest.mark.parametrize("extension", TYPES)
async def test_growing_media_is_served_to_its_end(
    client: Client, store: MediaStore, extension: str
) -> None:
    item = store.add(extension, AUDIO[:100])
    async with asyncio.timeout(10), client.get(item.path, headers={"Range": "bytes=5-"}) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == TYPES[extension]
        assert "Content-Length" not in answer.headers
        assert_private(answer)
        assert await answer.content.readexactly(100) == AUDIO[:100]
        assert item.fetched_at is not None
        item.add(AUDIO[100:])
        item.finish()
        assert await answer.read() == AUDIO[100:]


@pytest.mark.parametrize("is_broken_before", [False, True])
async def test_the_connection_of_broken_media_ends_before_its_end(
    client: Client,
    store: MediaStore,
    is_broken_before: bool,  # noqa: FBT001
) -> None:
    item = store.add("mp3", AUDIO)
    if is_broken_before:
        item.finish(failure="speech_failed")
    async with asyncio.timeout(10), client.get(item.path) as response:
        assert await response.content.readexactly(len(AUDIO)) == AUDIO
        item.finish(failure="speech_failed")
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()


@asynccontextmanager
async def reading(
    client: Client, item: StoredMedia, *headers: str
) -> AsyncIterator[asyncio.StreamReader]:
    """Ask for media over a connection that takes little unless the test reads."""
    reader, writer = await asyncio.open_connection(client.host, client.port, limit=1024)
    lines = [f"GET {item.path} HTTP/1.1", "Host: localhost", *headers]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    await reader.readuntil(b"\r\n\r\n")
    yield reader
    writer.close()


@pytest.mark.parametrize("headers", [("Range: bytes=0-",), ()])
async def test_readers_hold_little_memory(
    client: Client, store: MediaStore, headers: tuple[str, ...]
) -> None:
    item = store.add("wav", bytes(40 * MEBIBYTE))
    item.finish()
    tracemalloc.start()
    async with AsyncExitStack() as stack:
        stack.callback(tracemalloc.stop)
        before, _ = tracemalloc.get_traced_memory()
        readers = [
            await stack.enter_async_context(reading(client, item, *headers)) for _ in range(10)
        ]
        for _ in range(8):
            for reader in readers:
                await reader.readexactly(64 * 1024)
        _, peak = tracemalloc.get_traced_memory()
        store.remove(item)
    assert peak - before < 12 * MEBIBYTE


async def test_media_grows_while_a_reader_is_slow(client: Client, store: MediaStore) -> None:
    item = store.add("wav", AUDIO)
    sent, received = AUDIO, b""
    async with asyncio.timeout(20), reading(client, item) as reader:
        for value in range(100):
            chunk = bytes([value]) * 100_000
            item.add(chunk)
            sent += chunk
            await asyncio.sleep(0)
        item.finish()
        while size := int(await reader.readline(), 16):
            received += (await reader.readexactly(size + 2))[:-2]
    assert received == sent


@pytest.mark.parametrize("is_whole", [True, False])
@pytest.mark.parametrize("reads", [True, False])
async def test_readers_of_media_that_is_removed_end(
    client: Client,
    store: MediaStore,
    is_whole: bool,  # noqa: FBT001
    reads: bool,  # noqa: FBT001
) -> None:
    item = store.add("wav", bytes(0 if reads and not is_whole else 20 * MEBIBYTE))
    if is_whole:
        item.finish()
    before = len(asyncio.all_tasks())
    async with reading(client, item) as reader:
        assert len(asyncio.all_tasks()) > before
        store.remove(item)
        assert await until(lambda: len(asyncio.all_tasks()) <= before)
        # What was on its way arrives, but not the end.
        with suppress(ConnectionError):
            received = await reader.read()
            assert len(received) < 20 * MEBIBYTE
            assert not received.endswith(b"0\r\n\r\n")


@pytest.mark.parametrize("is_whole", [True, False])
async def test_a_reader_that_leaves_is_no_error(
    client: Client,
    store: MediaStore,
    caplog: pytest.LogCaptureFixture,
    is_whole: bool,  # noqa: FBT001
) -> None:
    item = store.add("wav", bytes(20 * MEBIBYTE))
    if is_whole:
        item.finish()
    before = len(asyncio.all_tasks())
    async with client.get(item.path) as response:
        await response.content.readexactly(100)
        response.close()
    if not is_whole:
        item.add(bytes(20 * MEBIBYTE))
        item.finish()
    assert await until(lambda: len(asyncio.all_tasks()) <= before)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_broken_source_is_no_error_of_the_server(
    client: Client, store: MediaStore, caplog: pytest.LogCaptureFixture
) -> None:
    item = store.add("mp3", AUDIO)
    for _ in range(2):
        async with client.get(item.path) as response:
            await response.content.readexactly(len(AUDIO))
            item.finish(failure="speech_failed")
            with pytest.raises(aiohttp.ClientPayloadError):
                await response.read()
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("http", [{}, {"cors_allowed_origins": ["https://a.example"]}])
async def test_whoever_asks_otherwise_learns_nothing(
    hass: HomeAssistant,
    hass_client_no_auth: Callable[[], Awaitable[Client]],
    store: MediaStore,
    http: dict[str, Any],
) -> None:
    assert await async_setup_component(hass, "http", {"http": http})
    hass.http.register_view(MediaView(lambda: [store]))
    client = await hass_client_no_auth()
    item = store.add("mp3", AUDIO)
    item.finish()
    preflight = {"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}

    async def ask(method: str, path: str) -> Any:
        headers = preflight if method == "OPTIONS" else {}
        async with client.request(method, path, headers=headers) as response:
            shown = {key: value for key, value in response.headers.items() if key != "Date"}
            return response.status, shown, await response.read()

    unknown = f"{MEDIA_PATH}/{'x' * len(item.token)}.mp3"
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"):
        expected = await ask(method, "/api/unknown/path")
        assert expected[0] == 404
        assert await ask(method, item.path) == expected
        assert await ask(method, unknown) == expected
    for method in METHODS:
        assert await ask(method, unknown) == await ask(method, "/api/unknown/path")
    assert item.fetched_at is None


@pytest.mark.parametrize("method", METHODS)
async def test_media_of_a_call_that_is_over_is_not_found(
    hass: HomeAssistant, hass_client_no_auth: Callable[[], Awaitable[Client]], method: str
) -> None:
    over = {"call_1": False}
    store = MediaStore(over.get)
    assert await async_setup_component(hass, "http", {})
    hass.http.register_view(MediaView(lambda: [store]))
    client = await hass_client_no_auth()
    item = store.add("mp3", AUDIO)
    item.call_id = "call_1"
    item.finish()
    for is_over, status in ((False, 200), (True, 404)):
        over["call_1"] = is_over
        async with client.request(method, item.path) as response:
            assert response.status == status


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/.mp3",
        "/x.mp3",
        "/{token}",
        "/{token}.wav",
        "/{token}.MP3",
        "/{token}.mp3/",
        "/{token}.mp3.mp3",
        "/{token}x.mp3",
        "/%2e%2e/{token}.mp3",
        "/../../../etc/passwd",
        "/..%2f..%2fsecrets.yaml",
        "/{lower}.mp3",
    ],
)
async def test_nothing_else_is_found_by_listing_or_tricks_with_the_path(
    client: Client, item: StoredMedia, method: str, path: str
) -> None:
    asked = path.format(token=item.token, lower=item.token.swapcase())
    async with client.request(method, f"/api/pilotstatus/media{asked}") as response:
        assert response.status in {400, 404}
        assert AUDIO not in await response.read()
    assert item.fetched_at is None


@pytest.mark.parametrize("method", METHODS)
async def test_media_of_an_unloaded_number_is_not_found(
    hass_ready: HomeAssistant,
    hass_client_no_auth: Callable[[], Awaitable[Client]],
    entry: MockConfigEntry,
    method: str,
) -> None:
    client = await hass_client_no_auth()
    item = number(entry).media.store.add("opus", AUDIO)
    item.finish()
    async with client.request(method, item.path) as response:
        assert response.status == 200
    await hass_ready.config_entries.async_unload(entry.entry_id)

    async def status() -> int:
        async with client.request(method, item.path) as response:
            return response.status

    assert await status() == 404
    assert await hass_ready.config_entries.async_setup(entry.entry_id)
    assert await status() == 404
