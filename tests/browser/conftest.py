"""Fixtures of the browser tests: a browser, a Home Assistant for each story, pictures of failures.

Nothing here imports Playwright unless a test runs: on the oldest Python there is none.
"""

from collections.abc import AsyncIterator, Generator, Iterable
from pathlib import Path
import re
from typing import TYPE_CHECKING, Any, override

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest
import pytest_asyncio
from pytest_socket import enable_socket

from demo.installation import lay_out
from demo.language import Language
from demo.stage import Stage, running
from simulator.client import Phone
from simulator.numbers import DEMO_KEY
from simulator.server import HOST, serve
from simulator.simulation import Simulation
from tests.conftest import ROOT

from .chromium import is_required, what_is_missing

if TYPE_CHECKING:
    from .home_page import HomePage
    from .telephone import Telephone
    from .windows import Windows

_PICTURES = ROOT / ".browser"
_FAILED = pytest.StashKey[bool]()
_BROKEN = pytest.StashKey[str]()


class _Missing(pytest.File):
    """Tests that cannot run here: they are not even imported."""

    @override
    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        reason = str(what_is_missing())
        if is_required():
            raise self.CollectError(reason)
        pytest.skip(reason, allow_module_level=True)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.File | None:
    """Skip a module if there is no browser, or fail if there must be one."""
    if what_is_missing() is None or not module_path.is_relative_to(Path(__file__).parent):
        return None
    missing: pytest.File = _Missing.from_parent(parent, path=module_path)
    return missing


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what follows in a story that broke off: its steps stand on one another."""
    if item.parent is not None and (step := item.parent.stash.get(_BROKEN, None)):
        pytest.skip(f"the story broke off: {step}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Store that a test failed, and where a story broke off."""
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
        if isinstance(item.parent, pytest.Class):
            item.parent.stash.setdefault(_BROKEN, item.name)
    return report


@pytest.fixture(autouse=True)
def verify_cleanup(socket_enabled: None) -> None:
    """Check nothing: no Home Assistant runs in this process, and a module shares its loop."""


@pytest.fixture(autouse=True)
def configure_event_loop() -> None:
    """Leave the loop as it is: it is a module's."""


@pytest.fixture(autouse=True)
def enable_event_loop_debug() -> None:
    """Leave the loop as it is: debugging slows what is waited for."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def windows() -> AsyncIterator["Windows"]:
    """Start the browser; its windows are closed when the module ends."""
    from .windows import start  # noqa: PLC0415 - it needs Playwright

    enable_socket()
    async with start() as windows:
        yield windows


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def pictures(
    request: pytest.FixtureRequest, windows: "Windows", verify_cleanup: None
) -> AsyncIterator[None]:
    """Leave a picture of each window of a test that failed, and what the pages had to say."""
    yield
    if request.node.stash.get(_FAILED, False):
        name = re.sub(r"[^\w.-]+", "_", f"{request.node.module.__name__}.{request.node.name}")
        await windows.picture(_PICTURES, name.rpartition("browser.")[2])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(
    language: Language, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    """Start Home Assistant, with a user and nothing set up, and the simulator."""
    enable_socket()
    folder = tmp_path_factory.mktemp("home") / "config"
    lay_out(folder, language)
    # A user answers by hand: the automation that would otherwise do so leaves them the time.
    async with running(folder, language, patience=120) as stage:
        yield stage


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(language: Language, stage: Stage, windows: "Windows") -> "HomePage":
    """Return a window of its own for Home Assistant."""
    from .home_page import HomePage  # noqa: PLC0415 - it needs Playwright
    from .words import Words  # noqa: PLC0415 - it goes with it

    return HomePage(await windows.open(language.code), stage.home.url, Words(language.code))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def telephone(language: Language, stage: Stage, windows: "Windows") -> "Telephone":
    """Return another window for the telephone."""
    from .telephone import Telephone  # noqa: PLC0415 - it needs Playwright

    return Telephone(await windows.open(language.code), stage.phone.url)


@pytest.fixture(scope="module")
def wishes() -> list[Any]:
    """Return what the home was asked for."""
    return []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def simulator(wishes: list[Any]) -> AsyncIterator[Phone]:
    """Run a simulator in this process, beside a home that only keeps what it is asked for."""
    enable_socket()

    async def keep(request: web.Request) -> web.Response:
        wishes.append(await request.json())
        return web.Response()

    app = web.Application()
    app.router.add_post("/home", keep)
    async with (
        TestServer(app) as home,
        serve(Simulation(DEMO_KEY, str(home.make_url("/home")))) as port,
        aiohttp.ClientSession() as session,
    ):
        yield Phone(session, f"http://{HOST}:{port}")


@pytest_asyncio.fixture(loop_scope="module")
async def phone(simulator: Phone, windows: "Windows", wishes: list[Any]) -> AsyncIterator[Phone]:
    """Return the simulator after a reset; whatever window opens, asks nobody else for anything."""
    # Not after a test: of one that failed a picture is taken.
    await windows.close()
    await simulator.reset()
    wishes.clear()
    yield simulator
    strangers = [url for url in windows.requests if not url.startswith(f"{simulator.url}/")]
    assert strangers == []
    assert windows.complaints == []
