"""What to do about an error, if that depends on the action that met it."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from .const import (
    SERVICE_ANNOUNCE,
    SERVICE_ANSWER_CALL,
    SERVICE_CHECK,
    SERVICE_GET_CALLS,
    SERVICE_HANG_UP,
    SERVICE_PLACE_CALL,
    SERVICE_PLAY_AUDIO,
    SERVICE_REJECT_CALL,
)


class _Kind(Enum):
    """What a request of an action does."""

    READ = auto()
    DIAL = auto()
    PLAY = auto()
    CHANGE = auto()


_KINDS: Final[Mapping[str, _Kind]] = {
    SERVICE_ANNOUNCE: _Kind.DIAL,
    SERVICE_ANSWER_CALL: _Kind.CHANGE,
    SERVICE_CHECK: _Kind.READ,
    SERVICE_GET_CALLS: _Kind.READ,
    SERVICE_HANG_UP: _Kind.CHANGE,
    SERVICE_PLACE_CALL: _Kind.DIAL,
    SERVICE_PLAY_AUDIO: _Kind.PLAY,
    SERVICE_REJECT_CALL: _Kind.CHANGE,
}
#: After these the request may have been carried out all the same, unless it only read.
_UNSURE: Final = {
    _Kind.READ: "remedy_later",
    _Kind.DIAL: "remedy_unsure_dial",
    _Kind.PLAY: "remedy_unsure_play",
    _Kind.CHANGE: "remedy_unsure_change",
}
_REMEDIES: Final[Mapping[str, Mapping[_Kind, str]]] = {
    "conflict": {
        _Kind.READ: "remedy_later",
        _Kind.DIAL: "remedy_later",
        _Kind.PLAY: "remedy_conflict_play",
        _Kind.CHANGE: "remedy_change",
    },
    "invalid_response": _UNSURE,
    "outcome_unknown": _UNSURE,
    "rejected": {
        _Kind.READ: "remedy_rejected_read",
        _Kind.DIAL: "remedy_rejected_dial",
        _Kind.PLAY: "remedy_rejected_play",
        _Kind.CHANGE: "remedy_change",
    },
    "server_error": _UNSURE,
}


def remedy_key(cause: str, action: str, *, is_placed: bool = False) -> str | None:
    """Return the key in ``common`` of the remedy for a cause, ``None`` if its sentence has it.

    ``is_placed`` is whether the action had placed its call before.
    """
    kind = _Kind.PLAY if is_placed else _KINDS[action]
    return _REMEDIES.get(cause, {}).get(kind)
