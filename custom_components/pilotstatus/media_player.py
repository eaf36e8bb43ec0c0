"""A player for the live call, for everything that already plays through players."""

from contextlib import suppress
import re
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
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .api import CallNotFoundError
from .const import SERVICE_HANG_UP, SERVICE_PLAY_AUDIO
from .data import PilotStatusConfigEntry
from .entity import PilotStatusEntity
from .texts import async_common_text

PARALLEL_UPDATES = 0

CALL_AUDIO: Final = MediaPlayerEntityDescription(key="call_audio")

_SPEECH: Final = ("media-source://tts/", "/api/tts_proxy/")
_EXTENSION: Final = re.compile(r"\.\w{1,5}$")
_SEPARATORS: Final = re.compile(r"[\s_-]+")


async def async_setup_entry(
    _hass: HomeAssistant,
    entry: PilotStatusConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the player of a number."""
    async_add_entities([PilotStatusCallPlayer(entry, CALL_AUDIO)])


class PilotStatusCallPlayer(PilotStatusEntity, MediaPlayerEntity):
    """Plays into the one live call, off without one; turning it off hangs up."""

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
        """Return whether there is a call, and whether it hears something."""
        if not self.coordinator.calls.live_calls:
            return MediaPlayerState.OFF
        return MediaPlayerState.ON if self._player.playing is None else MediaPlayerState.PLAYING

    @property
    @override
    def media_title(self) -> str | None:
        """Return what a call hears now, in words."""
        playing = self._player.playing
        if playing is None or playing.media is None:
            return None
        if playing.media.startswith(_SPEECH):
            return async_common_text(self.hass, "spoken_message") or None
        return title_of(playing.media)

    @override
    async def async_play_media(
        self,
        media_type: MediaType | str,
        media_id: str,
        **kwargs: Any,
    ) -> None:
        """Play a URL, a media-source item or speech into the live call.

        An announcement is played the same way: right away, since nothing else would go on after it.
        """
        attempting = self._call_control.attempt(SERVICE_PLAY_AUDIO, context=self._context)
        async with attempting as attempt:
            await self._player.async_prepare_and_play([media_id], attempt)

    @override
    async def async_turn_off(self) -> None:
        """Hang up what is live.

        Never raises, since it is done to whole areas: what fails is reported all the same.
        """
        control, context = self._call_control, self._context
        for call in tuple(self.coordinator.calls.meant_calls):
            with suppress(HomeAssistantError):
                async with control.attempt(SERVICE_HANG_UP, call.id, context=context) as attempt:
                    # One that the server does not know is as good as over.
                    with suppress(CallNotFoundError):
                        await control.async_hang_up(attempt.call_id)

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


def title_of(media: str) -> str | None:
    """Return the name of a file in words, ``None`` if a URL or media-source id names none."""
    name = _EXTENSION.sub("", URL(media).name)
    return _SEPARATORS.sub(" ", name).strip() or None
