"""A moving picture of several pages side by side."""

from collections.abc import Sequence
import io
from itertools import pairwise
from pathlib import Path
import time
from typing import Final

from PIL import Image, ImageDraw
from playwright.async_api import Page

_GAP: Final = 20
_CORNER: Final = 14
#: The ground that GitHub shows pictures on.
_GROUND: Final = {"light": "#ffffff", "dark": "#0d1117"}
_EDGE: Final = {"light": "#d0d7de", "dark": "#30363d"}
#: Seconds that a frame is shown at most: a longer pause in the filming is a cut.
_LONGEST: Final = 1.0
#: Seconds that the last frame is shown before it all begins again.
_REST: Final = 2.5


class Movie:
    """The frames of pages that stand side by side, as they were taken."""

    def __init__(self, pages: Sequence[Page], scheme: str) -> None:
        """Store the pages, which are of the same height, and ``light`` or ``dark``."""
        self._pages = pages
        self._scheme = scheme
        self._frames: list[tuple[float, Image.Image]] = []

    async def shoot(self) -> None:
        """Take a frame."""
        shots = [await page.screenshot() for page in self._pages]
        self._frames.append((time.monotonic(), self._compose(shots)))

    def write(self, path: Path) -> None:
        """Write an animated WebP that repeats for ever."""
        times = [taken for taken, _ in self._frames]
        shown = [min(later - earlier, _LONGEST) for earlier, later in pairwise(times)]
        durations = [round(1000 * seconds) for seconds in (*shown, _REST)]
        first, *others = [image for _, image in self._frames]
        first.save(
            path,
            save_all=True,
            append_images=others,
            duration=durations,
            loop=0,
            quality=85,
            method=6,
            minimize_size=True,
        )

    def _compose(self, shots: Sequence[bytes]) -> Image.Image:
        images = [Image.open(io.BytesIO(shot)).convert("RGB") for shot in shots]
        width = sum(image.width for image in images) + _GAP * (len(images) + 1)
        frame = Image.new("RGB", (width, images[0].height + 2 * _GAP), _GROUND[self._scheme])
        left = _GAP
        for image in images:
            frame.paste(image, (left, _GAP), _rounded(image.size))
            box = (left, _GAP, left + image.width - 1, _GAP + image.height - 1)
            outline = _EDGE[self._scheme]
            ImageDraw.Draw(frame).rounded_rectangle(box, _CORNER, outline=outline)
            left += image.width + _GAP
        return frame


def _rounded(size: tuple[int, int]) -> Image.Image:
    """Return a mask that cuts the corners off."""
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), _CORNER, fill=255)
    return mask
