"""Every action, in every way in which it asks the server."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from tests.common import MEDIA

from .home import TO, Home

type Ready = Callable[[Home], Awaitable[str]]
type Run = Callable[[Home, str], Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One way to act: what it needs, and the endpoint that has the fault.

    ``reported_as`` is the action that its notification is about. One that ``may_be_silent`` may
    leave the notification alone. ``finds`` is whether a fault may hide the call that is meant,
    ``is_joined`` whether the other party acts at the same time.
    """

    name: str
    endpoint: str
    reported_as: str
    ready: Ready
    run: Run
    may_be_silent: bool = False
    finds: bool = False
    is_joined: bool = False


async def _nothing(home: Home) -> str:
    return ""


async def _unseen(home: Home) -> str:
    """Ring, and leave it to the action to learn of it."""
    return await home.phone.ring()


async def _ringing(home: Home) -> str:
    call_id = await home.phone.ring()
    await home.poll()
    return call_id


async def _answered(home: Home) -> str:
    call_id = await home.phone.ring()
    await home.phone.api("POST", f"/calls/{call_id}/accept")
    await home.poll()
    return call_id


async def _place_and_wait(home: Home, _: str) -> Any:
    async with home.answering():
        return await home.act("place_call", to=TO, wait_for_answer=True, timeout=1)


ACTIONS: Final = (
    Action(
        name="play audio",
        endpoint="calls.play",
        reported_as="play_audio",
        ready=_ringing,
        run=lambda home, call_id: home.act("play_audio", call_id=call_id, media_url=MEDIA),
    ),
    Action(
        name="play audio into the live call",
        endpoint="calls.play",
        reported_as="play_audio",
        ready=_answered,
        run=lambda home, _: home.act("play_audio", media_url=MEDIA),
    ),
    Action(
        name="find the live call",
        endpoint="calls.list",
        reported_as="play_audio",
        ready=_unseen,
        run=lambda home, _: home.act("play_audio", media_url=MEDIA),
        finds=True,
    ),
    Action(
        name="play stored media",
        endpoint="calls.play",
        reported_as="play_audio",
        ready=_ringing,
        run=lambda home, call_id: home.act("play_audio", call_id=call_id, media=home.media),
    ),
    Action(
        name="place a call",
        endpoint="calls.start",
        reported_as="place_call",
        ready=_nothing,
        run=lambda home, _: home.act("place_call", to=TO),
    ),
    Action(
        name="place a call with audio",
        endpoint="calls.start",
        reported_as="place_call",
        ready=_nothing,
        run=lambda home, _: home.act("place_call", to=TO, media_url=MEDIA),
    ),
    Action(
        name="queue the audio of a placed call",
        endpoint="calls.play",
        reported_as="place_call",
        ready=_nothing,
        run=lambda home, _: home.act("place_call", to=TO, media_url=MEDIA),
    ),
    Action(
        name="place a call and wait for the answer",
        endpoint="calls.start",
        reported_as="place_call",
        ready=_nothing,
        run=_place_and_wait,
        is_joined=True,
    ),
    Action(
        name="answer",
        endpoint="calls.accept",
        reported_as="answer_call",
        ready=_ringing,
        run=lambda home, call_id: home.act("answer_call", call_id=call_id),
    ),
    Action(
        name="reject",
        endpoint="calls.reject",
        reported_as="reject_call",
        ready=_ringing,
        run=lambda home, call_id: home.act("reject_call", call_id=call_id),
    ),
    Action(
        name="hang up",
        endpoint="calls.terminate",
        reported_as="hang_up",
        ready=_answered,
        run=lambda home, call_id: home.act("hang_up", call_id=call_id),
    ),
    Action(
        name="get the calls",
        endpoint="calls.list",
        reported_as="get_calls",
        ready=_ringing,
        run=lambda home, _: home.act("get_calls"),
    ),
    Action(
        name="press answer",
        endpoint="calls.accept",
        reported_as="answer_call",
        ready=_ringing,
        run=lambda home, _: home.use("button", "press", "answer"),
    ),
    Action(
        name="press reject",
        endpoint="calls.reject",
        reported_as="reject_call",
        ready=_ringing,
        run=lambda home, _: home.use("button", "press", "reject"),
    ),
    Action(
        name="press hang up",
        endpoint="calls.terminate",
        reported_as="hang_up",
        ready=_answered,
        run=lambda home, _: home.use("button", "press", "hang_up"),
    ),
    Action(
        name="play on the media player",
        endpoint="calls.play",
        reported_as="play_audio",
        ready=_answered,
        run=lambda home, _: home.use(
            "media_player",
            "play_media",
            media_content_id=MEDIA,
            media_content_type="music",
        ),
    ),
    Action(
        name="turn the media player off",
        endpoint="calls.terminate",
        reported_as="hang_up",
        ready=_answered,
        run=lambda home, _: home.use("media_player", "turn_off"),
        may_be_silent=True,
    ),
)
