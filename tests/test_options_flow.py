"""The options of a number."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import InvalidData

from .engine import Engine


async def open_form(hass: HomeAssistant, entry: MockConfigEntry) -> Any:
    """Open the form of the options."""
    form = await hass.config_entries.options.async_init(entry.entry_id)
    assert form["step_id"] == "init"
    return form


async def store(hass: HomeAssistant, entry: MockConfigEntry, options: dict[str, Any]) -> None:
    """Store what is chosen in a new form."""
    form = await open_form(hass, entry)
    await hass.config_entries.options.async_configure(form["flow_id"], options)
    await hass.async_block_till_done()


async def test_notifications_are_on_and_can_be_turned_off(
    hass_ready: HomeAssistant, entry: MockConfigEntry
) -> None:
    form = await open_form(hass_ready, entry)
    assert form["data_schema"]({}) == {"notify_on_error": True}
    await store(hass_ready, entry, {"notify_on_error": False})
    assert entry.options == {"notify_on_error": False}


async def test_the_voice_of_messages_is_chosen_shown_and_cleared(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, engine: Engine
) -> None:
    chosen = {
        "notify_on_error": True,
        "tts_engine": "tts.test_engine",
        "tts_language": "pt-BR",
        "webhook_secret": "whsec_x",
    }
    before = media_entry.runtime_data
    await store(hass_ready, media_entry, chosen)
    assert media_entry.options == chosen
    assert media_entry.runtime_data is before
    form = await open_form(hass_ready, media_entry)
    fields = form["data_schema"].schema
    assert {str(it): it.description["suggested_value"] for it in fields} == chosen
    await store(hass_ready, media_entry, {"notify_on_error": True})
    assert media_entry.options == {"notify_on_error": True}


@pytest.mark.parametrize(
    "options",
    [{"tts_language": "xx"}, {"tts_engine": "media_player.tv"}, {"tts_engine": "not an entity"}],
)
async def test_what_cannot_speak_is_refused(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    engine: Engine,
    options: dict[str, str],
) -> None:
    with pytest.raises(InvalidData):
        await store(hass_ready, media_entry, {"notify_on_error": True, **options})
    assert media_entry.options == {}


async def test_a_language_can_be_kept_while_no_engine_speaks_it(
    hass_ready: HomeAssistant, entry: MockConfigEntry
) -> None:
    options = {"notify_on_error": True, "tts_language": "pt-BR"}
    hass_ready.config_entries.async_update_entry(entry, options=options)
    await store(hass_ready, entry, options | {"notify_on_error": False})
    assert entry.options == {"notify_on_error": False, "tts_language": "pt-BR"}
