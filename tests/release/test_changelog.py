"""A changelog is read, and what is not in its form is refused."""

from datetime import date

import pytest

from release.changelog import Changelog, ChangelogError, Section, parse

from .conftest import CHANGELOG

SECTIONS = (
    Section("1.2.0", date(2026, 3, 2), "- **Calls** ring."),
    Section("1.1.9", date(2026, 3, 1), "- Older."),
)


def test_versions_are_read_with_their_notes_and_without_addresses() -> None:
    assert parse(CHANGELOG) == Changelog("", SECTIONS)


def test_what_waits_for_a_version_is_read_apart() -> None:
    waiting = CHANGELOG.replace("## [1.2.0]", "## [Unreleased]\n\n- Soon.\n\n## [1.2.0]")
    assert parse(waiting) == Changelog("- Soon.", SECTIONS)
    empty = CHANGELOG.replace("## [1.2.0]", "## [Unreleased]\n\n## [1.2.0]")
    assert parse(empty) == Changelog("", SECTIONS)


def test_headings_inside_a_version_are_part_of_it() -> None:
    grouped = parse(CHANGELOG.replace("- **Calls**", "### Added\n\n- **Calls**"))
    assert grouped.sections[0].notes == "### Added\n\n- **Calls** ring."


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[1.2.0] -", "1.2.0 -", "no heading"),
        ("[1.2.0] - 2026-03-02", "[1.2.0]", "no heading"),
        ("2026-03-02", "2026-03-02, a Monday", "no heading"),
        ("[1.2.0] -", "[v1.2.0] -", "no heading"),
        ("[1.2.0] -", "[1.2] -", "no heading"),
        ("[1.1.9] - 2026-03-01", "[Unreleased]", "no heading"),
        ("2026-03-02", "2026-02-30", "no date"),
        ("- **Calls** ring.", "", "Nothing is said"),
        ("[1.2.0] -", "[1.1.9] -", "stands above"),
        ("[1.2.0] -", "[1.1.10] -", None),
        ("[1.2.0] -", "[1.0.10] -", "stands above"),
        ("2026-03-02", "2026-03-01", None),
        ("2026-03-02", "2026-02-28", "stands above"),
    ],
)
def test_a_changelog_that_breaks_its_form_is_refused(old: str, new: str, said: str | None) -> None:
    assert old in CHANGELOG
    changed = CHANGELOG.replace(f"{old}", new, 1)
    if said is None:
        assert parse(changed)
    else:
        with pytest.raises(ChangelogError, match=said):
            parse(changed)


@pytest.mark.parametrize("text", ["", "# Changelog\n", "## [Unreleased]\n\n- Soon.\n"])
def test_a_changelog_without_a_version_is_refused(text: str) -> None:
    with pytest.raises(ChangelogError, match="no version"):
        parse(text)
