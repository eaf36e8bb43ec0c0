"""Automations that our triggers start, in versions of Home Assistant that have them."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service
import voluptuous as vol

from custom_components.pilotstatus.const import EVENT_CALL
from homeassistant.components.automation.config import async_validate_config_item
from homeassistant.core import Event, HomeAssistant, ServiceCall, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    label_registry as lr,
    translation,
    trigger,
)
from homeassistant.setup import async_setup_component
from simulator.client import Phone
from simulator.transitions import Status

from .common import (
    ANA,
    BRUNO,
    CARLA,
    EVENT,
    LINE,
    act,
    make_entry,
    newer_only,
    poll,
    rename_contact,
    set_up,
)

pytestmark = newer_only

KINDS = ("ringing", "dialing", "connected", "ended", "missed", "declined", "unanswered")
#: Ana's number as WhatsApp may have it.
ANA_OLD = "+551191110001"
DATA = ("entity_id", "event_type", "call_id", "direction", "peer_number", "contact", "status")


@pytest.fixture
async def casa(hass_ready: HomeAssistant, phone: Phone) -> MockConfigEntry:
    """Return the demo number in Brazil with the contacts Ana and Bruno, which polls."""
    await phone.fault("webhooks.list", status=403, times=1000)
    hass_ready.config.country = "BR"
    return await set_up(hass_ready, make_entry(phone, contacts={"Ana": ANA, "Bruno": BRUNO}))


def on(kind: str, *, target: Any = None, **options: Any) -> dict[str, Any]:
    """Return the trigger on one thing that happens to calls, as YAML has it."""
    return {
        "trigger": f"pilotstatus.call_{kind}",
        "target": target or {"entity_id": EVENT},
        **({"options": options} if options else {}),
    }


async def automate(hass: HomeAssistant, *triggers: dict[str, Any]) -> list[ServiceCall]:
    """Set up an automation; return a list to which each of its runs is added."""
    runs: list[ServiceCall] = async_mock_service(hass, "test", "run")
    names = (*DATA, "platform", "duration", "description")
    data = {name: f"{{{{ trigger.{name} }}}}" for name in names}
    config = {
        "alias": "Test",
        "mode": "queued",
        "triggers": list(triggers),
        "actions": {"action": "test.run", "data": data},
    }
    assert await async_setup_component(hass, "automation", {"automation": config})
    await hass.async_block_till_done()
    return runs


async def call_from(
    hass: HomeAssistant, phone: Phone, entry: MockConfigEntry, *peers: str | None
) -> list[str]:
    """Let people call a number, one after the other; return the ids of the calls."""
    call_ids = []
    for peer in peers:
        call_ids.append(await phone.ring(peer))
        await poll(entry)
        await phone.act(call_ids[-1], "hang_up")
    await poll(entry)
    await hass.async_block_till_done()
    return call_ids


def calls_of(runs: list[ServiceCall]) -> list[str]:
    """Return the ids of the calls that started an automation."""
    return [run.data["call_id"] for run in runs]


@pytest.mark.parametrize(
    ("begins", "steps", "told"),
    [
        ("ring", ["hang_up"], ["ringing", "missed"]),
        ("ring", ["pilotstatus.reject_call"], ["ringing", "declined"]),
        ("dial", ["answer", "hang_up"], ["dialing", "connected", "ended"]),
        ("dial", ["pilotstatus.hang_up"], ["dialing", "unanswered"]),
    ],
)
async def test_each_change_starts_its_own_trigger_once_and_no_other(
    hass_ready: HomeAssistant,
    polled_entry: MockConfigEntry,
    phone: Phone,
    begins: str,
    steps: list[str],
    told: list[str],
) -> None:
    runs = await automate(hass_ready, *map(on, KINDS))
    call_id = await (phone.ring() if begins == "ring" else phone.dial())
    await phone.newest(Status.RINGING)
    await poll(polled_entry)
    for step in steps:
        domain, _, action = step.rpartition(".")
        await (act(hass_ready, action, call_id=call_id) if domain else phone.act(call_id, action))
        await poll(polled_entry)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    await poll(polled_entry)
    await hass_ready.async_block_till_done()
    assert [it.data["platform"] for it in runs] == [f"pilotstatus.call_{it}" for it in told]
    assert set(calls_of(runs)) == {call_id}


async def test_the_automation_knows_the_call_and_the_sentence_for_it(
    hass_ready: HomeAssistant, casa: MockConfigEntry, phone: Phone
) -> None:
    translation.async_setup(hass_ready)
    fired: list[Event] = []

    @callback
    def keep(event: Event) -> None:
        fired.append(event)

    hass_ready.bus.async_listen(EVENT_CALL, keep)
    runs = await automate(hass_ready, on("ringing"), on("ended"))
    call_id = await phone.ring(ANA)
    await poll(casa)
    await act(hass_ready, "answer_call")
    await act(hass_ready, "hang_up")
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    await poll(casa)
    await hass_ready.async_block_till_done()
    ringing, ended = runs
    assert {name: ringing.data[name] for name in DATA} == {
        "entity_id": EVENT,
        "event_type": "ringing",
        "call_id": call_id,
        "direction": "inbound",
        "peer_number": int(ANA),
        "contact": "Ana",
        "status": "ringing",
    }
    assert ringing.data["description"] == "Ana is calling"
    assert (ended.data["duration"], ended.data["status"]) == (0, "completed")
    assert ended.data["description"] == "Call with Ana ended after 0 s"
    # Whoever looks into the activity finds what led to it.
    assert ringing.context.parent_id == fired[0].context.id


async def test_only_calls_with_the_chosen_contacts_start_it(
    hass_ready: HomeAssistant, casa: MockConfigEntry, phone: Phone
) -> None:
    runs = await automate(hass_ready, on("ringing", contact="notify.ana"))
    calls = await call_from(hass_ready, phone, casa, BRUNO, ANA, ANA_OLD, CARLA, None)
    assert calls_of(runs) == calls[1:3]


@pytest.mark.parametrize(
    "caller",
    [
        CARLA,
        "(11) 99111-0003",
        "0055 11 99111 0003",
        "11 9111-0003",
        5511991110003,
        11991110003,
        ["+1 212 555 0123", "11991110003"],
    ],
)
async def test_only_calls_with_the_chosen_phone_numbers_start_it(
    hass_ready: HomeAssistant, casa: MockConfigEntry, phone: Phone, caller: Any
) -> None:
    runs = await automate(hass_ready, on("missed", caller=caller))
    calls = await call_from(hass_ready, phone, casa, ANA, CARLA, "+551191110003", None)
    assert calls_of(runs) == calls[1:3]


async def test_calls_with_any_of_the_contacts_or_phone_numbers_start_it(
    hass_ready: HomeAssistant, casa: MockConfigEntry, phone: Phone
) -> None:
    chosen = {"contact": ["notify.ana", "notify.bruno"], "caller": [CARLA]}
    runs = await automate(hass_ready, on("ringing", **chosen))
    calls = await call_from(hass_ready, phone, casa, ANA, "+5511977777777", CARLA, BRUNO)
    assert calls_of(runs) == [calls[0], *calls[2:]]


async def test_empty_lists_choose_anybody(
    hass_ready: HomeAssistant, casa: MockConfigEntry, phone: Phone
) -> None:
    runs = await automate(hass_ready, on("ringing", contact=[], caller=[]))
    assert calls_of(runs) == []
    assert await call_from(hass_ready, phone, casa, ANA, None) == calls_of(runs)


async def test_contacts_are_those_at_the_time_of_the_call(
    hass_ready: HomeAssistant, casa: MockConfigEntry, phone: Phone
) -> None:
    runs = await automate(hass_ready, on("ringing", contact=["notify.ana", "notify.bruno"]))
    ana, bruno = casa.subentries.values()
    await rename_contact(hass_ready, casa, ana, "Ana Maria")
    hass_ready.config_entries.async_update_subentry(
        casa, bruno, data={**bruno.data, "phone": CARLA}, unique_id=CARLA
    )
    await hass_ready.async_block_till_done()
    calls = await call_from(hass_ready, phone, casa, ANA, BRUNO, CARLA)
    assert calls_of(runs) == [calls[0], calls[2]]
    for contact in (ana, bruno):
        assert hass_ready.config_entries.async_remove_subentry(casa, contact.subentry_id)
    await hass_ready.async_block_till_done()
    await call_from(hass_ready, phone, casa, ANA, CARLA)
    assert len(runs) == 2


async def test_a_call_of_another_number_does_not_start_it(
    hass_ready: HomeAssistant,
    polled_entry: MockConfigEntry,
    second_entry: MockConfigEntry,
    phone: Phone,
) -> None:
    runs = await automate(
        hass_ready, on("ringing"), on("ringing", target=target_of("event.loja_call"))
    )
    call_id = await phone.ring(number="num_second")
    await poll(second_entry)
    await hass_ready.async_block_till_done()
    assert [(it.data["entity_id"], it.data["call_id"]) for it in runs] == [
        ("event.loja_call", call_id)
    ]


def target_of(entity_id: str) -> dict[str, str]:
    """Return a target that names an entity."""
    return {"entity_id": entity_id}


@pytest.mark.parametrize(
    ("kind", "entity_id", "started"),
    [
        ("entity", EVENT, 1),
        ("entity", LINE, 1),
        ("entity", "button.casa_answer", 1),
        ("entity", "binary_sensor.casa_whatsapp_connection", 1),
        ("device", EVENT, 1),
        ("area", EVENT, 1),
        ("label", EVENT, 1),
        # What a contact is told, and what is no longer there.
        ("entity", "notify.ana", 0),
        ("device", "notify.ana", 0),
        ("entity", "event.gone", 0),
    ],
)
async def test_the_device_and_every_entity_of_a_number_mean_its_calls(
    hass_ready: HomeAssistant,
    casa: MockConfigEntry,
    phone: Phone,
    kind: str,
    entity_id: str,
    started: int,
) -> None:
    registered = er.async_get(hass_ready).async_get(entity_id)
    assert registered or entity_id == "event.gone"
    device_id = registered and registered.device_id
    target: dict[str, Any] = {"entity_id": entity_id}
    if kind == "device":
        target = {"device_id": [device_id]}
    elif device_id and kind == "area":
        area = ar.async_get(hass_ready).async_create("Hall")
        dr.async_get(hass_ready).async_update_device(device_id, area_id=area.id)
        target = {"area_id": area.id}
    elif device_id and kind == "label":
        label = lr.async_get(hass_ready).async_create("Family")
        dr.async_get(hass_ready).async_update_device(device_id, labels={label.label_id})
        target = {"label_id": label.label_id}
    runs = await automate(hass_ready, on("ringing", target=target))
    (call_id,) = await call_from(hass_ready, phone, casa, ANA)
    assert calls_of(runs) == [call_id] * started


async def test_two_changes_of_one_poll_start_two_runs(
    hass_ready: HomeAssistant, casa: MockConfigEntry, phone: Phone
) -> None:
    runs = await automate(hass_ready, on("ringing"), on("missed"))
    first = await phone.ring(ANA)
    await poll(casa)
    await phone.act(first, "hang_up")
    second = await phone.ring(BRUNO)
    await poll(casa)
    await hass_ready.async_block_till_done()
    assert sorted((it.data["event_type"], it.data["call_id"]) for it in runs) == sorted(
        [("ringing", first), ("missed", first), ("ringing", second)]
    )


async def test_a_call_that_rings_while_the_number_is_reloaded_starts_it_once(
    hass_ready: HomeAssistant, casa: MockConfigEntry, phone: Phone
) -> None:
    runs = await automate(hass_ready, on("ringing"))
    assert await hass_ready.config_entries.async_unload(casa.entry_id)
    call_id = await phone.ring()
    assert await hass_ready.config_entries.async_setup(casa.entry_id)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    await poll(casa)
    await hass_ready.async_block_till_done()
    assert calls_of(runs) == [call_id]


async def test_a_call_that_rings_before_the_number_is_set_up_starts_it(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    runs = await automate(hass_ready, on("ringing"))
    call_id = await phone.ring()
    await set_up(hass_ready, make_entry(phone))
    assert calls_of(runs) == [call_id]


async def test_an_automation_that_is_turned_off_is_not_started(
    hass_ready: HomeAssistant, casa: MockConfigEntry, phone: Phone
) -> None:
    runs = await automate(hass_ready, on("ringing"))
    await hass_ready.services.async_call(
        "automation", "turn_off", {"entity_id": "automation.test"}, blocking=True
    )
    await call_from(hass_ready, phone, casa, ANA)
    assert runs == []


async def test_what_others_fire_under_that_name_starts_nothing(
    hass_ready: HomeAssistant, casa: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    runs = await automate(hass_ready, on("ringing"))
    ringing = {"event_type": "ringing"}
    for data in ({}, ringing, {"entity_id": EVENT}, {**ringing, "entity_id": "event.gone"}):
        hass_ready.bus.async_fire(EVENT_CALL, data)
    await hass_ready.async_block_till_done()
    assert runs == []
    assert "Traceback" not in caplog.text


async def refused(hass: HomeAssistant, config: dict[str, Any]) -> str:
    """Return why an automation with a trigger is not valid."""
    automation = {"alias": "Test", "triggers": [config], "actions": []}
    with pytest.raises(vol.Invalid) as caught:
        await async_validate_config_item(hass, "test", automation)
    return str(caught.value)


@pytest.mark.parametrize(
    ("language", "caller", "words"),
    [
        ("en", "Ana", "This is not a phone number."),
        ("en", ["11 99111-0003", "1234567"], "The phone number has too few digits."),
        ("en", True, "This is not a phone number."),
        ("en", 11991110003.5, "This is not a phone number."),
        ("pt-BR", "+55 11 9", "O número de telefone tem dígitos de menos."),
    ],
)
async def test_what_is_no_phone_number_is_refused_in_words_that_do_not_repeat_it(
    hass_ready: HomeAssistant, casa: MockConfigEntry, language: str, caller: Any, words: str
) -> None:
    await hass_ready.config.async_update(language=language)
    assert await async_setup_component(hass_ready, "automation", {})
    error = await refused(hass_ready, on("ringing", caller=caller))
    assert words in error
    assert "caller" in error
    assert "1234567" not in error


async def test_what_is_no_contact_and_no_target_are_refused(
    hass_ready: HomeAssistant, casa: MockConfigEntry
) -> None:
    assert await async_setup_component(hass_ready, "automation", {})
    assert "light.hall" in await refused(hass_ready, on("ringing", contact="light.hall"))
    aimless = {"trigger": "pilotstatus.call_ringing"}
    assert "target" in await refused(hass_ready, aimless)


async def test_why_it_was_not_started_is_told_without_a_phone_number(
    hass_ready: HomeAssistant, casa: MockConfigEntry, phone: Phone
) -> None:
    runs: list[Any] = []
    reasons: list[Any] = []
    # What it takes differs between the versions.
    helper: Any = trigger
    configs = [on("ringing", contact="notify.ana")]
    configs = [{"platform": it.pop("trigger"), **it} for it in configs]
    await helper.async_initialize_triggers(
        hass_ready,
        await trigger.async_validate_trigger_config(hass_ready, configs),
        callback(lambda variables, _context: runs.append(variables)),
        "test",
        "test",
        lambda *_: None,
        did_not_trigger=callback(lambda _variables, info, _context: reasons.append(info.as_dict())),
    )
    await call_from(hass_ready, phone, casa, BRUNO)
    assert (runs, reasons) == ([], [{"reason": "other_party"}])
    await call_from(hass_ready, phone, casa, ANA)
    assert (len(runs), len(reasons)) == (1, 1)
