"""What a URL leads to: over redirects, but never into this network."""

from collections.abc import AsyncIterator
import socket
from typing import Any, override

import aiohttp
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer
import pytest

from custom_components.pilotstatus.media.fetch import RedirectRefusedError, async_read_url

#: What the tests take for addresses that are not of this network, and for one that is.
PUBLIC, PRIVATE = "127.0.0.1", "127.0.0.2"


class Names(AbstractResolver):
    """Resolves every name of the internet to an address; ``inside.example`` points inside."""

    def __init__(self) -> None:
        """Remember which names were asked for."""
        self.asked: list[str] = []

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a name: of one that points inside the last one does."""
        self.asked.append(host)
        addresses = [PUBLIC, PRIVATE] if host == "inside.example" else [PUBLIC]
        return [
            ResolveResult(
                hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0
            )
            for address in addresses
        ]

    @override
    async def close(self) -> None:
        """Hold nothing."""


class Site:
    """A site under many names, whose redirects the test sets."""

    def __init__(self) -> None:
        """Redirect nowhere."""
        self.port = 0
        self.redirects: dict[str, str] = {}
        self.hits: list[str] = []
        self.status = 302
        self.names = Names()

    async def handle(self, request: web.Request) -> web.Response:
        """Redirect, or answer with the path."""
        self.hits.append(f"{request.host.partition(':')[0]}{request.path}")
        if (target := self.redirects.get(request.path)) is None:
            return web.Response(text=request.path)
        headers = {"Location": target.format(port=self.port)} if target else {}
        return web.Response(status=self.status, headers=headers, text="moved")

    async def read(self, url: str, **arguments: Any) -> bytes | None:
        """Read a URL of the site."""
        defaults: dict[str, Any] = {
            "max_bytes": 100,
            "max_wait": 20,
            "resolver": self.names,
            "is_private": lambda host: host == PRIVATE or "." not in host,
        }
        connector = aiohttp.TCPConnector(resolver=Names())
        async with aiohttp.ClientSession(connector=connector) as session:
            url = url.format(port=self.port)
            body = await async_read_url(session, url, **defaults | arguments)
            return None if body is None else bytes(body)


@pytest.fixture
async def site(socket_enabled: None) -> AsyncIterator[Site]:
    """Return a site at a public address, as the tests see it."""
    site = Site()
    app = web.Application()
    app.router.add_get("/{path:.*}", site.handle)
    async with TestServer(app, host=PUBLIC) as server:
        assert server.port is not None
        site.port = server.port
        yield site


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "target",
    [
        "/b",
        "b?x=1#y",
        "http://a.example:{port}/b",
        "http://b.example:{port}/b",
        "//a.example:{port}/b",
    ],
)
async def test_a_public_url_may_redirect_to_a_public_one(
    site: Site, target: str, status: int
) -> None:
    site.redirects, site.status = {"/a": target}, status
    assert await site.read("http://a.example:{port}/a") == b"/b"
    assert len(site.hits) == 2


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.2:{port}/b",
        "http://nas:{port}/b",
        "http://inside.example:{port}/b",
        "ftp://b.example/b",
        "file:///etc/passwd",
        "data:audio/mpeg,x",
    ],
)
@pytest.mark.parametrize("through_another", [False, True])
async def test_a_public_url_never_redirects_into_this_network(
    site: Site,
    target: str,
    through_another: bool,  # noqa: FBT001
) -> None:
    site.redirects = {
        "/a": "http://b.example:{port}/c" if through_another else target,
        "/c": target,
    }
    with pytest.raises(RedirectRefusedError):
        await site.read("http://a.example:{port}/a")
    assert site.hits == ["a.example/a", "b.example/c"][: 1 + through_another]


@pytest.mark.parametrize(
    ("url", "is_own"), [("http://localhost:{port}/a", False), ("http://a.example:{port}/a", True)]
)
@pytest.mark.parametrize(
    "target", ["http://b.example:{port}/b", "https://a.example:{port}/b", "http://a.example:1/b"]
)
async def test_a_url_of_this_network_redirects_to_itself_alone(
    site: Site,
    url: str,
    is_own: bool,  # noqa: FBT001
    target: str,
) -> None:
    site.redirects = {"/a": target, "/c": "/b"}
    with pytest.raises(RedirectRefusedError):
        await site.read(url, is_own=is_own)
    assert len(site.hits) == 1
    assert await site.read(url.replace("/a", "/c"), is_own=is_own) == b"/b"
    assert site.names.asked == []


@pytest.mark.parametrize("host", ["", "http://b.example:{port}"])
async def test_five_redirects_are_followed(site: Site, host: str) -> None:
    site.redirects = {f"/{number}": f"{host}/{number + 1}" for number in range(1, 7)}
    assert await site.read("http://a.example:{port}/2") == b"/7"
    assert len(site.hits) == 6
    with pytest.raises(RedirectRefusedError):
        await site.read("http://a.example:{port}/1")
    assert len(site.hits) == 12


async def test_a_redirect_to_nowhere_is_an_answer(site: Site) -> None:
    site.redirects = {"/a": ""}
    assert await site.read("http://a.example:{port}/a") == b"moved"


@pytest.mark.parametrize(
    "target", ["http://[::1/b", "http://a.example:x/b", "http://b.example:1/b"]
)
async def test_a_redirect_that_cannot_be_followed_is_an_error(site: Site, target: str) -> None:
    site.redirects = {"/a": target}
    with pytest.raises((aiohttp.ClientError, ValueError)):
        await site.read("http://a.example:{port}/a")


@pytest.mark.parametrize("path", ["/12345", "/a"])
async def test_size_is_bounded_after_redirects_too(site: Site, path: str) -> None:
    site.redirects = {"/a": "http://b.example:{port}/12345"}
    url = f"http://a.example:{{port}}{path}"
    assert await site.read(url, max_bytes=6) == b"/12345"
    assert await site.read(url, max_bytes=5) is None


async def test_time_is_bounded(site: Site) -> None:
    with pytest.raises(TimeoutError):
        await site.read("http://a.example:{port}/a", max_wait=0)


async def test_names_are_looked_up_in_the_system_by_default(site: Site) -> None:
    # Whatever it resolves to, it is private: only then is the redirect refused.
    site.redirects = {"/a": "http://localhost:{port}/b"}
    with pytest.raises(RedirectRefusedError):
        await site.read(
            "http://a.example:{port}/a",
            resolver=None,
            is_private=lambda host: host.startswith("127.") or host == "::1",
        )
    assert site.hits == ["a.example/a"]
