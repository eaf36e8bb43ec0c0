"""The action play_audio, called as an automation does."""

from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.const import DOMAIN
from homeassistant.core import HomeAssistant

from .phone import Phone

MEDIA = "http://127.0.0.1:1/greeting.mp3"


async def play(hass: HomeAssistant, call_id: str, media_url: str = MEDIA, **data: Any) -> Any:
    """Call the action and wait for its answer."""
    return await hass.services.async_call(
        DOMAIN,
        "play_audio",
        {"call_id": call_id, "media_url": media_url, **data},
        blocking=True,
        return_response=True,
    )


async def test_play_into_a_ringing_call_is_queued(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    """The answer says that the audio waits."""
    call_id = await phone.ring()
    answer = await play(hass_ready, call_id)
    assert answer == {"success": True, "call_id": call_id, "status": "ringing", "queued": True}
    assert [play["mediaUrl"] for play in (await phone.call(call_id))["plays"]] == [MEDIA]
    assert hass_ready.states.get("sensor.casa_0001_last_playback").state == "queued"
