"""What the tests of media share: a Home Assistant with media only, and what media comes from."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_integration,
    mock_platform,
)

from custom_components.pilotstatus.media.prepare import MediaContext
from custom_components.pilotstatus.media.store import MediaStore
from custom_components.pilotstatus.media.view import MediaView
from homeassistant.components.media_source import MediaSource
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.audio import make_audio
from tests.engine import set_up_engine
from tests.media.sources import Source, Upstream
from tests.media.speaker import Speaker


@pytest.fixture
async def upstream(socket_enabled: None) -> AsyncIterator[Upstream]:
    """Return a server of the test's own."""
    upstream = Upstream()
    app = web.Application()
    app.router.add_get("/{path:.*}", upstream.handle)
    async with TestServer(app) as server:
        upstream.url = str(server.make_url("/a.wav"))
        yield upstream


@pytest.fixture
async def context(
    hass: HomeAssistant,
    tmp_path: Path,
    hass_client_no_auth: Callable[[], Awaitable[TestClient[Any, Any]]],
) -> MediaContext:
    """Return what preparing needs, in a Home Assistant with nothing but media."""
    hass.config.media_dirs = {"local": str(tmp_path)}
    for component in ("media_player", "media_source", "ffmpeg", "tts"):
        assert await async_setup_component(hass, component, {})
    store = MediaStore(lambda _: None)
    hass.http.register_view(MediaView(lambda: [store]))
    client = await hass_client_no_auth()
    hass.config.internal_url = str(client.make_url("")).rstrip("/")
    entry = MockConfigEntry(domain="pilotstatus", title="Casa")
    return MediaContext(hass=hass, entry=entry, store=store, is_private_server=True)


@pytest.fixture
async def source(hass: HomeAssistant, context: MediaContext) -> Source:
    """Return a media source of the test's own."""
    source = Source()

    async def get(_: HomeAssistant) -> MediaSource:
        return source

    mock_integration(hass, MockModule("test"))
    mock_platform(hass, "test.media_source", Mock(async_get_media_source=get))
    assert await async_setup_component(hass, "test", {})
    await hass.async_block_till_done()
    return source


@pytest.fixture
async def speaker(hass: HomeAssistant, tmp_path: Path) -> AsyncIterator[Speaker]:
    """Return an engine in a Home Assistant with nothing but speech."""
    hass.config.config_dir = str(tmp_path)
    for component in ("media_source", "ffmpeg", "tts"):
        assert await async_setup_component(hass, component, {})
    speaker = Speaker(make_audio(tmp_path, "mp3", 1))
    await set_up_engine(hass, speaker)
    yield speaker
    speaker.begins.set()
    speaker.goes_on.set()
    await hass.async_block_till_done(wait_background_tasks=True)
