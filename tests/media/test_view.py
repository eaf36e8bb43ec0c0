"""The view: what can be fetched from it, and what cannot."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.media.store import MediaStore, StoredMedia
from custom_components.pilotstatus.media.view import MediaView
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.common import number

AUDIO = bytes(range(256)) * 40
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
        item.finish(is_broken=True)
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
        item.finish(is_broken=True)
    async with asyncio.timeout(10), client.get(item.path) as response:
        assert await response.content.readexactly(len(AUDIO)) == AUDIO
        item.finish(is_broken=True)
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()


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
