"""A small repository that can be released, beside the one it was pushed to."""

from collections.abc import Callable
import json
import os
from pathlib import Path
import subprocess

import pytest

CHANGELOG = """# Changelog

## [1.2.0] - 2026-03-02

- **Calls** ring.

## [1.1.9] - 2026-03-01

- Older.

[1.2.0]: https://example.com/v1.2.0
[1.1.9]: https://example.com/v1.1.9
"""

type Git = Callable[..., str]
type GitHub = Callable[[], list[str]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the folder of a repository whose files agree, not yet known to git."""
    component = tmp_path / "clone" / "custom_components" / "pilotstatus"
    (component / "api").mkdir(parents=True)
    (component / "manifest.json").write_text(json.dumps({"version": "1.2.0"}))
    (component / "__init__.py").write_text("")
    (component / "api" / "client.py").write_text("ready = True\n")
    root = tmp_path / "clone"
    (root / "pyproject.toml").write_text('[project]\nversion = "1.2.0"\n')
    (root / "CHANGELOG.md").write_text(CHANGELOG)
    (root / ".gitignore").write_text(".release/\n*.pyc\n")
    return root


@pytest.fixture
def git(root: Path, tmp_path: Path) -> Git:
    """Commit and push the repository; return what runs git in it."""
    alone = {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ana",
        "GIT_AUTHOR_EMAIL": "ana@example.com",
        "GIT_COMMITTER_NAME": "Ana",
        "GIT_COMMITTER_EMAIL": "ana@example.com",
    }

    def run(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments],  # noqa: S607
            cwd=root,
            env=os.environ | alone,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()

    origin = str(tmp_path / "origin.git")
    run("init", "-q", "--bare", origin)
    run("init", "-q", "-b", "main")
    run("remote", "add", "origin", origin)
    run("add", "-A")
    run("commit", "-q", "-m", "Begin")
    run("push", "-q", "origin", "main")
    return run


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitHub:
    """Put a program in place of GitHub's; return what tells the arguments it was called with."""
    folder = tmp_path / "bin"
    folder.mkdir()
    called = tmp_path / "called"
    program = folder / "gh"
    program.write_text(
        f"#!/bin/sh\nprintf '%s\\n' \"$@\" >> '{called}'\n"
        '[ -z "$REFUSED" ] || { echo "HTTP 403" >&2; exit 1; }\n'
        "echo https://example.com/v1.2.0\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return lambda: called.read_text().splitlines() if called.exists() else []
