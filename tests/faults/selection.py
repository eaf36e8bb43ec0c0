"""Which faults are run when there is no time for all."""

from collections.abc import Iterable

from .catalogue import Fault


def selected(faults: Iterable[Fault], turn: int) -> list[Fault]:
    """Return one fault of each kind, another one at each turn."""
    kinds: dict[str, list[Fault]] = {}
    for fault in faults:
        kinds.setdefault(fault.kind, []).append(fault)
    return [kind[turn % len(kind)] for kind in kinds.values()]
