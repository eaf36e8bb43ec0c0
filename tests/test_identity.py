"""Which number a key belongs to, and when that is learned."""

from typing import Any

from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.api import ServerFaultError, Webhook
from custom_components.pilotstatus.client import make_client
from custom_components.pilotstatus.const import DOMAIN
from custom_components.pilotstatus.identity import (
    Identity,
    async_ask_number,
    async_identify,
    async_learn_number,
    find_number_id,
)
from homeassistant.core import HomeAssistant
from simulator.client import Phone
from simulator.numbers import DEMO_KEY

from .common import QUARTER, number, pass_time, set_up

ALWAYS = 1000


def webhook(*number_ids: str) -> Webhook:
    """Return a webhook of some numbers."""
    return Webhook(
        id="wh", url="https://a", active=True, events=frozenset(), number_ids=frozenset(number_ids)
    )


def unknown(phone: Phone, key: str = DEMO_KEY, key_type: str = "api_key") -> MockConfigEntry:
    """Return an entry whose number was unknown when it was set up."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Home",
        data={"api_key": key, "key_type": key_type, "base_url": phone.url},
    )


async def identify(hass: HomeAssistant, phone: Phone, key: str = DEMO_KEY) -> Identity:
    """Ask the simulator for the number of a key."""
    return await async_identify(make_client(hass, unknown(phone).data, budget=0), key)


@pytest.mark.parametrize(
    ("webhooks", "number_id"),
    [
        ([webhook("num_a")], "num_a"),
        ([webhook("num_a"), webhook("num_a")], "num_a"),
        ([], None),
        ([webhook()], None),
        ([webhook("num_a", "num_b")], None),
        ([webhook("num_a"), webhook("num_b")], None),
        ([webhook("num_a"), webhook()], None),
    ],
)
def test_webhooks_name_a_number_only_if_all_agree(
    webhooks: list[Webhook], number_id: str | None
) -> None:
    assert find_number_id(webhooks) == number_id


async def test_a_number_is_found_by_how_its_key_begins_and_ends(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    found = await identify(hass_ready, phone)
    assert found.number is not None
    assert (found.number_id, found.number.id, found.number.name) == ("num_demo", "num_demo", "Casa")
    assert await phone.requests("webhooks.list") == []


async def test_a_number_is_found_by_the_webhooks_if_its_key_is_not_shown(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    await phone.api("POST", "/webhooks", {"url": "https://a.example/"})
    found = await identify(hass_ready, phone, "key_demo")
    assert found.number is not None
    assert (found.number_id, found.number.name) == ("num_demo", "Casa")
    await phone.fault("numbers.list", status=403)
    assert await identify(hass_ready, phone, "key_demo") == Identity(number_id="num_demo")


async def test_two_numbers_with_keys_that_look_alike_are_not_guessed(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    keys = [{"keyPrefix": "ps_demo", "keyLast4": "_key"}]
    twins = [{"id": "num_a", "apiKeys": keys}, {"id": "num_b", "apiKeys": keys}]
    await phone.fault("numbers.list", fields=twins)
    assert await identify(hass_ready, phone) == Identity()


@pytest.mark.parametrize("endpoint", ["numbers.list", "webhooks.list"])
async def test_a_fault_of_the_server_is_no_answer(
    hass_ready: HomeAssistant, phone: Phone, endpoint: str
) -> None:
    await phone.fault(endpoint, status=500, times=3)
    with pytest.raises(ServerFaultError):
        await identify(hass_ready, phone, "key_demo")


async def test_a_number_is_learned_from_the_numbers_and_nothing_else_changes(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    await phone.fault("numbers.list", status=403)
    await phone.fault("webhooks.list", status=403, times=ALWAYS)
    entry = await set_up(hass_ready, unknown(phone))
    data, before = dict(entry.data), entry.runtime_data
    assert not entry.unique_id
    await number(entry).coordinator.async_refresh_number()
    await hass_ready.async_block_till_done()
    assert (entry.unique_id, entry.title) == ("num_demo", "Home")
    assert (dict(entry.data), entry.runtime_data) == (data, before)
    assert number(entry).coordinator.connected is True


async def test_a_number_is_learned_from_the_webhook_that_is_created(
    hass_ready: HomeAssistant, client: TestClient[Any, Any], phone: Phone
) -> None:
    entry = await set_up(hass_ready, unknown(phone, "key_demo", "api_key_id"))
    assert entry.unique_id == "num_demo"
    assert len(await phone.requests("webhooks.list")) == 1


async def test_a_number_is_learned_from_webhooks_that_are_listed_later(
    hass_ready: HomeAssistant, phone: Phone
) -> None:
    await phone.fault("webhooks.create", without=["whatsappNumberIds"])
    entry = await set_up(hass_ready, unknown(phone, "key_demo", "api_key_id"))
    assert entry.unique_id is None
    await pass_time(hass_ready, QUARTER)
    assert entry.unique_id == "num_demo"


async def test_a_number_that_another_entry_is_of_is_not_learned(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    twin = unknown(phone, "key_demo", "api_key_id")
    twin.add_to_hass(hass_ready)
    async_learn_number(hass_ready, twin, "num_demo")
    assert twin.unique_id is None
    async_learn_number(hass_ready, twin, None)
    assert twin.unique_id is None
    async_learn_number(hass_ready, twin, "num_other")
    assert twin.unique_id == "num_other"


async def test_a_number_that_is_known_stays(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    async_learn_number(hass_ready, entry, "num_other")
    assert entry.unique_id == "num_demo"
    await phone.fault("numbers.list", fields=[{"id": "num_other", "apiKeys": []}])
    await number(entry).coordinator.async_refresh_number()
    assert entry.unique_id == "num_demo"
    await phone.fault("numbers.list", fields=[])
    assert await async_ask_number(hass_ready, entry, number(entry).client) is None


async def test_a_number_is_known_with_its_settings_if_the_key_may_see_them(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    await phone.number("num_demo", reject_call=True)
    coordinator = number(entry).coordinator
    await coordinator.async_refresh_number()
    assert coordinator.number is not None
    assert (coordinator.number.provider, coordinator.number.rejects_calls) == ("PILOT_STATUS", True)
    await phone.fault("numbers.get", status=403)
    await coordinator.async_refresh_number()
    assert (coordinator.number.provider, coordinator.number.rejects_calls) == ("PILOT_STATUS", None)
