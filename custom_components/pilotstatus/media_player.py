"""A player for the live call, for everything that already plays through players."""

from typing import Any, Final, override

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
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import SERVICE_HANG_UP, SERVICE_PLAY_AUDIO
from .data import PilotStatusConfigEntry
from .entity import PilotStatusEntity

PARALLEL_UPDATES = 0

CALL_PLAYER: Final = MediaPlayerEntityDescription(key="call")


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: PilotStatusConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the player of a number."""
    async_add_entities([PilotStatusCallPlayer(entry, CALL_PLAYER)])


class PilotStatusCallPlayer(PilotStatusEntity, MediaPlayerEntity):
    """Plays into the one live call; turning it off hangs up."""

    _attr_supported_features = (
        MediaPlayerEntityFeature.BROWSE_MEDIA
        | MediaPlayerEntityFeature.MEDIA_ANNOUNCE
        | MediaPlayerEntityFeature.PLAY_MEDIA
        | MediaPlayerEntityFeature.TURN_OFF
    )
    _attr_media_content_type = MediaType.MUSIC

    def __init__(
        self, entry: PilotStatusConfigEntry, description: MediaPlayerEntityDescription
    ) -> None:
        """Play into the calls of a number."""
        super().__init__(entry, description)
        self._call_control = entry.runtime_data.call_control
        self._player = entry.runtime_data.player

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to playbacks."""
        await super().async_added_to_hass()
        self.async_on_remove(self._player.async_add_listener(self._async_show, only_timed=True))

    @override
    def _reading(self) -> Any:
        return self.state, self.media_title

    @property
    @override
    def state(self) -> MediaPlayerState:
        """Return the state of the number, of its calls and of what they hear."""
        if self.coordinator.connected is False:
            return MediaPlayerState.OFF
        if not self.coordinator.calls.live_calls:
            return MediaPlayerState.IDLE
        return MediaPlayerState.ON if self._player.playing is None else MediaPlayerState.PLAYING

    @property
    @override
    def media_title(self) -> str | None:
        """Return the name of what a call hears now."""
        playing = self._player.playing
        return None if playing is None else URL(playing.media or "").name or None

    @override
    async def async_play_media(
        self,
        media_type: MediaType | str,
        media_id: str,
        **kwargs: Any,
    ) -> None:
        """Play a URL, a media-source item or speech into the live call."""
        async with self._call_control.attempt(SERVICE_PLAY_AUDIO) as attempt:
            await self._player.async_prepare_and_play([media_id], attempt)

    @override
    async def async_turn_off(self) -> None:
        """Hang up the live call."""
        async with self._call_control.attempt(SERVICE_HANG_UP) as attempt:
            await self._call_control.async_hang_up(attempt.call_id)

    @override
    async def async_browse_media(
        self,
        media_content_type: MediaType | str | None = None,
        media_content_id: str | None = None,
    ) -> BrowseMedia:
        """Return the audio in Home Assistant's media sources."""
        return await media_source.async_browse_media(
            self.hass,
            media_content_id,
            content_filter=lambda item: item.media_content_type.startswith("audio/"),
        )
