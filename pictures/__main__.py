"""``python -m pictures``: see ``scripts/pictures``."""

import asyncio
from pathlib import Path
import sys
import time
from typing import NamedTuple

from playwright.async_api import Browser, Page

from demo.installation import ROOT, lay_out
from demo.language import ENGLISH, PORTUGUESE, Language
from demo.stage import Stage, furnish, running

from .browser import browser, open_page, tap
from .movie import Movie

_DOCS = ROOT / "docs"
_HOME = (740, 620)
_PHONE = (350, 620)
_SCHEMES = ("light", "dark")
_DARK = {"light": "", "dark": "-dark"}
_WATER = {"en": "Water in the cellar", "pt-BR": "Vazamento"}
_SUFFIX = {"en": "", "pt-BR": ".pt-BR"}


class _Pair(NamedTuple):
    """The two pages that stand side by side."""

    home: Page
    phone: Page


async def _open(looks: Browser, stage: Stage, language: Language, scheme: str) -> _Pair:
    home = await open_page(
        looks,
        f"{stage.home.url}/demo-calls",
        size=_HOME,
        scheme=scheme,
        language=language.code,
    )
    phone = await open_page(
        looks, f"{stage.phone.url}/phone", size=_PHONE, scheme=scheme, language=language.code
    )
    await home.get_by_text(_WATER[language.code]).wait_for()
    await phone.locator("[role=tab]").first.wait_for()
    return _Pair(home, phone)


async def _film(looks: Browser, stage: Stage, language: Language) -> None:
    """Film an emergency: a button is pressed, Ana is called, answers, and hears why."""
    pairs = [await _open(looks, stage, language, scheme) for scheme in _SCHEMES]
    movies = [Movie(pair, scheme) for pair, scheme in zip(pairs, _SCHEMES, strict=True)]

    async def film(seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for movie in movies:
                await movie.shoot()

    await film(1)
    await tap(*(pair.home.get_by_text(_WATER[language.code]) for pair in pairs))
    await film(4)
    await tap(*(pair.phone.locator("#answer") for pair in pairs))
    while await pairs[0].phone.locator("#in-call").is_visible():
        await film(0.5)
    await film(2)
    for movie, scheme in zip(movies, _SCHEMES, strict=True):
        name = f"demo{_DARK[scheme]}{_SUFFIX[language.code]}.webp"
        await asyncio.to_thread(movie.write, _DOCS / name)


async def _take(folder: Path) -> None:
    async with browser() as looks:
        for language in (ENGLISH, PORTUGUESE):
            await asyncio.to_thread(lay_out, folder, language)
            async with running(folder, language) as stage:
                await furnish(stage)
                await _film(looks, stage, language)
            sys.stdout.write(f"Filmed in {language.code}.\n")


def main() -> None:
    """Take them all."""
    asyncio.run(_take(ROOT / ".demo" / "pictures"))
    sys.stdout.write("Next: git diff --stat docs, and look at each of them.\n")


if __name__ == "__main__":
    main()
