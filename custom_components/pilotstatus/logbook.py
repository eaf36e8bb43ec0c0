"""Describes calls in the logbook, each event in one sentence."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import phonenumbers

from homeassistant.components.logbook import LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .api import CallDirection
from .call_state import CallChangeKind
from .const import DOMAIN, EVENT_CALL
from .texts import async_common_text

_OUTBOUND: Final = CallDirection.OUTBOUND.lower()


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], dict[str, str]]], None],
) -> None:
    """Describe what happens to calls, in the language of Home Assistant."""

    @callback
    def describe(event: Event) -> dict[str, str]:
        """Return the sentence, and the number it is about."""
        data = event.data
        described = {LOGBOOK_ENTRY_MESSAGE: _sentence(hass, data)}
        registered = er.async_get(hass).async_get(data.get(ATTR_ENTITY_ID, ""))
        entry_id = registered and registered.config_entry_id
        if entry_id and (entry := hass.config_entries.async_get_entry(entry_id)):
            described[LOGBOOK_ENTRY_NAME] = f"{entry.title}:"
        return described

    async_describe_event(DOMAIN, EVENT_CALL, describe)


def _sentence(hass: HomeAssistant, data: Mapping[str, Any]) -> str:
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
