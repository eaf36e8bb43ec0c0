"""What a mutation run has shown."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from .results import Mutant, Outcome
from .targets import Target

_COLUMNS: Final = ("mutants", "killed", "timeouts", "survived", "score")
_SHOWN: Final = (Outcome.KILLED, Outcome.TIMEOUT, Outcome.SURVIVED)
_TOTAL: Final = "all"


def score(mutants: Sequence[Mutant]) -> float:
    """Return the percentage of mutants that the tests noticed, 100 if there are none."""
    if not mutants:
        return 100.0
    noticed = sum(mutant.outcome in (Outcome.KILLED, Outcome.TIMEOUT) for mutant in mutants)
    return 100 * noticed / len(mutants)


def table(targets: Iterable[Target], mutants: Sequence[Mutant]) -> Iterator[str]:
    """Return the lines of a table: one for each module, then one for all."""
    rows = [
        (target.name, [it for it in mutants if it.module == target.module]) for target in targets
    ]
    rows.append((_TOTAL, list(mutants)))
    width = max(len(name) for name, _ in rows)
    yield " " * width + "".join(f"{column:>10}" for column in _COLUMNS)
    for name, its in rows:
        counts = (len(its), *(sum(it.outcome is outcome for it in its) for outcome in _SHOWN))
        yield f"{name:<{width}}" + "".join(f"{it:>10}" for it in counts) + f"{score(its):>8.1f} %"


def survivors(mutants: Iterable[Mutant]) -> Iterator[str]:
    """Return each mutant that no test noticed: where it is, and what it changed."""
    for mutant in mutants:
        if mutant.outcome is Outcome.SURVIVED:
            yield f"{mutant.module}:{mutant.line}"
            yield f"  - {mutant.before}"
            if mutant.after:
                yield f"  + {mutant.after}"
