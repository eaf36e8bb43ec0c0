"""What is known of the playbacks of one number, and who listens to that."""

from custom_components.pilotstatus.media.prepare import PreparedMedia
from custom_components.pilotstatus.media.store import StoredMedia
from custom_components.pilotstatus.playback import Playback, PlaybackStatus, Playlist
from custom_components.pilotstatus.playback_record import PlaybackRecord

PLAYING, PLAYED, FAILED = PlaybackStatus.PLAYING, PlaybackStatus.PLAYED, PlaybackStatus.FAILED


def playlist(name: str, *more: str, length: float | None = None) -> Playlist:
    """Return a playlist of public URLs, each of that length."""
    items = [PreparedMedia(url=it, shown=it, known_length=length) for it in (name, *more)]
    return Playlist(items=items, call_id="call_1")


def listen(record: PlaybackRecord, *, only_timed: bool) -> list[Playback | None]:
    """Return a list to which the last playback is added whenever a listener is called."""
    heard: list[Playback | None] = []
    record.async_add_listener(lambda: heard.append(record.last), only_timed=only_timed)
    return heard


def shown(record: PlaybackRecord) -> tuple[str | None, str] | None:
    """Return the media and the status of the last playback."""
    return None if record.last is None else (record.last.media, str(record.last.status))


def test_the_status_of_the_current_item_is_recorded() -> None:
    record, one = PlaybackRecord(), playlist("a.mp3", "b.mp3", length=1.5)
    one.position = 1
    record.async_set_status(one, FAILED, "rejected")
    assert record.last == Playback(
        status=FAILED, call_id="call_1", media="b.mp3", length=1.5, error="rejected"
    )
    one.position = 0
    record.async_set_status(one, PLAYING)
    assert record.last == Playback(
        status=PLAYING, call_id="call_1", media="a.mp3", length=1.5, remaining=1
    )
    assert one.playback is record.last


async def test_of_stored_media_its_fetch_is_recorded() -> None:
    record, stored = PlaybackRecord(), StoredMedia(extension="mp3")
    one = Playlist(items=[PreparedMedia(url="u", shown="a.mp3", stored=stored)], call_id="call_1")
    record.async_set_status(one, PLAYING)
    assert one.playback is not None
    assert (one.playback.is_stored, one.playback.fetched_at) == (True, None)
    stored.mark_fetched()
    stored.finish(2)
    record.async_set_status(one, PLAYING)
    assert (one.playback.fetched_at, one.playback.length) == (stored.fetched_at, 2)


def test_of_what_has_no_known_end_some_listeners_are_not_told() -> None:
    record = PlaybackRecord()
    every, timed = listen(record, only_timed=False), listen(record, only_timed=True)
    record.async_set_status(playlist("a.mp3"), PLAYING)
    assert (len(every), timed) == (1, [])
    record.async_set_status(playlist("b.mp3", length=1.5), PLAYING)
    assert (len(every), timed) == (2, [record.last])


def test_what_is_known_already_is_told_to_nobody() -> None:
    record, one = PlaybackRecord(), playlist("a.mp3", length=1.5)
    every, timed = listen(record, only_timed=False), listen(record, only_timed=True)
    for _ in range(3):
        record.async_set_status(one, PLAYING)
    assert (len(every), len(timed)) == (1, 1)
    record.async_set_status(one, PLAYED)
    assert (len(every), len(timed)) == (2, 2)


def test_who_listens_no_more_is_not_told() -> None:
    record = PlaybackRecord()
    told: list[str] = []
    for only_timed in (False, True):
        remove = record.async_add_listener(lambda: told.append("gone"), only_timed=only_timed)
        record.async_add_listener(lambda: told.append("stays"), only_timed=only_timed)
        remove()
    record.async_set_status(playlist("a.mp3", length=1.5), PLAYING)
    assert told == ["stays", "stays"]


def test_the_playlist_that_began_last_is_shown_whatever_becomes_of_older_ones() -> None:
    record, old, new = PlaybackRecord(), playlist("old.mp3"), playlist("new.mp3")
    assert shown(record) is None
    record.async_set_status(old, PLAYING)
    assert shown(record) == ("old.mp3", "playing")
    record.async_set_status(new, PLAYING)
    assert shown(record) == ("new.mp3", "playing")
    told = listen(record, only_timed=False)
    record.async_set_status(old, FAILED, "rejected")
    assert shown(record) == ("new.mp3", "playing")
    # What plays may have changed all the same.
    assert told == [record.last]
    assert old.playback is not None
    assert old.playback.status is FAILED
    record.async_set_status(new, PLAYED)
    assert shown(record) == ("new.mp3", "played")


def test_what_was_restored_is_shown_until_something_is_played() -> None:
    record, one = PlaybackRecord(), playlist("a.mp3")
    record.last = Playback(status=PLAYED, call_id="call_0", media="before.mp3")
    record.async_set_status(one, PLAYING)
    assert shown(record) == ("a.mp3", "playing")
