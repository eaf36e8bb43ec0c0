"""What a user may attach to an issue."""

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.diagnostics import async_get_config_entry_diagnostics
from homeassistant.core import HomeAssistant

from .common import play, poll
from .phone import DEMO_KEY, Phone


async def test_diagnostics_hold_the_state_and_no_secret(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    """The calls are there; the key, phone numbers and audio are not."""
    call_id = await phone.ring()
    await play(hass_ready, call_id, "http://127.0.0.1:1/private_name.mp3")
    await poll(entry)
    found = await async_get_config_entry_diagnostics(hass_ready, entry)
    assert found["calls"][0]["id"] == call_id
    assert found["calls"][0]["status"] == "RINGING"
    assert found["last_playback"]["status"] == "queued"
    for secret in (DEMO_KEY, "5511987654321", "private_name"):
        assert secret not in str(found)
