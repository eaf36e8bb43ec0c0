"""The options of a number."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.playback import Timings
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import InvalidData
from simulator.client import Phone

from .common import ANA, number, until_asked
from .engine import Engine


async def choose(hass: HomeAssistant, entry: MockConfigEntry, step: str) -> Any:
    """Open the menu of the options, and choose a step; return its form."""
    menu = await hass.config_entries.options.async_init(entry.entry_id)
    assert (menu["type"], menu["menu_options"]) == ("menu", ["settings", "check"])
    return await hass.config_entries.options.async_configure(
        menu["flow_id"], {"next_step_id": step}
    )


async def open_form(hass: HomeAssistant, entry: MockConfigEntry) -> Any:
    """Open the form of the options."""
    form = await choose(hass, entry, "settings")
    assert form["step_id"] == "settings"
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


async def submit(hass: HomeAssistant, form: Any, data: dict[str, Any]) -> Any:
    """Submit a form; return what is shown next, once nothing goes on any more."""
    flow = hass.config_entries.options
    shown = await flow.async_configure(form["flow_id"], data)
    if shown["type"] != "progress":
        return shown
    assert shown["progress_action"] == "checking"

    async def reported() -> Any:
        now = await flow.async_configure(form["flow_id"])
        return now if now["type"] == "form" else None

    return await until_asked(reported)


async def test_a_check_shows_what_holds_and_leaves_the_options_as_they_are(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry, spoken: Engine, phone: Phone
) -> None:
    options = {"notify_on_error": False}
    hass_ready.config_entries.async_update_entry(peopled_entry, options=options)
    form = await choose(hass_ready, peopled_entry, "check")
    report = await submit(hass_ready, form, {})
    assert report["step_id"] == "report"
    lines = report["description_placeholders"]["report"].split("\n\n")
    assert lines[0] == "✅ **API key**: The key works."
    assert [line[0] for line in lines] == ["✅", "✅", "✅", "✅", "❔", "❔", "✅", "✅"]
    assert lines[-1] == "✅ **Speech**: Messages are spoken by Test engine."
    assert await phone.calls() == []
    done = await submit(hass_ready, report, {})
    assert done["type"] == "create_entry"
    assert peopled_entry.options == options


async def test_words_of_the_server_are_shown_as_they_are(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry, phone: Phone
) -> None:
    await phone.fault("webhooks.list", status=403, error="*No* [way](here)")
    report = await submit(hass_ready, await choose(hass_ready, peopled_entry, "check"), {})
    assert r"“\*No\* \[way\]\(here\)”" in report["description_placeholders"]["report"]


@pytest.mark.parametrize("person", ["Ana", " ana ", ANA, ANA.removeprefix("+55")])
async def test_a_check_calls_who_is_chosen_by_name_or_number(
    hass_ready: HomeAssistant,
    peopled_entry: MockConfigEntry,
    spoken: Engine,
    phone: Phone,
    person: str,
) -> None:
    hass_ready.config.country = "BR"
    number(peopled_entry).player.timings = Timings(tail=0.5)
    await phone.person(ANA, does="answer")
    form = await choose(hass_ready, peopled_entry, "check")
    report = await submit(hass_ready, form, {"person": person})
    last = report["description_placeholders"]["report"].split("\n\n")[-1]
    assert last.startswith("✅ **Test call**: Ana answered and heard")
    (call,) = await phone.calls()
    assert call["status"] == "COMPLETED"


async def test_who_is_no_contact_and_no_number_is_refused_on_the_form(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry, phone: Phone
) -> None:
    form = await choose(hass_ready, peopled_entry, "check")
    shown = await submit(hass_ready, form, {"person": "Zoe"})
    assert (shown["step_id"], shown["errors"]) == ("check", {"person": "phone_invalid"})
    (field,) = shown["data_schema"].schema
    assert field.description == {"suggested_value": "Zoe"}
    assert await phone.requests("calls.start") == []


async def test_a_number_that_is_not_ready_cannot_be_checked(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry
) -> None:
    await hass_ready.config_entries.async_unload(peopled_entry.entry_id)
    shown = await choose(hass_ready, peopled_entry, "check")
    assert (shown["type"], shown["reason"]) == ("abort", "number_not_ready")


async def test_closing_the_form_ends_the_call_of_the_check(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry, spoken: Engine, phone: Phone
) -> None:
    await phone.person(ANA, does="ignore")
    form = await choose(hass_ready, peopled_entry, "check")
    flow = hass_ready.config_entries.options
    await flow.async_configure(form["flow_id"], {"person": "Ana"})
    assert await until_asked(phone.live)
    flow.async_abort(form["flow_id"])

    async def is_over() -> bool:
        return not await phone.live()

    assert await until_asked(is_over)
