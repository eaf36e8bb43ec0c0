"""The check that follows the tests finds a module that they cover too little."""

from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest

from .common import OFFERS_TRIGGERS
from .conftest import ROOT
from .module_coverage import lacking, shortcomings

COMPONENT = "custom_components/pilotstatus"


def report(**percents: float) -> dict[str, Any]:
    """Return a report of modules that are covered by so many percent."""
    return {
        "files": {
            f"{COMPONENT}/{name}.py": {
                "summary": {"percent_covered": percent},
                "missing_lines": [7, 8],
            }
            for name, percent in percents.items()
        }
    }


def test_a_module_that_is_covered_too_little_is_named_with_its_lines() -> None:
    found = list(shortcomings(report(player=95.01, line=95.0, event=100.0)))
    assert found == [f"{COMPONENT}/line.py: 95.0 %, without lines 7, 8"]


def test_only_what_triggers_and_conditions_need_is_lacking_in_older_versions() -> None:
    newer = {f"{COMPONENT}/{name}.py" for name in ("call_trigger", "line_condition")}
    assert lacking().keys() == (set() if OFFERS_TRIGGERS else newer)
    assert all(it.startswith("homeassistant.") for it in lacking().values())


@pytest.mark.parametrize(("lines", "is_enough"), [(30, True), (2, False)])
def test_the_check_fails_for_a_module_that_was_run_too_little(
    tmp_path: Path, lines: int, *, is_enough: bool
) -> None:
    (tmp_path / "part.py").write_text("import sys\n" * lines + "if len(sys.argv) > 9:\n    x = 1\n")
    # Without the variables with which the coverage of this run is taken.
    env = {"PYTHONPATH": str(ROOT)}
    run = [sys.executable, "-m", "coverage", "run", "part.py"]
    subprocess.run(run, cwd=tmp_path, env=env, check=True)
    check = [sys.executable, "-m", "tests.module_coverage"]
    done = subprocess.run(check, cwd=tmp_path, env=env, capture_output=True, check=False)
    assert (done.returncode == 0) is is_enough, done.stderr
    assert (b"part.py: " in done.stderr) is not is_enough


def test_older_versions_do_not_look_at_each_module() -> None:
    check = [sys.executable, "-m", "tests.module_coverage"]
    env = {"PYTHONPATH": str(ROOT), "COVERAGE_FILE": "/nowhere"}
    done = subprocess.run(check, cwd=ROOT, env=env, capture_output=True, check=False)
    assert (b"on a newer version" in done.stdout) is not OFFERS_TRIGGERS
    assert (done.returncode == 0) is not OFFERS_TRIGGERS
