"""The tool of Home Assistant that performs an action, filled in by hand."""

from typing import Final

from playwright.async_api import Locator, expect

from .home_page import HomePage

#: A field that only this action has, and that has a default.
_TICKED: Final = {"play_audio": "hang_up", "announce": "repeat"}
#: Milliseconds for each time that the action is chosen.
_PATIENCE: Final = (3000, 10_000)


class ActionPage:
    """The form of one action of ours."""

    def __init__(self, home: HomePage, action: str) -> None:
        """Fill in the form of an action: ``play_audio``."""
        self._home = home
        self._action = action
        self._tool = home.page.locator("tools-action")

    async def open(self) -> None:
        """Choose the action from the list of all.

        Until its defaults are ticked, the form forgets what is filled in. Now and then Home
        Assistant never ticks them; then the page is loaded anew, as a person would.
        """
        ticked = self._field(_TICKED[self._action]).get_by_role("checkbox")
        first, last = _PATIENCE
        try:
            await self._choose()
            await expect(ticked).to_be_checked(timeout=first)
        except AssertionError:
            await self._home.open()
            await self._choose()
            await expect(ticked).to_be_checked(timeout=last)

    async def _choose(self) -> None:
        """Choose the action from the list of all."""
        name = f"pilotstatus.{self._action}"
        await self._home.go("/config/tools/action")
        await self._tool.locator("ha-service-picker").click()
        search = self._home.words.home("common.search")
        await self._tool.get_by_placeholder(search, exact=True).fill(name)
        offered = self._tool.locator("ha-picker-combo-box")
        await offered.get_by_text(name, exact=True).click()

    def _field(self, field: str) -> Locator:
        """Return the row of a field."""
        name = self._home.words.ours(f"services.{self._action}.fields.{field}.name")
        heading = self._home.page.get_by_text(name, exact=True)
        return self._tool.locator("ha-settings-row").filter(has=heading)

    async def _use(self, field: str) -> Locator:
        """Tick a field, so that it counts; return its row."""
        row = self._field(field)
        await row.locator("ha-checkbox").click()
        return row

    async def write(self, field: str, value: str) -> None:
        """Write into a field of text."""
        await (await self._use(field)).get_by_role("textbox").fill(value)

    async def choose_entity(self, field: str, name: str) -> None:
        """Choose an entity by its name."""
        row = await self._use(field)
        await row.locator("ha-entity-picker").last.click()
        await row.locator("ha-combo-box-item").get_by_text(name, exact=True).click()

    async def choose_media(self, field: str, *names: str) -> None:
        """Choose a file: the folders that lead to it, then its name."""
        row = await self._use(field)
        await row.locator("ha-selector-media").get_by_role("button").first.click()
        browser = self._home.page.locator("dialog-media-player-browse")
        for name in names:
            await browser.locator(".title:visible").filter(has_text=name).click()
        await expect(browser.get_by_role("dialog")).to_be_hidden()

    async def perform(self) -> None:
        """Perform it."""
        word = self._home.words.home("panel.config.tools.tabs.actions.call_service")
        await self._home.press(word, self._tool)

    async def refuses(self, reason: str) -> None:
        """Wait until the action is refused, with a reason."""
        await expect(self._tool.get_by_text(reason)).to_be_visible()
