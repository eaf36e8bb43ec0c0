"""The state of one running simulator: numbers, calls, faults, and what was asked of it."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from . import audio
from .calls import Call, Play, timestamp
from .changes import Changes
from .faults import Faults
from .numbers import Number, seed_numbers
from .people import People, Person
from .traffic import Traffic
from .transitions import Direction, InvalidStateError, Status, Step
from .webhooks import Webhooks, call_payload


class Fetch(StrEnum):
    """When a media URL is fetched: when the play is requested, or when the call connects."""

    REQUEST = "request"
    CONNECT = "connect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the documentation leaves open, and how long phones ring.

    With ``strict_internet`` no private address is reached. Times are in seconds.
    """

    fetch: Fetch = Fetch.REQUEST
    strict_internet: bool = False
    dial_delay: float = 0.1
    ring_timeout: float = 45.0


@dataclass(slots=True, kw_only=True)
class Received:
    """One request that reached the API, for tests to count."""

    endpoint: str
    path: str
    status: int | None


@dataclass(slots=True)
class Simulation:
    """Everything in memory; gone with the process.

    ``home`` is a webhook of Home Assistant, which does what people want their home to do.
    """

    seed_key: str
    home: str | None = None
    numbers: dict[str, Number] = field(init=False)
    calls: list[Call] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    people: People = field(default_factory=People)
    settings: Settings = field(default_factory=Settings)
    changes: Changes = field(default_factory=Changes)
    traffic: Traffic = field(init=False)
    webhooks: Webhooks = field(init=False)
    received: list[Received] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Seed the account."""
        self.numbers = seed_numbers(self.seed_key)
        self.traffic = Traffic(self.changes.notify)
        self.webhooks = Webhooks(self.traffic)

    def find_call(self, number: Number, call_id: str) -> Call | None:
        """Return the number's call with that id, the provider's id included."""
        return next(
            (
                call
                for call in self.calls
                if call.number_id == number.id and call_id in (call.id, call.external_id)
            ),
            None,
        )

    def ring(self, number: Number, peer: str | None) -> Call:
        """Call the number from the other party's phone, which may withhold its number."""
        call = self._add_call(number, peer, Direction.INBOUND, Status.RINGING)
        self._emit(call)
        if number.reject_call:
            self.move(call, Step.REJECT)
        else:
            self._start(self._give_up(call))
        return call

    def dial(self, number: Number, peer: str, opaque: str | None) -> Call:
        """Call the other party, whose phone rings a moment later."""
        call = self._add_call(number, peer, Direction.OUTBOUND, Status.INITIATED)
        call.opaque = opaque
        self._start(self._reach_phone(call, peer))
        return call

    def move(self, call: Call, step: Step) -> None:
        """Take a step of a call, and report it. Raises InvalidStateError."""
        call.move(step)
        self._emit(call)
        if call.status is Status.ACCEPTED:
            for play in call.plays:
                if play.audio is None and play.error is None:
                    self._start(self._fetch(call, play))

    def play(self, call: Call, media_url: str) -> None:
        """Accept a play; what becomes of it shows on the phone only, as with the real one.

        Raises InvalidStateError for a call that is over.
        """
        if not call.is_live:
            raise InvalidStateError(f"The call is {call.status}")
        play = Play(media_url=media_url)
        call.plays.append(play)
        self.changes.notify()
        if self.settings.fetch is Fetch.REQUEST or call.status is Status.ACCEPTED:
            self._start(self._fetch(call, play))

    def connect(self, number: Number, *, connected: bool) -> None:
        """Link a number to WhatsApp, or unlink it."""
        number.connected = connected
        event = "number.connected" if connected else "number.disconnected"
        data: dict[str, Any] = {
            "numberId": number.id,
            "phone": f"+{number.phone}",
            "displayName": number.name,
            "createdAt": timestamp(datetime.now(UTC)),
        }
        if not connected:
            data |= {"error": "connection closed", "errorCode": "CONNECTION_CLOSED"}
        self.webhooks.emit(number.id, {"event": event, "data": data})

    async def reset(self) -> None:
        """Forget everything, as if newly started."""
        await self.close()
        self.numbers = seed_numbers(self.seed_key)
        self.traffic.clear()
        self.webhooks = Webhooks(self.traffic)
        self.calls.clear()
        self.faults.reset()
        self.received.clear()
        self.people = People()
        self.settings = Settings()
        self.changes.notify()

    async def close(self) -> None:
        """End what still runs in the background."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.webhooks.close()

    def _emit(self, call: Call) -> None:
        if call.is_live:
            event = {Status.RINGING: "call.ringing", Status.ACCEPTED: "call.connected"}[call.status]
        else:
            event = "call.missed" if call.status is Status.MISSED else "call.ended"
        self.changes.notify()
        self.webhooks.emit(call.number_id, call_payload(event, call))

    def _add_call(
        self, number: Number, peer: str | None, direction: Direction, status: Status
    ) -> Call:
        call = Call(
            number_id=number.id,
            own_number=number.phone,
            peer_number=self.people.peer_number(peer),
            direction=direction,
            status=status,
        )
        self.calls.insert(0, call)
        self.changes.notify()
        return call

    async def _fetch(self, call: Call, play: Play) -> None:
        try:
            if self.settings.strict_internet:
                audio.check_public(play.media_url)
            play.audio = await audio.fetch(play.media_url)
        except audio.MediaError as err:
            play.error = str(err)
        call.start_waiting_plays()
        self.changes.notify()

    async def _reach_phone(self, call: Call, peer: str) -> None:
        await asyncio.sleep(self.settings.dial_delay)
        with suppress(InvalidStateError):
            self.move(call, Step.REACH_PHONE)
            if (person := self.people.find(peer)) is not None:
                self._start(self._behave(call, person))
            await self._give_up(call)

    async def _behave(self, call: Call, person: Person) -> None:
        """Do what a person does when called, up to where somebody else moves the call on."""
        with suppress(InvalidStateError):
            for seconds, step in person.steps():
                await asyncio.sleep(seconds)
                self.move(call, step)

    async def _give_up(self, call: Call) -> None:
        await asyncio.sleep(self.settings.ring_timeout)
        with suppress(InvalidStateError):
            self.move(call, Step.RING_TIMEOUT)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
