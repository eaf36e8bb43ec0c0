"""The command checks, builds and publishes, in this order."""

import os
from pathlib import Path
import subprocess
import sys

import pytest

from release.__main__ import FOLDER, main
from tests.conftest import ROOT

from .conftest import Git, GitHub


def test_a_check_builds_what_would_be_released_and_publishes_nothing(
    root: Path, git: Git, github: GitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    git("remote", "remove", "origin")
    assert main(["--check"], root) == 0
    assert "v1.2.0 can be released" in capsys.readouterr().out
    assert (root / FOLDER / "notes.md").read_text() == "- **Calls** ring.\n"
    assert (root / FOLDER / "pilotstatus.zip").stat().st_size
    assert github() == []


def test_a_release_is_published_and_its_address_told(
    root: Path, git: Git, github: GitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([], root) == 0
    assert capsys.readouterr().out == "https://example.com/v1.2.0\n"
    called = github()
    assert called[:3] == ["release", "create", "v1.2.0"]
    assert str(root / FOLDER / "pilotstatus.zip") in called
    assert str(root / FOLDER / "notes.md") in called


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("CHANGELOG.md", "[1.2.0] - 2026-03-02", "[1.2.0]"), "no heading"),
        (("pyproject.toml", "1.2.0", "1.1.0"), "pyproject.toml 1.1.0"),
        (("pyproject.toml", "\n", "\n\n"), "not committed"),
    ],
)
def test_what_must_not_be_released_is_refused_before_github_is_asked(
    root: Path,
    git: Git,
    github: GitHub,
    capsys: pytest.CaptureFixture[str],
    change: tuple[str, str, str],
    said: str,
) -> None:
    name, old, new = change
    (root / name).write_text((root / name).read_text().replace(old, new))
    assert main([], root) == 1
    error = capsys.readouterr().err
    assert error.startswith("Not released. ")
    assert said in error
    assert github() == []


def test_the_script_runs_in_any_folder_with_the_python_at_hand(tmp_path: Path) -> None:
    done = subprocess.run(
        [ROOT / "scripts" / "release", "--help"],
        cwd=tmp_path,
        env={"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert "--check" in done.stdout


def test_only_the_standard_library_is_needed() -> None:
    subprocess.run([sys.executable, "-S", "-m", "release", "--help"], cwd=ROOT, check=True)
