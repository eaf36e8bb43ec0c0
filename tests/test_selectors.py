"""The media selector in the descriptions of the actions."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import MediaSelector
from homeassistant.helpers.service import async_get_all_descriptions


async def test_the_media_selector_accepts_audio_and_lists_if_home_assistant_supports_both(
    hass_ready: HomeAssistant, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    descriptions = (await async_get_all_descriptions(hass_ready))["pilotstatus"]
    assert all(description["fields"] for description in descriptions.values())
    assert "services.yaml" not in caplog.text
    # Versions that know lists do not ask for a player either.
    is_new = "multiple" in str(MediaSelector.CONFIG_SCHEMA)
    wanted = {"accept": ["audio/*"], "multiple": True} if is_new else {}
    for action, name in (("play_audio", "Play audio"), ("place_call", "Place call")):
        description = descriptions[action]
        assert description["name"] == name
        assert (description["fields"]["media"]["selector"]["media"] or {}) == wanted
        assert description["response"] == {"optional": True}
