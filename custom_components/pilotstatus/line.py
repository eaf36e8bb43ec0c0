"""What the line of a number is doing: the state of its live call. Pure."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final

from .api import Call, CallStatus
from .call_state import began, is_incoming


class LineState(StrEnum):
    """What a line is doing.

    Ringing: an incoming call rings. Dialing: a call is being dialed, or the called phone rings.
    """

    IDLE = "idle"
    RINGING = "ringing"
    DIALING = "dialing"
    IN_CALL = "in_call"


#: Of two live calls the one whose state weighs more counts.
_WEIGHTS: Final = {LineState.DIALING: 0, LineState.RINGING: 1, LineState.IN_CALL: 2}


def line_state(call: Call | None) -> LineState:
    """Return what a line is doing whose live call is the given one."""
    if call is None:
        return LineState.IDLE
    if call.was_answered:
        return LineState.IN_CALL
    is_ringing = call.status is not CallStatus.INITIATED and is_incoming(call)
    return LineState.RINGING if is_ringing else LineState.DIALING


def line_call(live_calls: Iterable[Call]) -> Call | None:
    """Return the call that counts: the answered one, then one that rings, then the newest."""
    return max(live_calls, key=lambda call: (_WEIGHTS[line_state(call)], began(call)), default=None)


def since(call: Call) -> datetime:
    """Return when the state of the line began whose live call is the given one."""
    began_at = {
        LineState.IN_CALL: call.connected_at,
        LineState.RINGING: call.started_at,
    }.get(line_state(call))
    return began_at or began(call)
