"""Operators that Cosmic Ray does not have, or has otherwise.

They work on its trees, which are parso's, and are called as its own operators are.
"""

from collections.abc import Iterator
from typing import Any

from parso.python.tree import Keyword, Name

type _Position = tuple[int, int]


class RemoveStatement:
    """Replaces a call whose result is not used, or a changed attribute or item, by ``pass``.

    What this component does, it does by calls; Cosmic Ray has no operator that omits one.
    """

    def mutation_positions(self, node: Any) -> Iterator[tuple[_Position, _Position]]:
        """Return where the statement is, if the node is one."""
        if node.type != "simple_stmt":
            return
        statement = node.children[0]
        target = statement.children[0] if statement.type == "expr_stmt" else statement
        if target.type in ("atom_expr", "power"):
            yield statement.start_pos, statement.end_pos

    def mutate(self, node: Any, _index: int) -> Any:
        """Put ``pass`` in the statement's place."""
        old = node.children[0]
        node.children[0] = Keyword("pass", old.start_pos, old.get_first_leaf().prefix)
        return node


class ReplaceException:
    """Replaces a caught exception by one that is never raised.

    Cosmic Ray's puts a name there that does not exist, which fails as well when another
    exception of the same ``except`` is raised, and it cannot replace one with a dotted name.
    """

    def mutation_positions(self, node: Any) -> Iterator[tuple[_Position, _Position]]:
        """Return where the exceptions of an ``except`` are."""
        for exception in _exceptions(node):
            yield exception.start_pos, exception.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """Replace one of them."""
        old = _exceptions(node)[index]
        siblings = old.parent.children
        siblings[siblings.index(old)] = Name(
            "EncodingWarning", old.start_pos, old.get_first_leaf().prefix
        )
        return node


def _exceptions(node: Any) -> list[Any]:
    if node.type != "except_clause":
        return []
    caught = node.children[1]
    if caught.type != "atom":
        return [caught]
    inner = caught.children[1]
    return list(inner.children[::2]) if inner.type == "testlist_comp" else [inner]
