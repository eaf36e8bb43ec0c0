"""A hand on the other phone, and on the number's own API as its dashboard has it."""

import asyncio
import io
from typing import Any
import wave

import aiohttp

_TIMEOUT = 15


class Phone:
    """The simulator's ``/phone``, and calls placed outside of Home Assistant."""

    def __init__(self, session: aiohttp.ClientSession, url: str, key: str) -> None:
        """Keep the address and the number's key."""
        self._session = session
        self._key = key
        self.url = url

    async def ring(self, peer: str) -> str:
        """Call the number from a phone; return the call's id."""
        return str((await self._send("POST", "/phone/ring", {"from": peer}))["id"])

    async def newest(self, status: str) -> str:
        """Wait for the newest call to be in a state; return its id."""
        async with asyncio.timeout(_TIMEOUT):
            while True:
                calls = (await self._send("GET", "/phone/calls"))["calls"]
                if calls and calls[0]["status"] == status:
                    return str(calls[0]["id"])
                await asyncio.sleep(0.05)

    async def webhooks(self) -> list[dict[str, Any]]:
        """Return the number's webhooks."""
        return list(await self._send("GET", "/v1/webhooks"))

    async def act(self, call_id: str, action: str) -> None:
        """``answer``, ``decline`` or ``hang_up``."""
        await self._send("POST", f"/phone/calls/{call_id}/{action}")

    async def heard_samples(self, call_id: str) -> bytes:
        """Return the samples that the call has heard."""
        async with self._session.get(f"{self.url}/phone/calls/{call_id}/heard.wav") as response:
            data = await response.read()
        with wave.open(io.BytesIO(data)) as wav:
            return bytes(wav.readframes(wav.getnframes()))

    async def _send(self, method: str, path: str, body: Any = None) -> Any:
        async with self._session.request(
            method, self.url + path, json=body, headers={"x-api-key": self._key}
        ) as response:
            response.raise_for_status()
            return await response.json()
