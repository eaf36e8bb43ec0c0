"""The files of the checkout: what they say, and copies of them that may be changed."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path, PurePosixPath
import shutil
import subprocess

from .targets import Target


def list_files(root: Path) -> list[str]:
    """Return what git tracks or would add, changed or not."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return sorted(name for name in set(listed.split("\0")) if name and (root / name).is_file())


def copy_files(root: Path, files: Iterable[str], copy: Path) -> None:
    """Copy files into a folder."""
    for name in files:
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, target)


def fingerprint(root: Path, files: Iterable[str], target: Target, python: str) -> str:
    """Return what changes when a target's mutants may fare otherwise than before.

    That is any file but documents and the tests of other modules, and another Python.
    """
    digest = sha256(python.encode())
    for name in files:
        path = PurePosixPath(name)
        is_test = path.parts[0] == "tests" and path.name.startswith("test_")
        is_code = len(path.parts) > 1 and path.parts[0] not in (".github", "docs")
        if name == "pyproject.toml" or name in target.tests or (is_code and not is_test):
            digest.update(f"\0{name}\0".encode())
            digest.update((root / name).read_bytes())
    return digest.hexdigest()
