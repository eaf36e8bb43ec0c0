"""The pictures of the documents: each is shown, and made by ``scripts/pictures``."""

from importlib import import_module
from importlib.util import find_spec
import subprocess
import sys
from typing import Final

import pytest

from .documents import ROOT, documents

#: Kilobytes of a picture, so that a page is there at once.
LIMITS: Final = {".png": 200, ".webp": 400}
DOCS: Final = ROOT / "docs"
PICTURES: Final = {
    path.relative_to(ROOT).as_posix(): path
    for suffix in LIMITS
    for path in sorted(DOCS.glob(f"*{suffix}"))
}

needs_playwright = pytest.mark.skipif(
    find_spec("playwright") is None, reason="Playwright is there for the newest Python only"
)


@pytest.fixture
def made() -> set[str]:
    stills, film = (import_module(f"pictures.{name}") for name in ("stills", "film"))
    return {f"docs/{name}.png" for name in stills.STILLS} | {
        f"docs/{name}.webp" for name in film.MOVIES
    }


@pytest.fixture
def shown() -> set[str]:
    links = {
        it.resolve(link)[0] for it in documents().values() for link in it.links if is_file(link)
    }
    return {link for link in links if link.startswith("docs/")}


def is_file(link: str) -> bool:
    """Whether a link leads to a picture of this repository."""
    return link.endswith(tuple(LIMITS)) and "://" not in link


@needs_playwright
def test_every_picture_that_a_document_shows_is_made(made: set[str], shown: set[str]) -> None:
    assert shown - made == set()


@needs_playwright
def test_every_picture_that_is_made_is_there(made: set[str]) -> None:
    assert set(PICTURES) == made


def test_every_picture_is_shown_by_a_document(shown: set[str]) -> None:
    assert set(PICTURES) == shown


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_small(name: str) -> None:
    path = PICTURES[name]
    assert path.stat().st_size <= LIMITS[path.suffix] * 1000


@needs_playwright
def test_a_picture_that_nobody_knows_is_refused() -> None:
    command = [sys.executable, "-m", "pictures", "trigger", "sunset"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.endswith("no picture has the name sunset\n")
