"""A missed call is told on a phone, and called back at the press of a button."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from simulator.client import Phone
from simulator.numbers import SECOND_KEY

from ..audio import samples_of
from ..common import ANA, CARLA, EVENT, make_entry, set_up, until, until_asked
from ..engine import Engine
from .automations import automate, both, hasten, told

# Version 2025.4 needs it for its app.
pytest.importorskip("nacl")

BLUEPRINT = "missed_call.yaml"
#: A number of Spain, which is one of Brazil without its plus.
ABROAD = "+34972123456"
MESSAGE = "Olá! Vimos a sua chamada e já vamos falar com você."


@pytest.fixture(autouse=True)
async def app(config_folder: object, hass_ready: HomeAssistant) -> None:
    """Set up what the app needs, before the web server of the test starts."""
    hass_ready.config.country = "BR"
    assert await async_setup_component(hass_ready, "mobile_app", {})


@pytest.fixture
async def pushed(socket_enabled: None) -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """Serve what passes notifications on to phones; return its URL, and what it has received."""
    received: list[dict[str, Any]] = []

    async def push(request: web.Request) -> web.Response:
        received.append(await request.json())
        return web.json_response({}, status=201)

    server = web.Application()
    server.router.add_post("/push", push)
    async with TestServer(server) as running:
        yield str(running.make_url("/push")), received


@pytest.fixture
async def mobile(
    hass_ready: HomeAssistant,
    spoken: Engine,
    peopled_entry: MockConfigEntry,
    pushed: tuple[str, list[dict[str, Any]]],
    hass_admin_user: MockUser,
) -> str:
    """Register the app of a phone; return its device."""
    hasten(peopled_entry)
    registration = {
        "app_data": {"push_token": "token", "push_url": pushed[0]},
        "app_id": "io.robbie.HomeAssistant",
        "app_name": "Home Assistant",
        "app_version": "2026.11",
        "device_id": "phone",
        "device_name": "Celular",
        "manufacturer": "Google",
        "model": "Pixel",
        "os_name": "Android",
        "os_version": "16",
        "supports_encryption": False,
        "user_id": hass_admin_user.id,
        "webhook_id": "app",
    }
    await hass_ready.config_entries.flow.async_init(
        "mobile_app", context={"source": "registration"}, data=registration
    )
    await hass_ready.async_block_till_done()
    (entry,) = hass_ready.config_entries.async_entries("mobile_app")
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass_ready), entry.entry_id)
    return device.id


async def miss(hass: HomeAssistant, phone: Phone, peer: str | None) -> str:
    """Let a call be missed, and wait until that is told; return the call's id."""
    call_id = await phone.ring(peer)
    await told(hass, call_id, "ringing")
    await phone.act(call_id, "hang_up")
    await told(hass, call_id, "missed")
    return call_id


def press(hass: HomeAssistant, notification: dict[str, Any]) -> None:
    """Press the button of a notification that calls back, as the app reports it."""
    action = notification["data"]["actions"][0]["action"]
    hass.bus.async_fire("mobile_app_notification_action", {"action": action, "device_id": "phone"})


async def dialed(phone: Phone) -> list[str]:
    """Return whom the number has called, and who has hung up by now."""
    calls = await phone.calls()
    return [it["peerNumber"] for it in calls if it["direction"] == "OUTBOUND" and it["endedAt"]]


async def has_dialed(phone: Phone, wanted: list[str]) -> bool:
    """Whether the number has called these people."""
    return await dialed(phone) == wanted


@both(BLUEPRINT)
@pytest.mark.parametrize(
    ("peer", "who"), [(ANA, "Ana"), (ABROAD, ABROAD)], ids=["contact", "stranger abroad"]
)
async def test_a_missed_call_is_called_back_at_the_press_of_a_button(
    hass_ready: HomeAssistant,
    mobile: str,
    pushed: tuple[str, list[dict[str, Any]]],
    spoken: Engine,
    phone: Phone,
    path: str,
    peer: str,
    who: str,
) -> None:
    await automate(hass_ready, path, number=EVENT, phone=mobile)
    await phone.person(peer, does="answer", after=0.2)
    await miss(hass_ready, phone, peer)
    assert await until(lambda: pushed[1])
    (notification,) = pushed[1]
    assert notification["title"] == "Chamada perdida"
    assert notification["message"] == f"{who} chamou no WhatsApp."
    back, write = notification["data"]["actions"]
    assert back["title"] == "Retornar chamada"
    assert write == {"action": "URI", "title": "WhatsApp", "uri": f"https://wa.me/{peer[1:]}"}
    assert await dialed(phone) == []
    press(hass_ready, notification)
    assert await until_asked(partial(has_dialed, phone, [peer[1:]]))
    assert spoken.messages == [MESSAGE]
    call, *_ = await phone.calls()
    assert await phone.heard_samples(call["id"]) == samples_of(spoken.file)


@both(BLUEPRINT)
async def test_of_two_missed_calls_the_one_whose_button_is_pressed_is_called_back(
    hass_ready: HomeAssistant,
    mobile: str,
    pushed: tuple[str, list[dict[str, Any]]],
    phone: Phone,
    path: str,
) -> None:
    await automate(hass_ready, path, number=EVENT, phone=mobile, language="en")
    for peer in (ANA, CARLA):
        await phone.person(peer, does="answer", after=0.2)
    for peer in (ANA, CARLA, ANA):
        await miss(hass_ready, phone, peer)
    assert await until(lambda: len(pushed[1]) == 3)
    assert [it["message"].split()[0] for it in pushed[1]] == ["Ana", CARLA, "Ana"]
    assert len({it["data"]["tag"] for it in pushed[1]}) == 3
    assert len({it["data"]["actions"][0]["action"] for it in pushed[1]}) == 3
    press(hass_ready, pushed[1][1])
    assert await until_asked(partial(has_dialed, phone, [CARLA[1:]]))
    await told(hass_ready, (await phone.calls())[0]["id"], "ended")
    assert await dialed(phone) == [CARLA[1:]]


@both(BLUEPRINT)
async def test_a_caller_without_a_number_is_told_without_buttons(
    hass_ready: HomeAssistant,
    mobile: str,
    pushed: tuple[str, list[dict[str, Any]]],
    phone: Phone,
    path: str,
) -> None:
    await automate(hass_ready, path, number=EVENT, phone=mobile, language="en")
    await miss(hass_ready, phone, None)
    assert await until(lambda: pushed[1])
    (notification,) = pushed[1]
    assert notification["title"] == "Missed call"
    assert notification["message"] == "Somebody called on WhatsApp."
    assert notification["data"]["actions"] == []


@both(BLUEPRINT)
async def test_nothing_else_is_told_and_no_other_button_calls(
    hass_ready: HomeAssistant,
    mobile: str,
    pushed: tuple[str, list[dict[str, Any]]],
    phone: Phone,
    path: str,
) -> None:
    await set_up(hass_ready, make_entry(phone, "num_second", SECOND_KEY))
    await automate(hass_ready, path, number=EVENT, phone=mobile)
    call_id = await phone.ring(ANA)
    await told(hass_ready, call_id, "ringing")
    await phone.act(call_id, "hang_up")
    await told(hass_ready, call_id, "missed")
    assert await until(lambda: len(pushed[1]) == 1)
    call_id = await phone.ring(ANA, "num_second")
    await phone.act(call_id, "hang_up")
    await told(hass_ready, call_id, "missed", "event.loja_call")
    call_id = await phone.dial(ANA)
    await told(hass_ready, call_id, "dialing")
    await phone.act(call_id, "decline")
    await told(hass_ready, call_id, "declined")
    for action in ("REPLY", "automation.other:call_back:1:" + ANA, "", None):
        hass_ready.bus.async_fire("mobile_app_notification_action", {"action": action})
    hass_ready.bus.async_fire("mobile_app_notification_action", {})
    await told(hass_ready, call_id, "declined")
    assert len(pushed[1]) == 1
    assert await dialed(phone) == [ANA[1:]]
