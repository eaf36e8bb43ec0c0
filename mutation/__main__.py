"""``python -m mutation``: see ``scripts/mutate``."""

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
import secrets
import shlex
import sys
import time

from .checkout import fingerprint, list_files
from .mutants import find_mutants, mutate
from .report import score, survivors, table
from .results import Mutant, Outcome, Results, draw
from .runner import CleanRunError, start_runner
from .targets import Target, TargetError, find_targets
from .worker import WorkerError

_ROOT = Path(__file__).parent.parent
_FOLDER = _ROOT / ".mutation"
#: Progress is shown after each so many mutants.
_PROGRESS = 10


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201


class _Progress:
    """Keeps outcomes, and says how far the run has come."""

    def __init__(self, results: Results, total: int) -> None:
        self._results = results
        self._total = total
        self._done = 0
        self._began = 0.0

    @property
    def left(self) -> int:
        return self._total - self._done

    def start(self) -> None:
        self._began = time.monotonic()

    def add(self, mutant: Mutant, outcome: Outcome) -> None:
        self._results.record(mutant, outcome)
        self._done += 1
        if outcome is not Outcome.KILLED:
            _say(f"  {mutant.module}:{mutant.line} {outcome}: {mutant.after or mutant.before}")
        if self._done % _PROGRESS == 0 or not self.left:
            seconds = (time.monotonic() - self._began) / self._done
            _say(
                f"  {self._done} of {self._total}, one every {seconds:.1f} s,"
                f" {self.left * seconds / 60:.0f} min left"
            )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/mutate",
        description="Break the core modules, one change at a time, and see whether their own"
        " tests notice.",
    )
    parser.add_argument("--sample", type=int, metavar="N", help="N mutants at random; else all")
    parser.add_argument("--seed", type=int, metavar="S", help="draw the sample of that seed again")
    parser.add_argument(
        "--floor", type=float, metavar="PERCENT", default=0.0, help="fail below this score"
    )
    parser.add_argument("--jobs", type=int, metavar="N", default=2, help="runs at once; default 2")
    parser.add_argument("--python", default=sys.executable, help=argparse.SUPPRESS)
    parser.add_argument(
        "modules", nargs="*", metavar="MODULE", help="such as player or media/store; else the core"
    )
    arguments = parser.parse_args()
    if arguments.sample is not None and arguments.seed is None:
        arguments.seed = secrets.randbelow(1_000_000)
    return arguments


def _command(arguments: argparse.Namespace) -> str:
    """Return the command that goes on with this run."""
    words = ["scripts/mutate"]
    if arguments.sample is not None:
        words += ["--sample", str(arguments.sample), "--seed", str(arguments.seed)]
    if arguments.floor:
        words += ["--floor", f"{arguments.floor:g}"]
    return shlex.join([*words, *arguments.modules])


def _load(results: Results, fingerprints: Mapping[str, str]) -> list[Mutant]:
    """Return all mutants of modules, with the outcomes that still hold."""
    mutants = []
    for module, digest in fingerprints.items():
        mutants += results.load(module, digest, partial(_find, module))
    return mutants


def _find(module: str) -> list[Mutant]:
    return find_mutants(module, (_ROOT / module).read_text())


async def _run(
    arguments: argparse.Namespace,
    files: Sequence[str],
    targets: Sequence[Target],
    mutants: Sequence[Mutant],
    progress: _Progress,
) -> None:
    """Run mutants that have no outcome yet."""
    modules = {mutant.module for mutant in mutants}
    targets = [target for target in targets if target.module in modules]
    async with start_runner(
        _ROOT, files, mutate, folder=_FOLDER, python=arguments.python, jobs=arguments.jobs
    ) as runner:
        _say("Running the tests while nothing is broken…")
        await runner.check(targets)
        _say("Running the mutants… (Ctrl-C stops; the same command goes on)")
        progress.start()
        await runner.run(targets, mutants, progress.add)


def _conclude(arguments: argparse.Namespace, total: float, mutants: Sequence[Mutant]) -> int:
    """Say what to do next; return the exit code."""
    if total < arguments.floor:
        _say(f"The score is below {arguments.floor:g} %. Next: a test for each survivor, then")
        _say(f"  {_command(arguments)}")
        return 1
    if any(mutant.outcome is Outcome.SURVIVED for mutant in mutants):
        _say("Next: a test for each survivor that should have been noticed, then scripts/test")
    else:
        _say("Every mutant was noticed. Next: scripts/test")
    return 0


def main() -> int:
    """Run what the arguments ask for; return the exit code."""
    arguments = _arguments()
    try:
        targets = find_targets(_ROOT, arguments.modules)
    except TargetError as err:
        _say(str(err))
        return 1
    files = list_files(_ROOT)
    with closing(Results(_FOLDER / "results.sqlite")) as results:
        _say("Finding mutants…")
        # Once: what changes while the mutants run belongs to the next run.
        fingerprints = {
            target.module: fingerprint(_ROOT, files, target, arguments.python) for target in targets
        }
        found = _load(results, fingerprints)
        chosen = draw(found, arguments.sample, arguments.seed or 0)
        pending = [mutant for mutant in chosen if mutant.outcome is None]
        seed = "" if arguments.sample is None else f", seed {arguments.seed}"
        _say(f"{len(chosen)} of {len(found)} mutants{seed}; {len(pending)} to run")
        if pending:
            progress = _Progress(results, len(pending))
            try:
                asyncio.run(_run(arguments, files, targets, pending, progress))
            except (CleanRunError, WorkerError) as err:
                _say(str(err))
                return 1
            except KeyboardInterrupt:
                _say(f"Stopped with {progress.left} mutants left. To go on:")
                _say(f"  {_command(arguments)}")
                return 130
        found = _load(results, fingerprints)
        chosen = draw(found, arguments.sample, arguments.seed or 0)
    for line in (*table(targets, chosen), "", *survivors(chosen)):
        print(line)  # noqa: T201
    return _conclude(arguments, score(chosen), chosen)


if __name__ == "__main__":
    sys.exit(main())
