"""The workflows run what is pinned, with no more rights than they need."""

from pathlib import Path
import re
from typing import Any, Final

import pytest
import yaml

from .conftest import ROOT

FOLDER: Final = ROOT / ".github" / "workflows"
WORKFLOWS: Final = sorted(FOLDER.glob("*.yml"))
#: A full commit, and in a comment which version that is; or a workflow of this very commit.
PINNED: Final = re.compile(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40} # (v?\d+(\.\d+){1,2}|master)")
OWN: Final = re.compile(r"\$/(\.github/workflows/\w+\.yml)")


def content(path: Path) -> dict[Any, Any]:
    """Return a workflow. Its key ``on`` is the truth in YAML."""
    workflow: dict[Any, Any] = yaml.safe_load(path.read_text())
    return workflow


def jobs(path: Path) -> dict[str, dict[str, Any]]:
    """Return the jobs of a workflow by name."""
    found: dict[str, dict[str, Any]] = content(path)["jobs"]
    return found


def used(text: str) -> list[str]:
    """Return what a workflow uses, with the comments."""
    return re.findall(r"^[ -]*uses: (.+)$", text, re.MULTILINE)


def is_pinned(it: str) -> bool:
    """Return whether what is used can never become something else."""
    if own := OWN.fullmatch(it):
        return (ROOT / own[1]).is_file()
    return PINNED.fullmatch(it) is not None


def commands(path: Path) -> str:
    """Return all that a workflow runs."""
    steps = [step for job in jobs(path).values() for step in job.get("steps", ())]
    return "\n".join(step["run"] for step in steps if "run" in step)


def test_there_are_workflows() -> None:
    assert {path.stem for path in WORKFLOWS} == {
        *("lint", "mutation", "release", "test", "validate"),
    }


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_everything_used_is_pinned(path: Path) -> None:
    found = used(path.read_text())
    assert found
    assert [it for it in found if not is_pinned(it)] == []
    steps = [step for job in jobs(path).values() for step in (job, *job.get("steps", ()))]
    assert len(found) == len([step for step in steps if "uses" in step])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_one_action_is_the_same_commit_everywhere(path: Path) -> None:
    everywhere = {it.partition("@")[0]: it for other in WORKFLOWS for it in used(other.read_text())}
    assert [it for it in used(path.read_text()) if everywhere[it.partition("@")[0]] != it] == []


@pytest.mark.parametrize(
    "it",
    [
        "actions/checkout@v5",
        "actions/checkout@main # v5.0.0",
        "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1",
        "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b # v7.0.1",
        "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # the newest",
        "$/.github/workflows/nowhere.yml",
        "./.github/workflows/test.yml",
    ],
)
def test_what_is_not_pinned_is_found(it: str) -> None:
    assert not is_pinned(it)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_rights_are_given_to_each_job_alone(path: Path) -> None:
    assert content(path)["permissions"] == {}
    for name, job in jobs(path).items():
        may_write = (path.stem, name) == ("release", "release")
        assert job["permissions"] == {"contents": "write" if may_write else "read"}, name
        for step in job.get("steps", ()):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_nothing_runs_for_ever_or_twice(path: Path) -> None:
    concurrency = content(path)["concurrency"]
    assert concurrency["group"].split("-")[0] == path.stem
    # A release that has begun is brought to its end.
    assert concurrency["cancel-in-progress"] is (path.stem != "release")
    for name, job in jobs(path).items():
        assert "uses" in job or job["timeout-minutes"] <= 120, name


def test_a_called_workflow_does_not_wait_for_its_caller() -> None:
    called = [
        ROOT / own[1] for it in used((FOLDER / "release.yml").read_text()) if (own := OWN.match(it))
    ]
    assert {path.stem for path in called} == {"test", "lint", "validate"}
    for path in called:
        # github.workflow would be the name of the caller.
        assert content(path)["concurrency"]["group"] == (
            f"{path.stem}-${{{{ github.event_name }}}}-${{{{ github.ref }}}}"
        )
        assert "workflow_call" in content(path)[True]


def test_a_release_needs_all_checks_of_the_main_branch() -> None:
    release = jobs(FOLDER / "release.yml")["release"]
    assert set(release["needs"]) == {"test", "lint", "validate"}
    assert release["if"] == "github.ref == 'refs/heads/main'"
    assert content(FOLDER / "release.yml")[True].keys() == {"workflow_dispatch"}


def test_scripts_that_workflows_run_exist_and_take_the_python_of_the_job() -> None:
    scripts = {it for path in WORKFLOWS for it in re.findall(r"scripts/\w+", commands(path))}
    assert scripts == {"scripts/demo", "scripts/mutate", "scripts/release", "scripts/test"}
    for name in scripts:
        assert (ROOT / name).stat().st_mode & 0o111, name
    tested = jobs(FOLDER / "test.yml")["test"]["strategy"]["matrix"]["python"]
    assert {f"{it}.txt" for it in tested} == {
        path.name for path in (ROOT / "requirements").glob("3.*.txt")
    }


def test_hooks_use_pinned_tools_and_those_of_the_project() -> None:
    (repository,) = content(ROOT / ".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local"
    hooks = {hook["id"]: hook.get("additional_dependencies") for hook in repository["hooks"]}
    assert hooks.keys() == {
        *("codespell", "mypy", "ruff-check", "ruff-format", "yamllint", "zizmor"),
    }
    for name in ("mypy", "ruff-check", "ruff-format"):
        assert hooks.pop(name) is None
    for needed in hooks.values():
        assert re.fullmatch(r"[a-z]+==[\d.]+", needed[0])
        assert len(needed) == 1
    own = [hook["entry"] for hook in repository["hooks"] if hook["language"] == "system"]
    assert len(own) == 3
    assert all(it.startswith("bash -c 'source scripts/environment && ") for it in own)


def test_the_hooks_run_for_each_change_in_a_pinned_version() -> None:
    assert re.search(r"--spec prek==[\d.]+ prek run --all-files", commands(FOLDER / "lint.yml"))
    assert content(FOLDER / "lint.yml")[True].keys() >= {"push", "pull_request"}


def test_screenshots_of_a_browser_that_failed_are_kept() -> None:
    (step,) = (
        it
        for it in jobs(FOLDER / "test.yml")["test"]["steps"]
        if it.get("uses", "").startswith("actions/upload-artifact@")
    )
    assert step["if"] == "failure()"
    assert step["with"]["path"] == ".browser/"
    # Else a folder whose name begins with a dot is left out.
    assert step["with"]["include-hidden-files"] is True
