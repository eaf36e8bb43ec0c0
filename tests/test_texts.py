"""Texts in the language of Home Assistant."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.api import ServerFaultError
from custom_components.pilotstatus.errors import ActionRefusedError
from custom_components.pilotstatus.texts import async_common_text, async_error_text
from homeassistant.core import HomeAssistant
from homeassistant.helpers import translation


async def test_texts_are_in_the_language_that_was_chosen_as_soon_as_it_is_loaded(
    hass_ready: HomeAssistant, entry: MockConfigEntry
) -> None:
    # As Home Assistant does when it starts.
    translation.async_setup(hass_ready)
    assert async_common_text(hass_ready, "spoken_message") == "Spoken message"
    await hass_ready.config.async_update(language="pt-BR")
    await hass_ready.async_block_till_done()
    assert async_common_text(hass_ready, "spoken_message") == "Mensagem falada"
    assert async_common_text(hass_ready, "no_such_text") == ""


@pytest.mark.parametrize("language", ["de", "xx"])
async def test_texts_are_english_in_a_language_that_has_none(
    hass_ready: HomeAssistant, entry: MockConfigEntry, language: str
) -> None:
    translation.async_setup(hass_ready)
    await hass_ready.config.async_update(language=language)
    await hass_ready.async_block_till_done()
    assert async_common_text(hass_ready, "call_ringing") == "{name} is calling"


async def test_an_error_is_said_in_the_language_of_home_assistant(
    hass_ready: HomeAssistant, entry: MockConfigEntry
) -> None:
    hass_ready.config.language = "pt-BR"
    err = ServerFaultError(status=503)
    said = await async_error_text(hass_ready, err)
    assert said.startswith("O Pilot Status")
    assert said.endswith("(HTTP 503). Tente de novo mais tarde.")
    refused = ActionRefusedError("not_answered", person="Ana")
    assert await async_error_text(hass_ready, refused) == "Ana não atendeu a chamada."
