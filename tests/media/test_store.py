"""What is kept for Pilot Status to fetch: bounded, and gone with its call."""

import asyncio

import pytest

from custom_components.pilotstatus.errors import ActionRefusedError
from custom_components.pilotstatus.media.store import MediaStore


async def test_a_sound_lives_as_long_as_its_call() -> None:
    """And an hour where that is not known."""
    over: dict[str, bool] = {"call_1": False}
    store = MediaStore(over.get)
    item = store.add("mp3", b"sound")
    item.call_id = "call_1"
    item.stored_at -= 7200
    assert store.get(item.token, "mp3") is item
    over["call_1"] = True
    assert store.get(item.token, "mp3") is None
    stray = store.add("mp3", b"sound")
    stray.stored_at -= 3000
    assert store.get(stray.token, "mp3") is stray
    stray.stored_at -= 1000
    assert store.get(stray.token, "mp3") is None


async def test_names_cannot_be_guessed() -> None:
    """Each is new and long, and the extension belongs to it."""
    store = MediaStore(lambda _: None)
    items = [store.add("mp3", b"sound") for _ in range(20)]
    assert len({item.token for item in items}) == 20
    assert min(len(item.token) for item in items) >= 43
    assert store.get(items[0].token, "wav") is None
    assert store.get("", "mp3") is None
    assert items[0].token not in repr(items[0])
    assert items[0].path == f"/api/pilotstatus/media/{items[0].token}.mp3"


async def test_the_store_is_bounded() -> None:
    """In number and in bytes; what a live call waits for stays."""
    store = MediaStore(lambda _: False, max_items=3, max_bytes=100)
    first = store.add("mp3", b"x" * 60)
    first.call_id = "call_1"
    with pytest.raises(ActionRefusedError, match="media_store_full"):
        store.add("mp3", b"x" * 60)
    store.add("mp3", b"x")
    last = store.add("mp3", b"x")
    with pytest.raises(ActionRefusedError, match="media_store_full"):
        store.add("mp3", b"x")
    store.remove(last)
    store.add("mp3", b"x")
    assert store.get(first.token, "mp3") is first


async def test_a_sound_is_given_as_it_grows() -> None:
    """From the start, to several at once, to its end."""
    item = MediaStore(lambda _: None).add("mp3", b"one ")

    async def read() -> bytes:
        return b"".join([chunk async for chunk in item.chunks()])

    readers = [asyncio.create_task(read()) for _ in range(2)]
    await asyncio.sleep(0)
    item.add(b"two ")
    assert item.length is None
    readers.append(asyncio.create_task(read()))
    await asyncio.sleep(0)
    item.add(b"three")
    item.finish()
    assert await asyncio.gather(*readers, read()) == [b"one two three"] * 4


async def test_a_sound_that_breaks_off_is_not_taken_for_whole() -> None:
    """Who fetches it sees the connection end."""
    item = MediaStore(lambda _: None).add("mp3", b"half")
    item.finish(is_broken=True)
    with pytest.raises(ConnectionResetError):
        [chunk async for chunk in item.chunks()]
