"""Calls people in turn, plays something to them, hangs up, and knows who was reached."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .announcement import Announcement, PersonCalled, Progress
from .api import (
    Call,
    CallNotFoundError,
    CannotConnectError,
    ConflictError,
    FeatureNotSupportedError,
    ForbiddenError,
    InvalidAuthError,
    NotConnectedError,
    NotFoundError,
    PaymentRequiredError,
    PilotStatusError,
    RateLimitedError,
    TenantKeyError,
)
from .call_control import CallControl
from .call_log import CallLog
from .const import DOMAIN
from .coordinator import PilotStatusCoordinator
from .errors import (
    TRANSLATION_KEYS,
    UNKNOWN_OUTCOMES,
    ActionError,
    ActionRefusedError,
    translation_key,
)
from .finish import async_finish
from .media.prepare import MediaContext, async_complete, copy_of
from .notification import Attempt
from .playback import Playlist
from .player import Player

#: Errors that every call would meet.
_CONCERN_ALL: Final = (
    *(ActionRefusedError, FeatureNotSupportedError, ForbiddenError, InvalidAuthError),
    *(NotConnectedError, NotFoundError, PaymentRequiredError, TenantKeyError),
)
#: Errors that say that nobody was called; if nothing else came of an announcement, it failed.
_NEVER_CALLED: Final = tuple(TRANSLATION_KEYS[it] for it in (CannotConnectError, RateLimitedError))
#: Seconds before each look for a call of which it is not known whether it was placed.
_LOOKS: Final = (0, 1, 2)
#: Seconds before each try to end a call.
_TRIES: Final = (0, 1, 2, 5, 10, 20, 20)


class Announcer:
    """Announces to people over one number, one announcement after the other.

    ``line_wait`` is how many seconds another call is let go on before the first dial.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        coordinator: PilotStatusCoordinator,
        call_control: CallControl,
        media: MediaContext,
        player: Player,
        now: Callable[[], datetime],
    ) -> None:
        """Announce nothing yet. ``now`` returns the time by the server's clock."""
        self.line_wait = 60.0
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._control = call_control
        self._media = media
        self._player = player
        self._now = now
        self._lock = asyncio.Lock()

    @property
    def _calls(self) -> CallLog:
        return self._coordinator.calls

    async def async_announce(self, asked: Announcement, attempt: Attempt) -> Progress:
        """Announce, and return whom was called and reached. Cancelling it hangs up.

        ``attempt`` learns who is being called. Raises ActionRefusedError before anything is
        sent, and then ActionRefusedError and PilotStatusError for what concerns everybody.
        """
        # In a task of its own: what is cancelled still has to end its call, and the next
        # announcement waits for that.
        task = self._entry.async_create_background_task(
            self._hass, self._async_prepare_and_announce(asked, attempt), f"{DOMAIN} announcement"
        )
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is None or current.cancelling():
                task.cancel()
                raise
            # The number was unloaded.
            raise ActionRefusedError("number_not_ready", number=self._entry.title) from None

    async def _async_prepare_and_announce(self, asked: Announcement, attempt: Attempt) -> Progress:
        playlist = await self._player.async_prepare(asked.wanted, also=async_complete)
        stored = [it.stored for it in playlist.items if it.stored is not None]
        for item in stored:
            item.is_held = True
        try:
            async with self._lock:
                progress = Progress(asked, {call.id for call in self._calls.all})
                await self._async_call_all(progress, playlist, attempt)
        finally:
            for item in stored:
                item.is_held = False
            self._player.async_release_unplayed(playlist)
        return progress

    async def _async_call_all(
        self, progress: Progress, playlist: Playlist, attempt: Attempt
    ) -> None:
        """Call whoever is to be called. Raises what concerns everybody."""
        failure: ActionError | None = None
        try:
            for called in progress.turns():
                attempt.person, attempt.call_id = called.person.shown, ""
                await self._async_end_strays(progress)
                await self._coordinator.async_wait_until(
                    lambda: not self._calls.meant_calls, self.line_wait
                )
                try:
                    await self._async_call(progress, called, playlist, attempt)
                except (PilotStatusError, ActionRefusedError) as err:
                    called.error = translation_key(err)
                    if isinstance(err, _CONCERN_ALL) and not isinstance(err, CallNotFoundError):
                        raise
                    failure = err
        finally:
            await self._async_end_strays(progress)
        if failure is not None and all(it.error in _NEVER_CALLED for it in progress.calls):
            raise failure

    async def _async_call(
        self, progress: Progress, called: PersonCalled, playlist: Playlist, attempt: Attempt
    ) -> None:
        """Call one person, and play when they answer. The call is over in the end."""
        playing = Playlist(is_reported=False)
        try:
            # Nobody is called if there is no room for it.
            for item in [*playlist.items] * progress.asked.repeat:
                playing.items.append(copy_of(self._media, item))
            call = await self._async_place(progress, called)
        except BaseException:
            self._player.async_release_unplayed(playing)
            raise
        # What the dial had to wait for is no time in which the phone rings.
        until = asyncio.get_running_loop().time() + progress.asked.ring
        called.call_id = attempt.call_id = call.id
        progress.known.add(call.id)
        failure: ActionError | None = None
        try:
            await self._async_play(called, call.id, playing, attempt, until)
        except (PilotStatusError, ActionRefusedError) as err:
            failure = err
        finally:
            self._player.async_release_unplayed(playing)
            await self._async_end(call.id)
        await self._async_settle(called, call.id, playing)
        if failure is None and playing.error is not None:
            # Whoever hangs up between two items is told no more.
            failure = None if translation_key(playing.error) == "call_over" else playing.error
        if failure is not None:
            raise failure

    async def _async_play(
        self, called: PersonCalled, call_id: str, playing: Playlist, attempt: Attempt, until: float
    ) -> None:
        """Have it played with the answer, which is waited for until then, and hear it end."""
        unfollowed = 0.0
        try:
            await self._player.async_play(playing, attempt)
        except UNKNOWN_OUTCOMES as err:
            called.error = translation_key(err)
            playing.heard = None
            unfollowed = playing.current.length or 0
        except PilotStatusError:
            # Whoever declines at once hears nothing.
            if not await self._async_is_over(call_id):
                raise
            return
        wait = until - asyncio.get_running_loop().time()
        if not await self._coordinator.async_wait_for_answer(call_id, max(0, wait)):
            return
        called.answered = True
        # Of an unknown outcome nobody can say whether it is heard: the next one is told, too.
        called.is_reached = called.error is None
        if called.is_reached:
            await playing.ended.wait()
            if isinstance(playing.error, ConflictError) and await self._async_is_over(call_id):
                # What is delivered of the end of a call may come too late to hold back an item.
                playing.error = ActionRefusedError("call_over")
        wait = unfollowed + self._player.timings.tail
        await self._coordinator.async_wait_until(lambda: self._calls.is_over(call_id) is True, wait)

    async def _async_settle(self, called: PersonCalled, call_id: str, playing: Playlist) -> None:
        """Record how a call that is over has gone."""
        if called.answered:
            called.heard = playing.heard
        elif await self._async_is_over(call_id) and self._calls.was_answered(call_id):
            # In the moment in which it was given up.
            called.answered, called.heard = True, None
        if (call := self._calls.find(call_id)) is not None:
            called.status = call.status

    async def _async_is_over(self, call_id: str) -> bool:
        """Whether a call is over, after the server was asked if it can be."""
        with suppress(PilotStatusError):
            await self._coordinator.async_refresh_call(call_id)
        return self._calls.is_over(call_id) is True

    async def _async_place(self, progress: Progress, called: PersonCalled) -> Call:
        """Dial; if that is cancelled, end the call that may come of it."""
        dialing = asyncio.create_task(self._async_dial(progress, called.person.phone))
        try:
            await async_finish(dialing)
        except asyncio.CancelledError:
            with suppress(PilotStatusError, ActionRefusedError):
                await self._async_end(dialing.result().id)
            raise
        return dialing.result()

    async def _async_dial(self, progress: Progress, phone: str) -> Call:
        """Dial, and look for the call if it is not known whether there is one."""
        dialed_at = self._now()
        try:
            return await self._control.async_dial(phone)
        except UNKNOWN_OUTCOMES:
            for wait in _LOOKS:
                await asyncio.sleep(wait)
                with suppress(PilotStatusError):
                    await self._coordinator.async_refresh_calls()
                if calls := progress.calls_to(phone, dialed_at, self._calls.all):
                    return calls[0]
            progress.doubtful[phone] = dialed_at
            raise

    async def _async_end_strays(self, progress: Progress) -> None:
        """End the calls that came of a dial although nothing was to be seen of them."""
        if not progress.doubtful:
            return
        with suppress(PilotStatusError):
            await self._coordinator.async_refresh_calls()
        for phone, dialed_at in progress.doubtful.items():
            for call in progress.calls_to(phone, dialed_at, self._calls.all):
                if not call.is_over:
                    await self._async_end(call.id)

    async def _async_end(self, call_id: str) -> None:
        """Hang up until a call is over, also if that is cancelled.

        Raises ActionRefusedError if it goes on.
        """
        ending = asyncio.create_task(self._async_hang_up(call_id))
        await async_finish(ending)
        ending.result()

    async def _async_hang_up(self, call_id: str) -> None:
        for wait in _TRIES:
            is_over = await self._coordinator.async_wait_until(
                lambda: self._calls.is_over(call_id) is True, wait
            )
            if is_over:
                return
            try:
                await self._control.async_hang_up(call_id)
            except CallNotFoundError:
                return
            except PilotStatusError:
                continue
        if not self._calls.is_over(call_id):
            raise ActionRefusedError("call_goes_on")
