"""A real Home Assistant in this process, and numbers that are set up in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
import socket
from typing import Any

from homeassistant.bootstrap import async_setup_hass
from homeassistant.components import webhook
from homeassistant.config_entries import SOURCE_USER, ConfigEntry
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.runner import RuntimeConfig

from .server import HOST, event

DOMAIN = "pilotstatus"
ROOT = Path(__file__).parent.parent
_CONFIGURATION = """
homeassistant:
  name: Bench
  internal_url: http://{host}:{port}
  media_dirs:
    local: {media}
  auth_providers:
    - type: trusted_networks
      trusted_networks: ["127.0.0.1"]
      allow_bypass_login: true
http:
  server_host: {host}
  server_port: {port}
media_source:
tts:
logger:
  default: error
rest_command:
  play:
    url: "{server}/v1/calls/{{{{ call_id }}}}/play"
    method: post
    headers:
      x-api-key: ps_bench_0
    content_type: application/json
    payload: '{{"mediaUrl": "{{{{ media_url }}}}"}}'
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def home(folder: Path, server: str) -> AsyncIterator[HomeAssistant]:
    """Run Home Assistant, with the component but without a number, until the context ends."""
    port = _free_port()
    components = folder / "custom_components"
    components.mkdir(parents=True)
    (components / DOMAIN).symlink_to(ROOT / "custom_components" / DOMAIN)
    media = folder / "media"
    media.mkdir()
    (folder / "configuration.yaml").write_text(
        _CONFIGURATION.format(host=HOST, port=port, server=server, media=media)
    )
    hass = await async_setup_hass(RuntimeConfig(config_dir=str(folder), skip_pip=True))
    if hass is None:
        raise RuntimeError("Home Assistant did not start")
    try:
        await hass.async_start()
        # Newer versions restart after five minutes in which nobody confirmed these settings.
        if promote := getattr(hass.data.get("http"), "async_promote_pending", None):
            await promote()
        await hass.async_block_till_done()
        yield hass
    finally:
        await hass.async_stop(force=True)


async def add_number(hass: HomeAssistant, server: str, index: int = 0) -> ConfigEntry[Any]:
    """Set up a number as a user does, with the key ``ps_bench_<index>``."""
    flows = hass.config_entries.flow
    flow = await flows.async_init(DOMAIN, context={"source": SOURCE_USER})
    advanced = {"key_type": "api_key", "base_url": server}
    result = await flows.async_configure(
        flow["flow_id"], {"api_key": f"ps_bench_{index}", "advanced": advanced}
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    if result["type"] != "create_entry":
        raise RuntimeError(f"The number was not set up: {result}")
    entry: ConfigEntry[Any] = result["result"]
    return entry


async def remove_numbers(hass: HomeAssistant, *, keep: int = 0) -> None:
    """Remove all numbers, or all but so many."""
    for entry in hass.config_entries.async_entries(DOMAIN)[keep:]:
        await hass.config_entries.async_remove(entry.entry_id)


def webhook_url(hass: HomeAssistant, entry: ConfigEntry[Any]) -> str:
    """Return where a number takes deliveries."""
    return f"{hass.config.internal_url}{webhook.async_generate_path(entry.data[CONF_WEBHOOK_ID])}"


async def deliver(hass: HomeAssistant, entry: ConfigEntry[Any], name: str, call_id: str) -> None:
    """Deliver one event of a call."""
    session = async_get_clientsession(hass)
    async with session.post(webhook_url(hass, entry), json=event(name, call_id)) as response:
        response.raise_for_status()
