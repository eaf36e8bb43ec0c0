"""Describes calls in the logbook, each event in one sentence."""

from collections.abc import Callable, Mapping
from typing import Final

from homeassistant.components.logbook import (
    LOGBOOK_ENTRY_ICON,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.components.logbook.const import LOGBOOK_ENTRY_STATE
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .call_state import CallChangeKind
from .const import DOMAIN, EVENT_CALL
from .sentences import async_call_sentence

#: As icons.json has them for the event entity, which the logbook does not look at.
ICONS: Final[Mapping[str, str]] = {
    CallChangeKind.RINGING: "mdi:phone-ring",
    CallChangeKind.DIALING: "mdi:phone-outgoing",
    CallChangeKind.CONNECTED: "mdi:phone-in-talk",
    CallChangeKind.ENDED: "mdi:phone-hangup",
    CallChangeKind.DECLINED: "mdi:phone-cancel",
    CallChangeKind.MISSED: "mdi:phone-missed",
    CallChangeKind.UNANSWERED: "mdi:phone-off",
}


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], dict[str, str]]], None],
) -> None:
    """Describe what happens to calls, in the language of Home Assistant."""

    @callback
    def describe(event: Event) -> dict[str, str]:
        """Return the sentence, and the number it is about.

        By the state, which is the kind of the change, a card can filter: ``state_filter``.
        """
        data = event.data
        described = {LOGBOOK_ENTRY_MESSAGE: async_call_sentence(hass, data)}
        kind = data.get("event_type", "")
        if icon := ICONS.get(kind):
            described |= {LOGBOOK_ENTRY_ICON: icon, LOGBOOK_ENTRY_STATE: kind}
        registered = er.async_get(hass).async_get(data.get(ATTR_ENTITY_ID, ""))
        entry_id = registered and registered.config_entry_id
        if entry_id and (entry := hass.config_entries.async_get_entry(entry_id)):
            described[LOGBOOK_ENTRY_NAME] = f"{entry.title}:"
        return described

    async_describe_event(DOMAIN, EVENT_CALL, describe)
