"""Find a module's mutants and make them, with the operators of Cosmic Ray."""

from collections.abc import Iterator
from typing import Any, Final

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
import cosmic_ray.plugins

from .effect import effect
from .operators import RemoveStatement, ReplaceException
from .results import Mutant

# Cosmic Ray puts each operator in the place of each other one, eleven mutants for one `+`.
# The nearest one suffices; the others fail in the same way, or do the same (`==` and `is`).
_BINARY: Final = (
    ("Add", "Sub"),
    ("Sub", "Add"),
    ("Mul", "Div"),
    ("Div", "Mul"),
    ("FloorDiv", "Mul"),
    ("Mod", "FloorDiv"),
    ("Pow", "Mul"),
    ("LShift", "RShift"),
    ("RShift", "LShift"),
    ("BitAnd", "BitOr"),
    ("BitOr", "BitAnd"),
    ("BitXor", "BitAnd"),
)
# The bound and the opposite.
_COMPARISON: Final = (
    ("Eq", "NotEq"),
    ("NotEq", "Eq"),
    ("Lt", "LtE"),
    ("Lt", "GtE"),
    ("LtE", "Lt"),
    ("LtE", "Gt"),
    ("Gt", "GtE"),
    ("Gt", "LtE"),
    ("GtE", "Gt"),
    ("GtE", "Lt"),
    ("Is", "IsNot"),
    ("IsNot", "Is"),
)
_OTHERS: Final = (
    "ReplaceUnaryOperator_Delete_USub",
    "ReplaceUnaryOperator_Delete_Invert",
    "ReplaceUnaryOperator_Delete_Not",
    "AddNot",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak",
    "NumberReplacer",
    "RemoveDecorator",
    "ZeroIterationForLoop",
)


_OPERATORS: Final[dict[str, Any]] = {
    name: cosmic_ray.plugins.get_operator(f"core/{name}")()
    for name in (
        *(f"ReplaceBinaryOperator_{old}_{new}" for old, new in _BINARY),
        *(f"ReplaceComparisonOperator_{old}_{new}" for old, new in _COMPARISON),
        *_OTHERS,
    )
} | {"RemoveStatement": RemoveStatement(), "ReplaceException": ReplaceException()}


def mutate(source: str, mutant: Mutant) -> str:
    """Return the source as the mutant has it."""
    mutated = mutate_code(source, _OPERATORS[mutant.operator], mutant.occurrence)
    if mutated is None:
        raise ValueError(f"There is no {mutant.operator} {mutant.occurrence} in {mutant.module}")
    return str(mutated)


def find_mutants(module: str, source: str) -> list[Mutant]:
    """Return the mutants of a module, in the order of its lines, each effect once."""
    seen = {effect(source)}
    mutants = []
    for operator, occurrence, line in sorted(_positions(source), key=lambda it: it[2]):
        mutant = Mutant(module, operator, occurrence, line)
        mutated = mutate(source, mutant)
        try:
            its_effect = effect(mutated)
        except SyntaxError:
            # Nothing that can be committed: a `*` of a parameter list that became a `+`.
            continue
        if its_effect not in seen:
            seen.add(its_effect)
            mutants.append(mutant.with_change(source, mutated))
    return mutants


def _positions(source: str) -> Iterator[tuple[str, int, int]]:
    """Return operator, occurrence and line of all that can be mutated."""
    nodes = list(ast_nodes(get_ast(source)))
    for name, operator in _OPERATORS.items():
        positions = (at for node in nodes for at in operator.mutation_positions(node))
        for occurrence, (start, _) in enumerate(positions):
            yield name, occurrence, start[0]
