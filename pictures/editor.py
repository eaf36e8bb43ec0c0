"""Stills of automations in their editor."""

from typing import Final

from playwright.async_api import FloatRect, Page

from demo.stage import Stage

from .frame import around
from .frontend import choose_row, open_automation, post

_CALL: Final = {"entity_id": "event.casa_call"}


async def _show_sensor(page: Page, entity_id: str, state: str, **attributes: str) -> None:
    await post(page, f"states/{entity_id}", {"state": state, "attributes": attributes})


async def trigger(page: Page, stage: Stage) -> FloatRect:
    """Show an automation that a call of Ana's starts."""
    rings = {
        "trigger": "pilotstatus.call_ringing",
        "target": _CALL,
        "options": {"contact": ["notify.ana"]},
    }
    greet = {"message": "Hello, Ana. All is well at home.", "hang_up": True}
    actions = [
        {"action": "pilotstatus.answer_call", "target": _CALL},
        {"action": "pilotstatus.play_audio", "target": _CALL, "data": greet},
    ]
    await open_automation(page, stage, "Greet Ana", triggers=[rings], actions=actions)
    sidebar = await choose_row(page, "Incoming call started ringing")
    await sidebar.locator("ha-entity-picker").get_by_text("Ana").wait_for()
    return await around(page.get_by_role("heading", name="When"), sidebar)


async def tell_person(page: Page, stage: Stage) -> FloatRect:
    """Show an automation that tells Ana something."""
    await _show_sensor(
        page, "binary_sensor.cellar", "on", device_class="moisture", friendly_name="Cellar"
    )
    wet = {"trigger": "moisture.detected", "target": {"entity_id": "binary_sensor.cellar"}}
    tell = {
        "action": "notify.send_message",
        "target": {"entity_id": "notify.ana"},
        "data": {"message": "There is water in the cellar."},
    }
    await open_automation(page, stage, "Tell Ana", triggers=[wet], actions=[tell])
    sidebar = await choose_row(page, "Send a notification message")
    return await around(page.get_by_role("heading", name="When"), sidebar)


async def open_report(page: Page, stage: Stage) -> str:
    """Store and open an automation of a blueprint; return its entity."""
    await _show_sensor(
        page,
        "sensor.living_room_temperature",
        "23.5",
        unit_of_measurement="°C",
        device_class="temperature",
        friendly_name="Living room temperature",
    )
    chosen = {
        "number": "event.casa_call",
        "contacts": ["notify.ana"],
        "entities": ["sensor.living_room_temperature"],
        "language": "en",
    }
    blueprint = {"path": "pilotstatus/caller_hears_report.yaml", "input": chosen}
    name = "Ana hears how the home is"
    return await open_automation(page, stage, name, use_blueprint=blueprint)


async def blueprint(page: Page, stage: Stage) -> FloatRect:
    """Show a blueprint that is filled in."""
    await open_report(page, stage)
    await page.get_by_text("Living room temperature").wait_for()
    card = page.locator("blueprint-automation-editor ha-card")
    row = card.locator("ha-settings-row").filter(has_text="Entities / Entidades")
    return await around(card.locator(".card-header"), row, margin=0)
