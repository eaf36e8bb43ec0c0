"""Makes the release on GitHub, with what git and the GitHub command line know."""

from pathlib import Path
import subprocess

BRANCH = "refs/heads/main"


class PublishError(Exception):
    """This must not, or cannot, be released."""


def _run(root: Path, *command: str) -> str:
    """Return the output of a command."""
    try:
        done = subprocess.run(  # noqa: S603
            command, cwd=root, check=True, capture_output=True, text=True
        )
    except subprocess.CalledProcessError as error:
        raise PublishError(f"{' '.join(command[:3])} failed: {error.stderr.strip()}") from error
    return done.stdout.strip()


def check_publishable(root: Path, tag: str) -> None:
    """Refuse what is not the main branch as GitHub has it, or has been released.

    The repository at GitHub is asked, not the clone: a clone may not have all tags.

    Raises:
        PublishError: something is not committed, this commit is not the newest of the main
            branch, or the tag exists.

    """
    if changed := _run(root, "git", "status", "--porcelain"):
        raise PublishError(f"This is not committed:\n{changed}")
    listed = _run(root, "git", "ls-remote", "origin", BRANCH, f"refs/tags/{tag}")
    commits = {name: commit for commit, name in (it.split("\t") for it in listed.splitlines())}
    if f"refs/tags/{tag}" in commits:
        raise PublishError(f"{tag} is already there: choose a new version")
    if commits.get(BRANCH) != _run(root, "git", "rev-parse", "HEAD"):
        raise PublishError("This commit is not the newest one of the main branch")


def publish(root: Path, tag: str, notes: Path, archive: Path) -> str:
    """Make tag and release, with its archive, of the current commit; return its address."""
    commit = _run(root, "git", "rev-parse", "HEAD")
    title = ("--title", tag, "--notes-file", str(notes))
    return _run(root, "gh", "release", "create", tag, str(archive), "--target", commit, *title)
