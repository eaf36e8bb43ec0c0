"""The movies: an emergency, in both languages, light and dark."""

import asyncio
from pathlib import Path
import time
from typing import Final, NamedTuple

from playwright.async_api import Browser, Page

from demo.language import ENGLISH, PORTUGUESE, Language
from demo.stage import Stage

from .browser import open_page, tap
from .movie import Movie

_HOME = (740, 660)
_PHONE = (370, 660)
_SCHEMES = ("light", "dark")
_DARK = {"light": "", "dark": "-dark"}
_WATER = {"en": "Water in the cellar", "pt-BR": "Vazamento"}
_SUFFIX = {"en": "", "pt-BR": ".pt-BR"}


def movie_name(language: Language, scheme: str) -> str:
    """Return the name of a movie: ``demo-dark.pt-BR``."""
    return f"demo{_DARK[scheme]}{_SUFFIX[language.code]}"


#: The names of all movies.
MOVIES: Final = tuple(
    movie_name(language, scheme) for language in (ENGLISH, PORTUGUESE) for scheme in _SCHEMES
)


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


async def film_emergency(looks: Browser, stage: Stage, language: Language, folder: Path) -> None:
    """Film an emergency: a button is pressed, Ana sleeps on, and Bruno hears why."""
    pairs = [await _open(looks, stage, language, scheme) for scheme in _SCHEMES]
    movies = [Movie(pair, scheme) for pair, scheme in zip(pairs, _SCHEMES, strict=True)]

    async def film(seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for movie in movies:
                await movie.shoot()

    await film(1)
    await tap(*(pair.home.get_by_text(_WATER[language.code]) for pair in pairs))
    await film(3.5)
    # Of how long her phone rings only the beginning is shown.
    for pair in pairs:
        await pair.phone.locator("#elsewhere").wait_for()
    await film(2)
    bars = [pair.phone.locator("#elsewhere") for pair in pairs]
    await tap(*bars)
    # Which phone is shown is up to each page.
    for bar in bars[1:]:
        await bar.click()
    await film(2)
    await tap(*(pair.phone.locator("#answer") for pair in pairs))
    await pairs[0].phone.locator("#in-call").wait_for()
    while await pairs[0].phone.locator("#in-call").is_visible():
        await film(0.5)
    await film(2.5)
    for movie, scheme in zip(movies, _SCHEMES, strict=True):
        path = folder / f"{movie_name(language, scheme)}.webp"
        await asyncio.to_thread(movie.write, path)
