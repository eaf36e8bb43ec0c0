"""The archive of a release holds the component, and is the same each time."""

import os
from pathlib import Path
from zipfile import ZipFile

from release.archive import pack, tracked_files
from release.version import COMPONENT
from tests.conftest import ROOT

from .conftest import Git

NAMES = ["__init__.py", "api/client.py", "manifest.json"]


def test_the_content_of_the_component_is_at_the_top(root: Path, git: Git, tmp_path: Path) -> None:
    pack(root, tmp_path / "pilotstatus.zip")
    with ZipFile(tmp_path / "pilotstatus.zip") as archive:
        assert archive.namelist() == NAMES
        assert archive.read("api/client.py") == b"ready = True\n"
        assert archive.testzip() is None


def test_files_that_git_does_not_know_are_left_out(root: Path, git: Git, tmp_path: Path) -> None:
    (root / COMPONENT / "notes.txt").write_text("mine")
    (root / COMPONENT / "client.pyc").write_bytes(b"made")
    pack(root, tmp_path / "pilotstatus.zip")
    with ZipFile(tmp_path / "pilotstatus.zip") as archive:
        assert archive.namelist() == NAMES


def test_the_same_files_make_the_same_archive(root: Path, git: Git, tmp_path: Path) -> None:
    pack(root, tmp_path / "first.zip")
    for path in (root / COMPONENT).rglob("*.py"):
        os.utime(path, (0, 1_000_000_000))
        path.chmod(0o755)
    pack(root, tmp_path / "second.zip")
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()


def test_everybody_can_read_what_is_unpacked(root: Path, git: Git, tmp_path: Path) -> None:
    pack(root, tmp_path / "pilotstatus.zip")
    with ZipFile(tmp_path / "pilotstatus.zip") as archive:
        assert {it.external_attr >> 16 for it in archive.infolist()} == {0o100644}


def test_the_whole_component_is_in_its_archive() -> None:
    packed = {path.as_posix() for path in tracked_files(ROOT)}
    assert {"manifest.json", "brand/icon.png", "translations/pt-BR.json"} <= packed
    assert not [name for name in packed if "__pycache__" in name]
