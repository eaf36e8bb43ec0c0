"""The states of a playback: what follows from the call, the media and the time."""

from datetime import UTC, datetime
import json

import orjson
import pytest

from custom_components.pilotstatus.api import Call, CallStatus
from custom_components.pilotstatus.media.prepare import PreparedMedia
from custom_components.pilotstatus.media.store import StoredMedia
from custom_components.pilotstatus.notification import Attempt
from custom_components.pilotstatus.playback import (
    DEFAULT_TIMINGS,
    Playback,
    PlaybackStatus,
    Playlist,
    Progress,
    Timings,
    item_name,
)

from .common import short

TIMINGS = Timings(fetch=30, hasty=5, answer=100)
RINGING = Call(id="call_1", status=CallStatus.RINGING)
ANSWERED = Call(id="call_1", status=CallStatus.ACCEPTED)
MISSED = Call(id="call_1", status=CallStatus.MISSED)
ENDED = Call(id="call_1", status=CallStatus.COMPLETED, duration=9)
#: Hanging up stores COMPLETED for a call that nobody answered, too.
HUNG_UP = Call(id="call_1", status=CallStatus.COMPLETED)
NOW = datetime(2026, 7, 3, tzinfo=UTC)


@pytest.fixture
async def stored() -> StoredMedia:
    """Return media that is complete, 10 seconds long, and not fetched yet."""
    item = StoredMedia(extension="mp3", call_id="call_1")
    item.finish(10)
    return item


def follow(stored: StoredMedia | None = None, *, length: float | None = None) -> Progress:
    """Return the progress of media that was sent at 0; ``length`` is that of a public URL."""
    url, shown = "https://a.b:8443/c.mp3?d", "https://a.b/c.mp3"
    media = PreparedMedia(url=url, shown=shown, stored=stored, known_length=length)
    return Progress(media=media, sent_at=0, timings=TIMINGS)


def shows(progress: Progress, call: Call | None, now: float) -> tuple[str, float | None, bool]:
    """Return state, wait and whether it is final."""
    step = progress.step(call, now)
    return str(step.status), step.wait, step.is_final


def test_it_waits_for_the_answer() -> None:
    progress = follow()
    assert shows(progress, RINGING, 0) == ("queued", 100, False)
    assert shows(progress, None, 40) == ("queued", 60, False)
    was_answered = progress.is_answered
    assert shows(progress, ANSWERED, 41) == ("accepted", None, True)
    assert (was_answered, progress.is_answered, progress.was_heard) == (False, True, False)


@pytest.mark.parametrize("call", [MISSED, HUNG_UP])
def test_a_call_that_ends_unanswered_interrupts_it(call: Call) -> None:
    progress = follow()
    assert shows(progress, call, 1) == ("interrupted", None, True)
    assert not progress.is_answered


def test_an_answer_that_never_comes_leaves_the_end_unknown() -> None:
    progress = follow()
    assert shows(progress, RINGING, 99.5) == ("queued", 0.5, False)
    assert shows(progress, RINGING, 100) == ("accepted", None, True)
    assert not progress.is_answered


def test_what_pilot_status_fetches_elsewhere_has_no_known_end() -> None:
    assert shows(follow(), ANSWERED, 1) == ("accepted", None, True)
    assert shows(follow(), ENDED, 1) == ("accepted", None, True)


def test_what_is_elsewhere_plays_from_the_answer_on_if_its_length_was_learned() -> None:
    progress = follow(length=4)
    assert shows(progress, RINGING, 10) == ("queued", 90, False)
    assert shows(progress, ANSWERED, 20) == ("playing", 4, False)
    assert progress.was_heard
    assert shows(progress, ANSWERED, 23) == ("playing", 1, False)
    assert shows(progress, ENDED, 24) == ("played", None, True)


def test_the_end_of_the_call_interrupts_what_is_elsewhere_if_its_length_was_learned() -> None:
    progress = follow(length=4)
    progress.step(ANSWERED, 20)
    assert shows(progress, ENDED, 23.9) == ("interrupted", None, True)
    assert shows(follow(length=4), MISSED, 1) == ("interrupted", None, True)


def test_what_is_elsewhere_is_heard_from_the_answer_on() -> None:
    progress = follow(length=4)
    assert progress.heard(5) == 0
    progress.step(RINGING, 5)
    assert progress.heard(15) == 0
    progress.step(ANSWERED, 20)
    assert [progress.heard(it) for it in (20, 21.5, 24, 60)] == [0, 1.5, 4, 4]


def test_how_much_is_heard_of_an_unknown_length_is_unknown_from_the_answer_on() -> None:
    progress = follow()
    progress.step(RINGING, 0)
    assert progress.heard(9) == 0
    progress.step(ANSWERED, 10)
    assert progress.heard(19) is None


async def test_what_is_stored_is_heard_from_the_fetch_on(stored: StoredMedia) -> None:
    progress = follow(stored)
    progress.step(ANSWERED, 20)
    assert progress.heard(25) == 0
    stored.mark_fetched()
    progress.step(ANSWERED, 30)
    assert [progress.heard(it) for it in (30, 33, 40, 90)] == [0, 3, 10, 10]


async def test_how_much_was_heard_is_unknown_if_nobody_saw_the_answer_before_the_end(
    stored: StoredMedia,
) -> None:
    unseen, unfetched = follow(length=4), follow(stored)
    unseen.step(RINGING, 0)
    assert shows(unseen, ENDED, 20) == ("interrupted", None, True)
    assert unseen.heard(20) is None
    unfetched.step(ENDED, 20)
    assert unfetched.heard(20) == 0
    stored.mark_fetched()
    fetched = follow(stored)
    fetched.step(ENDED, 20)
    assert fetched.heard(20) is None
    unanswered = follow(stored)
    unanswered.step(HUNG_UP, 20)
    assert unanswered.heard(20) == 0


async def test_how_much_is_heard_of_what_grows_is_unknown_until_it_is_complete() -> None:
    growing = StoredMedia(extension="mp3")
    progress = follow(growing)
    growing.mark_fetched()
    progress.step(ANSWERED, 0)
    assert progress.heard(1) is None
    growing.finish(4)
    progress.step(ANSWERED, 3)
    assert progress.heard(5) == 2


async def test_it_plays_from_fetch_and_answer_for_its_length(stored: StoredMedia) -> None:
    progress = follow(stored)
    stored.mark_fetched()
    assert shows(progress, RINGING, 0) == ("queued", 100, False)
    assert shows(progress, ANSWERED, 20) == ("playing", 10, False)
    assert progress.was_heard
    assert shows(progress, ANSWERED, 24) == ("playing", 6, False)
    assert shows(progress, ANSWERED, 30) == ("played", None, True)


async def test_it_plays_from_the_fetch_if_that_comes_later(stored: StoredMedia) -> None:
    progress = follow(stored)
    assert shows(progress, ANSWERED, 20) == ("accepted", 30, False)
    assert shows(progress, ANSWERED, 25) == ("accepted", 25, False)
    stored.mark_fetched()
    assert shows(progress, ANSWERED, 30) == ("playing", 10, False)
    assert shows(progress, ANSWERED, 40) == ("played", None, True)


async def test_a_call_that_ends_while_it_plays_interrupts_it(stored: StoredMedia) -> None:
    progress = follow(stored)
    stored.mark_fetched()
    assert shows(progress, ANSWERED, 0) == ("playing", 10, False)
    assert shows(progress, ENDED, 9.9) == ("interrupted", None, True)
    assert progress.was_heard


async def test_a_call_that_ends_after_it_has_played_changes_nothing(stored: StoredMedia) -> None:
    progress = follow(stored)
    stored.mark_fetched()
    progress.step(ANSWERED, 0)
    assert shows(progress, ENDED, 10) == ("played", None, True)


def test_how_long_is_waited_for_what() -> None:
    assert (DEFAULT_TIMINGS.fetch, DEFAULT_TIMINGS.hasty) == (30, 5)
    assert DEFAULT_TIMINGS.answer == 3600


async def test_until_the_last_moment_it_may_be_fetched(stored: StoredMedia) -> None:
    progress = follow(stored)
    progress.step(ANSWERED, 50)
    assert shows(progress, ANSWERED, 79.5) == ("accepted", 0.5, False)


@pytest.mark.parametrize(("call", "waited"), [(ANSWERED, 30), (ENDED, 5), (ENDED, 29)])
async def test_what_nobody_fetched_has_failed(
    stored: StoredMedia, call: Call, waited: float
) -> None:
    progress = follow(stored)
    progress.step(ANSWERED, 50)
    step = progress.step(call, 50 + waited)
    assert (step.status, step.is_final) == (PlaybackStatus.FAILED, True)
    assert step.error is not None
    assert step.error.translation_key == "not_fetched"
    assert step.error.placeholders == {"address": "https://a.b:8443"}


async def test_who_hangs_up_at_once_left_no_time_to_fetch(stored: StoredMedia) -> None:
    progress = follow(stored)
    progress.step(ANSWERED, 50)
    assert shows(progress, ENDED, 54.9) == ("interrupted", None, True)
    assert not progress.was_heard


async def test_speech_plays_until_its_length_has_passed_since_it_was_complete() -> None:
    growing = StoredMedia(extension="mp3")
    progress = follow(growing)
    growing.mark_fetched()
    assert shows(progress, ANSWERED, 0) == ("playing", None, False)
    growing.finish(4)
    assert shows(progress, ANSWERED, 3) == ("playing", 4, False)
    assert shows(progress, ANSWERED, 7) == ("played", None, True)


async def test_speech_that_is_cut_by_the_end_of_the_call() -> None:
    growing = StoredMedia(extension="mp3")
    growing.mark_fetched()
    assert shows(follow(growing), ENDED, 0) == ("interrupted", None, True)


async def test_speech_that_breaks_off_has_failed() -> None:
    growing = StoredMedia(extension="mp3")
    growing.mark_fetched()
    growing.finish(failure="speech_failed")
    step = follow(growing).step(ANSWERED, 0)
    assert (step.status, step.is_final) == (PlaybackStatus.FAILED, True)
    assert step.error is not None
    assert step.error.translation_key == "speech_failed"


async def test_an_unknown_length_leaves_the_end_unknown() -> None:
    item = StoredMedia(extension="mp3")
    item.mark_fetched()
    item.finish()
    assert shows(follow(item), ANSWERED, 0) == ("accepted", None, True)


def playback(status: PlaybackStatus, **more: object) -> Playback:
    """Return a playback, with more of its fields."""
    fields = {"call_id": "call_1", "media": "media-source://x"} | more
    known = Playback.from_dict({"status": status, "fetched_at": None, **fields})
    assert known is not None
    return known


@pytest.mark.parametrize(
    "shown",
    [
        playback(PlaybackStatus.QUEUED, is_stored=True, remaining=2),
        playback(PlaybackStatus.FAILED, error="rejected", media=None),
        playback(PlaybackStatus.PLAYED, length=1.5, fetched_at=NOW.isoformat()),
    ],
)
def test_it_survives_json(shown: Playback) -> None:
    assert Playback.from_dict(json.loads(json.dumps(shown.as_dict()))) == shown


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"status": "queued", "fetched_at": None},
        {"status": "odd", "fetched_at": None, "call_id": "call_1", "media": None},
        {"status": ["queued"], "fetched_at": None, "call_id": "call_1", "media": None},
        {"status": "queued", "fetched_at": None, "call_id": 7, "media": None},
    ],
)
def test_what_is_no_playback_is_not_restored(data: dict[str, object]) -> None:
    assert Playback.from_dict(data) is None


@pytest.mark.parametrize(
    "poison",
    [7, "bad\ud800", "x" * 900_000, float("inf"), 1e300, -1, [], {}, "9999-12-31T00:00:00Z"],
    ids=short,
)
def test_a_playback_is_restored_without_what_cannot_be(poison: object) -> None:
    fields = ("media", "length", "fetched_at", "error", "is_stored", "remaining", "new")
    restored = Playback.from_dict(
        {"status": "played", "call_id": "call_1"} | dict.fromkeys(fields, poison)
    )
    assert restored is not None
    assert (restored.status, restored.call_id) == (PlaybackStatus.PLAYED, "call_1")
    assert len(orjson.dumps(restored.as_dict())) < 4096
    assert restored.fetched_at is None


@pytest.mark.parametrize(
    ("shown", "needs"),
    [
        (playback(PlaybackStatus.QUEUED), False),
        (playback(PlaybackStatus.QUEUED, remaining=1), True),
        (playback(PlaybackStatus.QUEUED, is_stored=True), True),
        (playback(PlaybackStatus.QUEUED, is_stored=True, length=1.0), True),
        (playback(PlaybackStatus.PLAYING, is_stored=True, fetched_at=NOW.isoformat()), True),
        (
            playback(
                PlaybackStatus.PLAYING, is_stored=True, length=1.0, fetched_at=NOW.isoformat()
            ),
            False,
        ),
        (playback(PlaybackStatus.PLAYED, is_stored=True, remaining=1), False),
        (playback(PlaybackStatus.INTERRUPTED, is_stored=True), False),
        (playback(PlaybackStatus.FAILED, is_stored=True), False),
    ],
)
def test_what_a_call_cannot_hear_without_home_assistant(shown: Playback, *, needs: bool) -> None:
    assert shown.needs_home_assistant is needs


@pytest.mark.parametrize(
    ("fields", "is_timed"),
    [({}, False), ({"length": 1.5}, True), ({"length": 0}, True), ({"is_stored": True}, True)],
)
def test_the_end_can_be_known_of_what_is_stored_and_of_a_known_length(
    fields: dict[str, object], *, is_timed: bool
) -> None:
    assert playback(PlaybackStatus.PLAYING, **fields).is_timed is is_timed


@pytest.mark.parametrize(
    ("shown", "is_over", "was_answered", "status", "error"),
    [
        # What has ended stays as it is.
        (playback(PlaybackStatus.PLAYED, is_stored=True), True, False, "played", None),
        (playback(PlaybackStatus.INTERRUPTED, remaining=1), True, False, "interrupted", None),
        (playback(PlaybackStatus.FAILED, error="rejected"), True, False, "failed", "rejected"),
        # Nobody has answered: nothing was heard, and nothing was lost.
        (playback(PlaybackStatus.QUEUED), True, False, "interrupted", None),
        (playback(PlaybackStatus.QUEUED, is_stored=True), True, False, "interrupted", None),
        # What only Home Assistant could serve was lost with it.
        (playback(PlaybackStatus.QUEUED, is_stored=True), True, True, "failed", "playback_lost"),
        (playback(PlaybackStatus.QUEUED, is_stored=True), False, False, "failed", "playback_lost"),
        (playback(PlaybackStatus.PLAYING, remaining=1), None, True, "failed", "playback_lost"),
        # Of the rest the end is unknown.
        (playback(PlaybackStatus.QUEUED), False, False, "accepted", None),
        (playback(PlaybackStatus.QUEUED), None, False, "accepted", None),
        (playback(PlaybackStatus.PLAYING, length=1.5), True, True, "accepted", None),
        (playback(PlaybackStatus.ACCEPTED), False, True, "accepted", None),
    ],
)
def test_what_has_become_of_it_while_home_assistant_did_not_run(
    shown: Playback,
    status: str,
    error: str | None,
    *,
    is_over: bool | None,
    was_answered: bool,
) -> None:
    known = shown.after_restart(is_over=is_over, was_answered=was_answered)
    assert (known.status, known.error) == (status, error)
    assert (known.call_id, known.media, known.length) == ("call_1", shown.media, shown.length)


def test_what_was_heard_of_a_list_is_added_up_until_some_of_it_is_unknown() -> None:
    playlist = Playlist(items=[PreparedMedia(url="a", shown="a")])
    totals = [playlist.heard]
    for length, is_answered in ((4, True), (4, True), (4, False), (None, True), (4, True)):
        playlist.progress = follow(length=length)
        playlist.progress.step(ANSWERED if is_answered else RINGING, 10)
        playlist.add_heard(13)
        totals.append(playlist.heard)
    assert totals == [0, 3, 6, 6, None, None]


def test_of_what_was_not_sent_it_is_unknown_what_was_heard() -> None:
    playlist = Playlist(items=[PreparedMedia(url="a", shown="a")])
    playlist.add_heard(1)
    assert playlist.heard is None


def test_an_item_of_a_list_is_named_with_its_place() -> None:
    assert item_name("a.mp3", 0, 1) == "a.mp3"
    assert item_name(None, 0, 1) == ""
    assert item_name("a.mp3", 1, 3) == "a.mp3 (2/3)"
    assert item_name(None, 2, 3) == "… (3/3)"
    items = [PreparedMedia(url=name, shown=name) for name in ("a.mp3", "b.mp3")]
    playlist = Playlist(items=items)
    assert (playlist.name, playlist.remaining) == ("a.mp3 (1/2)", 1)
    playlist.position = 1
    assert (playlist.name, playlist.remaining) == ("b.mp3 (2/2)", 0)
    assert playlist != Playlist(items=items, position=1)


async def test_a_playlist_keeps_its_media_for_a_call(stored: StoredMedia) -> None:
    items = [PreparedMedia(url="a", shown="a"), PreparedMedia(url="b", shown="b", stored=stored)]
    playlist = Playlist(items=items)
    attempt = Attempt("call_2", person="Ana", is_placed=True)
    playlist.assign(attempt)
    assert [playlist.call_id, stored.call_id] == ["call_2"] * 2
    assert attempt.media == "a (1/2)"
    # What the action goes on to do is nothing that the rest of it shall be reported with.
    attempt.person = ""
    playlist.position, playlist.call_id = 1, "call_3"
    assert playlist.current_attempt == Attempt("call_3", "b (2/2)", "Ana")
