"""Finds the version that the files of the repository agree on."""

import json
from pathlib import Path
import tomllib

from .changelog import Section, parse

COMPONENT = Path("custom_components") / "pilotstatus"


class VersionError(Exception):
    """The files of the repository do not agree on what is to be released."""


def find_version(root: Path) -> Section:
    """Return the section of the changelog that is to be released.

    Raises:
        VersionError: manifest, project and changelog name different versions, or something in
            the changelog still waits for a version.
        ChangelogError: the changelog does not have its form.

    """
    manifest = json.loads((root / COMPONENT / "manifest.json").read_text())["version"]
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    changelog = parse((root / "CHANGELOG.md").read_text())
    newest = changelog.sections[0]
    if not manifest == project == newest.version:
        raise VersionError(
            f"manifest.json says {manifest}, pyproject.toml {project}, "
            f"and the newest section of CHANGELOG.md is {newest.version}"
        )
    if changelog.unreleased:
        raise VersionError(
            f"CHANGELOG.md has entries under Unreleased: move them to a section, "
            f"or they are part of {newest.version} without a word"
        )
    return newest
