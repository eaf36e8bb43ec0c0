"""The files of the repository agree with each other.

What others require of them is in ``test_hassfest``, ``test_hacs``, ``test_marketplace``,
``test_quality_scale``, ``test_github`` and ``test_workflows``.
"""

from configparser import ConfigParser
import json
from pathlib import Path
import re
import subprocess
from typing import Any

from release.changelog import parse

from .conftest import ROOT

COMPONENT = ROOT / "custom_components" / "pilotstatus"
#: Those with translations.
LANGUAGES = sorted(path.stem for path in (COMPONENT / "translations").glob("*.json"))


def load(path: Path) -> Any:
    """Return the content of a JSON file."""
    return json.loads(path.read_text())


def flatten(tree: Any, path: str = "") -> dict[str, str]:
    """Return the leaves of a tree by their paths."""
    if not isinstance(tree, dict):
        return {path: tree}
    leaves: dict[str, str] = {}
    for key, branch in tree.items():
        leaves |= flatten(branch, f"{path}/{key}")
    return leaves


def test_the_manifest_has_the_versions_of_the_project() -> None:
    manifest = load(COMPONENT / "manifest.json")
    (requirement,) = manifest["requirements"]
    assert requirement.startswith("phonenumberslite==")
    for pinned in (ROOT / "requirements").glob("3.*.txt"):
        assert requirement in pinned.read_text().splitlines()
    pyproject = (ROOT / "pyproject.toml").read_text()
    assert f'version = "{manifest["version"]}"' in pyproject


def test_the_newest_version_of_the_changelog_is_that_of_the_manifest() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    newest = parse(text).sections[0].version
    manifest = load(COMPONENT / "manifest.json")
    assert newest == manifest["version"]
    for section in parse(text).sections:
        tag = f"{manifest['documentation']}/releases/tag/v{section.version}"
        assert f"\n[{section.version}]: {tag}\n" in text


def tracked(pattern: str) -> list[Path]:
    """Return the files of the repository that a pattern of git names."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", pattern],  # noqa: S607
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def anchors(document: str) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", document, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", it).strip().lower().replace(" ", "-") for it in headings}


def broken(document: Path, text: str) -> list[str]:
    """Return the links of a document that lead to no file or heading of the repository."""
    found = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    wrong = []
    for link in found:
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = document.parent / name if name else document
        if not target.exists() or (
            anchor and target.suffix == ".md" and anchor not in anchors(target.read_text())
        ):
            wrong.append(link)
    return wrong


def test_links_between_documents_lead_somewhere() -> None:
    documents = tracked("*.md")
    assert len(documents) > 8
    for document in documents:
        assert broken(document, document.read_text()) == [], document


def test_a_link_that_leads_nowhere_is_found() -> None:
    readme = ROOT / "README.md"
    lines = [
        "[a](docs/nothing.md)",
        "[b](#no-such-heading)",
        "[c](docs/release.md#to-make-two)",
        '<img src="docs/nothing.png">',
        "[d](docs/release.md#to-make-one)",
        "[e](https://example.com/nothing)",
    ]
    assert len(broken(readme, "\n".join(lines))) == 4


def test_what_the_guide_to_contributing_names_is_there() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text()
    named = set(re.findall(r"`([^`\n]+)`", guide))
    paths = {it for it in named if re.fullmatch(r"[\w/-]+\.(py|yaml|json)", it)}
    assert len(paths) > 15
    # The example of a new language is not there yet.
    for path in paths - {"translations/fr.json"}:
        assert (COMPONENT / path).exists() or (ROOT / path).exists(), path
    for command in re.findall(r"scripts/\w+", guide):
        assert (ROOT / command).exists(), command
    tests = "\n".join(path.read_text() for path in tracked("tests/test_translation*.py"))
    sources = tests + "\n".join(path.read_text() for path in tracked("custom_components/*.py"))
    for name in named:
        if re.fullmatch(r"[A-Z]+|test_\w+|async_\w+", name):
            assert re.search(rf"\b{name}\b", sources), name
    hooks = re.findall(
        r"^ +name: (.+)$", (ROOT / ".pre-commit-config.yaml").read_text(), re.MULTILINE
    )
    assert [hook for hook in hooks if f"*{hook}*" not in guide] == []


def test_files_are_as_the_editor_is_told_to_write_them() -> None:
    config = ConfigParser()
    config.read_string(f"[top]\n{(ROOT / '.editorconfig').read_text()}")
    rules = dict(config["*"])
    assert rules.pop("indent_size") == "2"
    assert rules == {
        "charset": "utf-8",
        "end_of_line": "lf",
        "indent_style": "space",
        "insert_final_newline": "true",
        "trim_trailing_whitespace": "true",
    }
    for path in tracked("."):
        # Images have NUL characters.
        if path.is_file() and "corpus" not in path.parts and b"\0" not in path.read_bytes():
            text = path.read_bytes().decode()
            assert "\r" not in text, path
            assert "\t" not in text, path
            assert not text or text.endswith("\n"), path
            assert re.search(r"[ ]+$", text, re.MULTILINE) is None, path


def test_the_oldest_supported_home_assistant_is_tested() -> None:
    hacs = load(ROOT / "hacs.json")
    assert hacs["homeassistant"] == "2025.4.0"
    assert "homeassistant==2025.4" in (ROOT / "requirements" / "3.13.txt").read_text()
