"""Check, build and publish a release: see docs/release.md."""

import argparse
from collections.abc import Sequence
from pathlib import Path
import sys

from .archive import NAME, pack
from .changelog import ChangelogError
from .publish import PublishError, check_publishable, publish
from .version import VersionError, find_version

#: Where it is built.
FOLDER = Path(".release")


def build(root: Path) -> str:
    """Build archive and notes of the release in its folder; return its tag."""
    section = find_version(root)
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    (folder / "notes.md").write_text(f"{section.notes}\n")
    pack(root, folder / NAME)
    return f"v{section.version}"


def main(arguments: Sequence[str] | None = None, root: Path | None = None) -> int:
    """Run the command, in the current folder unless another is named; return its exit code."""
    parser = argparse.ArgumentParser(prog="scripts/release", description=__doc__)
    parser.add_argument(
        "--check",
        action="store_true",
        help="check and build, but publish nothing; needs no network",
    )
    options = parser.parse_args(arguments)
    root = root or Path.cwd()
    try:
        tag = build(root)
        if options.check:
            sys.stdout.write(f"{tag} can be released: see {FOLDER}/\n")
            return 0
        check_publishable(root, tag)
        address = publish(root, tag, root / FOLDER / "notes.md", root / FOLDER / NAME)
    except (ChangelogError, PublishError, VersionError) as error:
        sys.stderr.write(f"Not released. {error}\n")
        return 1
    sys.stdout.write(f"{address}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
