"""Read a URL over HTTP, and what it redirects to; a redirect never leads into this network."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from http import HTTPStatus
import socket
from typing import Final, override

import aiohttp
from aiohttp import hdrs
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from ..api import read_body
from ..network import is_private_host

_MAX_REDIRECTS: Final = 5
_REDIRECTS: Final = frozenset(
    {
        *(HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND, HTTPStatus.SEE_OTHER),
        *(HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT),
    }
)


class RedirectRefusedError(Exception):
    """A URL redirects to where it must not lead, or too often."""


class _PublicResolver(AbstractResolver):
    """Resolves public names alone: one that points to a private address is refused.

    What is connected to is what was checked, since the name is not looked up again.
    """

    def __init__(self, resolver: AbstractResolver, is_private: Callable[[str], bool]) -> None:
        """Ask another resolver."""
        self._resolver = resolver
        self._is_private = is_private

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a host. Raises RedirectRefusedError if one is private."""
        addresses = await self._resolver.resolve(host, port, family)
        if any(self._is_private(address["host"]) for address in addresses):
            raise RedirectRefusedError
        return addresses

    @override
    async def close(self) -> None:
        """Close the other resolver."""
        await self._resolver.close()


async def async_read_url(
    session: aiohttp.ClientSession,
    url: str,
    *,
    max_bytes: int,
    max_wait: float,
    is_own: bool = False,
    resolver: AbstractResolver | None = None,
    is_private: Callable[[str], bool] = is_private_host,
) -> bytearray | None:
    """Return what a URL leads to, ``None`` if that has more than ``max_bytes``.

    A redirect may lead to the same origin; to another one only if that is public, and if the
    URL is, too, and not one of Home Assistant itself (``is_own``). Raises RedirectRefusedError,
    ClientError, TimeoutError after ``max_wait`` seconds, and ValueError.
    """
    start = target = URL(url)
    is_confined = is_own or is_private(start.host or "")
    timeout = aiohttp.ClientTimeout(total=None, connect=10)
    async with asyncio.timeout(max_wait), AsyncExitStack() as stack:
        asked = session
        for _ in range(_MAX_REDIRECTS + 1):
            is_same = _origin(target) == _origin(start)
            if target.scheme not in {"http", "https"}:
                raise RedirectRefusedError
            if not is_same and (is_confined or is_private(target.host or "")):
                raise RedirectRefusedError
            if not is_same and asked is session:
                public = _PublicResolver(resolver or aiohttp.ThreadedResolver(), is_private)
                connector = aiohttp.TCPConnector(resolver=public)
                asked = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
            async with asked.get(target, timeout=timeout, allow_redirects=False) as response:
                response.raise_for_status()
                location = response.headers.get(hdrs.LOCATION)
                if response.status not in _REDIRECTS or location is None:
                    return await read_body(response.content, max_bytes)
                target = target.join(URL(location))
    raise RedirectRefusedError


def _origin(url: URL) -> tuple[str, str | None, int | None]:
    return url.scheme, url.host, url.port
