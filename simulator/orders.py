"""What can be ordered through ``/phone``: each field is checked, an unknown one is refused."""

from collections.abc import Collection

import voluptuous as vol

from .bodies import Body
from .faults import ANY, Drop
from .numbers import is_phone
from .people import Does
from .simulation import Fetch


def _phone(value: object) -> object:
    if not is_phone(value):
        raise vol.Invalid("expected a phone number")
    return value


def _whole(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int):
        raise vol.Invalid("expected a whole number")
    return value


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise vol.Invalid("expected a number")
    return value


def _encodable(value: object) -> object:
    """Refuse what cannot be sent as it is: text with half a character, unescaped."""
    try:
        if isinstance(value, str) and value.encode() is not None:
            return value
    except UnicodeEncodeError:
        pass
    raise vol.Invalid("expected text that UTF-8 can carry")


#: At most a day: neither infinite nor ``NaN``, both of which Python reads in JSON.
_SECONDS = vol.All(_number, vol.Range(min=0, max=86_400))

RING = vol.Schema({"from": vol.Any(_phone, None), "number": str})

HOME = vol.Schema(
    {
        vol.Required("to"): _phone,
        "message": vol.All(str, vol.Length(min=1, max=500)),
        "call_id": str,
    }
)

PERSON = vol.Schema(
    {
        "name": vol.Any(str, None),
        "does": vol.Coerce(Does),
        "after": _SECONDS,
        "hang_up_after": vol.Any(_SECONDS, None),
        "without_ninth_digit": bool,
    }
)

NUMBER = vol.Schema(
    {
        "connected": bool,
        "key": vol.All(str, vol.Length(min=1)),
        "reject_call": vol.Any(bool, None),
    }
)

SETTINGS = vol.Schema(
    {
        "fetch": vol.Coerce(Fetch),
        "strict_internet": bool,
        "dial_delay": _SECONDS,
        "ring_timeout": _SECONDS,
    }
)

DELIVERY = vol.Schema(
    {
        "copies": vol.All(_whole, vol.Range(min=0)),
        "delay": _SECONDS,
        "shuffle": bool,
        "lose": bool,
        "secret": str,
    }
)

_FAULT = {
    "times": vol.All(_whole, vol.Range(min=1)),
    "delay": _SECONDS,
    "status": vol.Any(vol.All(_whole, vol.Range(min=200, max=599)), None),
    "code": vol.Any(str, None),
    "error": str,
    "headers": {str: str},
    "fields": vol.Any(dict, list, None),
    "merge": {str: object},
    "without": [str],
    "text": vol.Any(_encodable, None),
    "drop": vol.Any(vol.Coerce(Drop), None),
    "body": vol.Any(vol.Coerce(Body), None),
}


def fault(endpoints: Collection[str]) -> vol.Schema:
    """Return the schema of a fault at one of the endpoints, or at any."""
    return vol.Schema(_FAULT | {"endpoint": vol.In(sorted({ANY, *endpoints}))})
