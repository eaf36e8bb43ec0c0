"""What is known of the playbacks of one number, and who listens to that."""

from collections.abc import Callable

from homeassistant.core import CALLBACK_TYPE, callback

from .playback import Playback, PlaybackStatus, Playlist


class PlaybackRecord:
    """Keeps what is known of each playlist; ``last`` is the playback that began last."""

    def __init__(self) -> None:
        """Start with nothing played."""
        self.last: Playback | None = None
        self._listeners: list[CALLBACK_TYPE] = []
        # Of those that only what Home Assistant serves concerns.
        self._timed_listeners: list[CALLBACK_TYPE] = []

    @callback
    def async_add_listener(
        self, listener: Callable[[], None], *, only_timed: bool
    ) -> CALLBACK_TYPE:
        """Call a listener when a playback changes; return how to remove it.

        ``only_timed`` is for changes of those playbacks alone of which the end can be known.
        """
        listeners = self._timed_listeners if only_timed else self._listeners
        listeners.append(listener)
        return lambda: listeners.remove(listener)

    @callback
    def async_set_status(
        self, playlist: Playlist, status: PlaybackStatus, error: str | None = None
    ) -> None:
        """Record the status of the current item of a playlist."""
        item = playlist.current
        stored = item.stored
        self.async_set(
            playlist,
            Playback(
                status=status,
                call_id=playlist.call_id,
                media=item.shown,
                length=item.length,
                fetched_at=None if stored is None else stored.fetched_at,
                error=error,
                is_stored=stored is not None,
                remaining=playlist.remaining,
            ),
        )

    @callback
    def async_set(self, playlist: Playlist, playback: Playback) -> None:
        """Record what is known of a playlist, and show it unless a newer one is shown."""
        previous = playlist.playback
        if playback == previous:
            return
        if previous is None or previous is self.last:
            self.last = playback
        playlist.playback = playback
        concerned = self._timed_listeners if playback.is_timed else ()
        for listener in (*self._listeners, *concerned):
            listener()
