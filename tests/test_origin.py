"""Which automation or script ran an action that failed: real ones, and real failures."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.const import DOMAIN
from custom_components.pilotstatus.failures import FailureReporter
from custom_components.pilotstatus.origin import MAX_RUNS, async_current_run, async_find_origin
from custom_components.pilotstatus.playback import Timings
from custom_components.pilotstatus.trigger import async_get_triggers
from homeassistant.components.automation import EVENT_AUTOMATION_TRIGGERED
from homeassistant.components.script import EVENT_SCRIPT_STARTED
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
from simulator.client import Phone

from .audio import make_audio
from .common import (
    ANA,
    EVENT,
    MEDIA,
    PLAYER,
    Notifications,
    act,
    local,
    number,
    poll,
    until,
)

HANG_UP = {"action": "pilotstatus.hang_up", "continue_on_error": True}
DOOR = "- Automation: [Front door](/config/automation/edit/1700)"
type Steps = list[dict[str, Any]]


def automation(steps: Sequence[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """Return an automation that runs steps when the event ``go`` is fired."""
    triggers = {"trigger": "event", "event_type": "go"}
    return {"alias": "Front door", "triggers": triggers, "actions": steps, "id": "1700", **more}


async def set_up(
    hass: HomeAssistant, automations: Sequence[dict[str, Any]] = (), **scripts: Steps
) -> None:
    """Set up automations and scripts; a script is named after its key."""
    sequences = {
        name: {"alias": name.capitalize(), "sequence": steps, "mode": "parallel"}
        for name, steps in scripts.items()
    }
    assert await async_setup_component(hass, "script", {"script": sequences})
    assert await async_setup_component(hass, "automation", {"automation": [*automations]})
    await hass.async_block_till_done()


async def run(hass: HomeAssistant) -> None:
    """Run the automations to their end."""
    hass.bus.async_fire("go")
    await hass.async_block_till_done()


def origins(notifications: Notifications) -> list[list[str]]:
    """Return the lines of each notification that name an automation or a script."""
    words = ("- Automation", "- Script", "- Automação")
    return [
        [line for line in it["message"].splitlines() if line.startswith(words)]
        for it in notifications.values()
    ]


@pytest.mark.parametrize(
    ("steps", "lines"),
    [
        ([HANG_UP], [DOOR]),
        ([{"action": "script.help"}], [DOOR, "- Script: [Help](/config/script/edit/help)"]),
        ([{"action": "script.outer"}], [DOOR, "- Script: [Help](/config/script/edit/help)"]),
        (
            [{"action": "script.turn_on", "target": {"entity_id": "script.help"}}],
            [DOOR, "- Script: [Help](/config/script/edit/help)"],
        ),
        # What has ended did not run it.
        ([{"action": "script.quiet"}, HANG_UP], [DOOR]),
        ([{"parallel": [{"action": "script.slow"}, HANG_UP]}], [DOOR]),
        ([{"repeat": {"count": 2, "sequence": [{"if": [], "then": [HANG_UP]}]}}], [DOOR]),
    ],
    ids=["action", "script", "nested", "turned_on", "ended_script", "parallel", "repeated"],
)
async def test_an_automation_is_named_and_the_script_in_which_it_ran_the_action(
    hass_ready: HomeAssistant,
    entry: MockConfigEntry,
    notifications: Notifications,
    steps: Steps,
    lines: list[str],
) -> None:
    await set_up(
        hass_ready,
        [automation(steps)],
        help=[HANG_UP],
        outer=[{"action": "script.help"}],
        quiet=[{"variables": {"a": 1}}],
        slow=[{"delay": {"milliseconds": 50}}],
    )
    await run(hass_ready)
    assert await until(lambda: len(notifications)) == 1
    assert origins(notifications) == [lines]


@pytest.mark.parametrize("language", ["en", "pt-BR"])
async def test_a_script_that_is_run_by_hand_is_named(
    hass_ready: HomeAssistant, entry: MockConfigEntry, notifications: Notifications, language: str
) -> None:
    hass_ready.config.language = language
    await set_up(hass_ready, help=[HANG_UP])
    await hass_ready.services.async_call("script", "help", context=Context(user_id="me"))
    await hass_ready.async_block_till_done()
    assert origins(notifications) == [["- Script: [Help](/config/script/edit/help)"]]


async def test_an_automation_is_named_in_the_language_of_home_assistant(
    hass_ready: HomeAssistant, entry: MockConfigEntry, notifications: Notifications
) -> None:
    hass_ready.config.language = "pt-BR"
    await set_up(hass_ready, [automation([HANG_UP])])
    await run(hass_ready)
    assert origins(notifications) == [[DOOR.replace("Automation", "Automação")]]


async def test_who_calls_an_action_by_hand_is_not_named(
    hass_ready: HomeAssistant, entry: MockConfigEntry, notifications: Notifications
) -> None:
    await set_up(hass_ready, [automation([HANG_UP])])
    await run(hass_ready)
    assert origins(notifications) == [[DOOR]]
    for context in (None, Context(user_id="me")):
        await hass_ready.services.async_call(DOMAIN, "hang_up", context=context)
        await hass_ready.async_block_till_done()
        assert origins(notifications) == [[]]


async def test_an_automation_without_an_id_is_linked_to_the_list(
    hass_ready: HomeAssistant, entry: MockConfigEntry, notifications: Notifications
) -> None:
    plain = automation([HANG_UP])
    del plain["id"]
    await set_up(hass_ready, [plain])
    await run(hass_ready)
    assert origins(notifications) == [["- Automation: [Front door](/config/automation/dashboard)"]]


async def test_runs_side_by_side_are_told_apart(
    hass_ready: HomeAssistant, entry: MockConfigEntry, notifications: Notifications
) -> None:
    def calling(name: str, action: str) -> dict[str, Any]:
        steps = [{"action": "script.help", "data": {"action": f"pilotstatus.{action}"}}]
        return automation(steps, id=name, alias=name)

    await set_up(
        hass_ready,
        [calling("one", "hang_up"), calling("two", "answer_call")],
        help=[
            # Both have begun.
            {"wait_template": "{{ state_attr('script.help', 'current') == 2 }}"},
            {"action": "{{ action }}", "continue_on_error": True},
        ],
    )
    await run(hass_ready)
    assert await until(lambda: len(notifications) == 2)
    for name, action in (("one", "hang_up"), ("two", "answer_call")):
        message = notifications[f"pilotstatus_{entry.entry_id}_{action}"]["message"]
        assert f"- Automation: [{name}](/config/automation/edit/{name})" in message
        assert "- Script: [Help](/config/script/edit/help)" in message


async def test_a_number_that_is_not_found_is_reported_with_the_automation(
    hass_ready: HomeAssistant, entry: MockConfigEntry, notifications: Notifications
) -> None:
    await hass_ready.config_entries.async_unload(entry.entry_id)
    await set_up(hass_ready, [automation([HANG_UP])])
    await run(hass_ready)
    assert origins(notifications) == [[DOOR]]


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("button.press", {"entity_id": "button.casa_answer"}),
        ("media_player.play_media", {"entity_id": PLAYER, "media_content_type": "music"}),
        ("media_player.turn_off", {"entity_id": PLAYER}),
        ("notify.send_message", {"entity_id": "notify.ana", "message": "Hi"}),
        (
            "tts.speak",
            {"entity_id": "tts.test_engine", "message": "Hi", "media_player_entity_id": PLAYER},
        ),
        ("pilotstatus.announce", {"to": ANA, "media_url": MEDIA}),
        ("pilotstatus.place_call", {"to": ANA}),
        ("pilotstatus.play_audio", {"media_url": MEDIA}),
        ("pilotstatus.answer_call", {}),
        ("pilotstatus.get_calls", {}),
    ],
)
async def test_every_action_and_entity_knows_who_ran_it(
    hass_ready: HomeAssistant,
    spoken: Any,
    peopled_entry: MockConfigEntry,
    phone: Phone,
    notifications: Notifications,
    action: str,
    data: dict[str, Any],
) -> None:
    number(peopled_entry).announcer.line_wait = 0
    await phone.ring(ANA)
    await poll(peopled_entry)
    for endpoint in ("accept", "list", "play", "start", "terminate"):
        await phone.fault(f"calls.{endpoint}", status=403, times=9)
    if action == "media_player.play_media":
        data |= {"media_content_id": MEDIA}
    response = {"response_variable": "found"} if action == "pilotstatus.get_calls" else {}
    await set_up(hass_ready, [automation([{"action": action, "data": data, **response}])])
    await run(hass_ready)
    assert await until(lambda: len(notifications)) == 1
    assert origins(notifications) == [[DOOR]]


@pytest.mark.parametrize("action", ["play_audio", "place_call"])
async def test_what_fails_later_in_the_background_is_the_same_automations(
    hass_ready: HomeAssistant,
    peopled_entry: MockConfigEntry,
    phone: Phone,
    notifications: Notifications,
    tmp_path: Path,
    action: str,
) -> None:
    number(peopled_entry).player.timings = Timings(fetch=0.1)
    await phone.settings(strict_internet=True)
    data = {"media": local(make_audio(tmp_path, "mp3", 0.2).name)}
    if action == "play_audio":
        await phone.ring(ANA)
        await poll(peopled_entry)
    else:
        data["to"] = "Ana"
    steps = [{"action": f"pilotstatus.{action}", "data": data}]
    await set_up(hass_ready, [automation([{"action": "script.help"}])], help=steps)
    await run(hass_ready)
    call = (await phone.calls())[0]
    if action == "play_audio":
        await act(hass_ready, "answer_call")
    else:
        await phone.act(call["id"], "answer")
    assert await until(lambda: len(notifications)) == 1
    assert origins(notifications) == [[DOOR, "- Script: [Help](/config/script/edit/help)"]]
    (left,) = notifications.values()
    assert left["notification_id"].endswith("play_audio")
    assert "did not fetch" in left["message"]
    assert "- Person: Ana" in left["message"]


async def test_a_hang_up_after_the_audio_that_fails_is_the_same_automations(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    phone: Phone,
    notifications: Notifications,
    tmp_path: Path,
) -> None:
    number(media_entry).player.timings = Timings(tail=0)
    await phone.ring()
    await act(hass_ready, "answer_call")
    await phone.fault("calls.terminate", status=403)
    data = {"media": local(make_audio(tmp_path, "wav", 0.1).name), "hang_up": True}
    await set_up(hass_ready, [automation([{"action": "pilotstatus.play_audio", "data": data}])])
    await run(hass_ready)
    assert await until(lambda: len(notifications)) == 1
    assert list(notifications) == [f"pilotstatus_{media_entry.entry_id}_hang_up"]
    assert origins(notifications) == [[DOOR]]


async def test_only_the_newest_runs_are_kept(
    hass_ready: HomeAssistant, casa: MockConfigEntry, failures: FailureReporter
) -> None:
    contexts = [Context() for _ in range(MAX_RUNS + 1)]
    for context in contexts:
        data = {"entity_id": "automation.door", "name": "Door"}
        hass_ready.bus.async_fire(EVENT_AUTOMATION_TRIGGERED, data, context=context)
    found = [
        async_find_origin(hass_ready, async_current_run(it))
        for it in (contexts[0], contexts[1], contexts[-1])
    ]
    assert found == [(), ("automation.door",), ("automation.door",)]


@pytest.mark.parametrize("data", [{}, {"entity_id": None}, {"entity_id": ["a"]}])
async def test_an_event_that_anyone_may_fire_does_no_harm(
    hass_ready: HomeAssistant,
    casa: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    data: dict[str, Any],
) -> None:
    context = Context()
    hass_ready.bus.async_fire(EVENT_SCRIPT_STARTED, data, context=context)
    await asyncio.sleep(0)
    assert async_find_origin(hass_ready, async_current_run(context)) == ()
    assert "Error" not in caplog.text


@pytest.mark.parametrize(
    "step",
    [
        {"action": "pilotstatus.answer_call", "data": {"call_id": "call_none"}},
        {"action": "pilotstatus.play_audio", "data": {"call_id": "call_none"}},
        {"action": "pilotstatus.place_call", "data": {"to": "no number"}},
    ],
)
async def test_an_automation_that_a_call_starts_is_named_however_soon_it_fails(
    hass_ready: HomeAssistant,
    peopled_entry: MockConfigEntry,
    phone: Phone,
    notifications: Notifications,
    step: dict[str, Any],
) -> None:
    own: dict[str, Any] = {"trigger": "pilotstatus.call_ringing", "target": {"entity_id": EVENT}}
    other = {"trigger": "event", "event_type": "pilotstatus_call"}
    started = automation([step], triggers=own if await async_get_triggers(hass_ready) else other)
    await set_up(hass_ready, [started])
    await phone.ring(ANA)
    assert await until(lambda: notifications)
    assert origins(notifications) == [[DOOR]]
