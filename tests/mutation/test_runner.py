"""The runner of mutants, with real tests in copies of a checkout."""

from collections.abc import Iterable
from pathlib import Path
import subprocess
import sys

import pytest

from mutation.checkout import fingerprint, list_files
from mutation.results import Mutant, Outcome
from mutation.runner import CleanRunError, start_runner
from mutation.targets import COMPONENT, Target

LAMP = Target(f"{COMPONENT}/lamp.py", ("tests/test_lamp.py",))
FILES = {
    LAMP.module: "ON = True\nSIZE = 1\n",
    LAMP.tests[0]: (
        "from custom_components.pilotstatus import lamp\n"
        "def test_first(): pass\n"
        "def test_on():\n"
        "    while lamp.ON is None: pass\n"
        "    assert lamp.ON\n"
    ),
    "tests/test_other.py": "def test_nothing(): pass\n",
    "README.md": "A lamp\n",
    "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n',
    ".gitignore": "ignored\n__pycache__\n",
    "ignored": "",
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a checkout with a module and its tests."""
    # Home Assistant takes long to import, and is not needed here.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    root = tmp_path / "root"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    subprocess.run(["git", "init", "--quiet", root], check=True)  # noqa: S607
    return root


def contents(root: Path) -> dict[Path, bytes]:
    """Return the contents of the files in a folder."""
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


async def run(root: Path, sources: Iterable[str]) -> list[Outcome]:
    """Run mutants, each of which is a whole source, one after the other; return their outcomes."""
    mutants = {Mutant(LAMP.module, "", number, 1): it for number, it in enumerate(sources)}
    outcomes: list[Outcome] = []
    async with start_runner(
        root,
        list_files(root),
        lambda _source, mutant: mutants[mutant],
        folder=root.parent,
        python=sys.executable,
        jobs=1,
        margin=1,
    ) as runner:
        await runner.check([LAMP])
        await runner.run([LAMP], mutants, lambda _mutant, outcome: outcomes.append(outcome))
    return outcomes


async def test_a_mutant_is_killed_survives_or_times_out_and_the_checkout_stays_as_it_is(
    root: Path,
) -> None:
    before = contents(root)
    assert await run(
        root,
        [
            "ON = 0\nSIZE = 1\n",
            "ON = 1\nSIZE = 1\n",
            "ON = 0\nSIZE = 1\n",
            "ON = None\n",
            "1 / 0\n",
        ],
    ) == [Outcome.KILLED, Outcome.SURVIVED, Outcome.KILLED, Outcome.TIMEOUT, Outcome.KILLED]
    assert contents(root.parent) == before


@pytest.mark.parametrize(
    ("tests", "complaint"),
    [
        ("def test_on(): assert False\n", "failed while nothing was broken"),
        ("", "There are no tests in"),
        ("def test_on(): pass\n", "is not imported"),
        (
            f"{FILES[LAMP.tests[0]]}    lamp.DIM = 1\ndef test_dim(): assert lamp.DIM\n",
            "failed in the opposite order",
        ),
    ],
    ids=["failing", "none", "of nothing", "in their order only"],
)
async def test_tests_that_prove_nothing_are_an_error(
    root: Path, tests: str, complaint: str
) -> None:
    (root / LAMP.tests[0]).write_text(tests)
    with pytest.raises(CleanRunError, match=complaint):
        await run(root, [])


@pytest.mark.parametrize(
    ("name", "is_relevant"),
    [
        (LAMP.module, True),
        (LAMP.tests[0], True),
        (f"{COMPONENT}/new.py", True),
        ("tests/conftest.py", True),
        ("pyproject.toml", True),
        ("tests/test_other.py", False),
        ("README.md", False),
        ("ignored", False),
    ],
)
def test_results_hold_until_something_relevant_changes(
    root: Path, name: str, *, is_relevant: bool
) -> None:
    before = fingerprint(root, list_files(root), LAMP, "python")
    (root / name).write_text("# changed\n")
    after = fingerprint(root, list_files(root), LAMP, "python")
    assert (after != before) is is_relevant
