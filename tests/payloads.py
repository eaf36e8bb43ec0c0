"""The documented payloads, a JSON file each: documented shapes with invented values."""

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "fixtures"


def payload(name: str) -> Any:
    """Return a documented payload."""
    return json.loads((_FOLDER / f"{name}.json").read_text())


def payload_names() -> set[str]:
    """Return the names of all documented payloads."""
    return {path.stem for path in _FOLDER.glob("*.json")}
