"""``python -m demo [--check]``: see ``scripts/demo``."""

import argparse
import asyncio
from contextlib import suppress
import json
import os
from pathlib import Path
import shutil
import signal
import socket
import sys
from typing import Self

import aiohttp

from simulator.client import Phone
from simulator.numbers import DEMO_KEY

from .audio import make_files, make_flac
from .home_assistant import HomeAssistant
from .people import add_people
from .story import MESSAGE, StoryError, run_story

_ROOT = Path(__file__).parent.parent
_FOLDER = _ROOT / ".demo"
_STOP_TIMEOUT = 30


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _prepare(folder: Path) -> Path:
    """Lay out a new configuration folder; return the folder of the audio files."""
    if folder.exists():
        shutil.rmtree(folder)
    shutil.copytree(_ROOT / "demo" / "config", folder, ignore=shutil.ignore_patterns("__pycache__"))
    components = folder / "custom_components"
    (components / "pilotstatus").symlink_to(_ROOT / "custom_components" / "pilotstatus")
    # The steps that the demo's user need not see; one of them would fetch from the internet.
    done = {"done": ["core_config", "analytics", "integration"]}
    storage = folder / ".storage"
    storage.mkdir()
    (storage / "onboarding").write_text(
        json.dumps({"version": 4, "minor_version": 1, "key": "onboarding", "data": done})
    )
    audio = folder / "www"
    make_files(audio)
    make_flac(folder / "media", audio / "chime.opus")
    return audio


class _Program:
    """A Python program that runs beside the demo, with its output in a file."""

    def __init__(self, folder: Path, log: Path, *command: str, **environment: str) -> None:
        self._folder = folder
        self._log = log
        self._command = command
        self._environment = os.environ | environment
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        with self._log.open("ab") as output:
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
        await self._end(signal.SIGTERM)

    async def kill_and_start(self) -> None:
        """Kill the program as a power cut would, and start it again."""
        await self._end(signal.SIGKILL)
        await self.__aenter__()

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


async def _run(arguments: argparse.Namespace) -> int:
    port = _free_port() if arguments.check else 8123
    phone_port = _free_port() if arguments.check else 8800
    url, phone_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{phone_port}"
    audio = await asyncio.to_thread(_prepare, _FOLDER)
    environment = {
        "DEMO_PORT": str(port),
        "DEMO_MEDIA": str(_FOLDER / "media"),
        "DEMO_URL": url,
        "DEMO_MESSAGE": MESSAGE,
        "DEMO_DOORBELL": f"{url}/local/doorbell.mp3",
        "DEMO_GREETING": f"{url}/local/chime.opus",
    }
    simulator = ("-m", "simulator", "--port", str(phone_port), "--seed-key", DEMO_KEY)
    home_assistant = ("-m", "homeassistant", "-c", str(_FOLDER))
    sys.stdout.write("Starting Home Assistant and the simulator…\n")
    async with (
        _Program(_ROOT, _FOLDER / "simulator.log", *simulator),
        _Program(_FOLDER, _FOLDER / "output.log", *home_assistant, **environment) as program,
        aiohttp.ClientSession() as session,
    ):
        home = HomeAssistant(session, url)
        await home.started()
        await home.onboard()
        await home.running()
        await home.add("espeak")
        phone = Phone(session, phone_url, DEMO_KEY)
        entry = await home.add_number(DEMO_KEY, phone_url)
        await add_people(home, entry["entry_id"], phone)
        sys.stdout.write(f"{entry['title']} is set up, with contacts.\n")
        if arguments.check:
            return await _check(program, home, phone, audio)
        sys.stdout.write(
            f"\nHome Assistant   {url}/demo-calls\nThe other phone  {phone_url}/phone\n\n"
            "Open both and call from the phone. Ctrl-C ends the demo.\n"
        )
        await _until_interrupted()
    return 0


async def _check(program: _Program, home: HomeAssistant, phone: Phone, audio: Path) -> int:
    async def restart() -> None:
        await program.kill_and_start()
        await home.running()

    try:
        await run_story(home, phone, audio, restart)
    except (StoryError, TimeoutError):
        sys.stdout.write(f"The story broke off here. What was logged is in {_FOLDER.name}/.\n")
        return 1
    sys.stdout.write("The whole story holds. Next: scripts/demo, and look at it yourself.\n")
    return 0


async def _until_interrupted() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description="Try it without an account.")
    parser.add_argument("--check", action="store_true", help="run the story unattended")
    with suppress(KeyboardInterrupt):
        sys.exit(asyncio.run(_run(parser.parse_args())))


if __name__ == "__main__":
    main()
