"""``python -m demo [--port N] [--phone-port N] [--check]``: see ``scripts/demo``."""

import argparse
import asyncio
from contextlib import suppress
import os
import signal
import sys

from homeassistant.const import __version__

from .installation import ROOT, lay_out
from .language import choose_language
from .program import ProgramError
from .stage import furnish, running
from .story import StoryError, run_story

_SHOWN = ROOT / ".demo" / "shown"
_CHECKED = ROOT / ".demo" / f"checked-{__version__}"


async def _show(port: int, phone_port: int) -> None:
    """Run until the process receives a signal to end."""
    language = choose_language(os.environ)
    await asyncio.to_thread(lay_out, _SHOWN, language)
    sys.stdout.write(f"{language.starting}\n")
    sys.stdout.flush()
    async with running(_SHOWN, language, port=port, phone_port=phone_port) as stage:
        await furnish(stage)
        home, phone = f"{stage.home.url}/demo-calls", f"{stage.phone.url}/phone"
        sys.stdout.write(language.opening.format(home=home, phone=phone))
        sys.stdout.flush()
        await _until_interrupted()


async def _check() -> int:
    """Run the story; return the exit code."""
    language = choose_language(os.environ)
    await asyncio.to_thread(lay_out, _CHECKED, language)
    sys.stdout.write(f"{language.starting}\n")
    try:
        async with running(_CHECKED, language, patience=3) as stage:
            await furnish(stage)
            await run_story(stage, language)
    except (StoryError, TimeoutError):
        sys.stdout.write(f"The story broke off here. What was logged is in {_CHECKED}.\n")
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
    parser.add_argument("--port", type=int, default=8123, help="of Home Assistant, if it is free")
    parser.add_argument("--phone-port", type=int, default=8800, help="of the telephone, likewise")
    arguments = parser.parse_args()
    with suppress(KeyboardInterrupt):
        try:
            if arguments.check:
                sys.exit(asyncio.run(_check()))
            asyncio.run(_show(arguments.port, arguments.phone_port))
        except ProgramError as err:
            sys.exit(str(err))


if __name__ == "__main__":
    main()
