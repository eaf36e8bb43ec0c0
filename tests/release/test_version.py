"""What is released is what manifest, project and changelog agree on."""

import json
from pathlib import Path

import pytest

from release.version import COMPONENT, VersionError, find_version
from tests.conftest import ROOT


def test_the_version_of_this_repository_can_be_released() -> None:
    manifest = json.loads((ROOT / COMPONENT / "manifest.json").read_text())
    assert find_version(ROOT).version == manifest["version"]


def test_the_newest_section_is_what_is_released(root: Path) -> None:
    assert find_version(root).notes == "- **Calls** ring."


@pytest.mark.parametrize(
    "name", ["pyproject.toml", "CHANGELOG.md", "custom_components/pilotstatus/manifest.json"]
)
def test_a_file_that_names_another_version_is_found(root: Path, name: str) -> None:
    path = root / name
    path.write_text(path.read_text().replace("1.2.0", "1.3.0"))
    with pytest.raises(VersionError, match=r"1\.3\.0") as raised:
        find_version(root)
    assert "1.2.0" in str(raised.value)


def test_what_waits_for_a_version_is_not_released_in_silence(root: Path) -> None:
    path = root / "CHANGELOG.md"
    path.write_text(
        path.read_text().replace("## [1.2.0]", "## [Unreleased]\n\n- Soon.\n\n## [1.2.0]")
    )
    with pytest.raises(VersionError, match="Unreleased"):
        find_version(root)
