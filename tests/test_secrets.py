"""No secret of a number is told anywhere: the whole story, searched at debug level."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.pilotstatus.const import DOMAIN
from custom_components.pilotstatus.diagnostics import async_get_config_entry_diagnostics
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.json import json_dumps
from homeassistant.setup import async_setup_component
from simulator.client import Phone
from simulator.numbers import DEMO_KEY

from .audio import make_audio
from .common import (
    EVENT,
    LINE,
    MEDIA,
    STATUS,
    Notifications,
    act,
    local,
    number,
    poll,
    settled_call,
    state_of,
    webhook_path,
)

SECRET = "whsec_3nT1rE1yS3cr3t"
SIGNATURE = "s1gn4tur3"
PASSWORD = "h0nter2"
PEER = "5511987654321"
CALLEE = "5521912345678"
#: What Home Assistant itself says at debug level of each request and each event.
HOME_ASSISTANT = (
    "aiohttp.access",
    "homeassistant.components.http",
    "homeassistant.components.webhook",
    "homeassistant.components.websocket_api",
    "homeassistant.core",
    "homeassistant.helpers.http",
    "homeassistant.helpers.script",
)


class Told:
    """Collects what is told, and by whom."""

    def __init__(self) -> None:
        """Start with nothing told."""
        self.by: dict[str, str] = {}

    def add(self, place: str, words: object) -> None:
        """Add what was told somewhere."""
        self.by[place] = self.by.get(place, "") + str(words)

    def places_of(self, secret: str) -> set[str]:
        """Return where a secret was told."""
        return {place for place, words in self.by.items() if secret in words}


def by_home_assistant(places: set[str]) -> set[str]:
    """Return the logs among some places that Home Assistant itself writes."""
    return {place for place in places if place.removeprefix("log of ") in HOME_ASSISTANT}


@pytest.fixture
def told() -> Told:
    return Told()


@asynccontextmanager
async def failing(told: Told) -> AsyncIterator[None]:
    """Expect an action to fail; add the words of its exception, and of what caused it."""
    with pytest.raises(HomeAssistantError) as caught:
        yield
    error: BaseException | None = caught.value
    while error is not None:
        told.add("exceptions", f"{error!r} {error} {vars(error)}")
        error = error.__cause__ or error.__context__


async def tell_story(
    hass: HomeAssistant, entry: MockConfigEntry, phone: Phone, told: Told, folder: Path
) -> list[str]:
    """Let everything happen that involves a secret; return the secrets that came up."""
    audio = local(make_audio(folder, "wav", 0.2).name)
    call_id = await settled_call(hass, entry, phone)
    await act(hass, "play_audio", media_url=f"{MEDIA}?sig={SIGNATURE}")
    await act(hass, "play_audio", media=audio)
    tokens = [it.token for it in number(entry).media.store]
    hook = entry.data["webhook_id"]
    words = (
        f"{DEMO_KEY} POST http://home:{PASSWORD}@casa/api/webhook/{hook}?x={SIGNATURE} of {PEER}, "
        f"wss://engine/ws?token={SIGNATURE} https://casa/api/pilotstatus/media/{tokens[0]}.wav "
        f"{hook} {tokens[0]} secret={SECRET} +{CALLEE}"
    )
    for status in (400, 401, 402, 403, 404, 409, 503):
        await phone.fault("calls.play", status=status, error=words, code=words)
        async with failing(told):
            await act(hass, "play_audio", call_id=call_id, media_url=f"{MEDIA}?sig={SIGNATURE}")
    for fault in ({"drop": "after"}, {"body": "malformed"}):
        await phone.fault("calls.play", **fault)
        async with failing(told):
            await act(hass, "play_audio", call_id=call_id, media=audio)
    for url in (f"http://home:{PASSWORD}@a.b/c.mp3?sig={SIGNATURE}", f"x{SIGNATURE}"):
        async with failing(told):
            await act(hass, "play_audio", call_id=call_id, media_url=url)
    await phone.fault("calls.start", status=400, error=words)
    async with failing(told):
        await act(hass, "place_call", to=f"+{CALLEE}", media=audio)
    tokens += [it.token for it in number(entry).media.store]
    call = await phone.api("GET", f"/calls/{call_id}")
    await phone.fault(
        "calls.list", fields={"calls": [call | {"errorMessage": words, "errorCode": words}]}
    )
    await poll(entry)
    told.add("state of the last call", state_of(hass, STATUS).as_dict())
    await phone.fault("calls.list", status=400, error=words)
    await poll(entry)
    await poll(entry)
    await phone.fault("webhooks.list", status=403, error=words)
    await hass.config.async_update(location_name="Casa nova")
    await hass.async_block_till_done(wait_background_tasks=True)
    await phone.act(call_id, "hang_up")
    await poll(entry)
    return [DEMO_KEY, SECRET, SIGNATURE, PASSWORD, hook, *tokens]


async def trace_of_automation(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, call_id: str
) -> Any:
    """Run an automation that fails; return its trace."""
    automation = {
        "id": "night",
        "alias": "Night",
        "triggers": [{"trigger": "event", "event_type": "water"}],
        "actions": [
            {"action": f"{DOMAIN}.play_audio", "data": {"call_id": call_id, "media_url": MEDIA}}
        ],
    }
    assert await async_setup_component(hass, "automation", {"automation": [automation]})
    hass.bus.async_fire("water")
    await hass.async_block_till_done()
    client = await hass_ws_client()
    await client.send_json_auto_id({"type": "trace/list", "domain": "automation"})
    (run,) = (await client.receive_json())["result"]
    await client.send_json_auto_id(
        {"type": "trace/get", "domain": "automation", "item_id": "night", "run_id": run["run_id"]}
    )
    return (await client.receive_json())["result"]


async def test_no_secret_is_told_in_the_whole_story(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    phone: Phone,
    tmp_path: Path,
    notifications: Notifications,
    caplog: pytest.LogCaptureFixture,
    told: Told,
) -> None:
    caplog.set_level(logging.DEBUG)
    hass_ready.config_entries.async_update_entry(
        media_entry, options={"webhook_secret": SECRET, "notify_on_error": True}
    )
    await phone.delivery(secret=SECRET)
    secrets = await tell_story(hass_ready, media_entry, phone, told, tmp_path)
    call_id = await settled_call(hass_ready, media_entry, phone)
    words = f"{DEMO_KEY} {webhook_path(media_entry)} +{CALLEE}"
    await phone.fault("calls.play", status=400, error=words)
    trace = await trace_of_automation(hass_ready, hass_ws_client, call_id)
    assert "refused" in str(trace)
    told.add("trace", trace)
    told.add("notifications", notifications)
    diagnostics = await async_get_config_entry_diagnostics(hass_ready, media_entry)
    told.add("diagnostics", json_dumps(diagnostics))
    for state in hass_ready.states.async_all():
        told.add(f"state of {state.entity_id}", state.as_dict())
    formatter = logging.Formatter()
    for record in caplog.records:
        told.add(f"log of {record.name}", formatter.format(record))

    assert len(told.by) > 15
    assert json.loads(told.by["diagnostics"])["calls"]
    assert told.places_of(DEMO_KEY) == set()
    for secret in secrets:
        # Home Assistant logs at debug level what users wrote and strangers requested.
        places = told.places_of(secret)
        assert places - by_home_assistant(places) == set(), secret
    places = told.places_of(PEER) | told.places_of(CALLEE)
    # Users automate on who calls.
    assert places - by_home_assistant(places) == {
        f"state of {EVENT}",
        f"state of {LINE}",
        f"state of {STATUS}",
        "state of the last call",
    }
