"""Repairs: what a user can fix, and what that would bring."""

from collections.abc import Mapping
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .api import DEFAULT_BASE_URL
from .const import DOMAIN

CALLS_REJECTED: Final = "calls_rejected"
DELIVERIES_MISSING: Final = "deliveries_missing"
NO_EXTERNAL_URL: Final = "no_external_url"
OTHER_INSTALLATION: Final = "other_installation"

_NETWORK: Final = "homeassistant://config/network"
#: Where each can be mended, or is explained.
_LINKS: Final[Mapping[str, str]] = {
    CALLS_REJECTED: DEFAULT_BASE_URL,
    DELIVERIES_MISSING: _NETWORK,
    NO_EXTERNAL_URL: _NETWORK,
    OTHER_INSTALLATION: "homeassistant://config/integrations/integration/pilotstatus",
}
#: What a click can mend: see repairs.py.
_FIXABLE: Final = frozenset({CALLS_REJECTED, OTHER_INSTALLATION})


@callback
def async_set_issue(
    hass: HomeAssistant,
    entry: ConfigEntry,
    issue: str,
    *,
    present: bool,
    cause: str | None = None,
    **placeholders: str,
) -> None:
    """Create an issue of a number, or delete it.

    ``cause`` is why it is there, if that is known: the issue then has words of its own, which
    ``placeholders`` fill.
    """
    issue_id = f"{issue}_{entry.entry_id}"
    if not present:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={"entry_id": entry.entry_id},
        is_fixable=issue in _FIXABLE,
        learn_more_url=_LINKS[issue],
        severity=ir.IssueSeverity.WARNING,
        translation_key=issue if cause is None else f"{issue}_{cause}",
        translation_placeholders={"number": entry.title, **placeholders},
    )


@callback
def async_clear_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete all issues of a number."""
    for issue in _LINKS:
        async_set_issue(hass, entry, issue, present=False)
