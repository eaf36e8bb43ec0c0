"""What each action takes: its fields, and what they hold."""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.helpers import config_validation as cv

from .api import MAX_CALLS
from .const import (
    ATTR_CALL_ID,
    ATTR_CONFIG_ENTRY_ID,
    ATTR_MEDIA_URL,
    SERVICE_ANNOUNCE,
    SERVICE_ANSWER_CALL,
    SERVICE_GET_CALLS,
    SERVICE_HANG_UP,
    SERVICE_PLACE_CALL,
    SERVICE_PLAY_AUDIO,
    SERVICE_REJECT_CALL,
)

ATTR_BEFORE: Final = "before"
ATTR_CONTACT: Final = "contact"
ATTR_CONTACTS: Final = "contacts"
ATTR_ENGINE: Final = "engine"
ATTR_EVERYONE: Final = "everyone"
ATTR_HANG_UP: Final = "hang_up"
ATTR_LANGUAGE: Final = "language"
ATTR_LIMIT: Final = "limit"
ATTR_MEDIA: Final = "media"
ATTR_MESSAGE: Final = "message"
ATTR_REPEAT: Final = "repeat"
ATTR_RING: Final = "ring"
ATTR_ROUNDS: Final = "rounds"
ATTR_TIMEOUT: Final = "timeout"
ATTR_TO: Final = "to"
ATTR_WAIT_FOR_ANSWER: Final = "wait_for_answer"
_MAX_WAIT: Final = 300
_MAX_TIMES: Final = 5


def _urls(value: Any) -> list[str]:
    """Return one URL or several of them as a list."""
    return [cv.string(it) for it in cv.ensure_list(value)]


def _media_ids(value: Any) -> list[str]:
    """Return the media ids that the media selector or a user gives."""
    return [
        cv.string(it.get("media_content_id") if isinstance(it, dict) else it)
        for it in cv.ensure_list(value)
    ]


def name_or_number(value: Any) -> Any:
    """Return a name or a phone number; of the latter a template may have made a number."""
    return value if isinstance(value, int | float) else cv.string(value)


def _seconds(least: float, most: float) -> vol.All:
    return vol.All(vol.Coerce(float), vol.Range(min=least, max=most))


def _whole(least: int, most: int) -> vol.All:
    return vol.All(vol.Coerce(int), vol.Range(min=least, max=most))


_NUMBER: Final[dict[vol.Marker, Any]] = {
    **cv.ENTITY_SERVICE_FIELDS,
    vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string,
}
_CALL: Final[dict[vol.Marker, Any]] = {**_NUMBER, vol.Optional(ATTR_CALL_ID): cv.string}

_MEDIA: Final[dict[vol.Marker, Any]] = {
    vol.Optional(ATTR_MEDIA_URL): _urls,
    vol.Optional(ATTR_MEDIA): _media_ids,
    vol.Optional(ATTR_MESSAGE): cv.string,
    vol.Optional(ATTR_ENGINE): cv.string,
    vol.Optional(ATTR_LANGUAGE): cv.string,
}
_HANG_UP: Final[dict[vol.Marker, Any]] = {vol.Optional(ATTR_HANG_UP, default=False): cv.boolean}

SCHEMAS: Final[Mapping[str, dict[vol.Marker, Any]]] = {
    SERVICE_PLAY_AUDIO: {**_CALL, **_MEDIA, **_HANG_UP},
    SERVICE_PLACE_CALL: {
        **_NUMBER,
        **_MEDIA,
        **_HANG_UP,
        vol.Optional(ATTR_TO): name_or_number,
        vol.Optional(ATTR_CONTACT): cv.entity_id,
        vol.Optional(ATTR_WAIT_FOR_ANSWER, default=False): cv.boolean,
        vol.Optional(ATTR_TIMEOUT, default=60): _seconds(1, _MAX_WAIT),
    },
    SERVICE_ANNOUNCE: {
        **_NUMBER,
        **_MEDIA,
        vol.Optional(ATTR_TO, default=[]): vol.All(cv.ensure_list, [name_or_number]),
        vol.Optional(ATTR_CONTACTS, default=[]): cv.entity_ids,
        vol.Optional(ATTR_REPEAT, default=1): _whole(1, _MAX_TIMES),
        vol.Optional(ATTR_RING, default=45): _seconds(10, 120),
        vol.Optional(ATTR_ROUNDS, default=1): _whole(1, _MAX_TIMES),
        vol.Optional(ATTR_EVERYONE, default=False): cv.boolean,
    },
    **dict.fromkeys((SERVICE_ANSWER_CALL, SERVICE_REJECT_CALL, SERVICE_HANG_UP), _CALL),
    SERVICE_GET_CALLS: {
        **_NUMBER,
        vol.Optional(ATTR_LIMIT, default=25): _whole(1, MAX_CALLS),
        vol.Optional(ATTR_BEFORE): cv.datetime,
    },
}
