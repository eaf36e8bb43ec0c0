"""What Home Assistant says, in the words of its own translations and of ours."""

import json
from typing import Any

import hass_frontend

from demo.installation import ROOT

_OURS = ROOT / "custom_components" / "pilotstatus" / "translations"
#: The parts of the frontend's words that are used here.
_PARTS = (".", "config")


def _fill(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


class Words:
    """The words of one language."""

    def __init__(self, code: str) -> None:
        """Read them."""
        self._ours: Any = json.loads((_OURS / f"{code}.json").read_text())
        self._home: dict[str, str] = {}
        for part in _PARTS:
            folder = hass_frontend.where() / "static" / "translations" / part
            (path,) = folder.glob(f"{code}-{'[0-9a-f]' * 32}.json")
            self._home |= json.loads(path.read_text())

    def ours(self, path: str, **values: str) -> str:
        """Return a text of the integration, by its dotted path: ``services.announce.name``."""
        text = self._ours
        for part in path.split("."):
            text = text[part]
        return _fill(str(text), values)

    def home(self, key: str, **values: str) -> str:
        """Return a text of Home Assistant's frontend, by its key below ``ui``."""
        return _fill(self._home[f"ui.{key}"], values)
