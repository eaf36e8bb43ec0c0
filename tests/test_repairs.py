"""Repairs that a click carries out."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from simulator.client import Phone

from .common import QUARTER, number, pass_time

type Repair = Callable[[str], Awaitable[dict[str, Any]]]

FLOWS = "/api/repairs/issues/fix"


def issue_of(hass: HomeAssistant, entry: MockConfigEntry, issue: str) -> ir.IssueEntry | None:
    """Return an issue of a number."""
    return ir.async_get(hass).async_get_issue("pilotstatus", f"{issue}_{entry.entry_id}")


@pytest.fixture
async def repairs(hass_ready: HomeAssistant) -> None:
    """Set up repairs, before the server of the test starts."""
    assert await async_setup_component(hass_ready, "repairs", {})


@pytest.fixture
async def home(
    repairs: None, client: TestClient[Any, Any], pushed_entry: MockConfigEntry
) -> MockConfigEntry:
    """Return the demo number."""
    return pushed_entry


@pytest.fixture
def repair(home: MockConfigEntry, client: TestClient[Any, Any], hass_access_token: str) -> Repair:
    """Return what opens the repair of an issue, submits it, and returns what is shown then."""
    headers = {"Authorization": f"Bearer {hass_access_token}"}

    async def repair(issue: str) -> dict[str, Any]:
        asked = {"handler": "pilotstatus", "issue_id": f"{issue}_{home.entry_id}"}
        form: dict[str, Any] = await (await client.post(FLOWS, json=asked, headers=headers)).json()
        if form["type"] != "form":
            return form
        assert form["step_id"] == "confirm"
        assert form["description_placeholders"]["number"] == "Casa"
        done = await client.post(f"{FLOWS}/{form['flow_id']}", json={}, headers=headers)
        shown: dict[str, Any] = await done.json()
        return shown

    return repair


async def test_a_number_that_declines_every_call_is_reported_and_mended(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone, repair: Repair
) -> None:
    assert issue_of(hass_ready, home, "calls_rejected") is None
    await phone.number("num_demo", reject_call=True)
    await pass_time(hass_ready, QUARTER)
    issue = issue_of(hass_ready, home, "calls_rejected")
    assert issue is not None
    assert (issue.is_fixable, issue.learn_more_url) == (True, "https://pilotstatus.com.br")
    assert (await repair("calls_rejected"))["type"] == "create_entry"
    assert issue_of(hass_ready, home, "calls_rejected") is None
    own = number(home).coordinator.number
    assert own is not None
    assert own.rejects_calls is False
    assert (await phone.call(await phone.ring()))["status"] == "RINGING"


async def test_a_setting_that_was_mended_elsewhere_is_no_issue_any_more(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone
) -> None:
    await phone.number("num_demo", reject_call=True)
    await pass_time(hass_ready, QUARTER)
    await phone.fault("numbers.get", status=403)
    await pass_time(hass_ready, 2 * QUARTER)
    assert issue_of(hass_ready, home, "calls_rejected") is not None
    await phone.number("num_demo", reject_call=None)
    await pass_time(hass_ready, 3 * QUARTER)
    assert issue_of(hass_ready, home, "calls_rejected") is None


async def test_a_refused_repair_says_why_and_the_issue_stays(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone, repair: Repair
) -> None:
    await phone.number("num_demo", reject_call=True)
    await pass_time(hass_ready, QUARTER)
    await phone.fault("numbers.update", status=403, error="Not for this key")
    shown = await repair("calls_rejected")
    assert (shown["type"], shown["errors"]) == ("form", {"base": "not_repaired"})
    assert "Not for this key" in shown["description_placeholders"]["problem"]
    assert issue_of(hass_ready, home, "calls_rejected") is not None


async def test_a_webhook_that_a_copy_has_moved_is_taken_back(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone, repair: Repair
) -> None:
    (hook,) = await phone.webhooks()
    moved = hook["url"].replace("127.0.0.1", "127.0.0.2")
    await phone.api("PATCH", f"/webhooks/{hook['id']}", {"url": moved})
    await pass_time(hass_ready, QUARTER)
    issue = issue_of(hass_ready, home, "other_installation")
    assert issue is not None
    assert issue.is_fixable
    assert number(home).registration.webhook is None
    assert (await repair("other_installation"))["type"] == "create_entry"
    (hook_now,) = await phone.webhooks()
    assert hook_now["url"] == hook["url"]
    assert issue_of(hass_ready, home, "other_installation") is None
    await pass_time(hass_ready, 2 * QUARTER)
    assert issue_of(hass_ready, home, "other_installation") is None


async def test_a_number_that_is_not_ready_cannot_be_repaired(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone, repair: Repair
) -> None:
    await phone.number("num_demo", reject_call=True)
    await pass_time(hass_ready, QUARTER)
    await hass_ready.config_entries.async_unload(home.entry_id)
    shown = await repair("calls_rejected")
    assert (shown["type"], shown["reason"]) == ("abort", "number_not_ready")
    assert issue_of(hass_ready, home, "calls_rejected") is not None
