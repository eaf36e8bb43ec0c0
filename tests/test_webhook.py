"""Deliveries through the real HTTP view, and the webhook that is kept in step."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
import hmac
import json
from typing import Any
from unittest.mock import AsyncMock, patch

from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus import data as data_module
from homeassistant.components import cloud, webhook
from homeassistant.core import CALLBACK_TYPE, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util.aiohttp import MockRequest
from simulator.client import Phone

from .common import EVENT, STATUS, make_entry, number, pass_time, poll, set_up, state_of, until

CONNECTED = "binary_sensor.casa_0001_whatsapp_connection"
RINGING = {
    "event": "call.ringing",
    "callId": "call_1",
    "externalCallId": "1A2B",
    "direction": "INBOUND",
    "status": "RINGING",
    "from": "5511999999999",
    "to": "551130000001",
    "timestamp": "2026-07-03T15:00:00.000Z",
}
QUARTER = 15 * 60 + 1


def path(entry: MockConfigEntry) -> str:
    """Return the path of the entry's webhook."""
    return f"/api/webhook/{entry.data['webhook_id']}"


async def shows(hass: HomeAssistant, entity_id: str, state: str) -> bool:
    """Wait for a delivery to show."""
    return await until(lambda: state_of(hass, entity_id).state == state)


async def event_is(hass: HomeAssistant, kind: str) -> dict[str, Any]:
    """Wait for the event entity to tell of something; return its attributes."""
    assert await until(lambda: state_of(hass, EVENT).attributes.get("event_type") == kind)
    return dict(state_of(hass, EVENT).attributes)


async def test_a_call_is_known_the_moment_it_rings(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    """The simulator's deliveries feed event, sensors and buttons; nothing is polled."""
    asked = len(await phone.requests("calls.list"))
    call_id = await phone.ring("+5511977776666")
    attributes = await event_is(hass_ready, "ringing")
    assert attributes["call_id"] == call_id
    assert (attributes["direction"], attributes["peer_number"]) == ("inbound", "+5511977776666")
    assert state_of(hass_ready, STATUS).state == "ringing"
    await phone.api("POST", f"/calls/{call_id}/accept", {})
    await event_is(hass_ready, "connected")
    assert state_of(hass_ready, "binary_sensor.casa_0001_call_in_progress").state == "on"
    await phone.act(call_id, "hang_up")
    assert (await event_is(hass_ready, "ended"))["duration"] == 0
    assert state_of(hass_ready, STATUS).state == "completed"
    second = await phone.ring()
    await event_is(hass_ready, "ringing")
    await phone.act(second, "hang_up")
    assert (await event_is(hass_ready, "missed"))["call_id"] == second
    assert len(await phone.requests("calls.list")) == asked
    # The ring warmed the connection with a question about the call.
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert len(await phone.requests("calls.get")) == 2


async def test_with_a_webhook_polling_is_slow(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    """Every 15 minutes, and each minute while a call is live."""
    asked = len(await phone.requests("calls.list"))
    await pass_time(hass_ready, 120)
    assert len(await phone.requests("calls.list")) == asked
    await pass_time(hass_ready, QUARTER)
    assert len(await phone.requests("calls.list")) == asked + 1
    await phone.ring()
    await event_is(hass_ready, "ringing")
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    asked = len(await phone.requests("calls.list"))
    await pass_time(hass_ready, 61)
    assert len(await phone.requests("calls.list")) == asked + 1


async def test_one_webhook_with_every_name(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    phone: Phone,
    client: TestClient[Any, Any],
) -> None:
    """At the house's own address, and found again after a restart."""
    (hook,) = await phone.api("GET", "/webhooks")
    assert hook["url"] == str(client.make_url(path(pushed_entry)))
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
async def test_a_webhook_that_was_changed_is_put_right(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone, change: dict[str, Any]
) -> None:
    """Switched on again, and with all events."""
    (hook,) = await phone.api("GET", "/webhooks")
    await phone.api("PATCH", f"/webhooks/{hook['id']}", change)
    await pass_time(hass_ready, QUARTER)
    (mended,) = await phone.api("GET", "/webhooks")
    assert (mended["id"], mended["active"]) == (hook["id"], True)
    assert sorted(mended["events"]) == sorted(hook["events"])


async def test_a_webhook_that_is_gone_is_made_again(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    """And one that was doubled is one again; others are left alone."""
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


async def test_the_webhook_moves_with_the_house(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    """A new address moves the webhook that is there."""
    (hook,) = await phone.api("GET", "/webhooks")
    await hass_ready.config.async_update(internal_url="http://192.168.0.9:8123")
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    (moved,) = await phone.api("GET", "/webhooks")
    assert moved["id"] == hook["id"]
    assert moved["url"] == f"http://192.168.0.9:8123{path(pushed_entry)}"


@pytest.mark.parametrize("fault", [None, {"status": 503, "times": 99}])
async def test_a_removed_number_leaves_no_webhook(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    phone: Phone,
    fault: dict[str, int] | None,
) -> None:
    """Where the server cannot be asked, the number goes all the same."""
    if fault:
        await phone.fault("*", **fault)
    await hass_ready.config_entries.async_remove(pushed_entry.entry_id)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    await phone.clear_faults()
    assert len(await phone.api("GET", "/webhooks")) == (1 if fault else 0)
    assert not hass_ready.config_entries.async_entries("pilotstatus")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"\xff\xfe", 400),
        (b"7", 400),
        (b'{"event": "call.transferred", "callId": "call_1"}', 200),
        (b'{"event": "CallOffer", "instance": "i", "data": {"CallID": "1A2B"}}', 200),
        (b"{}", 200),
        (json.dumps({"event": "call.ringing", "filler": "x" * 64 * 1024}).encode(), 413),
    ],
)
async def test_what_tells_nothing_harms_nothing(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    client: TestClient[Any, Any],
    body: bytes,
    status: int,
) -> None:
    """Each body has its answer, and no call comes of it."""
    async with client.post(path(pushed_entry), data=body) as response:
        assert response.status == status
        assert await response.read() == b""
    assert number(pushed_entry).coordinator.calls.last_call is None


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_only_post_delivers(
    pushed_entry: MockConfigEntry,
    client: TestClient[Any, Any],
    method: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """And the webhook's id does not get into the log for it."""
    async with client.request(method, path(pushed_entry), json=RINGING) as response:
        assert response.status == 405
    warnings = [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("homeassistant") and record.levelname != "DEBUG"
    ]
    assert pushed_entry.data["webhook_id"] not in str(warnings)
    assert number(pushed_entry).coordinator.calls.last_call is None


async def test_repeats_are_dropped(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, client: TestClient[Any, Any]
) -> None:
    """The same delivery twice is one event."""
    states = []
    hass_ready.bus.async_listen(
        "state_changed",
        lambda event: (
            states.append(event.data["new_state"]) if event.data["entity_id"] == EVENT else None
        ),
    )
    for _ in range(3):
        async with client.post(path(pushed_entry), json=RINGING) as response:
            assert response.status == 200
    await hass_ready.async_block_till_done()
    assert [state.attributes["event_type"] for state in states] == ["ringing"]


def signed(body: bytes, secret: str) -> dict[str, str]:
    """Return the header of a signed delivery."""
    return {"x-pilot-status-signature": hmac.new(secret.encode(), body, sha256).hexdigest()}


@pytest.mark.parametrize("through", ["http", "cloud"])
async def test_with_a_secret_only_signed_deliveries_count(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    client: TestClient[Any, Any],
    through: str,
) -> None:
    """Over HTTP and through the cloud, whose requests have no read()."""
    hass_ready.config_entries.async_update_entry(pushed_entry, options={"webhook_secret": "whsec"})
    body = json.dumps(RINGING).encode()

    async def deliver(headers: dict[str, str]) -> int:
        if through == "http":
            async with client.post(path(pushed_entry), data=body, headers=headers) as response:
                return response.status
        request = MockRequest(content=body, mock_source="test", method="POST", headers=headers)
        answer = await webhook.async_handle_webhook(
            hass_ready, pushed_entry.data["webhook_id"], request
        )
        return answer.status

    assert await deliver({}) == 401
    assert await deliver(signed(body, "other")) == 401
    assert await deliver(signed(body + b" ", "whsec")) == 401
    assert number(pushed_entry).coordinator.calls.last_call is None
    assert await deliver(signed(body, "whsec")) == 200
    assert number(pushed_entry).coordinator.calls.find("call_1") is not None


async def test_the_simulators_signature_counts(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    """Two programs that agree on the raw body."""
    hass_ready.config_entries.async_update_entry(
        pushed_entry, options={"webhook_secret": "whsec_demo"}
    )
    await phone.ring()
    await event_is(hass_ready, "ringing")


async def test_number_events_show_the_connection(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    """Known from the start, and followed."""
    assert state_of(hass_ready, CONNECTED).state == "on"
    await phone.number("num_demo", connected=False)
    assert await shows(hass_ready, CONNECTED, "off")
    await phone.number("num_demo", connected=True)
    assert await shows(hass_ready, CONNECTED, "on")
    await phone.fault("calls.list", status=409, code="WHATSAPP_INSTANCE_NOT_CONNECTED")
    await poll(pushed_entry)
    assert number(pushed_entry).coordinator.connected is False


async def test_deliveries_that_do_not_arrive_are_told(
    hass_ready: HomeAssistant,
    pushed_entry: MockConfigEntry,
    phone: Phone,
    client: TestClient[Any, Any],
) -> None:
    """After three calls that only polling saw; polling is fast until a delivery comes."""
    issues = ir.async_get(hass_ready)
    issue = ("pilotstatus", f"deliveries_missing_{pushed_entry.entry_id}")
    await phone.delivery(lose=True)
    for _ in range(3):
        assert issues.async_get_issue(*issue) is None
        await phone.act(await phone.ring(), "hang_up")
        await poll(pushed_entry)
    found = issues.async_get_issue(*issue)
    assert found is not None
    assert found.translation_placeholders == {"number": "Casa (…0001)"}
    asked = len(await phone.requests("calls.list"))
    await pass_time(hass_ready, 61)
    assert len(await phone.requests("calls.list")) == asked + 1
    await phone.delivery(lose=False)
    await phone.ring()
    await event_is(hass_ready, "ringing")
    assert issues.async_get_issue(*issue) is None


async def test_a_lost_end_is_found_by_polling(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    """Also of a call that is not among the newest any more, and of one that is gone."""
    call_id = await phone.ring()
    await event_is(hass_ready, "ringing")
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    await phone.delivery(lose=True)
    await phone.act(call_id, "hang_up")
    await phone.fault("calls.list", fields={"calls": []})
    await poll(pushed_entry)
    assert state_of(hass_ready, STATUS).state == "missed"
    await phone.delivery(lose=False)
    await phone.ring()
    assert await shows(hass_ready, STATUS, "ringing")
    await phone.reset()
    await poll(pushed_entry)
    assert number(pushed_entry).coordinator.calls.live_calls == []


async def test_a_server_without_webhooks_is_polled(
    hass_ready: HomeAssistant,
    polled_entry: MockConfigEntry,
    phone: Phone,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The reason is logged once, calls are asked for each minute."""
    told = [
        it for it in caplog.get_records("setup") if "could not be registered" in it.getMessage()
    ]
    assert len(told) == 1
    asked = len(await phone.requests("calls.list"))
    await pass_time(hass_ready, 61)
    assert len(await phone.requests("calls.list")) == asked + 1
    await pass_time(hass_ready, QUARTER)
    assert "could not be registered" not in caplog.text


async def test_a_number_that_cannot_emit_calls_is_polled(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    """The server dropped the events silently, and that is seen."""
    await phone.fault(
        "webhooks.create", fields={"id": "wh_1", "url": "http://127.0.0.1", "events": []}
    )
    entry = await set_up(hass_ready, make_entry(phone))
    assert number(entry).coordinator.update_interval == timedelta(seconds=60)


@pytest.fixture
def public_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the simulator pass for a server on the internet."""
    monkeypatch.setattr(data_module, "is_private_host", lambda _: False)


@pytest.mark.parametrize(
    "address",
    [None, "http://home.example.com:8123", "https://192.168.0.9", "https://casa.local"],
)
async def test_without_an_external_address_it_is_told_what_one_would_bring(
    hass_ready: HomeAssistant,
    phone: Phone,
    public_server: None,
    address: str | None,
) -> None:
    """Nothing internal is ever sent to a public server; with an address the repair goes."""
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
    assert hook["url"] == f"https://home.example.com{path(entry)}"
    await hass_ready.config.async_update(external_url=None)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert await phone.api("GET", "/webhooks") == []
    await hass_ready.config_entries.async_remove(entry.entry_id)
    assert issues.async_get_issue(*issue) is None


HOOK = "https://hooks.nabu.casa/abc"


async def test_with_the_cloud_its_hook_is_used(
    hass_ready: HomeAssistant, phone: Phone, public_server: None
) -> None:
    """Also while the cloud is out of reach for a moment; both hooks go with the number."""
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
        assert hook["url"] == f"https://home.example.com{path(entry)}"
        delete.side_effect = cloud.CloudNotAvailable
        await hass_ready.config_entries.async_remove(entry.entry_id)
        assert await phone.api("GET", "/webhooks") == []
        delete.assert_awaited_once_with(hass_ready, entry.data["webhook_id"])


async def test_a_new_key_keeps_the_webhook(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, phone: Phone
) -> None:
    """The webhook's id is the number's, not the key's."""
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


async def test_a_burst_ends_in_the_truth(
    hass_ready: HomeAssistant, pushed_entry: MockConfigEntry, client: TestClient[Any, Any]
) -> None:
    """Many deliveries, repeated and out of order: every call ends as it ended."""
    steps = [("ringing", "RINGING"), ("connected", "ACCEPTED"), ("ended", "COMPLETED")]
    deliveries = [
        RINGING
        | {"event": f"call.{name}", "status": status, "callId": f"call_{index}"}
        | {"externalCallId": f"EXT_{index}", "timestamp": f"2026-07-03T15:0{step}:00.000Z"}
        for step, (name, status) in enumerate(steps)
        for index in range(20)
    ]
    deliveries = deliveries[::3] + deliveries[1::3] + deliveries[2::3] + deliveries[::7]
    for delivery in deliveries:
        async with client.post(path(pushed_entry), json=delivery) as response:
            assert response.status == 200
    calls = number(pushed_entry).coordinator.calls
    assert len(calls.all) == 20
    assert {str(call.status) for call in calls.all} == {"COMPLETED"}
    await hass_ready.async_block_till_done(wait_background_tasks=True)


async def tries(hass: HomeAssistant, phone: Phone, seconds: float) -> int:
    """Let time pass, and return how often the webhooks have been asked for since the start."""
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
    assert await tries(hass_ready, phone, 50) == 1
    assert await tries(hass_ready, phone, 61) == 2
    # More slowly now.
    assert await tries(hass_ready, phone, 110) == 2
    assert await phone.requests("webhooks.create") == []
    assert await tries(hass_ready, phone, 121) == 3
    assert len(await phone.requests("webhooks.create")) == 1
    assert number(entry).coordinator.update_interval == timedelta(minutes=15)
    # Then there is nothing left to try.
    assert await tries(hass_ready, phone, 241) == 3
    said = [it.getMessage() for it in caplog.records if "webhook of" in it.getMessage()]
    assert len([words for words in said if "could not be registered" in words]) == 1
    assert len([words for words in said if "is registered" in words]) == 1


async def test_a_registration_is_not_tried_again_after_an_unload(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    asked = len(await phone.requests("webhooks.list"))
    assert await hass_ready.config_entries.async_unload(polled_entry.entry_id)
    assert await tries(hass_ready, phone, QUARTER) == asked


async def test_a_check_in_between_replaces_the_next_try(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    asked = len(await phone.requests("webhooks.list"))
    await hass_ready.config.async_update(external_url="https://home.example.com")
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert len(await phone.requests("webhooks.list")) == asked + 1
    # The first try, due after 60 s, was replaced by the second, due after 120 s.
    assert await tries(hass_ready, phone, 100) == asked + 1
    assert await tries(hass_ready, phone, 130) == asked + 2
