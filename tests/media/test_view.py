"""The view: what can be had from it, and what cannot."""

from typing import Any

from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.media.store import StoredMedia
from homeassistant.core import HomeAssistant
from tests.common import number

SOUND = bytes(range(256)) * 40


@pytest.fixture
async def item(pushed_entry: MockConfigEntry) -> StoredMedia:
    """Return a sound that is kept."""
    item = number(pushed_entry).media.store.add("mp3", SOUND)
    item.finish()
    return item


async def test_it_is_given_whole_and_in_part(
    client: TestClient[Any, Any],
    item: StoredMedia,
) -> None:
    """Several times, without a login, with its type, and to no cache."""
    for _ in range(2):
        async with client.get(item.path) as response:
            assert (response.status, await response.read()) == (200, SOUND)
            assert response.content_type == "audio/mpeg"
            assert response.headers["Cache-Control"] == "private, no-store"
    first = item.fetched_at
    assert first is not None
    for asked, status, part in (
        ("bytes=0-9", 206, SOUND[:10]),
        ("bytes=10-", 206, SOUND[10:]),
        ("bytes=-5", 206, SOUND[-5:]),
        ("bytes=99999-", 416, b""),
        ("bytes=x", 416, b""),
    ):
        async with client.get(item.path, headers={"Range": asked}) as response:
            assert (response.status, await response.read()) == (status, part)
    assert item.fetched_at == first


async def test_head_tells_and_is_no_fetch(
    client: TestClient[Any, Any],
    pushed_entry: MockConfigEntry,
    item: StoredMedia,
) -> None:
    """Size and type; a sound that still grows has no size."""
    async with client.head(item.path) as response:
        assert response.status == 200
        assert response.headers["Content-Length"] == str(len(SOUND))
        assert response.headers["Content-Type"] == "audio/mpeg"
    growing = number(pushed_entry).media.store.add("mp3", b"x")
    async with client.head(growing.path) as response:
        assert response.status == 200
    async with client.head(f"{item.path}x") as response:
        assert response.status == 404
    assert item.fetched_at is None


async def test_a_growing_sound_is_given_to_its_end(
    hass_ready: HomeAssistant,
    client: TestClient[Any, Any],
    pushed_entry: MockConfigEntry,
) -> None:
    """Whoever fetches early gets it all."""
    growing = number(pushed_entry).media.store.add("mp3", SOUND[:100])
    async with client.get(growing.path) as response:
        assert await response.content.readexactly(100) == SOUND[:100]
        growing.add(SOUND[100:])
        growing.finish()
        assert await response.read() == SOUND[100:]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/.mp3",
        "/x.mp3",
        "/{token}",
        "/{token}.wav",
        "/{token}.mp3/",
        "/{token}.mp3.mp3",
        "/{token}x.mp3",
        "/%2e%2e/{token}.mp3",
        "/../../../etc/passwd",
        "/..%2f..%2fsecrets.yaml",
        "/{lower}.mp3",
    ],
)
async def test_nothing_else_can_be_had(
    client: TestClient[Any, Any],
    item: StoredMedia,
    path: str,
) -> None:
    """Neither by listing nor by tricks with the path."""
    asked = path.format(token=item.token, lower=item.token.swapcase())
    async with client.get(f"/api/pilotstatus/media{asked}") as response:
        assert response.status in (400, 401, 403, 404)
        assert SOUND not in await response.read()


async def test_after_its_end_it_is_gone(
    hass_ready: HomeAssistant,
    client: TestClient[Any, Any],
    pushed_entry: MockConfigEntry,
    item: StoredMedia,
) -> None:
    """With its call, and with its number."""
    async with client.get(item.path) as response:
        assert response.status == 200
    await hass_ready.config_entries.async_unload(pushed_entry.entry_id)
    async with client.get(item.path) as response:
        assert response.status == 404
