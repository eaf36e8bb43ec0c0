"""How many runs were made, and in how many of them every rule held."""

from collections import Counter
import json
from pathlib import Path

from _pytest.terminal import TerminalReporter
import pytest

_MADE = "fault_runs"
_HELD = "fault_runs_held"


def record(request: pytest.FixtureRequest, name: str, made: int, held: int) -> None:
    """Keep the figures of a test; they travel from worker to terminal with its report."""
    request.node.user_properties += [(_MADE, [name, made]), (_HELD, [name, held])]


def printable(text: str) -> str:
    """Return text with half characters as escapes, which a worker can send."""
    return text.encode(errors="backslashreplace").decode()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what the tests of faults can be asked for."""
    group = parser.getgroup("faults")
    group.addoption("--all", action="store_true", help="run every action with every fault")
    group.addoption("--figures", type=Path, help="write the figures of the faults to a JSON file")


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    """Say how many runs were made and held, and write it down if asked to."""
    made: Counter[str] = Counter()
    held: Counter[str] = Counter()
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for key, value in report.user_properties:
                if key in {_MADE, _HELD}:
                    name, count = value
                    (made if key == _MADE else held)[name] += count
    if not made:
        return
    terminalreporter.write_line(
        f"{made.total()} runs of {len(made)} actions and polls with faults: {held.total()} held"
    )
    figures = {
        "runs": made.total(),
        "held": held.total(),
        "actions": {name: {"runs": made[name], "held": held[name]} for name in sorted(made)},
    }
    if path := config.getoption("--figures"):
        path.write_text(json.dumps(figures, indent=2) + "\n")
