"""Mutants and their results, kept in a file so that an interrupted run can go on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from pathlib import Path
from random import Random
import sqlite3
from typing import Final, Self

_SCHEMA: Final = """
    CREATE TABLE IF NOT EXISTS modules (module TEXT PRIMARY KEY, fingerprint TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS mutants (
        module TEXT, operator TEXT, occurrence INTEGER, line INTEGER,
        before TEXT, after TEXT, outcome TEXT,
        PRIMARY KEY (module, operator, occurrence)
    );
"""


class Outcome(StrEnum):
    """What the tests said to a mutant; one that ran out of time is noticed too."""

    KILLED = "killed"
    SURVIVED = "survived"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one module.

    ``occurrence`` counts the places where the operator can be applied, ``line`` is where it
    is, ``before`` and ``after`` are what stands there; ``after`` is empty for a removed line.
    """

    module: str
    operator: str
    occurrence: int
    line: int
    before: str = ""
    after: str = ""
    outcome: Outcome | None = None

    @property
    def key(self) -> tuple[str, str, int]:
        """What tells mutants apart."""
        return self.module, self.operator, self.occurrence

    def with_change(self, source: str, mutated: str) -> Self:
        """Return it with the first line that differs, blank lines aside."""
        old, new = source.splitlines(), mutated.splitlines()
        changes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        _, start, end, new_start, new_end = next(it for it in changes if it[0] != "equal")
        line = next((it for it in range(start, end) if old[it].strip()), start)
        after = next((it.strip() for it in new[new_start:new_end] if it.strip()), "")
        return replace(self, line=line + 1, before=old[line].strip(), after=after)


def draw(mutants: Iterable[Mutant], count: int | None, seed: int) -> list[Mutant]:
    """Return so many mutants at random, the same for the same seed; all without a count.

    They are in the order of the lines: neighbors are often killed by the same test.
    """
    ordered = sorted(mutants, key=lambda it: it.key)
    if count is not None and count < len(ordered):
        ordered = Random(seed).sample(ordered, count)  # noqa: S311
    return sorted(ordered, key=lambda it: (it.module, it.line, it.key))


class Results:
    """The results of all runs on the present sources."""

    def __init__(self, path: Path) -> None:
        """Open the file, or create it."""
        path.parent.mkdir(exist_ok=True)
        self._database = sqlite3.connect(path)
        self._database.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def load(
        self, module: str, fingerprint: str, find: Callable[[], Iterable[Mutant]]
    ) -> list[Mutant]:
        """Return a module's mutants with their outcomes.

        They are found anew, and their outcomes forgotten, when the fingerprint has changed.
        """
        known = self._database.execute(
            "SELECT 1 FROM modules WHERE module = ? AND fingerprint = ?", (module, fingerprint)
        ).fetchone()
        if known is None:
            self._replace(module, fingerprint, find())
        rows = self._database.execute("SELECT * FROM mutants WHERE module = ?", (module,))
        return [
            Mutant(name, operator, occurrence, line, before, after, outcome and Outcome(outcome))
            for name, operator, occurrence, line, before, after, outcome in rows
        ]

    def record(self, mutant: Mutant, outcome: Outcome) -> Mutant:
        """Keep an outcome; return the mutant with it."""
        with self._database:
            self._database.execute(
                "UPDATE mutants SET outcome = ?"
                " WHERE module = ? AND operator = ? AND occurrence = ?",
                (outcome, *mutant.key),
            )
        return replace(mutant, outcome=outcome)

    def _replace(self, module: str, fingerprint: str, mutants: Iterable[Mutant]) -> None:
        rows = [
            (it.module, it.operator, it.occurrence, it.line, it.before, it.after, None)
            for it in mutants
        ]
        with self._database:
            self._database.execute("DELETE FROM mutants WHERE module = ?", (module,))
            self._database.executemany("INSERT INTO mutants VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            self._database.execute(
                "INSERT OR REPLACE INTO modules VALUES (?, ?)", (module, fingerprint)
            )
