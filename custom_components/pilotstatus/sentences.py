"""What happens to a call, in one sentence for people."""

from collections.abc import Mapping
from typing import Any, Final

import phonenumbers

from homeassistant.core import HomeAssistant, callback

from .api import CallDirection
from .call_state import CallChangeKind
from .texts import async_common_text

_OUTBOUND: Final = CallDirection.OUTBOUND.lower()


@callback
def async_call_sentence(hass: HomeAssistant, data: Mapping[str, Any]) -> str:
    """Return the sentence for the data of an event, in the language of Home Assistant."""
    kind = data.get("event_type")
    key = f"call_{kind}"
    if kind == CallChangeKind.DECLINED and data.get("direction") == _OUTBOUND:
        key = "call_declined_by_them"
    peer = data.get("contact") or _as_written(data.get("peer_number"))
    sentence = async_common_text(hass, key).format(
        name=peer or async_common_text(hass, "unknown_number"),
        duration=_time(data.get("duration") or 0),
    )
    return sentence if peer else f"{sentence[:1].upper()}{sentence[1:]}"


def _as_written(number: str | None) -> str | None:
    """Return a phone number as it is written internationally."""
    if number is None:
        return None
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _time(seconds: int) -> str:
    """Return seconds as hours, minutes and seconds, without those that are none."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [
        f"{value} {unit}" for value, unit in ((hours, "h"), (minutes, "min"), (rest, "s")) if value
    ]
    return " ".join(parts) or "0 s"
