"""Plays media into calls, one item after the other, and knows what became of each."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
import logging
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, callback

from .api import ActionResult, PilotStatusClient, PilotStatusError
from .const import DOMAIN, SERVICE_PLAY_AUDIO
from .coordinator import PilotStatusCoordinator
from .errors import UNKNOWN_OUTCOMES, ActionError, ActionRefusedError, translation_key
from .failures import FailureReporter
from .media.prepare import MediaContext, PreparedMedia, async_learn_length, async_prepare
from .media.url import without_secrets
from .notification import Attempt
from .playback import (
    DEFAULT_TIMINGS,
    Playback,
    PlaybackStatus,
    Playlist,
    Progress,
    Step,
    Timings,
    item_name,
)
from .playback_record import PlaybackRecord

type Preparation = Callable[[MediaContext, PreparedMedia], Awaitable[PreparedMedia]]

_LOGGER: Final = logging.getLogger(__name__)


class Player:
    """Plays media into the calls of one number.

    ``timings`` is how long it waits for what.
    """

    def __init__(
        self,
        client: PilotStatusClient,
        coordinator: PilotStatusCoordinator,
        failures: FailureReporter,
        media: MediaContext,
        timings: Timings = DEFAULT_TIMINGS,
    ) -> None:
        """Start with nothing played."""
        self.timings = timings
        self._record = PlaybackRecord()
        self._client = client
        self._coordinator = coordinator
        self._failures = failures
        self._media = media
        self._followed: list[Playlist] = []

    @property
    def playing(self) -> Playback | None:
        """The playback that a call hears now, the newest of several."""
        playbacks = [it.playback for it in reversed(self._followed) if it.playback is not None]
        return next((it for it in playbacks if it.status is PlaybackStatus.PLAYING), None)

    @property
    def last(self) -> Playback | None:
        """The playback that began last."""
        return self._record.last

    @callback
    def async_add_listener(
        self, listener: Callable[[], None], *, only_timed: bool = False
    ) -> CALLBACK_TYPE:
        """Call a listener when a playback changes; return how to remove it.

        ``only_timed`` is for changes of those playbacks alone of which the end can be known.
        """
        return self._record.async_add_listener(listener, only_timed=only_timed)

    async def async_prepare(
        self, wanted: Sequence[str], call_id: str = "", *, also: Preparation | None = None
    ) -> Playlist:
        """Prepare media before anything is sent. Raises ActionRefusedError.

        ``also`` is what else has to be done with each item, ``async_learn_length`` if something
        is to happen when it has ended.
        ``async_release_unplayed`` has to be called with it in the end.
        """
        playlist = Playlist(call_id=call_id)
        try:
            for position, one in enumerate(wanted):
                try:
                    item = await async_prepare(self._media, one)
                    playlist.items.append(item)
                    if also is not None:
                        playlist.items[-1] = await also(self._media, item)
                except ActionRefusedError as err:
                    shown, failed = without_secrets(one), PlaybackStatus.FAILED
                    err.placeholders["media"] = item_name(shown, position, len(wanted)) or "…"
                    error = translation_key(err)
                    playback = Playback(status=failed, call_id=call_id, media=shown, error=error)
                    self._record.async_set(playlist, playback)
                    raise
        except BaseException:
            self.async_release_unplayed(playlist)
            raise
        return playlist

    @callback
    def async_release_unplayed(self, playlist: Playlist) -> None:
        """Release the media that no call has got."""
        self._release(it for it in playlist.items if it.stored and not it.stored.call_id)

    async def async_play(self, playlist: Playlist, attempt: Attempt) -> ActionResult:
        """Play the first item into the call of an attempt; the rest follows in the background.

        Returns the answer to the first. Raises PilotStatusError.
        """
        playlist.assign(attempt)
        try:
            result = await self._async_send(playlist)
        except PilotStatusError as err:
            self._fail(playlist, err)
            raise
        item = playlist.current
        has_end = item.stored is not None or item.length is not None
        if result.is_unanswered or has_end or playlist.remaining:
            self._follow_in_background(playlist)
        return result

    async def async_prepare_and_play(
        self,
        wanted: Sequence[str],
        attempt: Attempt,
        then: Callable[[str], Awaitable[None]] | None = None,
    ) -> ActionResult:
        """Prepare media and play it into the call of an attempt.

        ``then`` is called with the call's id when all was played. Raises ActionRefusedError
        before anything is sent, and PilotStatusError after.
        """
        also = None if then is None else async_learn_length
        playlist = await self.async_prepare(wanted, attempt.call_id, also=also)
        playlist.then = then
        try:
            return await self.async_play(playlist, attempt)
        finally:
            self.async_release_unplayed(playlist)

    @callback
    def async_restore(self, playback: Playback) -> None:
        """Continue with the last playback before a restart, and report it if it was lost."""
        if self.last is not None:
            return
        calls, call_id = self._coordinator.calls, playback.call_id
        self._record.last = known = playback.after_restart(
            is_over=calls.is_over(call_id), was_answered=calls.was_answered(call_id)
        )
        if known.error == "playback_lost" != playback.error:
            self._report_lost(playback)

    def _report_lost(self, playback: Playback) -> None:
        attempt = Attempt(playback.call_id, playback.media or "")
        coordinator = self._coordinator
        coordinator.config_entry.async_create_task(
            coordinator.hass,
            self._failures.async_report(
                SERVICE_PLAY_AUDIO, ActionRefusedError("playback_lost"), attempt
            ),
        )

    async def _async_send(self, playlist: Playlist) -> ActionResult:
        """Send the current item, and record the answer."""
        item = playlist.current
        if item.stored is not None:
            item.stored.on_change = lambda: self._handle_media_change(playlist)
        request = self._client.play(playlist.call_id, item.url)
        result = await self._coordinator.async_act(request, playlist.call_id)
        # The answer names the Pilot Status id, also if the request named the provider's.
        playlist.call_id = result.call_id
        now = asyncio.get_running_loop().time()
        playlist.progress = Progress(media=item, sent_at=now, timings=self.timings)
        status = PlaybackStatus.QUEUED if result.is_unanswered else PlaybackStatus.ACCEPTED
        self._record.async_set_status(playlist, status)
        # Whether the status in this answer is the call's is not documented beyond doubt. If it
        # is news, the call itself is asked.
        known = self._coordinator.calls.find(result.call_id)
        if known is None or known.status != result.status:
            self._coordinator.async_refresh_in_background(result.call_id)
        return result

    @callback
    def _follow_in_background(self, playlist: Playlist) -> None:
        """Follow a playlist, unless the number was unloaded while its first item was sent."""
        entry = self._coordinator.config_entry
        if entry.state is not ConfigEntryState.LOADED:
            playlist.ended.set()
            return
        self._followed.append(playlist)
        entry.async_create_background_task(
            self._coordinator.hass, self._async_follow(playlist), f"{DOMAIN} playback"
        )

    async def _async_follow(self, playlist: Playlist) -> None:
        """Follow a playlist to its end, and what is to happen then."""
        try:
            await self._async_finish(playlist)
        finally:
            self._followed.remove(playlist)
            playlist.ended.set()
        if playlist.then is not None and not self._may_be_heard_yet(playlist):
            await asyncio.sleep(self.timings.tail)
            if not self._coordinator.calls.is_over(playlist.call_id):
                await playlist.then(playlist.call_id)

    def _may_be_heard_yet(self, playlist: Playlist) -> bool:
        """Whether a call is still to be answered, or still hears what has no known end."""
        is_open = playlist.playback and playlist.playback.status is PlaybackStatus.ACCEPTED
        return bool(is_open) or not self._coordinator.calls.was_answered(playlist.call_id)

    async def _async_finish(self, playlist: Playlist) -> None:
        """Play one item after the other, and report what the call did not hear."""
        try:
            while await self._async_finish_item(playlist):
                playlist.position += 1
                playlist.progress = None
                if self._coordinator.calls.is_over(playlist.call_id):
                    raise ActionRefusedError("call_over")  # noqa: TRY301 - reported like the rest
                await self._async_send(playlist)
        except (PilotStatusError, ActionRefusedError) as err:
            _LOGGER.warning(
                "Item %d of %d was not played to its end: %s",
                playlist.position + 1,
                len(playlist.items),
                translation_key(err),
            )
            self._fail(playlist, err)
            playlist.error = err
            if playlist.is_reported:
                attempt = playlist.current_attempt
                await self._failures.async_report(SERVICE_PLAY_AUDIO, err, attempt)

    async def _async_finish_item(self, playlist: Playlist) -> bool:
        """Wait for the end of the current item; return whether the next one is due.

        Raises ActionRefusedError if the call did not hear it.
        """
        if (progress := playlist.progress) is None:
            return False
        while not (step := self._update_playback(playlist, progress)).is_final:
            playlist.changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(step.wait):
                    await playlist.changed.wait()
        playlist.add_heard(asyncio.get_running_loop().time())
        if step.error is not None:
            raise step.error
        if not playlist.remaining or not progress.is_answered:
            return False
        return progress.was_heard or step.status is not PlaybackStatus.INTERRUPTED

    @callback
    def async_update(self) -> None:
        """Follow a change of the calls; called before the entities are updated."""
        for playlist in tuple(self._followed):
            self._update_followed(playlist)

    def _update_followed(self, playlist: Playlist) -> None:
        """Record what is new about a playlist, and wake the task that follows it."""
        if playlist.progress is not None:
            self._update_playback(playlist, playlist.progress)
        playlist.changed.set()

    def _update_playback(self, playlist: Playlist, progress: Progress) -> Step:
        """Record what follows for a playback from what is known of its call and its media."""
        now = asyncio.get_running_loop().time()
        step = progress.step(self._coordinator.calls.find(playlist.call_id), now)
        error = None if step.error is None else step.error.translation_key
        self._record.async_set_status(playlist, step.status, error)
        return step

    @callback
    def _handle_media_change(self, playlist: Playlist) -> None:
        """Show what is new about the media, also of a playback that nobody follows."""
        if playlist in self._followed:
            self._update_followed(playlist)
        elif (playback := playlist.playback) is not None:
            self._record.async_set_status(playlist, playback.status, playback.error)

    def _fail(self, playlist: Playlist, err: ActionError) -> None:
        """Record a failure, and release what will not be played."""
        first = playlist.position + isinstance(err, UNKNOWN_OUTCOMES)
        self._release(playlist.items[first:])
        self._record.async_set_status(playlist, PlaybackStatus.FAILED, translation_key(err))

    def _release(self, items: Iterable[PreparedMedia]) -> None:
        for item in items:
            if item.stored is not None:
                self._media.store.remove(item.stored)
