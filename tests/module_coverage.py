"""Whether the tests cover each module of the component; run after them: ``scripts/test``."""

from collections.abc import Iterator, Mapping
import importlib
import json
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
from typing import Any, Final

from coverage import Coverage

COMPONENT: Final = Path("custom_components", "pilotstatus")
#: Of its lines and branches, in percent, more than this much of each module is covered.
FLOOR: Final = 95


def lacking() -> dict[str, str]:
    """Return modules that this Home Assistant cannot import, and what it lacks for them."""
    found = {}
    for path in sorted(COMPONENT.rglob("*.py")):
        try:
            importlib.import_module(".".join(path.with_suffix("").parts))
        except ImportError as err:
            if (missing := str(err.name)).partition(".")[0] != "homeassistant":
                raise
            found[str(path)] = missing
    return found


def shortcomings(report: Mapping[str, Any]) -> Iterator[str]:
    """Return a sentence for each module that is covered too little in a report of coverage.

    A module that no test imports is in the report, too, with none of its lines.
    """
    for path, module in report["files"].items():
        covered, lines = module["summary"]["percent_covered"], module["missing_lines"]
        if covered <= FLOOR:
            yield f"{path}: {covered:.1f} %, without lines {', '.join(map(str, lines))}"


def main() -> str | None:
    """Return what is covered too little in the last run, if anything is.

    Only on the newest Home Assistant: what older ones lack, their modules cannot run.
    """
    if missing := lacking():
        names = ", ".join(sorted(set(missing.values())))
        sys.stdout.write(f"Each module is looked at on a newer version: here is no {names}.\n")
        return None
    coverage = Coverage()
    coverage.load()
    with TemporaryDirectory() as folder:
        outfile = Path(folder, "coverage.json")
        coverage.json_report(outfile=str(outfile))
        report = json.loads(outfile.read_text())
    if found := list(shortcomings(report)):
        return "\n".join([f"Not more than {FLOOR} % of these modules is covered:", *found])
    return None


if __name__ == "__main__":
    sys.exit(main())
