"""Repairs: what a user can fix, and what that would bring."""

from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN

NO_EXTERNAL_URL: Final = "no_external_url"
DELIVERIES_MISSING: Final = "deliveries_missing"
OTHER_INSTALLATION: Final = "other_installation"


@callback
def async_set_issue(hass: HomeAssistant, entry: ConfigEntry, issue: str, *, present: bool) -> None:
    """Create an issue of a number, or delete it."""
    issue_id = f"{issue}_{entry.entry_id}"
    if not present:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=issue,
        translation_placeholders={"number": entry.title},
    )


@callback
def async_clear_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete all issues of a number."""
    for issue in (NO_EXTERNAL_URL, DELIVERIES_MISSING, OTHER_INSTALLATION):
        async_set_issue(hass, entry, issue, present=False)
