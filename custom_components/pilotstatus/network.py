"""Which hosts are private, and at which URL a server reaches Home Assistant."""

from ipaddress import ip_address
import socket

from yarl import URL

from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError, get_url

_PRIVATE_SUFFIXES = (".local", ".localhost", ".internal", ".lan", ".home", ".home.arpa")


def is_private_host(host: str) -> bool:
    """Whether a host is loopback or private, judged by its name alone.

    Nothing is looked up: a public name that points to a private address passes as public.
    """
    host = host.rstrip(".").lower()
    try:
        return not ip_address(host.strip("[]").partition("%")[0]).is_global
    except ValueError:
        pass
    try:
        # The short and the numeric forms of IPv4 that fetchers accept, such as 127.1.
        return not ip_address(socket.inet_aton(host)).is_global
    except OSError:
        return "." not in host or host.endswith(_PRIVATE_SUFFIXES)


def house_url(hass: HomeAssistant, *, private_server: bool, allow_cloud: bool = True) -> str | None:
    """Return the address at which a server reaches this house, ``None`` where it cannot.

    A server on the internet gets an external https address and never an internal one; a
    server on this network gets any.
    """
    try:
        url = get_url(
            hass,
            allow_internal=private_server,
            allow_ip=private_server,
            allow_cloud=allow_cloud,
            prefer_external=True,
            require_ssl=not private_server,
        )
    except NoURLAvailableError:
        return None
    if not private_server and is_private_host(URL(url).host or ""):
        return None
    return url
