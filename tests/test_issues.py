"""Repairs of a number."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.issues import (
    DELIVERIES_MISSING,
    NO_EXTERNAL_URL,
    async_clear_issues,
    async_set_issue,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir


def issue_ids(hass: HomeAssistant) -> set[str]:
    """Return the issues of the integration."""
    return {issue_id for domain, issue_id in ir.async_get(hass).issues if domain == "pilotstatus"}


@pytest.fixture
def entries() -> list[MockConfigEntry]:
    return [MockConfigEntry(domain="pilotstatus", title=title) for title in ("Casa", "Loja")]


async def test_an_issue_comes_and_goes_with_its_cause(
    hass_ready: HomeAssistant, entries: list[MockConfigEntry]
) -> None:
    casa, loja = entries
    for entry in entries:
        async_set_issue(hass_ready, entry, NO_EXTERNAL_URL, present=True)
    issue = ir.async_get(hass_ready).async_get_issue(
        "pilotstatus", f"no_external_url_{casa.entry_id}"
    )
    assert issue is not None
    assert issue.translation_key == "no_external_url"
    assert issue.translation_placeholders == {"number": "Casa"}
    assert (issue.is_fixable, issue.severity) == (False, ir.IssueSeverity.WARNING)
    async_set_issue(hass_ready, casa, NO_EXTERNAL_URL, present=False)
    assert issue_ids(hass_ready) == {f"no_external_url_{loja.entry_id}"}


async def test_a_removed_number_leaves_no_issue(
    hass_ready: HomeAssistant, entries: list[MockConfigEntry]
) -> None:
    casa, loja = entries
    for entry in entries:
        async_set_issue(hass_ready, entry, NO_EXTERNAL_URL, present=True)
        async_set_issue(hass_ready, entry, DELIVERIES_MISSING, present=True)
    async_clear_issues(hass_ready, casa)
    assert issue_ids(hass_ready) == {
        f"no_external_url_{loja.entry_id}",
        f"deliveries_missing_{loja.entry_id}",
    }
