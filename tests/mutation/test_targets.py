"""Which modules are mutated, and by which tests they are judged."""

from pathlib import Path

import pytest

from mutation.targets import COMPONENT, Target, TargetError, find_targets

CORE = (
    *("call_control", "call_index", "call_log", "call_state", "coordinator", "failures"),
    *("keep_warm", "playback", "player", "polling", "questions"),
)
OTHER_TESTS = ("coordinator_changes", "player_lifetime", "webhook")


def test_every_module_of_this_checkout_has_its_tests() -> None:
    assert find_targets(Path(__file__).parents[2], [])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a checkout with the core modules, one of them in a package."""
    modules = (*CORE, "media/__init__", "media/store", "sensor")
    tests = (*(f"test_{name}" for name in (*CORE, *OTHER_TESTS)), "media/test_store")
    for path in (
        *(tmp_path / COMPONENT / f"{name}.py" for name in modules),
        *(tmp_path / "tests" / f"{name}.py" for name in tests),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


def test_the_core_and_its_packages_are_mutated_by_default(root: Path) -> None:
    assert [target.name for target in find_targets(root, [])] == [*CORE, "media/store"]


@pytest.mark.parametrize(
    "name", ["media/store", "media/store.py", "media.store", f"{COMPONENT}/media/store.py"]
)
def test_a_module_in_any_notation_has_the_tests_of_its_name(root: Path, name: str) -> None:
    assert find_targets(root, [name]) == [
        Target(f"{COMPONENT}/media/store.py", ("tests/media/test_store.py",))
    ]


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("call_index", ("call_log",)),
        ("call_state", ("call_log",)),
        ("coordinator", ("coordinator_changes", "webhook")),
        ("player", ("player_lifetime",)),
    ],
)
def test_a_module_can_have_tests_of_other_names(
    root: Path, name: str, others: tuple[str, ...]
) -> None:
    (target,) = find_targets(root, [name])
    assert target.tests == tuple(f"tests/test_{test}.py" for test in (name, *others))


def test_a_module_that_is_named_twice_is_mutated_once(root: Path) -> None:
    assert len(find_targets(root, ["player", "player.py"])) == 1


def test_a_module_without_tests_is_an_error(root: Path) -> None:
    with pytest.raises(TargetError, match=r"there is no tests/test_sensor\.py"):
        find_targets(root, ["sensor"])


def test_a_module_that_does_not_exist_is_an_error(root: Path) -> None:
    (root / COMPONENT / "polling.py").unlink()
    with pytest.raises(TargetError, match=r"no module .*/polling\.py"):
        find_targets(root, [])
