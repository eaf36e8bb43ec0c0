"""Which modules are mutated, and which tests have to notice."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

COMPONENT: Final = PurePosixPath("custom_components/pilotstatus")

#: The modules that decide what happens in a call. All of ``media/`` is added to them.
_CORE: Final = (
    "call_control",
    "call_index",
    "call_log",
    "call_state",
    "coordinator",
    "failures",
    "keep_warm",
    "playback",
    "player",
    "polling",
    "questions",
)
_CORE_PACKAGES: Final = ("media",)
#: Tests that guard a module besides those of its own name.
_EXTRA_TESTS: Final = {
    "call_index": ("tests/test_call_log.py",),
    "call_state": ("tests/test_call_log.py",),
    "coordinator": ("tests/test_coordinator_changes.py", "tests/test_webhook.py"),
    "media/audio_format": ("tests/media/test_audio_bytes.py",),
    "player": ("tests/test_player_lifetime.py",),
}


class TargetError(Exception):
    """A module or its tests cannot be found."""


@dataclass(frozen=True, slots=True)
class Target:
    """A module and its tests, as paths in the checkout."""

    module: str
    tests: tuple[str, ...]

    @property
    def name(self) -> str:
        """The module as it is named on the command line: ``media/store``."""
        return str(PurePosixPath(self.module).relative_to(COMPONENT).with_suffix(""))


def find_targets(root: Path, names: list[str]) -> list[Target]:
    """Return the named modules, the core modules if none is named. Raises TargetError."""
    return [_find(root, name) for name in dict.fromkeys(map(_normalize, names)) or _default(root)]


def _default(root: Path) -> list[str]:
    folder = root / COMPONENT
    packaged = [
        path.relative_to(folder).with_suffix("").as_posix()
        for package in _CORE_PACKAGES
        for path in sorted((folder / package).rglob("*.py"))
        # What a package merely offers has no tests of its own.
        if path.name != "__init__.py"
    ]
    return [*_CORE, *packaged]


def _normalize(name: str) -> str:
    """Return ``media/store`` for the module's path, dotted name or file name."""
    name = name.removeprefix(f"{COMPONENT}/").removesuffix(".py")
    return name.removeprefix("custom_components.pilotstatus.").replace(".", "/")


def _find(root: Path, name: str) -> Target:
    path = PurePosixPath(name)
    module = str(COMPONENT / f"{path}.py")
    if not (root / module).is_file():
        raise TargetError(f"There is no module {module}.")
    own = str(PurePosixPath("tests") / path.parent / f"test_{path.name}.py")
    tests = (own, *_EXTRA_TESTS.get(name, ()))
    for test in tests:
        if not (root / test).is_file():
            raise TargetError(f"The tests of {module} are missing: there is no {test}.")
    return Target(module, tests)
