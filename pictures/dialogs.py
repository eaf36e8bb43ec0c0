"""Stills of the forms of the integration, and of what they lead to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from playwright.async_api import FloatRect, Page

from demo.people import PEOPLE
from demo.stage import Stage
from simulator.numbers import DEMO_NUMBER

from .frame import around
from .frontend import flow, open_integration, press

_ANA: Final = PEOPLE[0]


async def add_contact(page: Page, stage: Stage) -> FloatRect:
    """Show the form of a contact, filled in."""
    await open_integration(page, stage)
    await press(page, "Add contact")
    form = flow(page)
    await form.get_by_role("textbox", name="Name").fill(_ANA.name)
    await form.get_by_role("textbox", name="Phone number").fill("(11) 99111-0001")
    return await around(form.get_by_role("dialog"))


@asynccontextmanager
async def _declining(stage: Stage) -> AsyncIterator[None]:
    """Have the number decline every call."""
    await stage.phone.number(DEMO_NUMBER, reject_call=True)
    yield
    await stage.phone.number(DEMO_NUMBER, reject_call=False)


async def check_number(page: Page, stage: Stage) -> FloatRect:
    """Show the check of a number that declines every call; Ana is called, and answers."""
    await stage.phone.person(_ANA.phone, name=_ANA.name, does="answer", after=1)
    # Something must have arrived and been fetched, so that all else is in order.
    await stage.home.act("pilotstatus.announce", contacts=["notify.ana"], message="Hello, Ana.")
    async with _declining(stage):
        await press(await open_integration(page, stage), "Configure")
        form = flow(page)
        await form.get_by_text("Check this number").click()
        await form.locator("ha-selector").click()
        await page.locator("ha-combo-box-item").get_by_text(_ANA.name, exact=True).click()
        await press(form, "Submit")
        await form.get_by_text("Test call", exact=True).wait_for(timeout=90_000)
    await stage.phone.person(_ANA.phone, name=_ANA.name)
    return await around(form.get_by_role("dialog"))


async def repair(page: Page, stage: Stage) -> FloatRect:
    """Show the repair of a number that declines every call."""
    async with _declining(stage):
        await stage.home.act("homeassistant.reload_config_entry", entity_id="event.casa_call")
        await page.goto(f"{stage.home.url}/config/repairs")
        await page.get_by_text("declines every call").click()
        form = flow(page)
        await form.get_by_text("turn this setting off").wait_for()
    return await around(form.get_by_role("dialog"))
