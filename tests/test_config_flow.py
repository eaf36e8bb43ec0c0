"""The config flow: every error, and the recovery from it."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus import config_flow
from custom_components.pilotstatus.const import DOMAIN
from homeassistant.config_entries import SOURCE_USER, ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.json import json_bytes
from simulator.client import Phone
from simulator.numbers import DEMO_KEY, EVOLUTION_KEY, META_KEY, SECOND_KEY, TENANT_KEY

from .common import make_entry, short, state_of

#: Of how many requests a fault is that never ends.
ALWAYS = 1000


def typed(phone: Phone, key: str = DEMO_KEY, **advanced: str) -> dict[str, Any]:
    """Return what a user enters into the form."""
    return {
        "api_key": key,
        "advanced": {"key_type": "api_key", "base_url": phone.url, **advanced},
    }


def shown(form: Any) -> dict[str, Any]:
    """Return what stands in the fields of a form, those of its section included."""
    values: dict[str, Any] = {}
    for field, content in form["data_schema"].schema.items():
        if field == "advanced":
            values[str(field)] = shown({"data_schema": content.schema})
        else:
            values[str(field)] = (field.description or {}).get("suggested_value")
    return values


async def start(hass: HomeAssistant) -> str:
    """Open the form; return the flow's id."""
    form = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert (form["type"], form["step_id"], form["errors"]) == (FlowResultType.FORM, "user", {})
    return form["flow_id"]


async def submit(hass: HomeAssistant, flow_id: str, user_input: dict[str, Any]) -> Any:
    """Submit the form; return the result."""
    result = await hass.config_entries.flow.async_configure(flow_id, user_input)
    await hass.async_block_till_done()
    return result


async def test_an_entry_is_named_after_its_number_and_says_what_to_do_next(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    result = await submit(hass_ready, await start(hass_ready), typed(phone, f" {DEMO_KEY}\n"))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Casa"
    assert result["data"] == {"api_key": DEMO_KEY, "key_type": "api_key", "base_url": phone.url}
    assert result["result"].unique_id == "num_demo"
    placeholders = result["description_placeholders"]
    assert placeholders["number"] == "Casa"
    assert placeholders["documentation"].startswith("https://github.com/")
    assert [request["path"] for request in await phone.requests("calls.start")] == []


async def test_the_end_of_the_phone_number_is_in_the_title_only_where_the_name_is_taken(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    hass_ready.config_entries.async_update_entry(entry, title="loja")
    result = await submit(hass_ready, await start(hass_ready), typed(phone, SECOND_KEY))
    assert result["title"] == "Loja (…0002)"
    assert result["description_placeholders"]["number"] == "Loja (…0002)"


async def test_a_name_that_is_taken_stays_if_the_phone_number_is_unknown(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    keys = [{"keyPrefix": "ps_seco", "keyLast4": "_key"}]
    await phone.fault("numbers.list", fields=[{"id": "num_x", "name": "Casa", "apiKeys": keys}])
    result = await submit(hass_ready, await start(hass_ready), typed(phone, SECOND_KEY))
    assert (result["title"], result["result"].unique_id) == ("Casa", "num_x")


async def test_without_advanced_settings_the_server_of_pilot_status_is_used(
    hass_ready: HomeAssistant,
) -> None:
    form = await hass_ready.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    schema = form["data_schema"]
    assert schema is not None
    filled = schema({"api_key": "ps_x", "advanced": {}})
    assert filled["advanced"] == {
        "key_type": "api_key",
        "base_url": "https://pilotstatus.com.br",
    }


async def test_an_entry_with_a_key_id_is_of_the_number_of_its_webhooks(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    for path in "ab":
        await phone.api("POST", "/webhooks", {"url": f"https://a.example/{path}"})
    user_input = typed(phone, "key_demo", key_type="api_key_id")
    result = await submit(hass_ready, await start(hass_ready), user_input)
    assert (result["title"], result["result"].unique_id) == ("Casa", "num_demo")


async def test_an_entry_with_a_key_id_whose_number_is_unknown_has_no_unique_id(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    await phone.fault("webhooks.list", status=403, times=ALWAYS)
    user_input = typed(phone, "key_demo", key_type="api_key_id")
    result = await submit(hass_ready, await start(hass_ready), user_input)
    assert (result["title"], result["result"].unique_id) == ("Pilot Status", None)
    again = await submit(hass_ready, await start(hass_ready), user_input)
    assert (again["type"], again["reason"]) == (FlowResultType.ABORT, "already_configured")


@pytest.mark.parametrize("status", [400, 403, 404, 302])
@pytest.mark.parametrize("is_hidden", [True, False])
async def test_a_key_that_may_not_list_numbers_is_of_the_number_of_its_webhooks(
    hass_ready: HomeAssistant,
    phone: Phone,
    status: int,
    is_hidden: bool,  # noqa: FBT001
) -> None:
    await phone.api("POST", "/webhooks", {"url": "https://a.example/"})
    await phone.fault("numbers.list", status=status, times=ALWAYS)
    if is_hidden:
        await phone.fault("webhooks.list", status=status, times=ALWAYS)
    result = await submit(hass_ready, await start(hass_ready), typed(phone))
    assert result["title"] == "Pilot Status"
    assert result["result"].unique_id == (None if is_hidden else "num_demo")


async def test_a_number_without_a_name_is_called_pilot_status(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    keys = [{"keyPrefix": "ps_demo", "keyLast4": "_key"}]
    await phone.fault("numbers.list", fields=[{"id": "num_x", "apiKeys": keys}])
    result = await submit(hass_ready, await start(hass_ready), typed(phone))
    assert (result["title"], result["result"].unique_id) == ("Pilot Status", "num_x")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Casa \ud83c", "Casa"),
        ("a\x00b\x1bc", "a b c"),
        ("x" * 900_000, "x" * 300),
        ("\udfe0", "Pilot Status"),
    ],
    ids=short,
)
async def test_a_number_whose_name_cannot_be_written_has_an_entry_and_a_device_that_can(
    hass_ready: HomeAssistant, phone: Phone, name: str, title: str
) -> None:
    """JavaScript's slice() cuts an emoji in half."""
    keys = [{"keyPrefix": "ps_demo", "keyLast4": "_key"}]
    await phone.fault("numbers.list", fields=[{"id": "num_x", "name": name, "apiKeys": keys}])
    result = await submit(hass_ready, await start(hass_ready), typed(phone))
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    assert (result["title"], result["result"].unique_id) == (title, "num_x")
    json_bytes(result["result"].as_dict())
    registry, entry_id = dr.async_get(hass_ready), result["result"].entry_id
    (device,) = dr.async_entries_for_config_entry(registry, entry_id)
    assert device.name == title
    json_bytes(device.dict_repr)


@pytest.mark.parametrize(
    ("endpoint", "fault", "error"),
    [
        ("calls.list", {"status": 401}, "invalid_auth"),
        ("calls.list", {"status": 403, "code": "TENANT_SCOPE_NOT_ALLOWED"}, "tenant_key"),
        ("calls.list", {"status": 403}, "forbidden"),
        ("calls.list", {"status": 400, "code": "FEATURE_NOT_SUPPORTED"}, "not_supported"),
        ("calls.list", {"status": 400}, "rejected"),
        ("calls.list", {"status": 402}, "payment_required"),
        ("calls.list", {"status": 404}, "not_found"),
        (
            "calls.list",
            {"status": 409, "code": "WHATSAPP_INSTANCE_NOT_CONNECTED"},
            "not_connected",
        ),
        ("calls.list", {"status": 409}, "conflict"),
        ("calls.list", {"status": 429, "headers": {"Retry-After": "20"}}, "rate_limited"),
        ("calls.list", {"status": 500, "times": 3}, "server_error"),
        ("calls.list", {"drop": "after", "times": 20}, "cannot_connect"),
        ("calls.list", {"body": "malformed"}, "invalid_response"),
        ("numbers.list", {"status": 500, "times": 3}, "server_error"),
    ],
)
async def test_an_error_is_shown_and_the_next_try_succeeds(
    hass_ready: HomeAssistant, phone: Phone, endpoint: str, fault: dict[str, Any], error: str
) -> None:
    flow_id = await start(hass_ready)
    await phone.fault(endpoint, **fault)
    form = await submit(hass_ready, flow_id, typed(phone))
    assert form["errors"] == {"base": error}
    assert shown(form) == typed(phone)
    assert form["description_placeholders"]["keys_page"] == "https://pilotstatus.com.br/api-keys"
    if error == "rate_limited":
        assert form["description_placeholders"]["wait"] == "20"
    await phone.clear_faults()
    assert (await submit(hass_ready, flow_id, typed(phone)))["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("key", "error"),
    [
        ("ps_wrong", "invalid_auth"),
        (TENANT_KEY, "tenant_key"),
        (EVOLUTION_KEY, "not_supported"),
        (META_KEY, "not_supported"),
        ("ps_demo key", "malformed_key"),
        ("ps_ção", "malformed_key"),
        ("", "malformed_key"),
    ],
)
async def test_a_key_that_cannot_be_used_is_refused_and_shown_again(
    hass_ready: HomeAssistant, phone: Phone, key: str, error: str
) -> None:
    flow_id = await start(hass_ready)
    form = await submit(hass_ready, flow_id, typed(phone, key))
    assert form["errors"] == {"base": error}
    assert shown(form) == typed(phone, key)
    assert (await submit(hass_ready, flow_id, typed(phone)))["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("http://pilotstatus.com.br", "insecure_url"),
        ("http://8.8.8.8", "insecure_url"),
        ("pilotstatus.com.br", "invalid_url"),
        ("ftp://pilotstatus.com.br", "invalid_url"),
        ("https://", "invalid_url"),
        ("https://user@pilotstatus.com.br", "invalid_url"),
        ("https://pilotstatus.com.br/?a=1", "invalid_url"),
        ("https://[::1", "invalid_url"),
    ],
)
async def test_an_address_that_cannot_be_used_is_refused(
    hass_ready: HomeAssistant, phone: Phone, address: str, error: str
) -> None:
    flow_id = await start(hass_ready)
    form = await submit(hass_ready, flow_id, typed(phone, base_url=address))
    assert form["errors"] == {"base": error}
    assert shown(form) == typed(phone, base_url=address)
    result = await submit(hass_ready, flow_id, typed(phone, base_url=f"{phone.url}/"))
    assert result["data"]["base_url"] == phone.url


async def test_an_unexpected_error_is_shown_and_the_next_try_succeeds(
    hass_ready: HomeAssistant, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow_id = await start(hass_ready)
    with monkeypatch.context() as patch:
        patch.setattr(config_flow, "make_client", None)
        form = await submit(hass_ready, flow_id, typed(phone))
    assert form["errors"] == {"base": "unknown"}
    assert shown(form) == typed(phone)
    assert (await submit(hass_ready, flow_id, typed(phone)))["type"] is FlowResultType.CREATE_ENTRY


async def test_a_number_whose_webhooks_cannot_be_listed_for_now_is_tried_again(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    flow_id = await start(hass_ready)
    user_input = typed(phone, "key_demo", key_type="api_key_id")
    await phone.fault("webhooks.list", status=500, times=3)
    form = await submit(hass_ready, flow_id, user_input)
    assert form["errors"] == {"base": "server_error"}
    assert shown(form) == user_input
    result = await submit(hass_ready, flow_id, user_input)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_what_was_typed_into_one_form_is_not_in_the_next(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    await submit(hass_ready, await start(hass_ready), typed(phone, "ps_wrong"))
    form = await hass_ready.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert shown(form) == {"api_key": None, "advanced": {"key_type": None, "base_url": None}}


async def test_a_number_is_set_up_only_once_even_with_another_key_or_its_id(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    result = await submit(hass_ready, await start(hass_ready), typed(phone))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    await phone.api("POST", "/webhooks", {"url": "https://a.example/"})
    user_input = typed(phone, "key_demo", key_type="api_key_id")
    result = await submit(hass_ready, await start(hass_ready), user_input)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    await phone.number("num_demo", key="ps_demo_fresh")
    result = await submit(hass_ready, await start(hass_ready), typed(phone, "ps_demo_fresh"))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


@pytest.mark.parametrize("source", ["reauth", "reconfigure"])
async def test_a_new_key_must_be_of_the_same_number_and_keeps_the_entry(
    hass_ready: HomeAssistant,
    entry: MockConfigEntry,
    phone: Phone,
    source: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    flow_of = {"reauth": entry.start_reauth_flow, "reconfigure": entry.start_reconfigure_flow}
    form = await flow_of[source](hass_ready)

    async def enter(key: str) -> Any:
        user_input = {"api_key": key} if source == "reauth" else typed(phone, key)
        result = await submit(hass_ready, form["flow_id"], user_input)
        if result["type"] is FlowResultType.FORM:
            assert shown(result) == user_input
        return result

    before = entry.runtime_data
    await phone.number("num_demo", key="ps_demo_fresh")
    for key, error in ((DEMO_KEY, "invalid_auth"), (SECOND_KEY, "other_number")):
        assert (await enter(key))["errors"] == {"base": error}
    result = await enter(" ps_demo_fresh\n")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, f"{source}_successful")
    assert entry.data["api_key"] == "ps_demo_fresh"
    assert (entry.unique_id, entry.title) == ("num_demo", "Casa")
    assert state_of(hass_ready, "sensor.casa_last_call_status").state == "unknown"
    assert entry.runtime_data is not before
    assert "update listener" not in caplog.text


async def test_a_refused_key_is_asked_for_alone_and_its_kind_and_server_stay(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    entry = make_entry(phone, key="key_old", key_type="api_key_id", webhook_id="w")
    entry.add_to_hass(hass_ready)
    form = await entry.start_reauth_flow(hass_ready)
    assert shown(form) == {"api_key": None}
    result = await submit(hass_ready, form["flow_id"], {"api_key": "key_demo"})
    assert result["reason"] == "reauth_successful"
    assert entry.data == {
        "api_key": "key_demo",
        "key_type": "api_key_id",
        "base_url": phone.url,
        "webhook_id": "w",
    }


@pytest.mark.parametrize("typed_key", [{}, {"api_key": ""}, {"api_key": "  "}])
async def test_the_old_key_stays_if_none_is_typed(
    hass_ready: HomeAssistant,
    entry: MockConfigEntry,
    phone: Phone,
    typed_key: dict[str, str],
) -> None:
    form = await entry.start_reconfigure_flow(hass_ready)
    advanced = {"key_type": "api_key", "base_url": phone.url}
    assert shown(form) == {"api_key": None, "advanced": advanced}
    user_input = {**typed_key, "advanced": {**advanced, "base_url": f"{phone.url}/"}}
    await phone.fault("calls.list", status=401)
    form = await submit(hass_ready, form["flow_id"], user_input)
    assert form["errors"] == {"base": "invalid_auth"}
    assert shown(form)["api_key"] == typed_key.get("api_key")
    result = await submit(hass_ready, form["flow_id"], user_input)
    assert result["reason"] == "reconfigure_successful"
    assert (entry.data["api_key"], entry.data["base_url"]) == (DEMO_KEY, phone.url)


async def test_a_key_can_be_replaced_by_its_id(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    form = await entry.start_reconfigure_flow(hass_ready)
    user_input = typed(phone, "key_demo", key_type="api_key_id")
    result = await submit(hass_ready, form["flow_id"], user_input)
    assert result["reason"] == "reconfigure_successful"
    assert (entry.data["key_type"], entry.unique_id) == ("api_key_id", "num_demo")


async def test_the_key_of_another_entry_is_refused_also_if_its_number_is_unknown(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    for endpoint in ("numbers.list", "webhooks.list"):
        await phone.fault(endpoint, status=403, times=ALWAYS)
    await submit(hass_ready, await start(hass_ready), typed(phone))
    entry = MockConfigEntry(domain=DOMAIN, data={"api_key": "key_x", "base_url": phone.url})
    entry.add_to_hass(hass_ready)
    form = await entry.start_reauth_flow(hass_ready)
    form = await submit(hass_ready, form["flow_id"], {"api_key": DEMO_KEY})
    assert form["errors"] == {"base": "other_number"}


async def test_a_number_of_another_entry_is_refused_also_if_the_entrys_is_unknown(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    unknown = MockConfigEntry(domain=DOMAIN, data={"api_key": "key_x", "base_url": phone.url})
    unknown.add_to_hass(hass_ready)
    await phone.number("num_demo", key="ps_demo_fresh")
    form = await unknown.start_reauth_flow(hass_ready)
    form = await submit(hass_ready, form["flow_id"], {"api_key": "ps_demo_fresh"})
    assert form["errors"] == {"base": "other_number"}


async def test_the_number_of_an_entry_is_learned_with_a_new_key(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    """Not only when it is set up again."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        data={"api_key": "key_x", "base_url": phone.url},
        disabled_by=ConfigEntryDisabler.USER,
    )
    entry.add_to_hass(hass_ready)
    form = await entry.start_reauth_flow(hass_ready)
    await submit(hass_ready, form["flow_id"], {"api_key": DEMO_KEY})
    assert (entry.unique_id, entry.title) == ("num_demo", "Mock Title")


async def test_a_new_key_of_a_number_without_audio_in_calls_is_refused(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    entry = MockConfigEntry(domain=DOMAIN, data={"api_key": "key_x", "base_url": phone.url})
    entry.add_to_hass(hass_ready)
    form = await entry.start_reauth_flow(hass_ready)
    form = await submit(hass_ready, form["flow_id"], {"api_key": META_KEY})
    assert form["errors"] == {"base": "not_supported"}


async def test_a_new_key_that_may_not_list_numbers_is_accepted(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    form = await entry.start_reauth_flow(hass_ready)
    await phone.fault("numbers.list", status=403)
    result = await submit(hass_ready, form["flow_id"], {"api_key": DEMO_KEY})
    assert result["reason"] == "reauth_successful"
    assert entry.unique_id == "num_demo"
