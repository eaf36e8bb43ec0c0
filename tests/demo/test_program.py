"""A program is waited for by what it says itself."""

from pathlib import Path

import pytest

from demo.program import Program, ProgramError

_SAYS = "import sys, time; print('listening on', {port}, flush=True); time.sleep({seconds})"


def program(folder: Path, port: int, seconds: float = 60) -> Program:
    """Return a program that says a port, and ends after some seconds."""
    return Program(folder, folder / "log", "-c", _SAYS.format(port=port, seconds=seconds))


async def test_what_a_program_says_is_waited_for(tmp_path: Path) -> None:
    async with program(tmp_path, 8123) as running:
        assert (await running.says(r"listening on (\d+)"))[1] == "8123"


async def test_what_an_earlier_run_said_does_not_count(tmp_path: Path) -> None:
    async with program(tmp_path, 1) as running:
        await running.says("listening on 1")
    async with program(tmp_path, 2) as running:
        assert (await running.says(r"listening on (\d)"))[1] == "2"
        await running.kill_and_start()
        assert (await running.says(r"listening on (\d)"))[1] == "2"


async def test_a_program_that_ends_is_not_waited_for(tmp_path: Path) -> None:
    async with program(tmp_path, 8123, seconds=0) as running:
        with pytest.raises(ProgramError, match="listening on 8123"):
            await running.says("something else")
