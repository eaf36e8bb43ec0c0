"""Home Assistant's frontend, as a still needs it."""

from typing import Any, Final

from playwright.async_api import Locator, Page

from demo.stage import Stage

_INTEGRATION: Final = "/config/integrations/integration/pilotstatus"
_READY: Final = "Boolean(document.querySelector('home-assistant')?.hass?.callApi)"
_POST: Final = """([path, body]) =>
  document.querySelector("home-assistant").hass.callApi("POST", path, body)"""


async def signed_in(page: Page) -> None:
    """Wait until the user is signed in, which leads over other pages."""
    await page.wait_for_function(_READY)


async def press(within: Page | Locator, name: str) -> None:
    """Press the first button of a name."""
    await within.get_by_role("button", name=name, exact=True).first.click()


async def post(page: Page, path: str, body: dict[str, Any]) -> None:
    """Send something to the API of Home Assistant, as the user who is signed in."""
    await page.evaluate(_POST, [path, body])


async def open_automation(page: Page, stage: Stage, name: str, **config: Any) -> str:
    """Store an automation, and open it in the editor; return its entity."""
    key = name.lower().replace(" ", "_")
    await post(page, f"config/automation/config/{key}", {"alias": name, **config})
    await page.goto(f"{stage.home.url}/config/automation/edit/{key}")
    return f"automation.{key}"


async def choose_row(page: Page, name: str) -> Locator:
    """Choose a row of the automation in the editor; return the sidebar that shows it."""
    # Not in its middle: there may be a chip, which opens something else.
    await page.locator("ha-automation-row").get_by_text(name).click()
    sidebar = page.locator("ha-automation-sidebar")
    await sidebar.get_by_text(name).first.wait_for()
    return sidebar


async def open_integration(page: Page, stage: Stage) -> Locator:
    """Open the page of the integration; return the row of the number."""
    await page.goto(f"{stage.home.url}{_INTEGRATION}")
    row = page.locator("ha-config-entry-row")
    await row.wait_for()
    return row


def flow(page: Page) -> Locator:
    """Return the dialog of the flow that is open, or will be."""
    return page.locator("dialog-data-entry-flow")


async def be_quiet(stage: Stage, *but: str) -> None:
    """Turn all automations off but these, so that nothing else answers a call."""
    await stage.home.act("automation.turn_off", entity_id="all")
    for automation in but:
        await stage.home.act("automation.turn_on", entity_id=automation)
