"""Which hosts belong to this house, and which to the public internet."""

from ipaddress import ip_address
import socket

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
