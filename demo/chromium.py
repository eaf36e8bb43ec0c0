"""The browser that looks at the demo: where it is, and how it is started."""

import os
import shutil
from typing import Final

#: The names under which systems install it.
NAMES: Final = ("chromium", "chromium-browser", "google-chrome")


def find_browser() -> str | None:
    """Return the path of the first browser that is installed."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def arguments() -> list[str]:
    """Return how the browser is started, so that it fetches nothing by itself."""
    # As root it runs without its sandbox only.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return [*sandbox, "--disable-background-networking"]
