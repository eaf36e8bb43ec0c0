"""The first automation of each README does what it promises; so do examples of other pages."""

from typing import Any, Final

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from simulator.client import Phone

from .audio import samples_of
from .common import ANA, BRUNO, newer_only, until_asked
from .documents import documents
from .engine import Engine

DOCUMENTS: Final = documents()


def automation(path: str, alias: str | None = None) -> dict[str, Any]:
    """Return the only automation in a document, or the one of a name."""
    found: list[dict[str, Any]] = [it for it in DOCUMENTS[path].blocks if "triggers" in it]
    (chosen,) = (it for it in found if alias in (None, it["alias"]))
    return chosen


async def start(hass: HomeAssistant, config: dict[str, Any]) -> None:
    """Set up an automation in a home in Brazil."""
    hass.config.country = "BR"
    assert await async_setup_component(hass, "automation", {"automation": config})
    await hass.async_block_till_done()


def get_wet(hass: HomeAssistant, config: dict[str, Any]) -> None:
    """Let the sensor of an automation find water."""
    (trigger,) = config["triggers"]
    hass.states.async_set(trigger["entity_id"], "off")
    hass.states.async_set(trigger["entity_id"], trigger["to"])


async def statuses_become(phone: Phone, *wanted: str) -> bool:
    """Wait until the calls, newest first, are in these states; return whether they are."""

    async def are() -> bool:
        return [call["status"] for call in await phone.calls()] == list(wanted)

    return await until_asked(are, seconds=30)


@pytest.mark.parametrize("name", ["README.md", "README.pt-BR.md"])
async def test_the_people_in_the_readme_are_called_until_someone_answers(
    hass_ready: HomeAssistant,
    peopled_entry: MockConfigEntry,
    spoken: Engine,
    phone: Phone,
    name: str,
) -> None:
    config = automation(name)
    await start(hass_ready, config)
    await phone.person(ANA, does="decline")
    await phone.person(BRUNO, does="answer", after=0.4)
    get_wet(hass_ready, config)
    assert await statuses_become(phone, "COMPLETED", "REJECTED")
    (heard, *_) = await phone.calls()
    assert await phone.heard_samples(heard["id"]) == samples_of(spoken.file)
    assert spoken.messages == [config["actions"][0]["data"]["message"]]


async def test_a_phone_number_in_the_example_is_called_after_the_contacts(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry, spoken: Engine, phone: Phone
) -> None:
    config = automation("docs/actions.md", "Water in the cellar")
    await start(hass_ready, config)
    for person in (ANA, BRUNO):
        await phone.person(person, does="decline")
    await phone.person("+5511977777777", does="answer", after=0.4)
    get_wet(hass_ready, config)
    assert await statuses_become(phone, "COMPLETED", "REJECTED", "REJECTED")
    (heard, *_) = await phone.calls()
    assert await phone.heard_samples(heard["id"]) == samples_of(spoken.file) * 2


@newer_only
async def test_the_person_in_the_example_is_answered_and_greeted(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry, spoken: Engine, phone: Phone
) -> None:
    await start(hass_ready, automation("docs/entities.md", "Answer and greet Ana"))
    await phone.ring(BRUNO)
    call_id = await phone.ring(ANA)
    assert await statuses_become(phone, "COMPLETED", "RINGING")
    assert await phone.heard_samples(call_id) == samples_of(spoken.file)
