"""Mutants that no test could notice are left out, and no others."""

import pytest

from mutation.effect import effect


@pytest.mark.parametrize(
    ("source", "mutant"),
    [
        ("def f(x: int | None) -> str | None: g(x)", "def f(x: int & None) -> str & None: g(x)"),
        ("def f(*xs: int | str): g(xs)", "def f(*xs: int & str): g(xs)"),
        ("def f(x, *, y=1): g(x, y)", "def f(x, /, y=1): g(x, y)"),
        ("x: Final[int | None] = 1", "x: Final[int & None] = 1"),
        ("class C:\n    x: int | None", "class C:\n    x: int & None"),
        ("class C(B[int | None]):\n    x = 1", "class C(B[int & None]):\n    x = 1"),
        ("x = Queue[int | None]()", "x = Queue[int & None]()"),
        ("type X = int | None", "type X = int & None"),
        ("X: TypeAlias = int | None", "X: TypeAlias = int & None"),
        ("x = cast(int | None, y)", "x = cast(int & None, y)"),
        ("if TYPE_CHECKING:\n    import a", "if not TYPE_CHECKING:\n    import a"),
        ("from __future__ import annotations", "pass"),
        ('def f():\n    """Say."""\n    g()', 'def f():\n    """"""\n    g()'),
        ("@callback\ndef f(): g()", "def f(): g()"),
        ("class C:\n    @override\n    def f(self): g()", "class C:\n    def f(self): g()"),
        ("@functools.cache\ndef f(): g()", "def f(): g()"),
        ("@dataclass(frozen=True)\nclass C: x = 1", "@dataclass(frozen=False)\nclass C: x = 1"),
        ('_LOGGER.debug("Took %s", 1)', '_LOGGER.debug("Took %s", 2)'),
        ('_LOGGER.debug("Took %s", 1)', "pass"),
        ("if not x:\n    g()", "if not not not x:\n    g()"),
        ("x = a != b", "x = not a == b"),
    ],
)
def test_a_mutant_without_effect_is_left_out(source: str, mutant: str) -> None:
    assert effect(source) == effect(mutant)


@pytest.mark.parametrize(
    ("source", "mutant"),
    [
        ("x = a | b", "x = a & b"),
        ("x = isinstance(y, int | str)", "x = isinstance(y, int & str)"),
        ("x: Final = 1", "x: Final = 2"),
        ("def f(*, x=1, y=2): g(x)", "def f(*, x=1, y=3): g(x)"),
        ("def f(x: int = 1): g(x)", "def f(x: int = 2): g(x)"),
        ("class C:\n    x: int = 1", "class C:\n    x: int = 2"),
        ("@property\ndef f(): g()", "def f(): g()"),
        ("@dataclass(eq=False)\nclass C: x = 1", "@dataclass(eq=True)\nclass C: x = 1"),
        ("x = field(repr=False)", "x = field(repr=True)"),
        ("@callback\ndef f(): g(1)", "@callback\ndef f(): g(2)"),
        ("if x:\n    g()", "if not x:\n    g()"),
        ("if x:\n    g()", "if x:\n    pass"),
        ("x.y = 1", "pass"),
        ("try:\n    g()\nexcept A:\n    pass", "try:\n    g()\nexcept B:\n    pass"),
    ],
)
def test_a_mutant_with_an_effect_is_kept(source: str, mutant: str) -> None:
    assert effect(source) != effect(mutant)


@pytest.mark.parametrize("mutant", ["def f(+, x): g(x)", "break"])
def test_a_mutant_that_does_not_compile_is_an_error(mutant: str) -> None:
    with pytest.raises(SyntaxError):
        effect(mutant)
