"""Audio that is stored while it is still being made."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from unittest.mock import AsyncMock

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_integration,
)

from custom_components.pilotstatus.const import DOMAIN
from custom_components.pilotstatus.errors import ActionRefusedError
from custom_components.pilotstatus.media.growing import async_store_growing
from custom_components.pilotstatus.media.store import MediaStore, StoredMedia
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from tests.audio import make_audio
from tests.common import until

#: A source waits here for the test.
PAUSE = None

type Part = bytes | BaseException | None


class Source:
    """Makes audio of parts; closing it takes a moment, as it does with a process."""

    def __init__(self, *parts: Part) -> None:
        """Have these parts."""
        self.goes_on = asyncio.Event()
        self.is_paused = False
        self.is_closed = False
        # Nothing but closing it ends it: it is not collected as long as this is kept.
        self.chunks = self._make(parts)

    async def _make(self, parts: tuple[Part, ...]) -> AsyncGenerator[bytes]:
        try:
            for part in parts:
                if part is PAUSE:
                    self.is_paused = True
                    await self.goes_on.wait()
                elif isinstance(part, bytes):
                    yield part
                else:
                    raise part
        finally:
            await asyncio.sleep(0)
            self.is_closed = True


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """Return the entry that what goes on in the background belongs to."""
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
def store() -> MediaStore:
    """Return an empty store."""
    return MediaStore(lambda _: None)


class Grow:
    """Stores what sources make, for one entry in one store."""

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry, store: MediaStore) -> None:
        """Have patience, unless a test has not."""
        self.hass = hass
        self.entry = entry
        self.store = store
        self.max_wait = 20.0
        self.max_stall = 20.0

    async def __call__(self, source: Source, first_bytes: int | None = None) -> StoredMedia:
        """Store what a source makes."""
        more = {} if first_bytes is None else {"first_bytes": first_bytes}
        return await async_store_growing(
            self.hass,
            self.entry,
            self.store,
            source.chunks,
            max_wait=self.max_wait,
            max_stall=self.max_stall,
            failure="speech_failed",
            **more,
        )


@pytest.fixture
def grow(hass: HomeAssistant, entry: MockConfigEntry, store: MediaStore) -> Grow:
    """Return what stores."""
    return Grow(hass, entry, store)


@pytest.fixture
def audio(tmp_path: Path) -> bytes:
    """Return a second of mp3."""
    return make_audio(tmp_path, "mp3", 1).read_bytes()


async def ended(item: StoredMedia) -> None:
    """Wait until no more comes."""
    async with asyncio.timeout(20):
        await item.complete.wait()


async def assert_breaks(item: StoredMedia, source: Source) -> None:
    """Wait until no more comes; assert that this is a failure, and that the source is closed."""
    await ended(item)
    assert (item.failure, item.is_broken, item.length) == ("speech_failed", True, None)
    assert source.is_closed


@pytest.mark.parametrize(
    ("parts", "first_bytes"),
    [((b"a",), None), ((b"a", b"bc"), 3), ((b"abc",), 2), ((b"ab", b"cd"), 3)],
)
async def test_it_is_returned_when_its_first_bytes_are_there(
    grow: Grow, store: MediaStore, parts: tuple[bytes, ...], first_bytes: int | None
) -> None:
    source = Source(*parts, PAUSE, b"rest")
    item = await grow(source, first_bytes)
    assert list(store) == [item]
    assert (item.data, item.extension) == (b"".join(parts), "mp3")
    assert (item.complete.is_set(), item.length, source.is_closed) == (False, None, False)
    source.goes_on.set()
    await ended(item)
    assert item.data == b"".join(parts) + b"rest"
    assert source.is_closed


async def test_no_more_is_taken_than_its_first_bytes_before_it_is_returned(grow: Grow) -> None:
    source = Source(b"a", b"b", PAUSE)
    item = await grow(source)
    # The rest is taken in the background, which has already begun.
    assert item.data == b"ab"
    assert source.is_paused
    source.goes_on.set()
    await ended(item)


async def test_the_length_is_known_at_the_end(grow: Grow, audio: bytes) -> None:
    source = Source(audio[:1000], PAUSE, audio[1000:2000], audio[2000:])
    item = await grow(source)
    assert item.length is None
    source.goes_on.set()
    await ended(item)
    assert item.data == audio
    assert item.length == pytest.approx(1, abs=0.1)
    assert (item.failure, source.is_closed) == (None, True)


async def test_what_ends_before_its_first_bytes_is_returned_complete(
    grow: Grow, store: MediaStore, audio: bytes
) -> None:
    source = Source(audio[:1000], audio[1000:])
    item = await grow(source, len(audio) + 1)
    assert item.complete.is_set()
    assert (item.data, item.failure, source.is_closed) == (audio, None, True)
    assert item.length == pytest.approx(1, abs=0.1)
    assert list(store) == [item]


async def assert_no_item(grow: Grow, source: Source, failure: str) -> None:
    """Assert that what a source makes is refused, and that it is closed."""
    with pytest.raises(ActionRefusedError) as caught:
        await grow(source)
    assert caught.value.translation_key == failure
    assert source.is_closed
    assert len(grow.store) == 0


async def test_a_source_of_nothing_is_refused(grow: Grow) -> None:
    await assert_no_item(grow, Source(), "speech_failed")


@pytest.mark.parametrize("bound", ["max_items", "max_bytes"])
async def test_a_source_for_which_there_is_no_room_is_refused_and_closed(
    grow: Grow, store: MediaStore, bound: str
) -> None:
    setattr(store, bound, 0)
    await assert_no_item(grow, Source(b"a", b"b"), "media_store_full")


@pytest.mark.parametrize("parts", [(PAUSE,), (b"a", PAUSE)])
async def test_first_bytes_that_do_not_come_in_time_are_an_error(
    grow: Grow, store: MediaStore, parts: tuple[Part, ...]
) -> None:
    grow.max_wait = 0.1
    source = Source(*parts)
    with pytest.raises(TimeoutError):
        await grow(source, 2)
    assert source.is_closed
    assert len(store) == 0


@pytest.mark.parametrize("parts", [(), (b"a",)])
@pytest.mark.parametrize(
    "error", [OSError("x"), TimeoutError(), ActionRefusedError("media_too_long")], ids=repr
)
async def test_what_a_source_raises_before_its_first_bytes_is_raised(
    grow: Grow, store: MediaStore, parts: tuple[Part, ...], error: Exception
) -> None:
    source = Source(*parts, error)
    with pytest.raises(type(error)) as caught:
        await grow(source, 2)
    assert caught.value is error
    assert source.is_closed
    assert len(store) == 0


@pytest.mark.parametrize("parts", [(PAUSE,), (b"a", PAUSE)])
async def test_an_action_that_is_cancelled_before_the_first_bytes_closes_its_source(
    grow: Grow, store: MediaStore, parts: tuple[Part, ...]
) -> None:
    source = Source(*parts)
    action = asyncio.create_task(grow(source, 2))
    assert await until(lambda: source.is_paused)
    action.cancel()
    with pytest.raises(asyncio.CancelledError):
        await action
    assert source.is_closed
    assert len(store) == 0


async def test_a_source_that_raises_later_breaks_its_item(
    grow: Grow, caplog: pytest.LogCaptureFixture
) -> None:
    source = Source(b"a", PAUSE, OSError("words"), b"b")
    item = await grow(source)
    source.goes_on.set()
    await assert_breaks(item, source)
    assert item.data == b"a"
    # What an engine says may hold what it was to speak.
    assert "Media broke off: OSError" in caplog.messages
    assert "words" not in caplog.text


async def test_a_source_that_stalls_breaks_its_item(grow: Grow) -> None:
    grow.max_stall = 0.1
    source = Source(b"a", PAUSE, b"b")
    item = await grow(source)
    await assert_breaks(item, source)
    assert item.data == b"a"


async def test_only_the_first_bytes_are_waited_for_no_longer_than_that(grow: Grow) -> None:
    grow.max_wait = 0.1
    source = Source(b"a", PAUSE, b"b")
    item = await grow(source)
    assert not await until(item.complete.is_set, seconds=0.3)
    source.goes_on.set()
    await ended(item)
    assert (item.data, item.failure) == (b"ab", None)


@pytest.mark.parametrize("max_bytes", [2, 3])
async def test_a_source_that_has_no_more_room_breaks_its_item(
    grow: Grow, store: MediaStore, max_bytes: int
) -> None:
    store.max_bytes = max_bytes
    source = Source(b"a", PAUSE, b"b", b"cd", b"e")
    item = await grow(source)
    source.goes_on.set()
    await assert_breaks(item, source)
    assert item.data == b"ab"


async def test_a_source_whose_item_was_removed_breaks_it_and_is_closed(
    grow: Grow, store: MediaStore
) -> None:
    source = Source(b"a", PAUSE, b"b", b"c")
    item = await grow(source)
    store.remove(item)
    assert not source.is_closed
    source.goes_on.set()
    await assert_breaks(item, source)
    assert (item.data, len(store)) == (b"", 0)


async def test_what_is_still_being_made_breaks_when_its_number_is_unloaded(
    hass: HomeAssistant, grow: Grow, entry: MockConfigEntry
) -> None:
    mock_integration(hass, MockModule(DOMAIN, async_unload_entry=AsyncMock(return_value=True)))
    entry.mock_state(hass, ConfigEntryState.LOADED)
    source = Source(b"a", PAUSE)
    item = await grow(source)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await assert_breaks(item, source)
