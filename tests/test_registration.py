"""The webhook at Pilot Status: registered, moved, repaired, removed, and tried again."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from unittest.mock import AsyncMock, patch

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.api import ForbiddenError
from homeassistant.components import cloud
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import CALLBACK_TYPE, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from simulator.client import Phone

from .common import QUARTER, make_entry, number, pass_time, poll, set_up, until_asked, webhook_path

HOOK = "https://hooks.nabu.casa/abc"


async def test_one_webhook_for_all_events_is_registered_and_found_again_after_a_reload(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    phone: Phone,
    client: TestClient[Any, Any],
) -> None:
    (hook,) = await phone.api("GET", "/webhooks")
    assert hook["url"] == str(client.make_url(webhook_path(pushed_entry)))
    assert set(hook["events"]) == {
        *("call.ringing", "call.connected", "call.ended", "call.missed"),
        *("number.connected", "number.disconnected", "number.removed", "number.restored"),
    }
    await hass_ready.config_entries.async_reload(pushed_entry.entry_id)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert [it["id"] for it in await phone.api("GET", "/webhooks")] == [hook["id"]]
    assert len(await phone.requests("webhooks.create")) == 1
    assert await phone.requests("webhooks.update") == []


@pytest.mark.parametrize("change", [{"active": False}, {"events": ["call.ringing"]}])
async def test_a_webhook_that_was_changed_is_repaired(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone, change: dict[str, Any]
) -> None:
    (hook,) = await phone.api("GET", "/webhooks")
    await phone.api("PATCH", f"/webhooks/{hook['id']}", change)
    await pass_time(hass_ready, QUARTER)
    (repaired,) = await phone.api("GET", "/webhooks")
    assert (repaired["id"], repaired["active"]) == (hook["id"], True)
    assert sorted(repaired["events"]) == sorted(hook["events"])


async def test_a_missing_webhook_is_registered_again_a_duplicate_removed_and_others_are_kept(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    (hook,) = await phone.api("GET", "/webhooks")
    await phone.api("DELETE", f"/webhooks/{hook['id']}")
    foreign = await phone.api("POST", "/webhooks", {"url": "https://other.example/hook"})
    await pass_time(hass_ready, QUARTER)
    hooks = await phone.api("GET", "/webhooks")
    assert sorted(it["url"] for it in hooks) == sorted([hook["url"], foreign["url"]])
    await phone.api("POST", "/webhooks", {"url": hook["url"], "events": hook["events"]})
    await pass_time(hass_ready, QUARTER)
    hooks = await phone.api("GET", "/webhooks")
    assert sorted(it["url"] for it in hooks) == sorted([hook["url"], foreign["url"]])


async def test_the_webhook_moves_to_a_new_address_of_home_assistant(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    (hook,) = await phone.api("GET", "/webhooks")
    await hass_ready.config.async_update(internal_url="http://192.168.0.9:8123")
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    (moved,) = await phone.api("GET", "/webhooks")
    assert moved["id"] == hook["id"]
    assert moved["url"] == f"http://192.168.0.9:8123{webhook_path(pushed_entry)}"


@pytest.mark.parametrize("fault", [None, {"status": 503, "times": 99}])
async def test_a_removed_number_removes_its_webhook_if_the_server_can_be_reached(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    phone: Phone,
    fault: dict[str, int] | None,
) -> None:
    if fault:
        await phone.fault("*", **fault)
    await hass_ready.config_entries.async_remove(pushed_entry.entry_id)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    await phone.clear_faults()
    assert len(await phone.api("GET", "/webhooks")) == (1 if fault else 0)
    assert not hass_ready.config_entries.async_entries("pilotstatus")


async def test_a_refused_registration_is_logged_once_and_calls_are_polled_each_minute(
    hass_ready: HomeAssistant,
    polled_entry: MockConfigEntry,
    phone: Phone,
    caplog: pytest.LogCaptureFixture,
) -> None:
    logged = [
        it for it in caplog.get_records("setup") if "could not be registered" in it.getMessage()
    ]
    assert len(logged) == 1
    requested = len(await phone.requests("calls.list"))
    await pass_time(hass_ready, 61)
    assert len(await phone.requests("calls.list")) == requested + 1
    await pass_time(hass_ready, QUARTER)
    assert "could not be registered" not in caplog.text


async def test_calls_of_a_number_whose_webhook_has_no_events_are_polled_each_minute(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    await phone.fault(
        "webhooks.create", fields={"id": "wh_1", "url": "http://127.0.0.1", "events": []}
    )
    entry = await set_up(hass_ready, make_entry(phone))
    assert number(entry).coordinator.update_interval == timedelta(seconds=60)


@pytest.mark.parametrize(
    "address",
    [None, "http://home.example.com:8123", "https://192.168.0.9", "https://casa.local"],
)
async def test_without_an_external_address_there_is_an_issue_and_no_webhook(
    hass_ready: HomeAssistant,
    phone: Phone,
    public_server: None,
    address: str | None,
) -> None:
    hass_ready.config.external_url = address
    hass_ready.config.internal_url = "http://192.168.0.9:8123"
    entry = await set_up(hass_ready, make_entry(phone))
    issues = ir.async_get(hass_ready)
    issue = ("pilotstatus", f"no_external_url_{entry.entry_id}")
    assert issues.async_get_issue(*issue) is not None
    assert await phone.requests("webhooks.create") == []
    await hass_ready.config.async_update(external_url="https://home.example.com")
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert issues.async_get_issue(*issue) is None
    (hook,) = await phone.api("GET", "/webhooks")
    assert hook["url"] == f"https://home.example.com{webhook_path(entry)}"
    await hass_ready.config.async_update(external_url=None)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert await phone.api("GET", "/webhooks") == []
    await hass_ready.config_entries.async_remove(entry.entry_id)
    assert issues.async_get_issue(*issue) is None


async def test_a_cloudhook_is_used_during_a_subscription_and_removed_with_the_number(
    hass_ready: HomeAssistant, phone: Phone, public_server: None
) -> None:
    hass_ready.config.components.add("cloud")
    create = AsyncMock(return_value=HOOK)
    delete = AsyncMock()
    listeners: list[Callable[[str], Awaitable[None]]] = []

    def listen(_hass: HomeAssistant, listener: Callable[[str], Awaitable[None]]) -> CALLBACK_TYPE:
        listeners.append(listener)
        return lambda: None

    with (
        patch.object(cloud, "async_active_subscription", return_value=True) as subscribed,
        patch.object(cloud, "async_get_or_create_cloudhook", create),
        patch.object(cloud, "async_delete_cloudhook", delete),
        patch.object(cloud, "async_listen_connection_change", listen),
    ):
        entry = await set_up(hass_ready, make_entry(phone))
        assert [it["url"] for it in await phone.api("GET", "/webhooks")] == [HOOK]
        create.side_effect = cloud.CloudNotConnected
        for listener in listeners:
            await listener("disconnected")
        await hass_ready.async_block_till_done(wait_background_tasks=True)
        assert [it["url"] for it in await phone.api("GET", "/webhooks")] == [HOOK]
        subscribed.return_value = False
        await hass_ready.config.async_update(external_url="https://home.example.com")
        await hass_ready.async_block_till_done(wait_background_tasks=True)
        (hook,) = await phone.api("GET", "/webhooks")
        assert hook["url"] == f"https://home.example.com{webhook_path(entry)}"
        delete.side_effect = cloud.CloudNotAvailable
        await hass_ready.config_entries.async_remove(entry.entry_id)
        assert await phone.api("GET", "/webhooks") == []
        delete.assert_awaited_once_with(hass_ready, entry.data["webhook_id"])


async def test_a_new_key_keeps_the_webhook(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    before = pushed_entry.data["webhook_id"]
    form = await pushed_entry.start_reconfigure_flow(hass_ready)
    await hass_ready.config_entries.flow.async_configure(
        form["flow_id"],
        {
            "api_key": pushed_entry.data["api_key"],
            "advanced": {"key_type": "api_key", "base_url": phone.url},
        },
    )
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert pushed_entry.data["webhook_id"] == before
    assert len(await phone.api("GET", "/webhooks")) == 1


async def tries(hass: HomeAssistant, phone: Phone, seconds: float) -> int:
    """Let time pass; return how often the webhooks have been requested since the start."""
    await pass_time(hass, seconds)
    return len(await phone.requests("webhooks.list"))


async def test_a_registration_that_failed_is_tried_again_and_its_recovery_is_logged(
    hass_ready: HomeAssistant,
    client: TestClient[Any, Any],
    phone: Phone,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    await phone.fault("webhooks.list", status=403, times=2)
    entry = await set_up(hass_ready, make_entry(phone))
    assert await tries(hass_ready, phone, 2) == 1
    assert await tries(hass_ready, phone, 6) == 2
    # The second delay is longer.
    assert await tries(hass_ready, phone, 25) == 2
    assert await phone.requests("webhooks.create") == []
    assert await tries(hass_ready, phone, 31) == 3
    assert len(await phone.requests("webhooks.create")) == 1
    assert number(entry).coordinator.update_interval == timedelta(minutes=15)
    # Then there is nothing left to try.
    assert await tries(hass_ready, phone, 241) == 3
    logged = [it.getMessage() for it in caplog.records if "webhook of" in it.getMessage()]
    assert len([message for message in logged if "could not be registered" in message]) == 1
    assert len([message for message in logged if "is registered" in message]) == 1


async def test_a_registration_is_not_tried_again_after_an_unload(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    requested = len(await phone.requests("webhooks.list"))
    assert await hass_ready.config_entries.async_unload(polled_entry.entry_id)
    assert await tries(hass_ready, phone, QUARTER) == requested


async def test_a_check_before_the_next_try_replaces_it(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    requested = len(await phone.requests("webhooks.list"))
    await hass_ready.config.async_update(external_url="https://home.example.com")
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert len(await phone.requests("webhooks.list")) == requested + 1
    # The first try, due after 5 s, was replaced by the second, due after 30 s.
    assert await tries(hass_ready, phone, 20) == requested + 1
    assert await tries(hass_ready, phone, 31) == requested + 2


async def test_a_first_registration_that_fails_is_tried_again_within_seconds(
    hass_ready: HomeAssistant, client: TestClient[Any, Any], phone: Phone
) -> None:
    await phone.fault("webhooks.create", status=503)
    entry = await set_up(hass_ready, make_entry(phone))
    assert number(entry).coordinator.update_interval == timedelta(minutes=1)
    await tries(hass_ready, phone, 6)
    assert number(entry).coordinator.update_interval == timedelta(minutes=15)


async def test_a_webhook_that_another_installation_has_moved_is_left_there(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    """A copy of this Home Assistant would move it back, and so on without end."""
    issues = ir.async_get(hass_ready)
    issue = ("pilotstatus", f"other_installation_{pushed_entry.entry_id}")
    (hook,) = await phone.webhooks()
    elsewhere = f"https://copy.example.com{webhook_path(pushed_entry)}"
    await phone.api("PATCH", f"/webhooks/{hook['id']}", {"url": elsewhere})
    for _ in range(2):
        await pass_time(hass_ready, QUARTER)
        assert [it["url"] for it in await phone.webhooks()] == [elsewhere]
        assert issues.async_get_issue(*issue) is not None
        assert number(pushed_entry).coordinator.update_interval == timedelta(minutes=1)
    # The copy gives it back, or is removed.
    await phone.api("DELETE", f"/webhooks/{hook['id']}")
    await pass_time(hass_ready, QUARTER)
    assert [it["url"] for it in await phone.webhooks()] == [hook["url"]]
    assert issues.async_get_issue(*issue) is None
    assert number(pushed_entry).coordinator.update_interval == timedelta(minutes=15)


async def test_a_second_webhook_of_another_installation_is_kept_and_reported(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    (hook,) = await phone.webhooks()
    elsewhere = f"https://copy.example.com{webhook_path(pushed_entry)}"
    await phone.api("POST", "/webhooks", {"url": elsewhere, "events": hook["events"]})
    await pass_time(hass_ready, QUARTER)
    assert sorted(it["url"] for it in await phone.webhooks()) == sorted([hook["url"], elsewhere])
    issue_id = f"other_installation_{pushed_entry.entry_id}"
    assert ir.async_get(hass_ready).async_get_issue("pilotstatus", issue_id) is not None
    assert number(pushed_entry).coordinator.update_interval == timedelta(minutes=15)


async def test_a_reload_takes_back_a_webhook_that_another_installation_has_moved(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    issues = ir.async_get(hass_ready)
    (hook,) = await phone.webhooks()
    elsewhere = f"https://copy.example.com{webhook_path(pushed_entry)}"
    await phone.api("PATCH", f"/webhooks/{hook['id']}", {"url": elsewhere})
    await pass_time(hass_ready, QUARTER)
    await hass_ready.config_entries.async_reload(pushed_entry.entry_id)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert [it["url"] for it in await phone.webhooks()] == [hook["url"]]
    issue_id = f"other_installation_{pushed_entry.entry_id}"
    assert issues.async_get_issue("pilotstatus", issue_id) is None


async def test_a_copy_without_an_address_leaves_the_webhook_of_the_other(
    hass_ready: HomeAssistant, phone: Phone, public_server: None
) -> None:
    entry = make_entry(phone, webhook_id="abc")
    url = "https://home.example.com/api/webhook/abc"
    await phone.api("POST", "/webhooks", {"url": url, "events": ["call.ringing"]})
    hass_ready.config.external_url = None
    await set_up(hass_ready, entry)
    assert [it["url"] for it in await phone.webhooks()] == [url]


async def test_a_number_that_is_disabled_removes_its_webhook_and_registers_it_again(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    (hook,) = await phone.webhooks()
    disabled_by = ConfigEntryDisabler.USER
    await hass_ready.config_entries.async_set_disabled_by(pushed_entry.entry_id, disabled_by)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert await phone.webhooks() == []
    await hass_ready.config_entries.async_set_disabled_by(pushed_entry.entry_id, None)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert [it["url"] for it in await phone.webhooks()] == [hook["url"]]


@pytest.mark.parametrize(
    ("answer", "cause", "placeholders"),
    [
        (502, "status", {"status": "502"}),
        (401, "status", {"status": "401"}),
        (200, "elsewhere", {}),
        (None, "no_answer", {}),
    ],
)
async def test_why_deliveries_are_missing_is_learned_from_what_the_server_got(
    hass_ready: HomeAssistant,
    phone: Phone,
    socket_enabled: None,
    answer: int | None,
    cause: str,
    placeholders: dict[str, str],
) -> None:
    async def answer_all(_: web.Request) -> web.Response:
        return web.Response(status=answer or 500)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer_all)
    async with TestServer(app) as proxy:
        hass_ready.config.internal_url = str(proxy.make_url("")).rstrip("/")
        entry = await set_up(hass_ready, make_entry(phone))
        if answer is None:
            await proxy.close()
        issue = await missed_calls(hass_ready, phone, entry)
    assert issue.translation_key == f"deliveries_missing_{cause}"
    assert issue.translation_placeholders == {"number": "Casa", **placeholders}
    assert issue.learn_more_url == "homeassistant://config/network"


async def missed_calls(hass: HomeAssistant, phone: Phone, entry: MockConfigEntry) -> ir.IssueEntry:
    """Have three calls that no delivery tells of; return the issue that is raised."""
    for _ in range(3):
        await phone.act(await phone.ring(), "hang_up")
        await until_asked(lambda: delivered(phone))
        await poll(entry)
    await hass.async_block_till_done(wait_background_tasks=True)
    issue = ir.async_get(hass).async_get_issue(
        "pilotstatus", f"deliveries_missing_{entry.entry_id}"
    )
    assert issue is not None
    return issue


async def delivered(phone: Phone) -> bool:
    """Return whether something was delivered to the webhook, or could not be."""
    (hook,) = await phone.webhooks()
    return bool(await phone.api("GET", f"/webhooks/{hook['id']}/logs"))


@pytest.mark.parametrize("step", [1, -1])
async def test_the_newest_delivery_counts_in_whatever_order_they_come(
    pushed_entry: MockConfigEntry, phone: Phone, step: int
) -> None:
    records = [
        {"status": "SUCCESS", "statusCode": 200},
        {"status": "FAILED", "statusCode": 500, "createdAt": "2026-11-28T03:00:00.000Z"},
        {"status": "FAILED", "statusCode": 502, "createdAt": "2026-11-28T03:00:01.000Z"},
    ]
    await phone.fault("webhooks.logs", fields=records[::step])
    registration = number(pushed_entry).registration
    assert await registration.async_find_cause() == ("status", {"status": "502"})


async def test_why_deliveries_are_missing_may_stay_unknown(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    registration = number(pushed_entry).registration
    assert await registration.async_find_cause() == ("never_sent", {})
    await phone.fault("webhooks.logs", status=403)
    assert await registration.async_find_cause() is None
    registration.webhook = None
    assert await registration.async_find_cause() is None


async def test_the_registration_knows_its_address_and_its_error(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    registration = number(pushed_entry).registration
    assert (registration.address, registration.error) == ("internal", None)
    await phone.fault("webhooks.list", status=403)
    with pytest.raises(ForbiddenError):
        await registration.async_reconcile()
    assert registration.error == "forbidden"
    await registration.async_reconcile()
    assert registration.error is None


async def test_a_wrong_secret_is_why_deliveries_are_missing(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    hass_ready.config_entries.async_update_entry(pushed_entry, options={"webhook_secret": "other"})
    issue = await missed_calls(hass_ready, phone, pushed_entry)
    assert issue.translation_key == "deliveries_missing_secret"


async def test_a_check_of_the_webhook_that_fails_later_makes_polling_faster_until_it_succeeds(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    coordinator = number(pushed_entry).coordinator
    assert coordinator.update_interval == timedelta(minutes=15)
    await phone.fault("webhooks.list", status=403)
    await pass_time(hass_ready, QUARTER)
    assert coordinator.update_interval == timedelta(minutes=1)
    await number(pushed_entry).registration.async_reconcile()
    assert coordinator.update_interval == timedelta(minutes=15)
