"""The telephone's page, as the person sees it who calls the home or is called by it."""

import re
from typing import Any

from playwright.async_api import Locator, Page, expect

_WORDS = "import('/phone/page/words.js').then(module => JSON.parse(JSON.stringify(module.words)))"
_LOUD = """canvas => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height);
  const context = copy.getContext("2d", { willReadFrequently: true });
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  // Silence is drawn faintly.
  return data.some((value, index) => index % 4 === 3 && value > 200);
}"""

_SAYS = "caption => document.getElementById('caption').textContent.includes(caption)"


class Telephone:
    """A window of the telephone, in the language of its browser."""

    def __init__(self, page: Page, url: str) -> None:
        """Use a window for the telephone of a simulator."""
        self.page = page
        self._url = url
        self.words: dict[str, Any] = {}

    async def open(self) -> None:
        """Open it, and wait until it shows the people."""
        await self.page.goto(f"{self._url}/phone")
        self.words = await self.page.evaluate(_WORDS)
        await expect(self.page.get_by_role("tab").first).to_be_visible()

    def button(self, word: str) -> Locator:
        """Return the visible button that says a word of the page's: ``hangUp``."""
        name = self.words[word]
        button = self.page.get_by_role("button", name=name, exact=True)
        return button.filter(visible=True)

    async def press(self, word: str) -> None:
        """Press a button."""
        await self.button(word).click()

    def tab(self, name: str) -> Locator:
        """Return the tab of a person."""
        return self.page.get_by_role("tab", name=re.compile(f"^{re.escape(name)}"))

    async def choose(self, name: str) -> None:
        """Take a person's telephone."""
        await self.tab(name).click()
        await expect(self.tab(name)).to_have_attribute("aria-selected", "true")

    async def shows(self, word: str) -> None:
        """Wait until it offers a button: ``call`` is there without a call, ``hangUp`` in one."""
        await expect(self.button(word)).to_be_visible()

    async def says(self, caption: str) -> None:
        """Wait until it shows what is said or played, however short that is."""
        await self.page.wait_for_function(_SAYS, arg=caption, polling=50)

    async def is_in_call(self) -> None:
        """Wait until the call is answered: its time is there."""
        await expect(self.page.get_by_role("timer")).to_have_text(re.compile(r"^\d+:\d\d$"))

    async def counts(self) -> None:
        """Wait until the time of the call goes on."""
        await self.is_in_call()
        timer = self.page.get_by_role("timer")
        await expect(timer).not_to_have_text(await timer.inner_text())

    async def draws(self) -> None:
        """Wait until what is heard is drawn."""
        canvas = await self.page.locator("#picture").element_handle()
        await self.page.wait_for_function(_LOUD, arg=canvas)

    @property
    def recent(self) -> Locator:
        """Return the lines of the calls that are over."""
        return self.page.locator("#recent li")
