"""The action play_audio, called as an automation does."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.const import DOMAIN
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component

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


async def test_play_from_an_automation_with_a_template(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    """An automation finds the call in the sensor, and asks for no response."""
    call_id = await phone.ring()
    await entry.runtime_data.async_refresh()
    sensor = "sensor.casa_0001_last_call_status"
    action = {
        "action": "pilotstatus.play_audio",
        "data": {"call_id": f"{{{{ state_attr('{sensor}', 'call_id') }}}}", "media_url": MEDIA},
    }
    automation = {"triggers": {"trigger": "event", "event_type": "go"}, "actions": [action]}
    assert await async_setup_component(hass_ready, "automation", {"automation": automation})
    hass_ready.bus.async_fire("go")
    await hass_ready.async_block_till_done()
    assert len((await phone.call(call_id))["plays"]) == 1


@pytest.mark.parametrize(
    ("call_id", "media_url", "key"),
    [
        ("call_1", "greeting.mp3", "media_url_invalid"),
        ("call_1", "http://u:p@127.0.0.1/a.mp3", "media_url_credentials"),
        ("call_1", "https://a.b/c.ogg", "media_url_format"),
        ("", MEDIA, "call_id_invalid"),
        (" .. ", MEDIA, "call_id_invalid"),
    ],
)
async def test_what_the_caller_got_wrong_is_not_sent(
    hass_ready: HomeAssistant,
    entry: MockConfigEntry,
    phone: Phone,
    call_id: str,
    media_url: str,
    key: str,
) -> None:
    """The error comes before the request."""
    with pytest.raises(ServiceValidationError) as caught:
        await play(hass_ready, call_id, media_url)
    assert caught.value.translation_key == key
    assert await phone.requests("calls.play") == []


async def test_no_number_is_set_up(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    """The action stays, and says what is missing."""
    await hass_ready.config_entries.async_remove(entry.entry_id)
    with pytest.raises(ServiceValidationError, match="No number is set up"):
        await play(hass_ready, "call_1")


async def test_a_number_that_is_not_ready(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    """A number that is unloaded is named."""
    await hass_ready.config_entries.async_unload(entry.entry_id)
    with pytest.raises(ServiceValidationError, match=r"The number Casa \(…0001\) is not ready"):
        await play(hass_ready, "call_1")
    await hass_ready.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    with pytest.raises(ServiceValidationError, match="No number is set up"):
        await play(hass_ready, "call_1")


async def test_the_number_that_knows_the_call_is_meant(
    hass_ready: HomeAssistant,
    entry: MockConfigEntry,
    second_entry: MockConfigEntry,
    phone: Phone,
) -> None:
    """With two numbers the call tells; else the choices are named."""
    call_id = await phone.ring(number="num_second")
    with pytest.raises(ServiceValidationError, match=r"Casa \(…0001\), Loja \(…0002\)"):
        await play(hass_ready, call_id)
    await play(hass_ready, call_id, config_entry_id=second_entry.entry_id)
    await hass_ready.async_block_till_done()
    assert hass_ready.states.get("sensor.loja_0002_last_call_status").state == "ringing"
    await play(hass_ready, call_id)
    assert len((await phone.call(call_id))["plays"]) == 2
    with pytest.raises(ServiceValidationError, match="no number with the config entry id"):
        await play(hass_ready, call_id, config_entry_id="nothing")
