"""Why there is no browser, and whether there must be one."""

from importlib.util import find_spec
import os

from demo.chromium import NAMES, find_browser


def what_is_missing() -> str | None:
    """Return what these tests lack here, ``None`` if they can run."""
    if find_spec("playwright") is None:
        return "Playwright is not installed: it is there for the newest Python only"
    if find_browser() is None:
        return f"no browser is installed: none of {', '.join(NAMES)}"
    return None


def is_required() -> bool:
    """Whether these tests must fail if they cannot run."""
    return os.environ.get("BROWSER_TESTS") == "required"
