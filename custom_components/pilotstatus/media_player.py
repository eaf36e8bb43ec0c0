"""A player for the live call, for all that already speaks to players."""

import asyncio
from typing import Any, Final

from yarl import URL

from homeassistant.components import media_source
from homeassistant.components.media_player import (
    BrowseMedia,
    MediaPlayerEntity,
    MediaPlayerEntityDescription,
    MediaPlayerEntityFeature,
    MediaPlayerState,
    MediaType,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import call_control as control
from .const import DOMAIN, SERVICE_HANG_UP, SERVICE_PLAY_AUDIO
from .coordinator import PilotStatusConfigEntry
from .entity import PilotStatusEntity
from .failures import Attempt
from .media.store import StoredMedia
from .playback_state import Playback
from .player import async_play, prepared_media

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

    _begun: Playback | None = None
    _sounding: asyncio.Task[None] | None = None

    @property
    def state(self) -> MediaPlayerState:
        """Return what is known of the number and its calls."""
        if self.coordinator.connected is False:
            return MediaPlayerState.OFF
        if not self.coordinator.calls.live_calls:
            return MediaPlayerState.IDLE
        return MediaPlayerState.ON if self._sounding is None else MediaPlayerState.PLAYING

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
            async with prepared_media(attempt, self.coordinator, [media_id]) as media:
                await async_play(attempt, self.coordinator, attempt.call_id, media)

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
    def _handle_coordinator_update(self) -> None:
        """Follow the last play from the moment it can sound, to its end or its failure."""
        last, begun = self.coordinator.last_playback, self._begun
        if last is not None and last is not begun and (item := self._item_in_call(last)):
            self._begin(last, item)
        elif last is not None and begun is not None:
            # What failed after it was accepted is a newer report on the same sound.
            newest = last if last.item is begun.item else begun
            if self._item_in_call(newest) is None:
                self._stop()
        super()._handle_coordinator_update()

    def _item_in_call(self, playback: Playback) -> StoredMedia | None:
        """Return what a call hears that was answered and goes on, as far as it is kept here."""
        call = self.coordinator.calls.find(playback.call_id)
        is_in_call = call is not None and call.was_answered and not call.is_over
        return playback.item if is_in_call and playback.error is None else None

    @callback
    def _begin(self, playback: Playback, item: StoredMedia) -> None:
        self._stop()
        self._begun = playback
        self._attr_media_title = URL(playback.media_url or "").name or None
        self._sounding = self.coordinator.config_entry.async_create_background_task(
            self.hass, self._sound(item), f"{DOMAIN} player"
        )

    @callback
    def _stop(self) -> None:
        if self._sounding is not None:
            self._sounding.cancel()
            self._end()

    @callback
    def _end(self) -> None:
        self._sounding = None
        self._attr_media_title = None

    async def _sound(self, item: StoredMedia) -> None:
        """Count as playing until the length of a sound has passed."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        await item.complete.wait()
        await asyncio.sleep(max(began + (item.length or 0) - loop.time(), 0))
        self._end()
        self.async_write_ha_state()
