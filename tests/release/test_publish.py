"""Only the main branch, as GitHub has it, becomes a release, and each version once."""

from pathlib import Path

import pytest

from release.publish import PublishError, check_publishable, publish

from .conftest import Git, GitHub


def test_the_newest_commit_of_the_main_branch_can_be_released(root: Path, git: Git) -> None:
    check_publishable(root, "v1.2.0")


def test_a_version_is_released_once(root: Path, git: Git) -> None:
    git("push", "-q", "origin", "main:refs/tags/v1.2.0")
    assert git("tag", "--list") == ""
    with pytest.raises(PublishError, match="already there"):
        check_publishable(root, "v1.2.0")
    check_publishable(root, "v1.2.1")


def test_what_is_not_committed_is_not_released(root: Path, git: Git) -> None:
    (root / "README.md").write_text("Soon.\n")
    with pytest.raises(PublishError, match=r"not committed:\n\?\? README\.md"):
        check_publishable(root, "v1.2.0")


def test_what_is_not_on_the_main_branch_is_not_released(root: Path, git: Git) -> None:
    git("checkout", "-q", "-b", "other")
    git("commit", "-q", "--allow-empty", "-m", "Go on")
    git("push", "-q", "origin", "other")
    with pytest.raises(PublishError, match="newest one of the main branch"):
        check_publishable(root, "v1.2.0")


def test_an_older_commit_is_not_released(root: Path, git: Git) -> None:
    git("commit", "-q", "--allow-empty", "-m", "Go on")
    git("push", "-q", "origin", "main")
    git("reset", "-q", "--hard", "HEAD~1")
    with pytest.raises(PublishError, match="newest one of the main branch"):
        check_publishable(root, "v1.2.0")


def test_a_repository_that_cannot_be_asked_is_no_permission(root: Path, git: Git) -> None:
    git("remote", "set-url", "origin", str(root / "nowhere"))
    with pytest.raises(PublishError, match="git ls-remote origin failed"):
        check_publishable(root, "v1.2.0")


def test_a_release_is_made_of_this_commit_with_notes_and_archive(
    root: Path, git: Git, github: GitHub
) -> None:
    address = publish(root, "v1.2.0", root / "notes.md", root / "pilotstatus.zip")
    assert address == "https://example.com/v1.2.0"
    assert github() == [
        *("release", "create", "v1.2.0", str(root / "pilotstatus.zip")),
        *("--target", git("rev-parse", "HEAD")),
        *("--title", "v1.2.0", "--notes-file", str(root / "notes.md")),
    ]


def test_what_github_refuses_is_said(
    root: Path, git: Git, github: GitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REFUSED", "1")
    with pytest.raises(PublishError, match="gh release create failed: HTTP 403"):
        publish(root, "v1.2.0", root / "notes.md", root / "pilotstatus.zip")
