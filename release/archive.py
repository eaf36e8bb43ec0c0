"""Packs the component as HACS and the Marketplace unpack it: into its own folder."""

from pathlib import Path
import subprocess
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from .version import COMPONENT

NAME = "pilotstatus.zip"
#: The same in every archive, so that the same files make the same archive.
_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16


def tracked_files(root: Path) -> list[Path]:
    """Return the files of the component that git knows, in order, relative to its folder."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", "."],  # noqa: S607
        cwd=root / COMPONENT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [Path(name) for name in listed.stdout.split("\0") if name]


def pack(root: Path, target: Path) -> None:
    """Write the archive of a release: the content of the component's folder at its top."""
    with ZipFile(target, "w") as archive:
        for path in tracked_files(root):
            member = ZipInfo(path.as_posix(), _TIME)
            member.compress_type = ZIP_DEFLATED
            member.external_attr = _MODE
            archive.writestr(member, (root / COMPONENT / path).read_bytes())
