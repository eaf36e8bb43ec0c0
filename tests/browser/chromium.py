"""Where the browser is, and why there is none."""

from importlib.util import find_spec
import os
import shutil

_NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_browser() -> str | None:
    """Return the path of the first browser that is installed."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def what_is_missing() -> str | None:
    """Return what these tests lack here, ``None`` if they can run."""
    if find_spec("playwright") is None:
        return "Playwright is not installed: it is there for the newest Python only"
    if find_browser() is None:
        return f"no browser is installed: none of {', '.join(_NAMES)}"
    return None


def is_required() -> bool:
    """Whether these tests must fail if they cannot run."""
    return os.environ.get("BROWSER_TESTS") == "required"


def arguments() -> list[str]:
    """Return how the browser is started: it fetches nothing by itself, and plays at once."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return [
        *sandbox,
        "--disable-background-networking",
        "--autoplay-policy=no-user-gesture-required",
    ]
