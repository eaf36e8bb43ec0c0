"""What may import what, and how large a file may be: see docs/architecture.md."""

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path
import sys

import pytest

from .conftest import ROOT

COMPONENT = ROOT / "custom_components" / "pilotstatus"

#: From the bottom up. A module imports only from its own level and from those below.
LEVELS = (
    ("api",),
    (
        *("call_index", "call_log", "call_state", "client", "const", "delivered", "errors"),
        *("finish", "identity", "issues", "keep_warm", "line", "markdown", "network"),
        *("observed", "origin", "phone_number", "polling", "questions", "remedies"),
        *("selectors", "sentences", "texts"),
    ),
    ("contacts", "coordinator", "failures", "media", "notification"),
    (
        *("announcement", "announcer", "call_control", "playback", "playback_record", "player"),
        *("registration",),
    ),
    ("data",),
    (
        *("__init__", "action_targets", "binary_sensor", "button", "call_trigger", "check"),
        *("condition", "config_flow", "contact_flow", "diagnostics", "entity", "event"),
        *("line_condition", "logbook", "media_player", "notify", "options_flow", "repairs"),
        *("schemas", "sensor", "services", "system_health", "targets", "trigger", "webhook"),
    ),
)
#: What a room does not import though its level would allow it.
BANNED = {
    "media": {"coordinator", "failures"},
    "coordinator": {"failures", "media"},
    "failures": {"coordinator", "media"},
    "playback": {"call_control", "player"},
}
MAX_LINES = 300

type Imports = Mapping[str, set[str]]


def imports_in(source: str, package: str) -> set[str]:
    """Return the modules that a module of a package imports, with absolute dotted names."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            name = ".".join(filter(None, (base, node.module)))
            # Of ``from . import name`` the names are the modules.
            found |= {name} if node.module else {f"{name}.{alias.name}" for alias in node.names}
    return found


def imports_below(folder: Path, root: Path) -> dict[str, set[str]]:
    """Return the imports of all modules below a folder, by dotted name."""
    found = {}
    for path in folder.rglob("*.py"):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts)] = imports_in(path.read_text(), ".".join(parts[:-1]))
    return found


def rooms(imports: Imports, package: str) -> dict[str, set[str]]:
    """Return which rooms of a package import which: a room is a module or a folder at its top."""
    found: dict[str, set[str]] = {}
    prefix = f"{package}."
    for module, names in imports.items():
        room = module.removeprefix(prefix).partition(".")[0]
        targets = {
            name.removeprefix(prefix).partition(".")[0] for name in names if name.startswith(prefix)
        }
        found.setdefault(room, set()).update(targets - {room})
    return found


def violations(found: Mapping[str, set[str]]) -> list[str]:
    """Return what breaks the rules of levels and bans."""
    level = {room: index for index, names in enumerate(LEVELS) for room in names}
    broken = [f"{room} is in no level" for room in found if room not in level]
    broken += [
        f"{room} imports {target}"
        for room, targets in found.items()
        for target in targets
        if level.get(target, 0) > level.get(room, 0) or target in BANNED.get(room, ())
    ]
    return sorted(broken)


def circles(imports: Imports) -> list[str]:
    """Return the modules that import themselves over others."""

    def reached(module: str) -> set[str]:
        seen: set[str] = set()
        ahead = {name for name in imports[module] if name in imports}
        while ahead:
            name = ahead.pop()
            seen.add(name)
            ahead |= {it for it in imports[name] if it in imports} - seen
        return seen

    return sorted(module for module in imports if module in reached(module))


def outside(names: Iterable[str], allowed: set[str]) -> set[str]:
    """Return the top-level packages among names that are neither allowed nor standard library."""
    return {name.partition(".")[0] for name in names} - allowed - sys.stdlib_module_names


@pytest.fixture(scope="module")
def component() -> dict[str, set[str]]:
    return imports_below(COMPONENT, ROOT)


def test_imports_run_one_way(component: Imports) -> None:
    found = rooms(component, "custom_components.pilotstatus")
    assert violations(found) == []
    assert set(found) == {room for names in LEVELS for room in names}


def test_imports_make_no_circle(component: Imports) -> None:
    assert circles(component) == []
    assert circles(imports_below(ROOT / "simulator", ROOT)) == []


def test_the_client_needs_no_home_assistant(component: Imports) -> None:
    for module, names in component.items():
        if ".pilotstatus.api." in module:
            assert outside(names, {"aiohttp", "yarl", "custom_components"}) == set()


def test_the_component_and_the_simulator_do_not_know_each_other(component: Imports) -> None:
    simulator = imports_below(ROOT / "simulator", ROOT)
    for names in simulator.values():
        assert not outside(names, {"aiohttp", "aiohttp_sse", "mutagen", "simulator", "voluptuous"})
    for names in component.values():
        assert not {"simulator", "tests", "demo"} & {name.partition(".")[0] for name in names}


def test_what_breaks_a_rule_is_found() -> None:
    package = "custom_components.pilotstatus"
    upwards = imports_in("from .player import Player", package)
    assert upwards == {f"{package}.player"}
    assert violations(rooms({f"{package}.call_log": upwards}, package)) == [
        "call_log imports player"
    ]
    late = imports_in("def f():\n    from ..coordinator import X", f"{package}.media")
    assert violations(rooms({f"{package}.media.store": late}, package)) == [
        "media imports coordinator"
    ]
    checking = imports_in("if TYPE_CHECKING:\n    from ..const import DOMAIN", f"{package}.api")
    assert violations(rooms({f"{package}.api.client": checking}, package)) == ["api imports const"]
    assert violations({"attic": set()}) == ["attic is in no level"]
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == ["a", "b", "c"]
    assert imports_in("from . import api", package) == {f"{package}.api"}
    assert outside({"aiohttp.web", "json", "homeassistant.core"}, {"aiohttp"}) == {"homeassistant"}


def test_files_are_small() -> None:
    for path in COMPONENT.rglob("*.py"):
        assert len(path.read_text().splitlines()) <= MAX_LINES, path.name


def test_few_functions_take_the_coordinator() -> None:
    takers = [
        node.name
        for path in COMPONENT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(
            argument.annotation and "PilotStatusCoordinator" in ast.unparse(argument.annotation)
            for argument in (*node.args.args, *node.args.kwonlyargs)
        )
    ]
    assert len(takers) < 10, takers
