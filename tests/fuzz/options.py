"""The options of pytest for these tests, and the file of their figures."""

import json
from pathlib import Path
from typing import Final

import pytest

from .effort import Effort

_FOLDER: Final = Path(__file__).parent
_INPUTS: Final = "inputs"
_SECONDS: Final = 60

_figures: dict[str, int] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("fuzz", "what strangers can send (tests/fuzz)")
    group.addoption("--fuzz", type=int, metavar="N", help="N times as many inputs, at random")
    group.addoption("--fuzz-figures", metavar="FILE", help="write how many inputs were tried")


def pytest_configure(config: pytest.Config) -> None:
    """Set how many inputs are tried, before the tests are imported."""
    Effort.factor = config.getoption("--fuzz")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give more inputs more time."""
    if Effort.factor is not None:
        for item in items:
            if item.path.is_relative_to(_FOLDER):
                item.add_marker(pytest.mark.timeout(_SECONDS * max(1, Effort.factor)))


def record_inputs(request: pytest.FixtureRequest, count: int) -> None:
    """Record how many inputs a test has tried; called at its end."""
    request.node.user_properties.append((_INPUTS, count))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Collect what a test recorded, from whichever process ran it."""
    if report.when == "teardown":
        for name, count in report.user_properties:
            if name == _INPUTS and isinstance(count, int):
                _figures[report.nodeid] = count


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the figures, in the process that has all of them."""
    path = session.config.getoption("--fuzz-figures")
    if path is not None and not hasattr(session.config, "workerinput"):
        names = {nodeid.rpartition("/")[2]: count for nodeid, count in _figures.items()}
        Path(path).write_text(json.dumps(dict(sorted(names.items())), indent=2) + "\n")
