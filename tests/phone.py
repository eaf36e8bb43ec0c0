"""The tests' hand on the running simulator: its ``/phone`` side over real HTTP."""

import json
from typing import Any

import aiohttp

DEMO_KEY = "ps_demo_key"
SECOND_KEY = "ps_second_key"
META_KEY = "ps_meta_key"
EVOLUTION_KEY = "ps_evolution_key"
OFFLINE_KEY = "ps_offline_key"
TENANT_KEY = "ps_tenant_key"


class Phone:
    """The other party, and the faults of the world."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        """Speak to the simulator at an address."""
        self._session = session
        self.url = url

    async def ring(self, peer: str = "+5511987654321", number: str = "num_demo") -> str:
        """Call a number; return the call's id."""
        call = await self._send("POST", "/ring", {"from": peer, "number": number})
        return str(call["id"])

    async def call(self, call_id: str) -> dict[str, Any]:
        """Return a call with its plays."""
        return await self._send("GET", f"/calls/{call_id}")

    async def calls(self) -> list[dict[str, Any]]:
        """Return all calls, newest first."""
        return (await self._send("GET", "/calls"))["calls"]

    async def act(self, call_id: str, action: str) -> None:
        """``answer``, ``decline`` or ``hang_up``."""
        await self._send("POST", f"/calls/{call_id}/{action}")

    async def heard(self, call_id: str) -> bytes:
        """Return the WAV of what the call heard."""
        async with self._session.get(f"{self.url}/phone/calls/{call_id}/heard.wav") as response:
            return await response.read()

    async def fault(self, endpoint: str = "*", **fault: Any) -> None:
        """Order a fault."""
        await self._send("POST", "/faults", {"endpoint": endpoint, **fault})

    async def clear_faults(self) -> None:
        """Take the faults back."""
        await self._send("DELETE", "/faults")

    async def number(self, number_id: str, **changes: Any) -> None:
        """Change a number: ``connected``, ``key``."""
        await self._send("PATCH", f"/numbers/{number_id}", changes)

    async def settings(self, **changes: Any) -> None:
        """Change the simulator's settings."""
        await self._send("PATCH", "/settings", changes)

    async def delivery(self, **changes: Any) -> None:
        """Change how webhooks are delivered: copies, delay, shuffle, lose, secret."""
        await self._send("PATCH", "/delivery", changes)

    async def api(self, method: str, path: str, body: Any = None, key: str = DEMO_KEY) -> Any:
        """Use the API beside the component, as the dashboard of Pilot Status would."""
        async with self._session.request(
            method, f"{self.url}/v1{path}", json=body, headers={"x-api-key": key}
        ) as response:
            text = await response.text()
            return json.loads(text) if text else None

    async def dial(self, to: str = "+5511999999999") -> str:
        """Let the number call, as from the dashboard of Pilot Status; return the call's id."""
        return str((await self.api("POST", "/calls", {"to": to}))["id"])

    async def requests(self, endpoint: str) -> list[dict[str, Any]]:
        """Return the API requests that reached an endpoint."""
        return await self._send("GET", f"/requests?endpoint={endpoint}")

    async def reset(self) -> None:
        """Forget everything."""
        await self._send("POST", "/reset")

    async def _send(self, method: str, path: str, body: Any = None) -> Any:
        async with self._session.request(method, f"{self.url}/phone{path}", json=body) as response:
            response.raise_for_status()
            return await response.json()
