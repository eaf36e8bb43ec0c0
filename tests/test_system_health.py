"""System health, as its page asks for it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, get_system_health_info

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from simulator.client import Phone
from simulator.numbers import SECOND_KEY

from .common import make_entry, number, set_up, until
from .engine import Engine


async def health(hass: HomeAssistant) -> dict[str, Any]:
    """Return what is shown."""
    assert await async_setup_component(hass, "system_health", {})
    # It looks for those who tell of themselves in the background.
    await hass.async_block_till_done()
    info = await get_system_health_info(hass, "pilotstatus")
    return {
        name: await value if asyncio.iscoroutine(value) else value for name, value in info.items()
    }


async def test_all_is_well(
    hass_ready: HomeAssistant, spoken: Engine, peopled_entry: MockConfigEntry, phone: Phone
) -> None:
    shown = await health(hass_ready)
    assert shown["ffmpeg"][:1].isdigit() or shown["ffmpeg"].startswith("n")
    shown.pop("ffmpeg")
    assert shown == {
        "server": "ok",
        "numbers": "1/1",
        "deliveries": "none",
        "external_address": "internal",
        "speech": "tts.test_engine",
    }
    await phone.ring()
    assert await until(lambda: number(peopled_entry).observed.deliveries)
    last = number(peopled_entry).observed.last_delivery
    assert (await health(hass_ready))["deliveries"] == last
    # The clocks of two numbers are read apart.
    number(peopled_entry).observed.last_delivery = dt_util.utcnow() - timedelta(seconds=9)
    loja = await set_up(hass_ready, make_entry(phone, "num_second", SECOND_KEY))
    await phone.ring(number="num_second")
    assert await until(lambda: number(loja).observed.deliveries)
    assert (await health(hass_ready))["deliveries"] == number(loja).observed.last_delivery


async def test_what_is_missing_shows(
    hass_ready: HomeAssistant, media_parts: None, entry: MockConfigEntry
) -> None:
    hass_ready.config.internal_url = None
    hass_ready.config_entries.async_update_entry(
        entry, data={**entry.data, "base_url": "http://127.0.0.1:1"}
    )
    await hass_ready.config_entries.async_unload(entry.entry_id)
    shown = await health(hass_ready)
    assert shown["server"] == {"type": "failed", "error": "unreachable"}
    assert (shown["numbers"], shown["external_address"], shown["speech"]) == ("0/1", "none", "none")


@pytest.mark.parametrize(
    ("external", "kind"),
    [("https://home.example", "external"), ("https://x.ui.nabu.casa", "cloud")],
)
async def test_the_kind_of_address_shows(
    hass_ready: HomeAssistant, media_parts: None, entry: MockConfigEntry, external: str, kind: str
) -> None:
    hass_ready.config.internal_url = None
    hass_ready.config.external_url = external
    assert (await health(hass_ready))["external_address"] == kind
