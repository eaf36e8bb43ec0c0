"""Debian's Chromium, looking at the demo."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Locator, Page, async_playwright

from demo.chromium import arguments, find_browser

#: Shows where a page is pressed, for a moment.
_TAP = """([x, y]) => {
  const tap = document.createElement("div");
  Object.assign(tap.style, {
    position: "fixed", left: `${x - 20}px`, top: `${y - 20}px`, width: "40px", height: "40px",
    borderRadius: "50%", background: "#ff980088", border: "3px solid #ff9800", zIndex: 9999,
    pointerEvents: "none",
  });
  document.body.append(tap);
  setTimeout(() => tap.remove(), 900);
}"""


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Run the browser until the context ends. Raises RuntimeError without one."""
    path = find_browser()
    if path is None:
        raise RuntimeError("no browser was found; install the package chromium")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=path, args=arguments())
        try:
            yield running
        finally:
            await running.close()


async def open_page(
    running: Browser,
    url: str,
    *,
    size: tuple[int, int],
    scheme: str,
    language: str,
    scale: float = 1,
) -> Page:
    """Open a page of a size in pixels, ``light`` or ``dark``, in a language, without sidebar.

    ``scale`` is how many dots of the picture a pixel of the page is wide.
    """
    context = await running.new_context(
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=scale,
        color_scheme="dark" if scheme == "dark" else "light",
        locale=language,
    )
    await context.add_init_script(
        "localStorage.setItem('dockedSidebar', JSON.stringify('always_hidden'))"
    )
    page = await context.new_page()
    await page.goto(url)
    return page


async def tap(target: Locator, *same: Locator) -> None:
    """Press something, and show where, on pages that show the same, too."""
    for one in (target, *same):
        box = await one.bounding_box()
        if box is None:
            raise RuntimeError(f"{one} cannot be seen")
        middle = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
        await one.page.evaluate(_TAP, middle)
    await target.click()
