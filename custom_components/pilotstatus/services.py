"""The actions: their schemas, which number is meant, and the data they answer with."""

from typing import Final

import voluptuous as vol

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers import config_validation as cv

from .const import (
    ATTR_CALL_ID,
    ATTR_CONFIG_ENTRY_ID,
    ATTR_MEDIA_URL,
    DOMAIN,
    SERVICE_PLAY_AUDIO,
)
from .coordinator import PilotStatusConfigEntry, is_queued
from .failures import Attempt
from .refusal import Refusal

_PLAY_AUDIO_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
        vol.Required(ATTR_CALL_ID): cv.string,
        vol.Required(ATTR_MEDIA_URL): cv.string,
    }
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions; which number is meant is found out when one is called."""
    hass.services.async_register(
        DOMAIN,
        SERVICE_PLAY_AUDIO,
        _play_audio,
        _PLAY_AUDIO_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )


async def _play_audio(call: ServiceCall) -> ServiceResponse:
    """Play the audio at a URL into a call."""
    call_id = call.data[ATTR_CALL_ID].strip()
    media_url = call.data[ATTR_MEDIA_URL]
    attempt = Attempt(call.hass, SERVICE_PLAY_AUDIO, call_id=call_id, media_url=media_url)
    async with attempt:
        attempt.entry = _find_entry(call, call_id)
        coordinator = _loaded(attempt.entry).runtime_data
        result = await coordinator.play(_checked_call_id(call_id), media_url)
    return {
        "success": True,
        "call_id": result.call_id,
        "status": result.status and result.status.lower(),
        "queued": is_queued(result),
    }


def _find_entry(call: ServiceCall, call_id: str) -> PilotStatusConfigEntry:
    """Return the number that is meant: the named one, the only one, or the call's.

    Raises Refusal where that is none or more than one.
    """
    entries: list[PilotStatusConfigEntry] = call.hass.config_entries.async_entries(
        DOMAIN, include_ignore=False, include_disabled=False
    )
    if not entries:
        raise Refusal("no_number")
    if (entry_id := call.data.get(ATTR_CONFIG_ENTRY_ID)) is not None:
        entries = [entry for entry in entries if entry.entry_id == entry_id]
        if not entries:
            raise Refusal("unknown_number", config_entry_id=entry_id)
    if len(entries) == 1:
        return entries[0]
    knowing = [
        entry
        for entry in entries
        if entry.state is ConfigEntryState.LOADED and entry.runtime_data.calls.find(call_id)
    ]
    if len(knowing) != 1:
        raise Refusal("which_number", numbers=", ".join(entry.title for entry in entries))
    return knowing[0]


def _loaded(entry: PilotStatusConfigEntry) -> PilotStatusConfigEntry:
    if entry.state is not ConfigEntryState.LOADED:
        raise Refusal("number_not_ready", number=entry.title)
    return entry


def _checked_call_id(call_id: str) -> str:
    """Return the id; ids are opaque, but these can be none."""
    if call_id in {"", ".", ".."}:
        raise Refusal("call_id_invalid")
    return call_id
