"""Make the images of the brand anew from the drawings beside this file: see README.md here."""

from io import BytesIO
from pathlib import Path

from PIL import Image
import resvg_py

HERE = Path(__file__).parent
BRAND = HERE.parent.parent / "custom_components" / "pilotstatus" / "brand"
#: Home Assistant's sizes: an icon is a square, a logo as wide as it is.
HEIGHTS = {"icon": 256, "logo": 128}


def render(drawing: Path, height: int, target: Path) -> None:
    """Write an image of a drawing, transparent around it, as small as it can be without loss."""
    data = resvg_py.svg_to_bytes(svg_string=drawing.read_text(), height=height)
    with Image.open(BytesIO(bytes(data))) as image:
        image.save(target, "PNG", optimize=True)


def main() -> None:
    """Write all images."""
    for drawing in sorted(HERE.glob("*.svg")):
        height = HEIGHTS[drawing.stem.removeprefix("dark_")]
        render(drawing, height, BRAND / f"{drawing.stem}.png")
        render(drawing, 2 * height, BRAND / f"{drawing.stem}@2x.png")


if __name__ == "__main__":
    main()
