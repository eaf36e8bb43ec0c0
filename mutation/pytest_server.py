"""Run pytest again and again in a working copy, without importing Home Assistant each time.

A run that starts Python spends most of its time on imports. This process imports what an
earlier run has imported, except what is in the working copy, and forks for each run.

Runs in the project's own Python, in the folder of the copy. Each line on stdin is a request,
each line on stdout its answer, both JSON:

* ``{"files": […], "first": […], "timeout": s}`` runs files, some tests first. The answer has
  ``exit`` (pytest's exit code, ``null`` on a timeout), ``seconds``, ``tests``, ``failed``,
  ``own`` (files of the copy that were imported) and ``modules`` (names of all else).
* ``{"import": […]}`` imports modules. The answer is ``{}``.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
import gc
import importlib
import json
import multiprocessing
from multiprocessing.connection import Connection
import os
from pathlib import Path
import signal
import sys
import time
from types import FrameType
from typing import Any, Final

import pytest

#: What the last run printed, in the folder above the copy.
OUTPUT: Final = "output.txt"
_OPTIONS: Final = ("-x", "-q", "--no-header", "-p", "no:randomly", "-p", "no:cacheprovider")

_FORK: Final = multiprocessing.get_context("fork")


class _Recorder:
    """Puts tests first, and notes which there are and which fail."""

    def __init__(self, first: Sequence[str]) -> None:
        self._rank = {name: position for position, name in enumerate(first)}
        self.tests: list[str] = []
        self.failed: list[str] = []

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: self._rank.get(item.nodeid, len(self._rank)))
        self.tests = [item.nodeid for item in items]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)


def _imported() -> tuple[list[str], list[str]]:
    """Return the files of the copy that are imported, and the names of all other modules."""
    here = f"{Path.cwd()}{os.sep}"
    files = {
        name: str(module.__file__)
        for name, module in list(sys.modules.items())
        if getattr(module, "__file__", None)
    }
    own = {name: file for name, file in files.items() if file.startswith(here)}
    packages = {name.partition(".")[0] for name in own} | {"__main__", "__mp_main__"}
    others = [name for name in files if name.partition(".")[0] not in packages]
    return sorted(file.removeprefix(here) for file in own.values()), others


def _run(request: Mapping[str, Any], answer: Connection) -> None:
    """Run pytest in a process of its own, and a process group, and end it."""
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    output = os.open(f"../{OUTPUT}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    importlib.invalidate_caches()
    recorder = _Recorder(request["first"])
    code = int(pytest.main([*_OPTIONS, *request["files"]], plugins=[recorder]))
    own, modules = _imported()
    answer.send(
        {
            "exit": code,
            "tests": recorder.tests,
            "failed": recorder.failed,
            "own": own,
            "modules": modules,
        }
    )
    sys.stdout.flush()
    # Without waiting for threads that a broken module left behind.
    os._exit(0)


class _Server:
    """Answers requests, one at a time."""

    def __init__(self) -> None:
        self._group: int | None = None

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        if "import" in request:
            for name in request["import"]:
                # Some can be imported only by those who made them.
                with suppress(ImportError):
                    importlib.import_module(name)
            gc.collect()
            gc.freeze()
            return {}
        return self._fork(request)

    def _fork(self, request: Mapping[str, Any]) -> dict[str, Any]:
        began = time.monotonic()
        reader, writer = _FORK.Pipe(duplex=False)
        process = _FORK.Process(target=_run, args=(request, writer))
        process.start()
        self._group = process.pid
        writer.close()
        result: dict[str, Any] = {"exit": None, "tests": [], "failed": [], "own": [], "modules": []}
        if reader.poll(request["timeout"]):
            try:
                result = reader.recv()
            except EOFError:
                # It died before it could say anything.
                result["exit"] = -1
        seconds = time.monotonic() - began
        self.kill()
        process.join()
        reader.close()
        return result | {"seconds": seconds}

    def kill(self) -> None:
        """End the run, and whatever it has started."""
        if self._group is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._group, signal.SIGKILL)
            self._group = None


def main() -> None:
    """Answer until stdin ends."""
    server = _Server()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        server.kill()
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    # What imports print must not come between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        answers.write(json.dumps(server.answer(json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
