"""Which faults an endpoint can have, and which are run when there is no time for all."""

from collections.abc import Iterable

from .catalogue import Fault, common_faults
from .expected import QUESTIONS
from .fields import field_faults


def faults_of(endpoint: str, trap: str, *, is_joined: bool) -> list[Fault]:
    """Return the faults of an endpoint; ``is_joined`` is whether the other party acts meanwhile."""
    is_question = endpoint in QUESTIONS
    faults = [*common_faults(trap, is_question=is_question), *field_faults(endpoint)]
    # Whose connection is dropped is left to chance when two connect.
    return [it for it in faults if not (is_joined and it.order.get("drop") == "before")]


def selected(faults: Iterable[Fault], turn: int) -> list[Fault]:
    """Return one fault of each kind, another one at each turn."""
    kinds: dict[str, list[Fault]] = {}
    for fault in faults:
        kinds.setdefault(fault.kind, []).append(fault)
    return [kind[turn % len(kind)] for kind in kinds.values()]
