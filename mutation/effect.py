"""What a module does when it runs, without what no test could see.

Two sources with the same effect are the same to a test. A mutant with the effect of the
original is left out, and so is one with the effect of another mutant.
"""

import ast
from typing import Final, override

#: Decorators that change nothing a test should see: Home Assistant runs a function without
#: ``@callback`` too, only later; the typing ones are for the type checker; a cache saves time.
_INERT_DECORATORS: Final = {"cache", "callback", "final", "overload", "override"}
#: What a dataclass forbids or saves: the type checker guards it, no behavior rests on it.
_INERT_DATACLASS_OPTIONS: Final = {"frozen", "kw_only", "slots"}
#: Names of loggers. What is logged is for people and may be put in other words.
_LOGGERS: Final = {"LOGGER", "_LOGGER"}
_OPPOSITES: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


def effect(source: str) -> str:
    """Return a text that is the same for sources with the same effect. Raises SyntaxError."""
    # What parses need not compile: a `break` outside of a loop.
    compile(source, "mutant", "exec", dont_inherit=True)
    return ast.dump(_Reducer().visit(ast.parse(source)))


def _name(node: ast.expr) -> str | None:
    """Return the last part of a name, also of one that is called."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def _without_types(node: ast.expr) -> ast.expr:
    """Return ``X`` for the ``X[T]`` of a base class or of a call."""
    return node.value if isinstance(node, ast.Subscript) else node


def _is_string(node: ast.stmt) -> bool:
    """Return whether it is a docstring, or another string that nothing reads."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


class _Reducer(ast.NodeTransformer):
    """Removes what has no effect, and writes in one way what can be written in two."""

    @override
    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for field in ("body", "orelse", "finalbody"):
            statements = getattr(node, field, None)
            if isinstance(statements, list):
                kept = [it for it in statements if not isinstance(it, ast.Pass)]
                setattr(node, field, kept)
        for field in ("annotation", "returns"):
            if getattr(node, field, None) is not None:
                setattr(node, field, ast.Constant(None))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            node.type_params = []
            if isinstance(node, ast.ClassDef):
                node.bases = [_without_types(it) for it in node.bases]
            node.decorator_list = [
                it for it in node.decorator_list if _name(it) not in _INERT_DECORATORS
            ]
        return node

    @override
    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """Remove docstrings and log entries."""
        if _is_string(node) or _is_logged(node.value):
            return ast.Pass()
        return self.generic_visit(node)

    @override
    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        """Remove imports from the future."""
        return ast.Pass() if node.module == "__future__" else node

    @override
    def visit_TypeAlias(self, _node: ast.TypeAlias) -> ast.AST:
        """Remove ``type X = …``."""
        return ast.Pass()

    @override
    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Remove ``X: TypeAlias = …``; of other declarations only the annotation goes."""
        return ast.Pass() if _name(node.annotation) == "TypeAlias" else self.generic_visit(node)

    @override
    def visit_If(self, node: ast.If) -> ast.AST:
        """Remove ``if TYPE_CHECKING``."""
        test = node.test.operand if isinstance(node.test, ast.UnaryOp) else node.test
        return ast.Pass() if _name(test) == "TYPE_CHECKING" else self.generic_visit(node)

    @override
    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Remove what is for the type checker: a dataclass's options, the types of generics."""
        node.func = _without_types(node.func)
        name = _name(node)
        if name == "dataclass":
            node.keywords = [it for it in node.keywords if it.arg not in _INERT_DATACLASS_OPTIONS]
        elif name == "cast":
            node.args = node.args[1:]
        return self.generic_visit(node)

    @override
    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        """Remove how arguments may be passed: a `*` that became a `/` breaks no call."""
        node.defaults += [it for it in node.kw_defaults if it is not None]
        node.args = [*node.posonlyargs, *node.args, *node.kwonlyargs]
        node.posonlyargs, node.kwonlyargs, node.kw_defaults = [], [], []
        return self.generic_visit(node)

    @override
    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        """Write ``not a == b`` as ``a != b``, and ``not not a`` as ``a``."""
        self.generic_visit(node)
        operand = node.operand
        if isinstance(node.op, ast.Not):
            if isinstance(operand, ast.UnaryOp) and isinstance(operand.op, ast.Not):
                return operand.operand
            if isinstance(operand, ast.Compare) and len(operand.ops) == 1:
                operand.ops = [_OPPOSITES[type(operand.ops[0])]()]
                return operand
        return node


def _is_logged(node: ast.expr) -> bool:
    """Return whether it is a call of a logger."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and _name(node.func.value) in _LOGGERS
    )
