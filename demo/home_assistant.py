"""A client of the demo's Home Assistant, over the HTTP that its web interface uses."""

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp

_START_TIMEOUT = 120
_STATE_TIMEOUT = 15


class HomeAssistant:
    """A running Home Assistant, once it is signed in to."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        """Store the address; nothing is sent yet."""
        self._session = session
        self._headers: dict[str, str] = {}
        self.url = url

    async def onboard(self, language: str) -> None:
        """Create the demo's one user; the other first-start steps are marked as done."""
        client_id = f"{self.url}/"
        user = {
            "client_id": client_id,
            "name": "Demo",
            "username": "demo",
            "password": "demo",
            "language": language,
        }
        code = (await self._send("POST", "/api/onboarding/users", user))["auth_code"]
        form = {"grant_type": "authorization_code", "code": code, "client_id": client_id}
        async with self._session.post(f"{self.url}/auth/token", data=form) as response:
            token = (await response.json())["access_token"]
        self._headers = {"authorization": f"Bearer {token}"}

    async def running(self) -> None:
        """Wait until everything that is configured has been set up."""
        async with asyncio.timeout(_START_TIMEOUT):
            while await self._run_state() != "RUNNING":  # noqa: ASYNC110 - it is another process
                await asyncio.sleep(0.2)

    async def _run_state(self) -> str | None:
        """Return how far the start is, ``None`` while nothing answers."""
        try:
            return str((await self._send("GET", "/api/config"))["state"])
        except aiohttp.ClientError:
            return None

    async def add(self, domain: str) -> None:
        """Set up an integration that asks nothing."""
        await self._send("POST", "/api/config/config_entries/flow", {"handler": domain})

    async def add_number(self, api_key: str, base_url: str) -> dict[str, Any]:
        """Set up a number as a user does; return its config entry."""
        advanced = {"key_type": "api_key", "base_url": base_url}
        result = await self._fill_in(
            "flow", "pilotstatus", {"api_key": api_key, "advanced": advanced}
        )
        return dict(result["result"])

    async def add_contact(self, entry_id: str, name: str, phone: str) -> None:
        """Add a contact to a number as a user does."""
        await self._fill_in(
            "subentries/flow", [entry_id, "contact"], {"name": name, "phone": phone}
        )

    async def _fill_in(self, flow: str, handler: str | list[str], form: Any) -> dict[str, Any]:
        """Fill in the only form of a flow; return its result."""
        flows = f"/api/config/config_entries/{flow}"
        begun = await self._send("POST", flows, {"handler": handler})
        result = await self._send("POST", f"{flows}/{begun['flow_id']}", form)
        if result["type"] != "create_entry":
            raise RuntimeError(f"It was not set up: {result['errors']}")
        return dict(result)

    async def act(self, action: str, **data: Any) -> dict[str, Any] | None:
        """Run an action and return its response data, ``None`` if it failed."""
        domain, service = action.split(".")
        wants = "?return_response" if domain == "pilotstatus" else ""
        try:
            answer = await self._send("POST", f"/api/services/{domain}/{service}{wants}", data)
        except aiohttp.ClientResponseError:
            return None
        return answer["service_response"] if wants else {}

    async def state(self, entity_id: str) -> dict[str, Any]:
        """Return the state of an entity."""
        return dict(await self._send("GET", f"/api/states/{entity_id}"))

    async def state_is(
        self, entity_id: str, fits: Callable[[dict[str, Any]], bool]
    ) -> dict[str, Any]:
        """Wait until an entity's state fits; return it, fitting or not."""
        until = asyncio.get_running_loop().time() + _STATE_TIMEOUT
        state = await self.state(entity_id)
        while not fits(state) and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(0.1)
            state = await self.state(entity_id)
        return state

    async def notifications(self) -> list[dict[str, Any]]:
        """Return the persistent notifications."""
        return list((await self._command("persistent_notification/get"))["result"])

    async def _command(self, command: str) -> Any:
        """Run a command of the websocket API; return its result message."""
        async with self._session.ws_connect(f"{self.url}/api/websocket") as socket:
            await socket.receive_json()
            token = self._headers["authorization"].removeprefix("Bearer ")
            await socket.send_json({"type": "auth", "access_token": token})
            await socket.receive_json()
            await socket.send_json({"id": 1, "type": command})
            return await socket.receive_json()

    async def _send(self, method: str, path: str, body: Any = None) -> Any:
        async with self._session.request(
            method, self.url + path, json=body, headers=self._headers
        ) as response:
            response.raise_for_status()
            return await response.json()
