"""A client of the running simulator: the other party's phone, and the number's own API."""

import asyncio
from contextlib import AbstractAsyncContextManager
import json
from typing import Any

import aiohttp

from .audio import read_wav
from .numbers import CALLER, DEMO_KEY, DEMO_NUMBER
from .transitions import LIVE, Status


class Phone:
    """The other party, the number's dashboard, and the faults of the world.

    The session is the caller's: it is used, never closed. Every method except ``api`` raises
    aiohttp.ClientResponseError, with the simulator's words, for an order that is refused.
    """

    def __init__(self, session: aiohttp.ClientSession, url: str, key: str = DEMO_KEY) -> None:
        """Store the simulator's address and the number's key."""
        self._session = session
        self._key = key
        self.url = url

    async def ring(self, peer: str | None = CALLER, number: str = DEMO_NUMBER) -> str:
        """Call a number, without a number of one's own if ``peer`` is ``None``.

        Return the call's id.
        """
        call = await self._send("POST", "/phone/ring", {"from": peer, "number": number})
        return str(call["id"])

    async def call(self, call_id: str) -> dict[str, Any]:
        """Return a call with its plays."""
        return dict(await self._send("GET", f"/phone/calls/{call_id}"))

    async def calls(self) -> list[dict[str, Any]]:
        """Return all calls, newest first."""
        return list((await self._send("GET", "/phone/calls"))["calls"])

    async def live(self) -> list[dict[str, Any]]:
        """Return the calls that have not ended, newest first."""
        return [call for call in await self.calls() if call["status"] in LIVE]

    async def newest(self, status: Status, seconds: float = 15) -> str:
        """Wait for the newest call to be in a state; return its id. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while True:
                calls = await self.calls()
                if calls and calls[0]["status"] == status:
                    return str(calls[0]["id"])
                await asyncio.sleep(0.05)

    async def act(self, call_id: str, action: str) -> None:
        """``answer``, ``decline`` or ``hang_up``."""
        await self._send("POST", f"/phone/calls/{call_id}/{action}")

    async def person(self, number: str, **behavior: Any) -> dict[str, Any]:
        """Store what a person does when called.

        The fields are those of ``simulator.people.Person``. Return the person, with the
        ``peerNumber`` that their calls carry.
        """
        return dict(await self._send("PUT", f"/phone/people/{number}", behavior))

    async def people(self) -> list[dict[str, Any]]:
        """Return the people, in the order in which they became known."""
        return list((await self._send("GET", "/phone/people"))["people"])

    async def forget_person(self, number: str) -> None:
        """Forget a person, who from now on ignores calls."""
        await self._send("DELETE", f"/phone/people/{number}")

    async def heard(self, call_id: str) -> bytes:
        """Return the WAV file of what the call has heard."""
        async with self._session.get(f"{self.url}/phone/calls/{call_id}/heard.wav") as response:
            await _raise_for_status(response)
            return await response.read()

    async def heard_samples(self, call_id: str) -> bytes:
        """Return the samples that the call has heard."""
        return read_wav(await self.heard(call_id))

    async def ask_home(self, to: str, message: str | None = None) -> None:
        """Have the home call a person, and say a message, as its owner would by a button."""
        wish = {"to": to} | ({"message": message} if message else {})
        await self._send("POST", "/phone/home", wish)

    async def fault(self, endpoint: str = "*", **fault: Any) -> None:
        """Order a fault; the fields are those of ``simulator.faults.Fault``."""
        await self._send("POST", "/phone/faults", {"endpoint": endpoint, **fault})

    async def clear_faults(self) -> None:
        """Cancel the faults that are still to come."""
        await self._send("DELETE", "/phone/faults")

    async def number(self, number_id: str, **changes: Any) -> None:
        """Change a number: ``connected``, ``key``, ``reject_call``."""
        await self._send("PATCH", f"/phone/numbers/{number_id}", changes)

    async def settings(self, **changes: Any) -> None:
        """Change the settings; the fields are those of ``simulator.simulation.Settings``."""
        await self._send("PATCH", "/phone/settings", changes)

    async def delivery(self, **changes: Any) -> None:
        """Change how webhooks are delivered: copies, delay, shuffle, lose, secret."""
        await self._send("PATCH", "/phone/delivery", changes)

    async def requests(self, endpoint: str) -> list[dict[str, Any]]:
        """Return the API requests that reached an endpoint."""
        return list(await self._send("GET", f"/phone/requests?endpoint={endpoint}"))

    async def reset(self) -> None:
        """Forget everything, as if newly started."""
        await self._send("POST", "/phone/reset")

    async def api(self, method: str, path: str, body: Any = None, key: str | None = None) -> Any:
        """Use the number's API as the dashboard would; return its JSON, errors included."""
        async with self._request(method, f"/v1{path}", body, key) as response:
            text = await response.text()
            return json.loads(text) if text else None

    async def dial(self, to: str = "+5511999999999") -> str:
        """Call from the number, as from its dashboard; return the call's id."""
        return str((await self._send("POST", "/v1/calls", {"to": to}))["id"])

    async def webhooks(self) -> list[dict[str, Any]]:
        """Return the number's webhooks."""
        return list(await self._send("GET", "/v1/webhooks"))

    async def _send(self, method: str, path: str, body: Any = None) -> Any:
        async with self._request(method, path, body) as response:
            await _raise_for_status(response)
            return await response.json()

    def _request(
        self, method: str, path: str, body: Any, key: str | None = None
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        headers = {"x-api-key": key or self._key}
        return self._session.request(method, self.url + path, json=body, headers=headers)


async def _raise_for_status(response: aiohttp.ClientResponse) -> None:
    """Raise aiohttp.ClientResponseError, with the answer's own words, for a refusal."""
    if not response.ok:
        raise aiohttp.ClientResponseError(
            response.request_info,
            response.history,
            status=response.status,
            message=await response.text(),
        )
