"""What is stored for Pilot Status to fetch: bounded, and removed with its call."""

import asyncio
from datetime import UTC, datetime

import pytest

from custom_components.pilotstatus.errors import ActionRefusedError
from custom_components.pilotstatus.media.store import LIFETIME, MediaStore, StoredMedia
from tests.common import until

MEBIBYTE = 1024 * 1024


async def read(item: StoredMedia) -> list[bytes]:
    """Return the chunks of an item."""
    chunks = []
    async with asyncio.timeout(5):
        async for chunk in item.chunks():
            assert chunk
            chunks.append(bytes(chunk))
    return chunks


def assert_full(store: MediaStore, data: bytes = b"") -> None:
    """Assert that the store takes no more."""
    before = list(store)
    with pytest.raises(ActionRefusedError) as caught:
        store.add("mp3", data)
    assert caught.value.translation_key == "media_store_full"
    assert list(store) == before


@pytest.mark.parametrize(
    ("over", "age", "is_kept"),
    [
        (False, 0, True),
        (False, LIFETIME * 9, True),
        (True, 0, False),
        (True, LIFETIME + 1, False),
        (None, 0, True),
        (None, LIFETIME, True),
        (None, LIFETIME + 0.5, False),
    ],
)
@pytest.mark.parametrize("has_call", [False, True])
async def test_media_lives_as_long_as_its_call_and_an_hour_if_that_is_unknown(
    monkeypatch: pytest.MonkeyPatch,
    over: bool | None,  # noqa: FBT001
    age: float,
    has_call: bool,  # noqa: FBT001
    is_kept: bool,  # noqa: FBT001
) -> None:
    store = MediaStore({"call_1": over}.get)
    item = store.add("mp3", b"audio")
    if has_call:
        item.call_id = "call_1"
    else:
        is_kept = age <= LIFETIME
    with monkeypatch.context() as patch:
        patch.setattr(asyncio.get_running_loop(), "time", lambda: 90_000.0)
        item.stored_at = 90_000 - age
        store.purge()
    assert list(store) == ([item] if is_kept else [])


async def test_an_hour_is_an_hour_of_the_loops_clock() -> None:
    before = asyncio.get_running_loop().time()
    item = StoredMedia(extension="mp3")
    assert LIFETIME == 3600
    assert before <= item.stored_at <= asyncio.get_running_loop().time()


async def test_media_whose_call_is_over_is_found_no_more_and_makes_room() -> None:
    over = {"call_1": False}
    store = MediaStore(over.get, max_items=1)
    item = store.add("mp3", b"audio")
    item.call_id = "call_1"
    assert store.get(item.token, "mp3") is item
    over["call_1"] = True
    assert store.get(item.token, "mp3") is None
    over["call_1"] = False
    assert store.get(item.token, "mp3") is None
    last = store.add("mp3", b"audio")
    last.call_id = "call_1"
    assert_full(store)
    over["call_1"] = True
    store.add("mp3", b"audio")
    assert len(store) == 1


async def test_what_is_removed_notifies_nobody() -> None:
    store = MediaStore(lambda _: True)
    changes: list[str] = []
    removed, purged = store.add("mp3"), store.add("mp3")
    purged.call_id = "call_1"
    for item in (removed, purged):
        item.on_change = lambda: changes.append("changed")
    store.remove(removed)
    store.remove(removed)
    store.purge()
    for item in (removed, purged):
        item.mark_fetched()
        item.finish()
    assert (changes, len(store)) == ([], 0)


async def test_names_cannot_be_guessed() -> None:
    store = MediaStore(lambda _: None)
    items = [store.add("mp3", b"audio") for _ in range(20)]
    assert len({item.token for item in items}) == 20
    # 32 random bytes in base 64.
    assert {len(item.token) for item in items} == {43}
    assert store.get(items[0].token, "wav") is None
    assert store.get("", "mp3") is None
    assert items[0].path == f"/api/pilotstatus/media/{items[0].token}.mp3"


async def test_a_log_entry_shows_neither_name_nor_content() -> None:
    shown = repr(item := StoredMedia(extension="mp3", data=bytearray(b"private")))
    assert item.token not in shown
    assert "private" not in shown


async def test_two_items_are_never_the_same() -> None:
    items = {StoredMedia(extension="mp3", token="t", stored_at=1.0) for _ in range(2)}
    assert len(items) == 2


async def test_the_store_holds_so_many_items() -> None:
    store = MediaStore(lambda _: False, max_items=2)
    items = [store.add("mp3"), store.add("mp3")]
    assert_full(store)
    store.remove(items[1])
    store.add("mp3")
    assert store.get(items[0].token, "mp3") is items[0]


async def test_the_store_holds_so_many_bytes() -> None:
    store = MediaStore(lambda _: False, max_bytes=100)
    first, second = store.add("mp3", b"x" * 60), store.add("mp3", b"y" * 20)
    assert_full(store, b"z" * 21)
    store.extend(second, b"y" * 20)
    with pytest.raises(ActionRefusedError, match="media_store_full"):
        store.extend(second, b"y")
    assert (len(first.data), bytes(second.data)) == (60, b"y" * 40)
    store.add("mp3")
    store.remove(first)
    store.add("mp3", b"z" * 60)
    assert_full(store, b"z")


async def test_the_store_is_bounded_by_default() -> None:
    store = MediaStore(lambda _: None)
    for _ in range(50):
        item = store.add("mp3")
    assert_full(store)
    store.extend(item, bytes(64 * MEBIBYTE))
    with pytest.raises(ActionRefusedError, match="media_store_full"):
        store.extend(item, b"x")


async def test_media_is_read_as_it_grows_by_several_at_once() -> None:
    store = MediaStore(lambda _: None)
    item = store.add("mp3", b"one ")
    readers = [asyncio.create_task(read(item)) for _ in range(2)]
    await asyncio.sleep(0)
    store.extend(item, b"two ")
    assert (item.length, item.is_broken, item.complete.is_set()) == (None, False, False)
    readers.append(asyncio.create_task(read(item)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    item.add(b"three")
    item.finish(1.5)
    assert (item.length, item.is_broken, item.complete.is_set()) == (1.5, False, True)
    chunks = await asyncio.gather(*readers, read(item))
    assert [b"".join(it) for it in chunks] == [b"one two three"] * 4
    assert chunks[0] == [b"one ", b"two ", b"three"]
    assert chunks[-1] == [b"one two three"]


async def test_who_waits_for_more_is_woken_at_the_end() -> None:
    item = StoredMedia(extension="mp3", data=bytearray(b"all"))
    reader = asyncio.create_task(read(item))
    await asyncio.sleep(0)
    assert not reader.done()
    item.finish()
    assert await reader == [b"all"]


async def test_media_that_breaks_off_is_not_taken_for_whole() -> None:
    item = StoredMedia(extension="mp3", data=bytearray(b"half"))
    chunks = item.chunks()
    assert await anext(chunks) == b"half"
    waiting = asyncio.create_task(read(item))
    await asyncio.sleep(0)
    item.finish(failure="speech_failed")
    assert (item.is_broken, item.length) == (True, None)
    for end in (anext(chunks), waiting):
        with pytest.raises(ConnectionResetError):
            await end


@pytest.mark.parametrize(
    ("start", "stop"), [(0, None), (1, None), (5, 200_000), (65_536, 131_072), (7, 8), (7, 7)]
)
async def test_a_part_of_it_is_read_in_small_copies(start: int, stop: int | None) -> None:
    data = bytes(range(256)) * 1000
    item = StoredMedia(extension="mp3", data=bytearray(data))
    item.finish()
    chunks = [chunk async for chunk in item.chunks(start, stop)]
    assert b"".join(chunks) == data[start:stop]
    assert max(map(len, chunks), default=0) <= 64 * 1024


async def test_it_grows_while_someone_still_holds_what_was_read() -> None:
    item = StoredMedia(extension="mp3", data=bytearray(b"one"))
    chunks = item.chunks()
    held = memoryview(await anext(chunks))
    item.add(bytes(MEBIBYTE))
    assert (bytes(held), len(await anext(chunks))) == (b"one", 64 * 1024)


@pytest.mark.parametrize("is_purged", [False, True])
async def test_who_reads_what_is_removed_ends(is_purged: bool) -> None:  # noqa: FBT001
    store = MediaStore(lambda _: is_purged)
    growing, whole = store.add("mp3", b"half"), store.add("mp3", bytes(MEBIBYTE))
    whole.finish()
    waiting = asyncio.create_task(read(growing))
    chunks = whole.chunks()
    await anext(chunks)
    stopped: list[StoredMedia] = []
    with growing.reading(lambda: stopped.append(whole)):
        pass
    with growing.reading(lambda: stopped.append(growing)):
        await asyncio.sleep(0)
        for item in (growing, whole):
            item.call_id = "call_1"
            if not is_purged:
                store.remove(item)
        store.purge()
        assert stopped == [growing]
    for end in (waiting, anext(chunks)):
        with pytest.raises(ConnectionResetError):
            await end
    assert len(store) == 0


async def test_what_is_removed_grows_no_more() -> None:
    store = MediaStore(lambda _: None)
    item = store.add("mp3", b"half")
    store.remove(item)
    with pytest.raises(ActionRefusedError):
        store.extend(item, b"more")
    assert item.data == b""


async def test_the_first_fetch_and_the_end_are_notified() -> None:
    item = StoredMedia(extension="mp3")
    seen: list[tuple[bool, bool]] = []
    # Without a listener nothing happens.
    StoredMedia(extension="mp3").mark_fetched()
    item.on_change = lambda: seen.append((item.fetched_at is not None, item.complete.is_set()))
    item.add(b"audio")
    assert seen == []
    before = datetime.now(UTC)
    item.mark_fetched()
    first = item.fetched_at
    assert first is not None
    assert before <= first <= datetime.now(UTC)
    assert await until(lambda: datetime.now(UTC) > first)
    item.mark_fetched()
    item.finish()
    assert item.fetched_at == first
    assert seen == [(True, False), (True, True)]


async def test_a_copy_is_the_same_audio_under_a_name_of_its_own() -> None:
    store = MediaStore(lambda _: None)
    item = store.add("opus")
    item.call_id = "call_1"
    item.add(b"audio")
    item.finish(1.5)
    item.mark_fetched()
    copy = store.copy(item)
    assert copy.data is item.data
    assert (copy.extension, copy.length, copy.complete.is_set()) == ("opus", 1.5, True)
    assert (copy.call_id, copy.fetched_at, copy.is_broken) == (None, None, False)
    assert copy.token != item.token
    assert store.get(copy.token, "opus") is copy
    assert await read(copy) == [b"audio"]


async def test_the_bytes_of_copies_are_counted_once_and_as_long_as_one_is_stored() -> None:
    store = MediaStore(lambda _: None, max_bytes=100)
    item = store.add("mp3", b"x" * 60)
    item.finish(1)
    copies = [store.copy(item) for _ in range(5)]
    more = store.add("mp3", b"y" * 40)
    assert_full(store, b"z")
    store.remove(more)
    for one in (item, *copies[:-1]):
        store.remove(one)
    assert await read(copies[-1]) == [b"x" * 60]
    assert_full(store, b"z" * 41)
    store.remove(copies[-1])
    store.add("mp3", b"z" * 100)


async def test_what_was_removed_is_not_copied() -> None:
    store = MediaStore(lambda _: None)
    item = store.add("mp3", b"audio")
    item.finish(1)
    store.remove(item)
    with pytest.raises(ActionRefusedError) as caught:
        store.copy(item)
    assert caught.value.translation_key == "media_not_found"
    assert len(store) == 0


async def test_a_copy_takes_the_room_of_one_item() -> None:
    over: dict[str, bool] = {}
    store = MediaStore(over.get, max_items=2)
    item, other = store.add("mp3", b"audio"), store.add("mp3")
    item.finish(1)
    other.call_id = "call_1"
    with pytest.raises(ActionRefusedError) as caught:
        store.copy(item)
    assert caught.value.translation_key == "media_store_full"
    assert list(store) == [item, other]
    over["call_1"] = True
    copy = store.copy(item)
    assert list(store) == [item, copy]


@pytest.mark.parametrize("over", [True, None])
async def test_what_is_held_outlives_its_call_and_its_hour_until_it_is_released(
    over: bool | None,  # noqa: FBT001
) -> None:
    store = MediaStore(lambda _: over)
    item = store.add("mp3", b"audio")
    item.call_id, item.is_held = "call_1", True
    item.stored_at -= LIFETIME * 9
    store.purge()
    assert store.get(item.token, "mp3") is item
    store.add("mp3")
    assert item in list(store)
    item.is_held = False
    assert store.get(item.token, "mp3") is None
    assert item.is_removed


async def test_what_is_held_can_be_removed() -> None:
    store = MediaStore(lambda _: False)
    item = store.add("mp3", b"audio")
    item.is_held = True
    store.remove(item)
    assert (len(store), item.data) == (0, b"")
