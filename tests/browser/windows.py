"""A browser, its windows, and what their pages write to the console."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    async_playwright,
    expect,
)

from demo.chromium import arguments, find_browser

type Scheme = Literal["light", "dark"]

#: Milliseconds that anything on a page may take.
PATIENCE = 20_000


class Windows:
    """The windows of one browser."""

    def __init__(self, browser: Browser) -> None:
        """Start without a window."""
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.console: list[str] = []
        self.requests: list[str] = []

    async def open(
        self, locale: str, *, scheme: Scheme = "light", width: int = 1280, height: int = 900
    ) -> Page:
        """Open a window that knows nothing of the others; everything it writes is kept."""
        context = await self._browser.new_context(
            locale=locale,
            color_scheme=scheme,
            reduced_motion="reduce",
            viewport={"width": width, "height": height},
        )
        context.set_default_timeout(PATIENCE)
        context.on("console", self._keep)
        context.on("weberror", lambda error: self.console.append(f"error: {error.error}"))
        context.on("request", lambda request: self.requests.append(request.url))
        self._contexts.append(context)
        return await context.new_page()

    def _keep(self, message: ConsoleMessage) -> None:
        self.console.append(f"{message.type}: {message.text}")

    async def close(self) -> None:
        """Close all windows, and forget what they wrote and asked for."""
        for context in self._contexts:
            await context.close()
        self._contexts.clear()
        self.console.clear()
        self.requests.clear()

    @property
    def complaints(self) -> list[str]:
        """Return the errors and warnings among what was written to the console."""
        return [line for line in self.console if line.startswith(("error", "warning"))]

    async def picture(self, folder: Path, name: str) -> None:
        """Leave a picture of each window in a folder, and what was written to the console."""
        await asyncio.to_thread(folder.mkdir, exist_ok=True)
        pages = [page for context in self._contexts for page in context.pages]
        for index, page in enumerate(pages):
            mark = f"-{index + 1}" if index else ""
            await page.screenshot(path=folder / f"{name}{mark}.png")
        await asyncio.to_thread((folder / f"{name}.log").write_text, "\n".join(self.console))


@asynccontextmanager
async def start() -> AsyncIterator[Windows]:
    """Run the browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_browser(),
            # The telephone is heard without a click, too.
            args=[*arguments(), "--autoplay-policy=no-user-gesture-required"],
        )
        expect.set_options(timeout=PATIENCE)
        yield Windows(browser)
        await browser.close()
