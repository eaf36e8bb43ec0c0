"""``python -m bench [--short] [--json FILE] [section ...]``: see ``scripts/bench``."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
import json
from pathlib import Path
import platform
import sys
from tempfile import TemporaryDirectory
import time
from typing import Final

from homeassistant.const import __version__ as home_assistant_version

from . import (
    connection,
    deliveries,
    growth,
    idle,
    layers,
    lifecycle,
    many_calls,
    media,
    readers,
    ways,
)
from .bench import FULL, SHORT, Bench, Effort
from .home import home
from .other_side import other_side
from .report import Table

SECTIONS: Final[Mapping[str, Callable[[Bench], Awaitable[list[Table]]]]] = {
    "ways": ways.run,
    "layers": layers.run,
    "deliveries": deliveries.run,
    "growth": growth.run,
    "lifecycle": lifecycle.run,
    "media": media.run,
    "readers": readers.run,
    "connection": connection.run,
    "many_calls": many_calls.run,
    "idle": idle.run,
}


async def run(sections: Sequence[str], effort: Effort) -> list[Table]:
    """Run sections, and print each table when it is there."""
    tables = []
    with TemporaryDirectory() as folder:
        async with other_side() as server, home(Path(folder), server.url) as hass:
            bench = Bench(hass, server, effort)
            for section in sections:
                for table in await SECTIONS[section](bench):
                    tables.append(table)
                    sys.stdout.write(f"{table}\n\n")
                    sys.stdout.flush()
    return tables


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description="Measure the component, as ratios in one run."
    )
    parser.add_argument("--short", action="store_true", help="only see whether it works")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures, too")
    parser.add_argument("section", nargs="*", help=f"of {', '.join(SECTIONS)}; all if none")
    arguments = parser.parse_args()
    if unknown := set(arguments.section) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(unknown)}")
    began = time.monotonic()
    versions = f"Home Assistant {home_assistant_version}, Python {platform.python_version()}"
    sys.stdout.write(f"{versions}\n\n")
    tables = asyncio.run(
        run(arguments.section or list(SECTIONS), SHORT if arguments.short else FULL)
    )
    if arguments.json is not None:
        data = {"versions": versions, "tables": [table.as_dict() for table in tables]}
        arguments.json.write_text(json.dumps(data, indent=2))
    missed = [goal for table in tables for goal in table.goals if not goal.is_met]
    sys.stdout.write(f"{time.monotonic() - began:.0f} s; {len(missed)} goals missed.\n")


if __name__ == "__main__":
    main()
