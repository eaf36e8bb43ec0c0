"""Tables of what was measured, and whether the goals were met."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, override


@dataclass(frozen=True, slots=True)
class Goal:
    """What was aimed at: ``value`` is at most ``limit``."""

    name: str
    value: float
    limit: float

    @property
    def is_met(self) -> bool:
        """Whether it is."""
        return self.value <= self.limit


@dataclass(slots=True)
class Table:
    """One table: its title, its columns, its rows, and the goals that it is about."""

    title: str
    columns: Sequence[str]
    rows: list[Sequence[Any]] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)

    @override
    def __str__(self) -> str:
        """Return it in Markdown."""
        lines = [self.columns, ["---", *("---:" for _ in self.columns[1:])], *self.rows]
        table = "\n".join(f"| {' | '.join(map(_shown, line))} |" for line in lines)
        goals = "\n".join(
            f"* {goal.name}: {_shown(goal.value)}, aimed at ≤ {_shown(goal.limit)}"
            f"{'' if goal.is_met else ' — **missed**'}"
            for goal in self.goals
        )
        return "\n\n".join(filter(None, (f"## {self.title}", table, goals)))

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON can carry it."""
        return {
            "title": self.title,
            "rows": [dict(zip(self.columns, row, strict=True)) for row in self.rows],
            "goals": [
                {"name": it.name, "value": it.value, "limit": it.limit, "is_met": it.is_met}
                for it in self.goals
            ],
        }


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return str(value)
