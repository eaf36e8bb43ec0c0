"""Everything that runs in the demo: Home Assistant, the simulator, and clients of both."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from simulator.client import Phone
from simulator.numbers import DEMO_KEY

from .home_assistant import HomeAssistant
from .installation import ROOT, set_address
from .language import Language
from .people import add_people
from .ports import HOST, choose_port
from .program import Program

#: What Home Assistant says when its web server answers.
LISTENS = "Now listening on port"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What runs; ``program`` is Home Assistant's, ``audio`` the folder of the audio files."""

    home: HomeAssistant
    phone: Phone
    program: Program
    audio: Path


@asynccontextmanager
async def running(
    folder: Path, language: Language, *, port: int = 0, phone_port: int = 0, patience: float = 15
) -> AsyncIterator[Stage]:
    """Run both until the context ends, on the ports that are wanted or else on free ones.

    ``folder`` is laid out (``lay_out``). Home Assistant has a user, and nothing set up; it answers
    a call by itself after ``patience`` seconds. Raises ProgramError if one of them does not start.
    """
    chosen = choose_port(port)
    await asyncio.to_thread(set_address, folder, HOST, chosen)
    url = f"http://{HOST}:{chosen}"
    simulator = (
        "-m",
        "simulator",
        "--seed-key",
        DEMO_KEY,
        "--home",
        f"{url}/api/webhook/telephone",
    )
    environment = {
        "DEMO_MEDIA": str(folder / "media"),
        "DEMO_URL": url,
        "DEMO_LANGUAGE": language.code,
        "DEMO_TITLE": language.title,
        "DEMO_PATIENCE": f"{patience}",
        "DEMO_DOORBELL": f"{url}/local/doorbell.mp3",
    }
    async with (
        Program(
            ROOT, folder / "simulator.log", *simulator, "--port", str(choose_port(phone_port))
        ) as other_side,
        Program(
            folder, folder / "output.log", "-m", "homeassistant", "-c", str(folder), **environment
        ) as program,
        aiohttp.ClientSession() as session,
    ):
        phone_url = (await other_side.says(r"(http://\S+)/phone\n"))[1]
        home = HomeAssistant(session, url)
        # Until it says so itself, somebody else may be listening there.
        await program.says(LISTENS)
        await home.onboard(language.code)
        await home.running()
        yield Stage(
            home=home, phone=Phone(session, phone_url), program=program, audio=folder / "www"
        )


async def furnish(stage: Stage) -> None:
    """Set up a number with contacts, and a voice."""
    await stage.home.add("espeak")
    entry = await stage.home.add_number(DEMO_KEY, stage.phone.url)
    await add_people(stage.home, entry["entry_id"], stage.phone)
