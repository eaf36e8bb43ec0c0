"""Find, dial, answer, reject and hang up a call: for actions, buttons and players alike."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Final

from homeassistant.core import Context

from .api import (
    ActionResult,
    Call,
    ConflictError,
    NotConnectedError,
    PilotStatusClient,
    RequestRejectedError,
    parse_id,
)
from .contacts import Contacts
from .coordinator import PilotStatusCoordinator
from .errors import ActionRefusedError
from .failures import FailureReporter
from .notification import Attempt

#: Calls that an error names.
_MAX_NAMED: Final = 10


class CallControl:
    """Acts on the calls of one number.

    Every method may raise ActionRefusedError before anything is sent, and PilotStatusError
    after.
    """

    def __init__(
        self,
        client: PilotStatusClient,
        contacts: Contacts,
        coordinator: PilotStatusCoordinator,
        failures: FailureReporter,
    ) -> None:
        """Act through a client, and show in a coordinator what became of it."""
        self._client = client
        self._contacts = contacts
        self._coordinator = coordinator
        self._failures = failures

    @asynccontextmanager
    async def attempt(
        self,
        action: str,
        call_id: str | None = None,
        *,
        context: Context | None = None,
        needs_ringing: bool = False,
    ) -> AsyncIterator[Attempt]:
        """Attempt an action on the call that is meant, and report how the block ends.

        ``context`` is that in which the action was called. ``needs_ringing`` is whether only an
        incoming call that rings can be meant.
        """
        async with self._failures.attempt(action, call_id or "", context) as attempt:
            attempt.call_id = await (
                self.async_find_ringing() if needs_ringing else self.async_find(call_id)
            )
            yield attempt

    async def async_find(self, call_id: str | None) -> str:
        """Return the call that is meant: the named one, or the one that is live.

        Never guesses: refuses if no call is live, or more than one.
        """
        if call_id is not None:
            if parse_id(call_id) is None:
                raise ActionRefusedError("call_id_invalid")
            return call_id
        calls = self._coordinator.calls
        if calls.only_live_call is None:
            # One may have begun since the last poll; others may be made up, or over.
            await self._coordinator.async_refresh_calls()
        return self._only_meant().id

    async def async_find_ringing(self) -> str:
        """Return the one live call, refuses unless it rings and can be answered or declined."""
        calls = self._coordinator.calls
        if calls.ringing_call is None:
            await self._coordinator.async_refresh_calls()
        call = self._only_meant()
        if call is not calls.ringing_call:
            raise ActionRefusedError("no_ringing_call")
        return call.id

    def _only_meant(self) -> Call:
        """Return the live call that is meant if none is named. Raises ActionRefusedError."""
        meant = self._coordinator.calls.meant_calls
        if not meant:
            raise ActionRefusedError("no_live_call")
        if len(meant) > 1:
            names = [self._described(call) for call in meant[:_MAX_NAMED]]
            if len(meant) > _MAX_NAMED:
                names.append("…")
            raise ActionRefusedError("which_call", calls=", ".join(names))
        return meant[0]

    def _described(self, call: Call) -> str:
        """Return how an error names a call: its id, whose it is, and its state."""
        who = self._contacts.shown(call.peer_number)
        return f"{call.id} ({', '.join(filter(None, (who, str(call.status).lower())))})"

    async def async_dial(self, number: str) -> Call:
        """Call a phone number, E.164."""
        call = await self._coordinator.async_act(self._client.start_call(number))
        calls = self._coordinator.calls
        self._coordinator.async_apply(calls.merge([call]))
        return calls.find(call.id) or call

    async def async_answer(self, call_id: str) -> ActionResult:
        """Answer an incoming call."""
        result = await self._coordinator.async_act(self._client.accept(call_id), call_id)
        return self._record_answer(result)

    async def async_reject(self, call_id: str) -> ActionResult:
        """Reject an incoming call. One that is already over is no error."""
        return await self._async_end(call_id, self._client.reject(call_id))

    async def async_hang_up(self, call_id: str) -> ActionResult:
        """End a call. One that is already over is no error."""
        return await self._async_end(call_id, self._client.terminate(call_id))

    async def _async_end(self, call_id: str, request: Awaitable[ActionResult]) -> ActionResult:
        try:
            result = await self._coordinator.async_act(request, call_id)
        except NotConnectedError:
            raise
        except (ConflictError, RequestRejectedError):
            # What the server answers for a call that is over is not documented.
            call = await self._coordinator.async_refresh_call(call_id)
            if not call.is_over:
                raise
            return ActionResult(call_id=call.id, status=call.status)
        return self._record_answer(result)

    def _record_answer(self, result: ActionResult) -> ActionResult:
        calls = self._coordinator.calls
        self._coordinator.async_apply(calls.apply_answer(result.call_id, result.status))
        return result
