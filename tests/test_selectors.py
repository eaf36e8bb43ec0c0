"""The selectors in the descriptions of the actions."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.const import ACTIONS
from custom_components.pilotstatus.selectors import is_known
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import EntitySelector, MediaSelector
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


async def test_contacts_can_be_put_in_order_if_home_assistant_supports_that(
    hass_ready: HomeAssistant, entry: MockConfigEntry
) -> None:
    descriptions = (await async_get_all_descriptions(hass_ready))["pilotstatus"]
    assert descriptions["announce"]["name"] == "Announce"
    selector = descriptions["announce"]["fields"]["contacts"]["selector"]["entity"]
    is_new = "reorder" in str(EntitySelector.CONFIG_SCHEMA)
    assert selector.get("reorder", False) is is_new
    assert selector["multiple"] is True
    (only,) = selector["filter"] if isinstance(selector["filter"], list) else [selector["filter"]]
    assert {key: [value] if isinstance(value, str) else value for key, value in only.items()} == {
        "integration": ["pilotstatus"],
        "domain": ["notify"],
    }
    # One contact has no order.
    assert "reorder" not in str(descriptions["place_call"]["fields"]["contact"])


async def test_which_number_is_meant_can_be_chosen_as_the_target_of_every_action(
    hass_ready: HomeAssistant, entry: MockConfigEntry
) -> None:
    descriptions = (await async_get_all_descriptions(hass_ready))["pilotstatus"]
    assert descriptions.keys() == set(ACTIONS)
    for description in descriptions.values():
        (entity,) = description["target"]["entity"]
        assert entity["integration"] == "pilotstatus"


@pytest.mark.parametrize(
    ("selector", "known"),
    [
        ({"media": {}}, True),
        ({"media": {"no_such_option": True}}, False),
        ({"no_such_selector": {}}, False),
    ],
)
def test_a_selector_is_known_or_not(selector: dict[str, Any], *, known: bool) -> None:
    assert is_known(selector) is known
