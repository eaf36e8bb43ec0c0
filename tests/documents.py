"""What stands in the documents of this repository: examples, links, names."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
import re
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parent.parent
#: Where files of this repository are on GitHub.
ON_GITHUB: Final = "https://github.com/pilotstatus-ha/pilotstatus-ha/blob/main/"
IMPORT: Final = "https://my.home-assistant.io/redirect/blueprint_import/?blueprint_url="

_BLOCK: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_HEADING: Final = re.compile(r"^#+ (.+)$", re.MULTILINE)
_LINK: Final = re.compile(r'\]\(([^)\s]+)\)|(?:href|src|srcset)="([^"]+)"')
_MARKUP: Final = re.compile(r"\[([^\]]*)\]\([^)]*\)|[`*]")


@dataclass(frozen=True, slots=True)
class Document:
    """A page of Markdown: its path in the repository, and its text."""

    path: str
    text: str

    @property
    def language(self) -> str:
        """Return the language in which it is written."""
        return "pt-BR" if self.path.endswith(".pt-BR.md") else "en"

    @property
    def blocks(self) -> list[Any]:
        """Return what its YAML blocks hold."""
        found = _BLOCK.findall(self.text)
        return [yaml.safe_load(block) for language, block in found if language == "yaml"]

    @property
    def prose(self) -> str:
        """Return it without blocks of code and comments."""
        return _COMMENT.sub("", _BLOCK.sub("", self.text))

    @property
    def links(self) -> list[str]:
        """Return where its links lead, and which images it shows."""
        return ["".join(found) for found in _LINK.findall(self.prose)]

    @property
    def anchors(self) -> set[str]:
        """Return what a link to one of its headings ends in, as GitHub makes it."""
        counts: dict[str, int] = {}
        anchors = set()
        for heading in _HEADING.findall(self.prose):
            words = _MARKUP.sub(r"\1", heading).strip().lower()
            anchor = re.sub(r"[^\w -]", "", words).replace(" ", "-")
            count = counts.get(anchor, 0)
            counts[anchor] = count + 1
            anchors.add(f"{anchor}-{count}" if count else anchor)
        return anchors

    def resolve(self, link: str) -> tuple[str, str]:
        """Return the path in the repository and the anchor that a relative link means."""
        path, _, anchor = link.partition("#")
        if not path:
            return self.path, anchor
        target = (ROOT / self.path).parent.joinpath(path).resolve()
        return target.relative_to(ROOT.resolve()).as_posix(), anchor

    def part(self, heading: str) -> str:
        """Return what it says under a heading, to the next one of any level."""
        _, _, after = self.text.partition(f"\n{heading}\n")
        return re.split(r"\n##+ ", after)[0]


def documents() -> dict[str, Document]:
    """Return all documents by their paths."""
    paths = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
    names = [path.relative_to(ROOT).as_posix() for path in paths]
    return {name: Document(name, (ROOT / name).read_text()) for name in names}


def parts_of(tree: Any) -> Iterator[dict[str, Any]]:
    """Return all mappings in a tree."""
    if isinstance(tree, dict):
        yield tree
    children = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    for child in children:
        yield from parts_of(child)


def offered(document: Document) -> list[str]:
    """Return the addresses of the blueprints that its buttons import, in order."""
    return [it.removeprefix(IMPORT) for it in document.links if it.startswith(IMPORT)]
