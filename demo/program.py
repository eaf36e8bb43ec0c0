"""A program that runs beside the demo, with its output in a file."""

import asyncio
from contextlib import suppress
import os
from pathlib import Path
import re
import signal
import sys
from typing import Self

_START_TIMEOUT = 180
_STOP_TIMEOUT = 30


class ProgramError(Exception):
    """A program ended, or did not say in time what was waited for."""


class Program:
    """A Python program, from the start of a context to its end."""

    def __init__(self, folder: Path, log: Path, *command: str, **environment: str) -> None:
        """Store what to run, where, with what output and with what added to the environment."""
        self._folder = folder
        self._log = log
        self._command = command
        self._environment = os.environ | environment
        self._process: asyncio.subprocess.Process | None = None
        self._begins = 0

    async def __aenter__(self) -> Self:
        """Start it."""
        with self._log.open("ab") as output:
            self._begins = output.tell()
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self._command,
                cwd=self._folder,
                env=self._environment,
                stdout=output,
                stderr=output,
                # Ctrl-C ends the demo, and the demo ends its programs, in this order.
                start_new_session=True,
            )
        return self

    async def __aexit__(self, *_: object) -> None:
        """End it."""
        await self._end(signal.SIGTERM)

    async def says(self, pattern: str) -> re.Match[str]:
        """Wait until its output, since it was started, matches a pattern.

        What a program itself says is the one sign of its life that no other program, at the same
        port, can give. Raises ProgramError if it ends, or is silent for too long.
        """
        until = asyncio.get_running_loop().time() + _START_TIMEOUT
        while asyncio.get_running_loop().time() < until:
            has_ended = self._process is None or self._process.returncode is not None
            output = await asyncio.to_thread(self._output)
            if found := re.search(pattern, output):
                return found
            if has_ended:
                break
            await asyncio.sleep(0.2)
        raise ProgramError(
            f"{self._log} does not say {pattern!r}, but ends with:\n{output[-2000:]}"
        )

    async def kill_and_start(self) -> None:
        """Kill the program as a power cut would, and start it again."""
        await self._end(signal.SIGKILL)
        await self.__aenter__()

    def _output(self) -> str:
        with self._log.open("rb") as output:
            output.seek(self._begins)
            return output.read().decode(errors="replace")

    async def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            self._process.send_signal(number)
        try:
            async with asyncio.timeout(_STOP_TIMEOUT):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
