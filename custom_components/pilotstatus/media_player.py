"""A player for the live call, for all that already speaks to players."""

from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.components import media_source
from homeassistant.components.media_player import (
    BrowseMedia,
    MediaPlayerEntity,
    MediaPlayerEntityDescription,
    MediaPlayerEntityFeature,
    MediaPlayerState,
    MediaType,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from . import control
from .api import CallEventKind
from .calls import CallChange
from .const import SERVICE_HANG_UP, SERVICE_PLAY_AUDIO
from .coordinator import PilotStatusConfigEntry, PlaybackStatus
from .entity import PilotStatusEntity
from .failures import Attempt
from .playback import async_play_all, async_prepare_all

PARALLEL_UPDATES = 0

CALL_PLAYER: Final = MediaPlayerEntityDescription(key="call")


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: PilotStatusConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the player of a number."""
    async_add_entities([PilotStatusCallPlayer(entry.runtime_data, CALL_PLAYER)])


class PilotStatusCallPlayer(PilotStatusEntity, MediaPlayerEntity):
    """Plays into the one live call; turning it off hangs up.

    The API tells no end of playing: it counts as playing until the known length has passed.
    """

    _attr_supported_features = (
        MediaPlayerEntityFeature.BROWSE_MEDIA
        | MediaPlayerEntityFeature.MEDIA_ANNOUNCE
        | MediaPlayerEntityFeature.PLAY_MEDIA
        | MediaPlayerEntityFeature.TURN_OFF
    )
    _attr_media_content_type = MediaType.MUSIC

    _plays_until: datetime | None = None
    _cancel_end: CALLBACK_TYPE | None = None

    @property
    def state(self) -> MediaPlayerState:
        """Return what is known of the number and its calls."""
        if self.coordinator.connected is False:
            return MediaPlayerState.OFF
        if not self.coordinator.calls.live_calls:
            return MediaPlayerState.IDLE
        if self._plays_until is not None and self._plays_until > dt_util.utcnow():
            return MediaPlayerState.PLAYING
        return MediaPlayerState.ON

    async def async_added_to_hass(self) -> None:
        """Hear when a call is answered: what was queued plays from then on."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.async_add_change_listener(self._on_change))
        self.async_on_remove(self._forget_end)

    async def async_play_media(
        self,
        media_type: MediaType | str,  # noqa: ARG002 - Home Assistant's signature
        media_id: str,
        **kwargs: Any,  # noqa: ARG002
    ) -> None:
        """Play a URL, a media-source item or speech into the live call."""
        entry = self.coordinator.config_entry
        async with Attempt(self.hass, SERVICE_PLAY_AUDIO, entry=entry) as attempt:
            attempt.call_id = await control.find_live_call(self.coordinator, None)
            prepared = await async_prepare_all(attempt, self.coordinator, [media_id])
            await async_play_all(attempt, self.coordinator, attempt.call_id, prepared)
        await self._begin()

    async def async_turn_off(self) -> None:
        """Hang up the live call."""
        entry = self.coordinator.config_entry
        async with Attempt(self.hass, SERVICE_HANG_UP, entry=entry) as attempt:
            attempt.call_id = await control.find_live_call(self.coordinator, None)
            await control.hang_up(self.coordinator, attempt.call_id)

    async def async_browse_media(
        self,
        media_content_type: MediaType | str | None = None,  # noqa: ARG002
        media_content_id: str | None = None,
    ) -> BrowseMedia:
        """Return the audio that Home Assistant knows of."""
        return await media_source.async_browse_media(
            self.hass,
            media_content_id,
            content_filter=lambda item: item.media_content_type.startswith("audio/"),
        )

    @callback
    def _on_change(self, change: CallChange) -> None:
        if change.kind is CallEventKind.CONNECTED:
            self.coordinator.config_entry.async_create_background_task(
                self.hass, self._begin(), "pilotstatus playing"
            )

    async def _begin(self) -> None:
        """Count as playing until the length of the last play has passed."""
        playback = self.coordinator.last_playback
        if not playback or playback.item is None or playback.status is PlaybackStatus.FAILED:
            return
        call = self.coordinator.calls.find(playback.call_id)
        if call is None or not call.was_answered or call.is_over:
            return
        began = dt_util.utcnow()
        await playback.item.complete.wait()
        if (length := playback.item.length) is None:
            return
        self._plays_until = began + timedelta(seconds=length)
        self._forget_end()
        left = (self._plays_until - dt_util.utcnow()).total_seconds()
        self._cancel_end = async_call_later(self.hass, max(left, 0), self._end)
        self.async_write_ha_state()

    @callback
    def _end(self, _now: datetime) -> None:
        self._cancel_end = None
        self.async_write_ha_state()

    @callback
    def _forget_end(self) -> None:
        if self._cancel_end is not None:
            self._cancel_end()
            self._cancel_end = None
