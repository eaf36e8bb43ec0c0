"""Which hosts are private, and at which URL a server reaches Home Assistant."""

from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address
import socket

from yarl import URL

from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError, get_url

#: Of the hooks and the remote access of Home Assistant Cloud.
_CLOUD_SUFFIX = ".nabu.casa"
_PRIVATE_SUFFIXES = (".local", ".localhost", ".internal", ".lan", ".home", ".home.arpa")


@lru_cache(maxsize=128)
def is_private_host(host: str) -> bool:
    """Whether a host is loopback or private, judged by its name alone.

    Nothing is looked up: a public name that points to a private address passes as public.
    """
    host = host.rstrip(".").lower()
    # No address ends in letters after a dot, and most hosts do.
    if host.rpartition(".")[2].isalpha() and "." in host and ":" not in host:
        return host.endswith(_PRIVATE_SUFFIXES)
    try:
        return not ip_address(host.strip("[]").partition("%")[0]).is_global
    except ValueError:
        pass
    try:
        # The short and the numeric forms of IPv4 that fetchers accept, such as 127.1.
        return not ip_address(socket.inet_aton(host)).is_global
    except OSError:
        return "." not in host or host.endswith(_PRIVATE_SUFFIXES)


def reachable_url(
    hass: HomeAssistant, *, is_private_server: bool, allow_cloud: bool = True
) -> str | None:
    """Return the URL at which a server can reach Home Assistant, ``None`` if it cannot.

    A server on the internet gets an external https URL and never an internal one; a server
    on this network gets any.
    """
    try:
        url = get_url(
            hass,
            allow_internal=is_private_server,
            allow_ip=is_private_server,
            allow_cloud=allow_cloud,
            prefer_external=True,
            require_ssl=not is_private_server,
        )
    except NoURLAvailableError:
        return None
    if not is_private_server and is_private_host(URL(url).host or ""):
        return None
    return url


class AddressKind(StrEnum):
    """By which way a server reaches Home Assistant."""

    CLOUD = "cloud"
    EXTERNAL = "external"
    INTERNAL = "internal"
    NONE = "none"


def address_kind(hass: HomeAssistant, url: str | None) -> AddressKind:
    """Return what kind of address a URL of Home Assistant is."""
    if url is None:
        return AddressKind.NONE
    if (host := URL(url).host or "").endswith(_CLOUD_SUFFIX):
        return AddressKind.CLOUD
    external = hass.config.external_url
    is_external = external is not None and URL(external).host == host
    return AddressKind.EXTERNAL if is_external else AddressKind.INTERNAL
