"""A working copy whose modules may be broken, and the process that runs tests in it."""

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
import json
import os
from pathlib import Path
from typing import Any, Final, Self

from .checkout import copy_files

_SERVER: Final = Path(__file__).parent / "pytest_server.py"
#: Bytes; the longest answer names all modules that Home Assistant imports.
_MAX_ANSWER: Final = 16 * 1024 * 1024


class WorkerError(Exception):
    """The process that runs the tests has ended."""


@dataclass(frozen=True, slots=True)
class Run:
    """How a run of tests went: pytest's exit code, ``None`` if it ran out of time."""

    exit: int | None
    seconds: float
    tests: Sequence[str]
    failed: Sequence[str]
    own: Sequence[str]
    modules: Sequence[str]


class Worker:
    """Runs tests in a copy of the checkout; one run at a time."""

    def __init__(self, folder: Path, python: str) -> None:
        """Use a folder for the copy, and a Python that has what the tests need."""
        self._folder = folder
        self._copy = folder / "checkout"
        self._python = python
        self._process: Process | None = None

    async def start(self, root: Path, files: Iterable[str]) -> Self:
        """Copy the files and start the process."""
        copy_files(root, files, self._copy)
        # pytest-cov measures every process that inherits these, broken copies included.
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("COV_CORE_")
        }
        with (self._folder / "server.txt").open("wb") as log:
            # A group of its own: Ctrl-C is for the runner, which then stops the workers.
            self._process = await asyncio.create_subprocess_exec(
                self._python,
                "-P",
                str(_SERVER),
                cwd=self._copy,
                env=environment,
                stdin=PIPE,
                stdout=PIPE,
                stderr=log,
                limit=_MAX_ANSWER,
                start_new_session=True,
            )
        return self

    async def stop(self) -> None:
        """End the process and what it runs."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.terminate()
            await self._process.wait()

    def write(self, module: str, source: str) -> None:
        """Change a module of the copy."""
        path = self._copy / module
        path.write_text(source)
        # Its age is told in seconds: one that is younger by less would be taken for current.
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
            compiled.unlink()

    async def run(self, files: Sequence[str], *, first: Sequence[str] = (), seconds: float) -> Run:
        """Run test files, some tests before the others, for at most so many seconds."""
        request = {"files": list(files), "first": list(first), "timeout": seconds}
        return Run(**await self._ask(request))

    async def preload(self, modules: Iterable[str]) -> None:
        """Import modules once for all runs to come."""
        await self._ask({"import": list(modules)})

    def output(self) -> str:
        """Return what the last run printed."""
        return (self._folder / "output.txt").read_text(errors="replace")

    async def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise WorkerError("not started")
        with suppress(BrokenPipeError, ConnectionResetError):
            process.stdin.write(json.dumps(request).encode() + b"\n")
            await process.stdin.drain()
        answer = await process.stdout.readline()
        if not answer:
            raise WorkerError((self._folder / "server.txt").read_text(errors="replace"))
        result: dict[str, Any] = json.loads(answer)
        return result
