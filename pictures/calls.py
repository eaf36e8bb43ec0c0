"""Stills of a call: on the dashboard, and in the activity."""

from playwright.async_api import FloatRect, Page

from demo.people import PEOPLE
from demo.stage import Stage
from simulator.transitions import Status

from .editor import open_report
from .frame import around
from .frontend import be_quiet

_ANA, _BRUNO = PEOPLE


async def dashboard(page: Page, stage: Stage) -> FloatRect:
    """Show the dashboard while Ana calls, after a call of Bruno's that was missed."""
    await be_quiet(stage)
    await stage.phone.act(await stage.phone.ring(_BRUNO.phone), "hang_up")
    await page.goto(f"{stage.home.url}/demo-calls")
    await page.get_by_text("Water in the cellar").wait_for()
    await stage.phone.ring(_ANA.phone)
    await page.get_by_role("heading", name=_ANA.name, exact=True).wait_for()
    await page.locator("ha-logbook-entry").first.get_by_text(_BRUNO.name).wait_for()
    return await around(page.locator("hui-sections-view"), margin=0)


async def activity(page: Page, stage: Stage) -> FloatRect:
    """Show what is logged of a call that an automation answers."""
    report = await open_report(page, stage)
    await be_quiet(stage, report)
    await stage.phone.ring(_ANA.phone)
    await stage.phone.newest(Status.COMPLETED, 60)
    await page.goto(f"{stage.home.url}/logbook?entity_id=event.casa_call,{report}")
    entries = page.locator("ha-logbook-entry")
    begin = entries.filter(has_text="Ana is calling").first
    end = entries.filter(has_text="Call with Ana ended").first
    await end.wait_for()
    await begin.wait_for()
    return await around(page.locator("ha-logbook-renderer .floating-date"), begin, margin=0)
