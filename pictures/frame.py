"""What of a page a still shows, and its file."""

import asyncio
from collections.abc import Iterable
import io
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.async_api import FloatRect, Locator, Page

#: Few colors make a file a third of the size, and look the same.
_COLORS: Final = 128
#: How often a frame must be measured alike to be trusted, and how often it is measured at most.
_ALIKE: Final = 5
_TRIES: Final = 100
#: What is behind a dialog distracts from it.
_ALONE: Final = """
home-assistant-main:has(~ dialog-data-entry-flow, ~ dialog-media-player-browse) {
  visibility: hidden;
}"""


async def around(*parts: Locator, margin: float = 12) -> FloatRect:
    """Return the frame around parts of a page, in its pixels, once they stay where they are.

    Raises RuntimeError if one of them cannot be seen, or they never stay.
    """
    frames: list[FloatRect] = []
    for _ in range(_TRIES):
        frames.append(await _measure(parts, margin))
        if frames[-_ALIKE:] == [frames[-1]] * _ALIKE:
            return frames[-1]
        # What a form still loads may make it longer.
        await asyncio.sleep(0.1)
    raise RuntimeError(f"{parts} do not stay where they are")


async def _measure(parts: Iterable[Locator], margin: float) -> FloatRect:
    boxes = []
    for part in parts:
        box = await part.bounding_box()
        if box is None:
            raise RuntimeError(f"{part} cannot be seen")
        boxes.append(box)
    left = min(box["x"] for box in boxes) - margin
    top = min(box["y"] for box in boxes) - margin
    right = max(box["x"] + box["width"] for box in boxes) + margin
    bottom = max(box["y"] + box["height"] for box in boxes) + margin
    return FloatRect(x=left, y=top, width=right - left, height=bottom - top)


async def shoot(page: Page, frame: FloatRect, path: Path) -> None:
    """Take what is in a frame, when what moves stands still, and write it as a PNG."""
    # Nothing is to look as if it were pointed at.
    await page.mouse.move(0, 0)
    shot = await page.screenshot(clip=frame, animations="disabled", caret="hide", style=_ALONE)
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    image.quantize(_COLORS, dither=Image.Dither.NONE).save(path, optimize=True)
