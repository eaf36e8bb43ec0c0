"""``python -m fuzzing``: see ``scripts/fuzz``."""

import argparse
from collections.abc import Iterator
from pathlib import Path
import re
import subprocess
import sys
from typing import Final

from .targets import TARGETS

_ROOT: Final = Path(__file__).parent.parent
_KEPT: Final = _ROOT / "fuzzing" / "corpus"
_FOLDER: Final = _ROOT / ".fuzzing"
_FIXTURES: Final = _ROOT / "tests" / "fixtures"
_WORDS: Final = _ROOT / "fuzzing" / "json.dict"
_EXECUTED: Final = re.compile(r"number_of_executed_units:\s*(\d+)")
_COVERED: Final = re.compile(r"\bcov: (\d+)")
_NO_ATHERIS: Final = 2
#: Seconds that one input may take, and MiB that a run may.
_SLOWEST: Final = 10
_MEMORY: Final = 2048


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/fuzz", description="Fuzz what parses bytes from outside, guided by coverage."
    )
    parser.add_argument(
        "--seconds", type=int, metavar="N", default=60, help="for each target; default 60"
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    arguments = parser.parse_args()
    if unknown := set(arguments.targets) - TARGETS.keys():
        parser.error(f"no target: {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
    return arguments


def _command(target: str, seconds: int) -> Iterator[str]:
    """Yield the words of the command that fuzzes a target."""
    found = _FOLDER / target
    found.mkdir(parents=True, exist_ok=True)
    yield from (sys.executable, "-m", "fuzzing.worker", target)
    yield f"-max_total_time={seconds}"
    yield f"-artifact_prefix={_FOLDER}/{target}-"
    yield from (f"-timeout={_SLOWEST}", f"-rss_limit_mb={_MEMORY}", "-print_final_stats=1")
    if target == "bodies":
        yield f"-dict={_WORDS}"
    # What is new goes to the first folder.
    yield from (str(found), str(_KEPT / target))
    if target == "bodies":
        yield str(_FIXTURES)


def _fuzz(target: str, seconds: int) -> bool:
    """Fuzz a target; say how many inputs it got, and return whether none broke it."""
    _say(f"Fuzzing {target} for {seconds} s…")
    before = set(_FOLDER.glob(f"{target}-*"))
    run = subprocess.run(  # noqa: S603 - the command is ours
        [*_command(target, seconds)],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    output = run.stdout.decode(errors="replace")
    executed, covered = _EXECUTED.search(output), _COVERED.findall(output)
    _say(
        f"  {target}: {executed[1] if executed else 'an unknown number of'} inputs,"
        f" {covered[-1] if covered else 'no'} places reached"
    )
    if run.returncode == 0:
        return True
    _say("\n".join(output.splitlines()[-60:]))
    for path in sorted(set(_FOLDER.glob(f"{target}-*")) - before):
        _say(f"  {target} broke on {path.relative_to(_ROOT)}")
    return False


def main() -> int:
    """Fuzz what the arguments name; return the exit code."""
    arguments = _arguments()
    try:
        import atheris  # noqa: F401, PLC0415 - whether it can be had
    except ImportError as err:
        _say(f"Atheris cannot be loaded: {err}")
        return _NO_ATHERIS
    targets = arguments.targets or list(TARGETS)
    broken = [target for target in targets if not _fuzz(target, arguments.seconds)]
    if broken:
        _say("Next: mend what broke, copy each input that broke it into fuzzing/corpus/TARGET/")
        _say(f"under a name that says what it is, then scripts/fuzz {' '.join(broken)}")
        return 1
    _say("Nothing broke. Next: scripts/fuzz --seconds 600 goes on from what was found.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
