"""A hand on the other phone, and on the number's own API as its dashboard has it."""

from typing import Any

import aiohttp


class Phone:
    """The simulator's ``/phone``, and calls placed outside of Home Assistant."""

    def __init__(self, session: aiohttp.ClientSession, url: str, key: str) -> None:
        """Keep the address and the number's key."""
        self._session = session
        self._key = key
        self.url = url

    async def dial(self, to: str) -> str:
        """Let the number call the phone, as from the Pilot Status dashboard."""
        call = await self._send("POST", "/v1/calls", {"to": to})
        return str(call["id"])

    async def act(self, call_id: str, action: str) -> None:
        """``answer``, ``decline`` or ``hang_up``."""
        await self._send("POST", f"/phone/calls/{call_id}/{action}")

    async def call(self, call_id: str) -> dict[str, Any]:
        """Return a call with what was played into it."""
        return dict(await self._send("GET", f"/phone/calls/{call_id}"))

    async def heard(self, call_id: str) -> bytes:
        """Return what the call heard, as a WAV file."""
        async with self._session.get(f"{self.url}/phone/calls/{call_id}/heard.wav") as response:
            return await response.read()

    async def _send(self, method: str, path: str, body: Any = None) -> Any:
        async with self._session.request(
            method, self.url + path, json=body, headers={"x-api-key": self._key}
        ) as response:
            response.raise_for_status()
            return await response.json()
