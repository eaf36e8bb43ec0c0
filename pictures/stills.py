"""The stills: which there are, and how they are taken, in English."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
import sys
from typing import Final

from playwright.async_api import Browser, FloatRect, Page

from demo.stage import Stage

from .browser import open_page
from .calls import activity, dashboard
from .dialogs import add_contact, check_number, repair
from .editor import blueprint, tell_person, trigger
from .frame import shoot
from .frontend import signed_in
from .media import pick_media, pick_speech

#: Brings a page to what is shown, and returns the frame around it.
type Scene = Callable[[Page, Stage], Awaitable[FloatRect]]


@dataclass(frozen=True, slots=True)
class Still:
    """A scene, on a page of a size in pixels, ``light`` or ``dark``."""

    scene: Scene
    size: tuple[int, int]
    scheme: str = "light"


STILLS: Final = {
    "dashboard": Still(dashboard, (800, 700)),
    "dashboard-dark": Still(dashboard, (800, 700), "dark"),
    "add-contact": Still(add_contact, (700, 700)),
    "tell-person": Still(tell_person, (1000, 650)),
    "trigger": Still(trigger, (1000, 690)),
    "pick-speech": Still(pick_speech, (600, 540)),
    "pick-media": Still(pick_media, (1000, 1000)),
    "blueprint": Still(blueprint, (560, 1000)),
    "activity": Still(activity, (900, 700)),
    "check-number": Still(check_number, (900, 900)),
    "repair": Still(repair, (700, 600)),
}


async def take(browser: Browser, stage: Stage, names: Iterable[str], folder: Path) -> None:
    """Take stills by their names. Raises RuntimeError with the name of one that fails."""
    for name in names:
        still = STILLS[name]
        page = await open_page(
            browser, stage.home.url, size=still.size, scheme=still.scheme, language="en-US", scale=2
        )
        await page.emulate_media(reduced_motion="reduce")
        try:
            await signed_in(page)
            frame = await still.scene(page, stage)
            await shoot(page, frame, folder / f"{name}.png")
        except Exception as error:
            raise RuntimeError(f"{name} was not taken") from error
        await page.context.close()
        for call in await stage.phone.live():
            await stage.phone.act(call["id"], "hang_up")
        sys.stdout.write(f"Took {name}.\n")
