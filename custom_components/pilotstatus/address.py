"""Where the house can be reached from outside."""

from yarl import URL

from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError, get_url

from .hosts import is_private_host


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
