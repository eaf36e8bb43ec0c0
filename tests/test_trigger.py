"""Which triggers Home Assistant is offered, and how its editor shows them."""

from importlib.util import module_from_spec, spec_from_file_location
import sys
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
import voluptuous as vol

from custom_components.pilotstatus.trigger import async_validate_trigger_config
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, translation
from homeassistant.setup import async_setup_component

from .common import EVENT, OFFERS_TRIGGERS, newer_only
from .test_repository import COMPONENT

TRIGGERS = {
    f"pilotstatus.call_{kind}"
    for kind in ("ringing", "dialing", "connected", "ended", "missed", "declined", "unanswered")
}
PACKAGE = "custom_components.pilotstatus"


def import_door(name: str) -> Any:
    """Return a module of the component, imported once more."""
    spec = spec_from_file_location(f"{PACKAGE}.{name}", COMPONENT / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def offered(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, question: str
) -> dict[str, dict[str, Any]]:
    """Return the descriptions that the editor of automations subscribes to."""
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": question})
    assert (await client.receive_json())["success"]
    descriptions: dict[str, dict[str, Any]] = (await client.receive_json())["event"]
    return {key: it for key, it in descriptions.items() if key.startswith("pilotstatus.")}


async def offered_for_device(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, question: str, entity_id: str
) -> set[str]:
    """Return what of ours the editor offers for the device of an entity."""
    registered = er.async_get(hass).async_get(entity_id)
    assert registered is not None
    client = await hass_ws_client(hass)
    target = {"device_id": [registered.device_id]}
    await client.send_json_auto_id({"type": question, "target": target})
    answer = await client.receive_json()
    return {key for key in answer["result"] if key.startswith("pilotstatus.")}


@newer_only
async def test_the_editor_is_offered_the_triggers_and_shows_their_fields(
    hass_ready: HomeAssistant, entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    assert await async_setup_component(hass_ready, "automation", {})
    descriptions = await offered(hass_ready, hass_ws_client, "trigger_platforms/subscribe")
    assert descriptions.keys() == TRIGGERS
    for description in descriptions.values():
        assert description["target"]["entity"] == [
            {"integration": "pilotstatus", "domain": ["event"]}
        ]
        assert description["fields"].keys() == {"contact", "caller"}


@newer_only
async def test_the_editor_offers_them_for_the_device_of_a_number(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    assert await async_setup_component(hass_ready, "automation", {})
    question = "get_triggers_for_target"
    assert await offered_for_device(hass_ready, hass_ws_client, question, EVENT) == TRIGGERS
    assert await offered_for_device(hass_ready, hass_ws_client, question, "notify.ana") == set()


async def test_none_are_offered_where_something_that_they_need_is_missing(
    hass_ready: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, f"{PACKAGE}.call_trigger", None)
    assert await import_door("trigger").async_get_triggers(hass_ready) == {}


older_only = pytest.mark.skipif(OFFERS_TRIGGERS, reason="this version has our triggers")


NEWER = {f"{PACKAGE}.{name}" for name in ("call_trigger", "condition", "line_condition")}


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what other tests have imported of what is for newer versions."""
    for name in NEWER:
        monkeypatch.delitem(sys.modules, name, raising=False)


@older_only
async def test_older_versions_import_nothing_that_they_cannot(
    hass_ready: HomeAssistant, forgotten: None, entry: MockConfigEntry
) -> None:
    assert await async_setup_component(hass_ready, "automation", {})
    await hass_ready.async_block_till_done()
    assert NEWER & sys.modules.keys() == set()


@older_only
async def test_older_versions_refuse_them_in_words_and_set_up_the_other_automations(
    hass_ready: HomeAssistant, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    target = {"target": {"entity_id": EVENT}}
    newer = {"trigger": "pilotstatus.call_ringing", **target}
    known = {"trigger": "event", "event_type": "known"}
    condition = {"condition": "pilotstatus.line_is_idle", **target}
    automations = [
        {"alias": "First", "triggers": newer, "actions": []},
        {"alias": "Second", "triggers": known, "conditions": condition, "actions": []},
        {"alias": "Third", "triggers": known, "actions": []},
    ]
    assert await async_setup_component(hass_ready, "automation", {"automation": automations})
    await hass_ready.async_block_till_done()
    shown = {it.name: it.state for it in hass_ready.states.async_all("automation")}
    assert shown == {"First": "unavailable", "Second": "unavailable", "Third": "on"}
    assert "needs Home Assistant 2026.7 or newer" in caplog.text


async def test_a_trigger_without_a_name_is_refused_in_words(
    hass_ready: HomeAssistant, entry: MockConfigEntry
) -> None:
    translation.async_setup(hass_ready)
    await hass_ready.async_block_till_done()
    with pytest.raises(vol.Invalid, match=r"needs Home Assistant 2026\.7 or newer"):
        await async_validate_trigger_config(hass_ready, {"platform": "pilotstatus"})
