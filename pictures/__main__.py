"""``python -m pictures [NAME …]``: see ``scripts/pictures``."""

import argparse
import asyncio
from collections.abc import Sequence
from pathlib import Path
import shutil
import sys

from playwright.async_api import Browser

from demo.installation import ROOT, lay_out
from demo.language import ENGLISH, PORTUGUESE
from demo.stage import furnish, running

from .browser import browser
from .film import film_emergency
from .stills import STILLS, take

_DOCS = ROOT / "docs"
_BLUEPRINTS = Path("blueprints", "automation", "pilotstatus")
_FILM = "film"


async def _take_stills(looks: Browser, folder: Path, names: Sequence[str]) -> None:
    await asyncio.to_thread(lay_out, folder, ENGLISH)
    await asyncio.to_thread(
        shutil.copytree,
        ROOT / _BLUEPRINTS,
        folder / _BLUEPRINTS,
        ignore=shutil.ignore_patterns("older"),
    )
    async with running(folder, ENGLISH) as stage:
        await furnish(stage)
        await take(looks, stage, names, _DOCS)


async def _film(looks: Browser, folder: Path) -> None:
    for language in (ENGLISH, PORTUGUESE):
        await asyncio.to_thread(lay_out, folder, language)
        async with running(folder, language) as stage:
            await furnish(stage)
            await film_emergency(looks, stage, language, _DOCS)
        sys.stdout.write(f"Filmed in {language.code}.\n")


async def _make(folder: Path, names: Sequence[str]) -> None:
    async with browser() as looks:
        if stills := [name for name in names if name != _FILM]:
            await _take_stills(looks, folder, stills)
        if _FILM in names:
            await _film(looks, folder)


def main() -> None:
    """Make the pictures that are named, or all."""
    all_names = [*STILLS, _FILM]
    parser = argparse.ArgumentParser(prog="scripts/pictures")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(all_names))
    names = parser.parse_args().names or all_names
    if unknown := set(names) - set(all_names):
        parser.error(f"no picture has the name {', '.join(sorted(unknown))}")
    asyncio.run(_make(ROOT / ".demo" / "pictures", names))
    sys.stdout.write("Next: git diff --stat docs, and look at each of them.\n")


if __name__ == "__main__":
    main()
