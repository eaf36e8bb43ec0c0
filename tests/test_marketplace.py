"""The Marketplace of newer Home Assistant installs the component, by its own functions."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from io import BytesIO
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import pytest

from custom_components.pilotstatus.const import DOMAIN
from homeassistant.core import HomeAssistant
from release.archive import pack, tracked_files

from .conftest import ROOT
from .test_repository import COMPONENT, load

NAME = "pilotstatus-ha/pilotstatus-ha"
HACS = "hacs.json"
MANIFEST = f"custom_components/{DOMAIN}/manifest.json"

base: Any = pytest.importorskip(
    "homeassistant.components.marketplace.repositories.base",
    reason="this version has no Marketplace",
)
integration: Any = pytest.importorskip(
    "homeassistant.components.marketplace.repositories.integration"
)
MarketplaceError: type[Exception] = pytest.importorskip(
    "homeassistant.components.marketplace.exceptions"
).MarketplaceError

type Opener = Callable[..., Any]


class GitHub:
    """What the Marketplace reaches of GitHub: the files of one repository."""

    def __init__(self, hass: HomeAssistant, archive: Any, folder: Path) -> None:
        """Serve the files of an archive, to be installed in a configuration folder."""
        self.hass = hass
        self.released: dict[str, bytes] = {}
        self.core = SimpleNamespace(config_path=str(folder))
        contents = SimpleNamespace(get=self.async_github_api_method)
        self.githubapi = SimpleNamespace(repos=SimpleNamespace(contents=contents))
        self._archive = archive

    async def async_github_api_method(self, *, path: str, **_: Any) -> Any:
        """Return the content of a file, as GitHub's API does."""
        content = b64encode(self._archive.read(path)).decode()
        return SimpleNamespace(data=SimpleNamespace(content=content))

    async def async_download_file(self, remote_file: Any) -> bytes | None:
        """Return a file of a release, if it is there."""
        return self.released.get(remote_file.path)

    async def async_save_file(self, file_path: str, content: bytes) -> bool:
        """Write a file that was downloaded."""
        await self.hass.async_add_executor_job(Path(file_path).write_bytes, content)
        return True


def zipped(changes: Mapping[str, Any]) -> bytes:
    """Return this repository as GitHub packs it, with changes by path: no content removes it."""
    files = [path for path in ROOT.iterdir() if path.is_file()]
    files += [path for path in COMPONENT.rglob("*") if path.is_file()]
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for path in sorted(files):
            name = str(path.relative_to(ROOT))
            if name not in changes and "__pycache__" not in name:
                archive.write(path, f"pilotstatus-ha-main/{name}")
        for name, content in changes.items():
            if content is not None:
                archive.writestr(f"pilotstatus-ha-main/{name}", json.dumps(content))
    return packed.getvalue()


@pytest.fixture
def opened(hass: HomeAssistant, tmp_path: Path) -> Opener:
    """Return what opens this repository, with changes, as the Marketplace does."""

    def open_repository(changes: Mapping[str, Any] | None = None) -> Any:
        archive = base.RepositoryArchive(zipped(changes or {}))
        repository = integration.IntegrationRepository(GitHub(hass, archive, tmp_path), NAME)
        repository.tree = archive.tree
        repository.treefiles = [entry.path for entry in archive.tree]
        repository.ref = repository.data.default_branch = "main"
        repository.archive = archive
        return repository

    return open_repository


async def find(repository: Any) -> Path:
    """Find the component in a repository; return the folder it is to be installed in."""
    manifest = await repository.async_get_repository_manifest()
    repository.repository_manifest = base.RepositoryManifest.from_dict(manifest)
    repository.resolve_content()
    await repository.async_read_content_details()
    return Path(repository.content.path.local)


async def install(repository: Any) -> Path:
    """Find the component in a repository and write it; return its folder."""
    folder = await find(repository)
    repository.archive.extract_directory(repository.content.path.remote, str(folder))
    await repository.async_check_written_content()
    return folder


async def test_the_component_is_found_and_installed_whole(opened: Opener, tmp_path: Path) -> None:
    repository = opened()
    assert repository.try_resolve_content()
    folder = await install(repository)
    assert folder == tmp_path / "custom_components" / DOMAIN
    written = {it.relative_to(folder) for it in folder.rglob("*") if it.is_file()}
    ours = {it.relative_to(COMPONENT) for it in COMPONENT.rglob("*") if it.is_file()}
    assert written == {it for it in ours if "__pycache__" not in it.parts}
    assert repository.validate.success
    assert repository.display_name == "Pilot Status"
    assert repository.data.domain == DOMAIN
    # Then no restart is needed after it was installed.
    assert repository.data.config_flow is True
    assert repository.data.authors == load(COMPONENT / "manifest.json")["codeowners"]
    assert not await repository.async_replaces_built_in()


async def test_a_release_is_installed_whole_from_its_archive(
    opened: Opener, tmp_path: Path
) -> None:
    pack(ROOT, tmp_path / "packed.zip")
    repository = opened()
    folder = await find(repository)
    repository.ref = f"tags/v{load(COMPONENT / 'manifest.json')['version']}"
    address = f"{NAME}/releases/download/v{load(COMPONENT / 'manifest.json')['version']}"
    packed = {f"{address}/pilotstatus.zip": (tmp_path / "packed.zip").read_bytes()}
    repository.marketplace.released = packed
    assert repository.should_try_releases
    await repository.download_zip_files(repository.validate)
    await repository.async_check_written_content()
    assert repository.validate.success
    written = {it.relative_to(folder).as_posix() for it in folder.rglob("*") if it.is_file()}
    assert written == {it.as_posix() for it in tracked_files(ROOT)}


async def test_everything_in_its_manifest_of_the_repository_is_read(
    opened: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    repository = opened()
    await install(repository)
    assert "Ignoring" not in caplog.text
    read = repository.repository_manifest.to_dict()
    ours = load(ROOT / HACS)
    assert {key: read[key] for key in ours} == ours


@pytest.mark.parametrize(
    "change", [{"homeassistant": "soon"}, {"homeassistant": 2025}, {"name": ["Pilot Status"]}]
)
async def test_a_value_that_the_marketplace_would_ignore_is_found(
    opened: Opener, caplog: pytest.LogCaptureFixture, change: dict[str, Any]
) -> None:
    ours = load(ROOT / HACS) | change
    repository = opened({HACS: ours})
    await install(repository)
    assert "Ignoring" in caplog.text
    read = repository.repository_manifest.to_dict()
    assert {key: read[key] for key in ours} != ours


@pytest.mark.parametrize(
    "changes",
    [
        {"version": "lorem_ipsum"},
        {"version": None},
        {"domain": "../pilotstatus"},
        {"domain": "Pilot Status"},
    ],
)
async def test_a_manifest_that_the_marketplace_would_refuse_is_found(
    opened: Opener, changes: dict[str, Any]
) -> None:
    with pytest.raises(MarketplaceError):
        await install(opened({MANIFEST: load(COMPONENT / "manifest.json") | changes}))


async def test_a_repository_without_its_component_is_found(opened: Opener) -> None:
    assert not opened({MANIFEST: None}).try_resolve_content()
    with pytest.raises(MarketplaceError):
        await install(opened({HACS: {"name": "Pilot Status", "content_in_root": True}}))


def test_the_page_of_the_repository_has_its_readme(opened: Opener) -> None:
    assert set(base.README_FILENAMES) & set(opened().treefiles) == {"README.md"}
