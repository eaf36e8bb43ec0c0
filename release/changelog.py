"""Reads CHANGELOG.md, which has the form of keepachangelog.com."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
import re

#: ``## [1.0.0] - 2026-11-29``, or ``## [Unreleased]``.
_HEADING = re.compile(r"^## (.*)$", re.MULTILINE)
_TITLE = re.compile(r"\[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)")
_UNRELEASED = "[Unreleased]"
#: Where the addresses of the versions begin, below the last section.
_ADDRESSES = re.compile(r"^\[[^\]]+\]: \S+$", re.MULTILINE)


class ChangelogError(Exception):
    """The changelog does not have its form."""


@dataclass(frozen=True, slots=True)
class Section:
    """What one version changed."""

    version: str
    day: date
    notes: str


@dataclass(frozen=True, slots=True)
class Changelog:
    """The versions, newest first, and what waits for the next one."""

    unreleased: str
    sections: tuple[Section, ...]


def _parse_section(title: str, notes: str) -> Section:
    """Return a section; raise ChangelogError if its heading is none of a version."""
    match = _TITLE.fullmatch(title)
    if match is None:
        raise ChangelogError(f"'## {title}' is no heading of a version and its date")
    try:
        day = date.fromisoformat(match[2])
    except ValueError as error:
        raise ChangelogError(f"{match[2]} is no date") from error
    if not notes:
        raise ChangelogError(f"Nothing is said of version {match[1]}")
    return Section(match[1], day, notes)


def parse(text: str) -> Changelog:
    """Return the content of a changelog.

    Raises:
        ChangelogError: it has no versions, or they are not newest first.

    """
    _, *parts = _HEADING.split(_ADDRESSES.split(text, maxsplit=1)[0])
    named = [
        (title.strip(), notes.strip()) for title, notes in zip(parts[::2], parts[1::2], strict=True)
    ]
    unreleased = ""
    if named and named[0][0] == _UNRELEASED:
        unreleased = named.pop(0)[1]
    sections = tuple(_parse_section(*it) for it in named)
    if not sections:
        raise ChangelogError("There is no version in the changelog")
    for newer, older in pairwise(sections):
        if _number(newer.version) <= _number(older.version) or newer.day < older.day:
            raise ChangelogError(f"{newer.version} stands above {older.version}")
    return Changelog(unreleased, sections)


def _number(version: str) -> tuple[int, ...]:
    """Return a version as what can be compared."""
    return tuple(int(part) for part in version.split("."))
