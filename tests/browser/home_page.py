"""Home Assistant's web interface, as its user sees it."""

from playwright.async_api import Locator, Page, expect

from .words import Words

_GO = """path => {
  history.pushState(null, "", path);
  window.dispatchEvent(new CustomEvent("location-changed"));
}"""


class HomePage:
    """A window of Home Assistant. Who opens it on this machine is signed in at once."""

    def __init__(self, page: Page, url: str, words: Words) -> None:
        """Use a window for a Home Assistant that speaks a language."""
        self.page = page
        self.words = words
        self._url = url

    async def open(self) -> None:
        """Open its settings, and wait until they are there.

        Not its first page: that goes to the default dashboard, in its own time.
        """
        await self.page.goto(f"{self._url}/config")
        await expect(self.page.locator("ha-config-dashboard")).to_be_visible()

    async def go(self, path: str) -> None:
        """Go to one of its pages."""
        await self.page.evaluate(_GO, path)

    async def press(self, name: str, within: Locator | None = None) -> None:
        """Press the button of that name."""
        await (within or self.page).get_by_role("button", name=name, exact=True).first.click()

    async def add_integration(self, name: str) -> None:
        """Choose an integration from the list of all brands."""
        await self.go("/config/integrations/dashboard")
        await self.press(self.words.home("panel.config.integrations.add_integration"))
        brands = self.page.locator("dialog-add-integration")
        await brands.get_by_placeholder(
            self.words.home("panel.config.integrations.search_brand")
        ).fill(name)
        await self.press(name, brands)

    async def open_integration(self) -> None:
        """Open the page of our integration."""
        await self.go("/config/integrations/integration/pilotstatus")

    async def choose_from_menu(self, item: str) -> None:
        """Choose from the menu of the number, on the page of our integration."""
        row = self.page.locator("ha-config-entry-row")
        await self.press(self.words.home("common.menu"), row)
        name = self.words.home(f"panel.config.integrations.config_entry.{item}")
        await row.get_by_role("menuitem", name=name, exact=True).click()

    async def confirm(self, word: str) -> None:
        """Answer a question, or a message, by the button of that word."""
        box = self.page.locator("dialog-box")
        await self.press(self.words.home(word), box)
        await expect(box.get_by_role("dialog")).to_be_hidden()

    @property
    def flow(self) -> "Flow":
        """Return the dialog of a flow, which adds, changes or mends something."""
        return Flow(self)

    async def notifications(self) -> Locator:
        """Open the notifications; return the drawer."""
        await self.page.get_by_text(
            self.words.home("notification_drawer.title"), exact=True
        ).first.click()
        return self.page.locator("notification-drawer")


class Flow:
    """The dialog of a flow."""

    def __init__(self, home: HomePage) -> None:
        """Look at the dialog that is open, or will be."""
        self._home = home
        self.dialog = home.page.locator("dialog-data-entry-flow")

    async def fill(self, name: str, value: str) -> None:
        """Fill in a field."""
        await self.dialog.get_by_role("textbox", name=name).fill(value)

    async def unfold(self, name: str) -> None:
        """Open a section of the form."""
        await self._home.press(name, self.dialog)

    async def submit(self) -> None:
        """Hand the form in."""
        await self._home.press(self._home.words.home("common.submit"), self.dialog)

    async def says(self, text: str) -> None:
        """Wait until the dialog says something."""
        await expect(self.dialog.get_by_text(text).first).to_be_visible()

    async def shows_picture(self, name: str) -> None:
        """Wait until a picture has been loaded: an integration's icon has its name."""
        picture = await self.dialog.get_by_role("img", name=name).element_handle()
        await self._home.page.wait_for_function("picture => picture.naturalWidth > 0", arg=picture)

    async def finish(self, step: str = "finish") -> None:
        """Press the last button, and wait until the dialog is gone.

        It is ``finish``, ``finish_skip`` if there is something to name, ``close`` if there is not
        even that.
        """
        word = self._home.words.home(f"panel.config.integrations.config_flow.{step}")
        await self._home.press(word, self.dialog)
        await expect(self.dialog.get_by_role("dialog")).to_be_hidden()
