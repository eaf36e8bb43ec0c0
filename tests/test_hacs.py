"""What HACS checks in the tree of a repository.

Of its nine checks, those of the archive, description, issues and topics look at settings on GitHub:
see docs/release.md. What it requires of the component's manifest, hassfest does, too:
``test_hassfest``.
"""

from io import BytesIO
from pathlib import Path
import re
from typing import Any, Final

from awesomeversion import AwesomeVersion
from PIL import Image
import pytest
import voluptuous as vol

from release.archive import NAME

from .conftest import ROOT
from .test_repository import COMPONENT, load

READMES: Final = [(ROOT / name).read_text() for name in ("README.md", "README.pt-BR.md")]
BRAND: Final = COMPONENT / "brand"


def _minimum(value: Any) -> Any:
    if not isinstance(value, str) or not AwesomeVersion(value).valid:
        raise vol.Invalid(f"{value!r} is not a version")
    return value


def _zipped(value: dict[str, Any]) -> dict[str, Any]:
    if value.get("zip_release") and "filename" not in value:
        raise vol.Invalid("a release that is zipped has the name of a file")
    return value


#: All that hacs.json may hold, but the countries: there is no reason to name one.
REPOSITORY: Final = vol.Schema(
    vol.All(
        {
            vol.Required("name"): vol.All(str, vol.Length(min=1)),
            vol.Required("homeassistant"): _minimum,
            vol.Optional("hacs"): _minimum,
            vol.Optional("content_in_root"): False,
            vol.Optional("filename"): str,
            vol.Optional("hide_default_branch"): bool,
            vol.Optional("persistent_directory"): str,
            vol.Optional("render_readme"): bool,
            vol.Optional("zip_release"): bool,
        },
        _zipped,
    )
)

#: The words of the MIT license after the line of the copyright.
MIT: Final = """
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or
substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES
OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def size_again(path: Path) -> int:
    """Return how large an image is when it is compressed as well as that goes without loss."""
    compressed = BytesIO()
    with Image.open(path) as image:
        image.save(compressed, "PNG", optimize=True)
    return len(compressed.getvalue())


def test_the_manifest_of_the_repository_is_valid() -> None:
    REPOSITORY(load(ROOT / "hacs.json"))
    assert load(ROOT / "hacs.json")["name"] == load(COMPONENT / "manifest.json")["name"]


@pytest.mark.parametrize(
    "change",
    [
        {"domains": ["sensor"]},
        {"homeassistant": "soon"},
        {"homeassistant": 2025.4},
        {"hide_default_branch": "false"},
        {"name": ""},
        {"zip_release": "true"},
    ],
    ids=str,
)
def test_a_manifest_that_breaks_a_rule_is_found(change: dict[str, Any]) -> None:
    with pytest.raises(vol.Invalid):
        REPOSITORY(load(ROOT / "hacs.json") | change)


def test_a_release_has_the_file_that_is_installed() -> None:
    manifest = load(ROOT / "hacs.json")
    assert manifest["zip_release"] is True
    assert manifest["filename"] == NAME
    # The default branch has no such file.
    assert manifest["hide_default_branch"] is True
    with pytest.raises(vol.Invalid):
        REPOSITORY({key: value for key, value in manifest.items() if key != "filename"})


def test_there_is_one_component() -> None:
    assert [it.name for it in COMPONENT.parent.iterdir() if it.name != "__pycache__"] == [
        COMPONENT.name
    ]


@pytest.mark.parametrize(
    ("name", "size"),
    [
        *((f"{theme}icon", (256, 256)) for theme in ("", "dark_")),
        *((f"{theme}icon@2x", (512, 512)) for theme in ("", "dark_")),
        *((f"{theme}logo", (513, 128)) for theme in ("", "dark_")),
        *((f"{theme}logo@2x", (1026, 256)) for theme in ("", "dark_")),
    ],
)
def test_images_of_the_brand_have_their_sizes_and_waste_none(
    name: str, size: tuple[int, int]
) -> None:
    path = BRAND / f"{name}.png"
    with Image.open(path) as image:
        assert (image.format, image.size) == ("PNG", size)
        # Transparent: the background is that of the page.
        assert image.getchannel("A").getextrema() == (0, 255)
        # Trimmed: the drawing reaches all edges.
        assert image.getchannel("A").getbbox() == (0, 0, *size)
    assert path.stat().st_size < 1.05 * size_again(path)


def test_every_drawing_of_the_brand_has_its_images_and_needs_no_font() -> None:
    drawings = list((ROOT / "docs" / "brand").glob("*.svg"))
    names = {f"{path.stem}{scale}.png" for path in drawings for scale in ("", "@2x")}
    assert {path.name for path in BRAND.iterdir()} == names
    for path in drawings:
        assert "font" not in path.read_text()


def test_the_license_is_recognized_as_mit() -> None:
    title, notice, words = (ROOT / "LICENSE").read_text().split("\n\n", maxsplit=2)
    assert title == "MIT License"
    assert re.fullmatch(r"Copyright \(c\) \d{4} .+", notice)
    assert words.split() == MIT.split()
    assert 'license = "MIT"' in (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize("readme", READMES, ids=["en", "pt-BR"])
def test_images_that_depend_on_the_theme_are_shown_by_the_marketplace(readme: str) -> None:
    # It leaves out a relative address that begins with a name.
    sources = re.findall(r'srcset="([^"]+)"', readme)
    assert len(sources) == readme.count("<picture>") > 1
    assert all(it.startswith("./") for it in sources)


@pytest.mark.parametrize("readme", READMES, ids=["en", "pt-BR"])
def test_the_links_of_the_readme_to_home_assistant_open_this_repository(readme: str) -> None:
    owner, name = load(COMPONENT / "manifest.json")["documentation"].split("/")[-2:]
    for link in ("hacs_repository", "marketplace_repository"):
        place = f"{link}/?owner={owner}&repository={name}&category=integration)"
        assert f"](https://my.home-assistant.io/redirect/{place}" in readme
    assert (
        f"](https://my.home-assistant.io/redirect/config_flow_start/?domain={COMPONENT.name})"
        in (readme)
    )


@pytest.mark.parametrize("readme", READMES, ids=["en", "pt-BR"])
def test_the_badges_of_the_readme_say_what_is_so(readme: str) -> None:
    version, _ = load(ROOT / "hacs.json")["homeassistant"].rsplit(".", 1)
    assert f"/badge/Home%20Assistant-{version}%2B-" in readme
    assert f"Home Assistant {version} " in readme
    assert re.search(r"/badge/licen\S+-MIT-", readme)
    (workflow,) = set(re.findall(r"/actions/workflows/([\w.]+)", readme))
    assert (ROOT / ".github" / "workflows" / workflow).is_file()
