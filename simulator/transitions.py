"""Who may move a call from which state to which."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Status(StrEnum):
    """The documented states of a call."""

    INITIATED = "INITIATED"
    RINGING = "RINGING"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    MISSED = "MISSED"


LIVE: Final = frozenset({Status.INITIATED, Status.RINGING, Status.ACCEPTED})


class Direction(StrEnum):
    """Who called whom, seen from the number."""

    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"


class Step(StrEnum):
    """What moves a call: the number's API, the other party's phone, or time."""

    ACCEPT = "accept"
    REJECT = "reject"
    TERMINATE = "terminate"

    ANSWER = "answer"
    DECLINE = "decline"
    HANG_UP = "hang_up"

    REACH_PHONE = "reach_phone"
    RING_TIMEOUT = "ring_timeout"


class InvalidStateError(Exception):
    """A call cannot be moved so."""


_UNANSWERED = (Status.INITIATED, Status.RINGING)

TRANSITIONS: Final[Mapping[tuple[Step, Direction], Mapping[Status, Status]]] = {
    (Step.ACCEPT, Direction.INBOUND): {Status.RINGING: Status.ACCEPTED},
    (Step.REJECT, Direction.INBOUND): {Status.RINGING: Status.REJECTED},
    (Step.TERMINATE, Direction.INBOUND): dict.fromkeys(LIVE, Status.COMPLETED),
    (Step.TERMINATE, Direction.OUTBOUND): dict.fromkeys(LIVE, Status.COMPLETED),
    (Step.ANSWER, Direction.OUTBOUND): dict.fromkeys(_UNANSWERED, Status.ACCEPTED),
    (Step.DECLINE, Direction.OUTBOUND): dict.fromkeys(_UNANSWERED, Status.REJECTED),
    (Step.HANG_UP, Direction.INBOUND): {
        Status.RINGING: Status.MISSED,
        Status.ACCEPTED: Status.COMPLETED,
    },
    (Step.HANG_UP, Direction.OUTBOUND): dict.fromkeys(LIVE, Status.COMPLETED),
    (Step.REACH_PHONE, Direction.OUTBOUND): {Status.INITIATED: Status.RINGING},
    (Step.RING_TIMEOUT, Direction.INBOUND): {Status.RINGING: Status.MISSED},
    (Step.RING_TIMEOUT, Direction.OUTBOUND): {Status.RINGING: Status.FAILED},
}


def next_status(step: Step, direction: Direction, status: Status) -> Status:
    """Return the state that a step leads to. Raises InvalidStateError."""
    try:
        return TRANSITIONS[step, direction][status]
    except KeyError:
        raise InvalidStateError(f"The call is {direction} and {status}") from None
