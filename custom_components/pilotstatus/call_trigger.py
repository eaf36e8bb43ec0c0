"""Triggers on what happens to calls, with anybody or with those who are chosen."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, override

import voluptuous as vol

from homeassistant.components.notify import DOMAIN as NOTIFY_DOMAIN
from homeassistant.const import ATTR_ENTITY_ID, CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.helpers.translation import async_get_translations
from homeassistant.helpers.trigger import (  # type: ignore[attr-defined,unused-ignore]
    NotTriggeredInfo,
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType

from .call_state import CallChangeKind
from .const import ATTR_CALL_ID, DOMAIN, EVENT_CALL
from .errors import ActionRefusedError
from .phone_number import parse_phone, with_ninth_digit
from .schemas import ATTR_CONTACT, name_or_number
from .sentences import async_call_sentence
from .targets import async_entries_of, async_find_contact

ATTR_CALLER: Final = "caller"
ATTR_EVENT_TYPE: Final = "event_type"
ATTR_PEER_NUMBER: Final = "peer_number"
#: What automations know of the call, as the event on the bus has it.
_VARIABLES: Final = (
    ATTR_ENTITY_ID,
    ATTR_EVENT_TYPE,
    ATTR_CALL_ID,
    "direction",
    ATTR_PEER_NUMBER,
    ATTR_CONTACT,
    "duration",
    "status",
)
#: In traces: the call was with somebody who was not chosen.
_OTHER_PARTY: Final = "other_party"

_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_TARGET): cv.TARGET_FIELDS,  # type: ignore[attr-defined,unused-ignore]
        vol.Required(CONF_OPTIONS, default={}): {
            vol.Optional(ATTR_CONTACT, default=[]): cv.entities_domain(NOTIFY_DOMAIN),
            vol.Optional(ATTR_CALLER, default=[]): vol.All(cv.ensure_list, [name_or_number]),
        },
    }
)


class CallTrigger(Trigger):  # type: ignore[misc,unused-ignore]
    """Triggers when one thing happens to calls of the numbers that are its target.

    It listens to the event bus, not to the event entity: of two changes in one millisecond the
    entity's state shows one, and none of a call that rings while the number is set up.
    """

    _hass: HomeAssistant
    _kind: ClassVar[CallChangeKind]

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Validate the configuration, and turn the phone numbers in it into E.164."""
        validated: ConfigType = _SCHEMA(config)
        options = validated[CONF_OPTIONS]
        callers = enumerate(options[ATTR_CALLER])
        options[ATTR_CALLER] = [await _async_phone(hass, it, index) for index, it in callers]
        return validated

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Keep which numbers are meant, and whose calls."""
        super().__init__(hass, config)
        options = config.options or {}
        self._target = TargetSelection(config.target or {})
        self._contacts: list[str] = options[ATTR_CONTACT]
        self._callers = {with_ninth_digit(it) for it in options[ATTR_CALLER]}

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Run an action with each call that is meant; return how to stop that."""

        @callback
        def handle(event: Event) -> None:
            data = event.data
            if data.get(ATTR_EVENT_TYPE) != self._kind or not self._is_of_target(data):
                return
            if self._is_with_chosen(data.get(ATTR_PEER_NUMBER)):
                variables = {name: data.get(name) for name in _VARIABLES}
                run_action(variables, async_call_sentence(self._hass, data), event.context)
            elif did_not_trigger is not None:
                did_not_trigger(NotTriggeredInfo(_OTHER_PARTY), event.context)

        return self._hass.bus.async_listen(EVENT_CALL, handle)

    def _is_of_target(self, data: Mapping[str, Any]) -> bool:
        """Whether a call is one of a number that is meant: by its device or any entity of it."""
        selected = async_extract_referenced_entity_ids(self._hass, self._target, expand_group=False)
        meant = async_entries_of(self._hass, selected.referenced | selected.indirectly_referenced)
        return not meant.isdisjoint(async_entries_of(self._hass, [data.get(ATTR_ENTITY_ID, "")]))

    def _is_with_chosen(self, peer_number: str | None) -> bool:
        """Whether a call is with somebody who was chosen, or with anybody if nobody was."""
        if not self._contacts and not self._callers:
            return True
        if peer_number is None:
            return False
        # Their phone numbers may have changed since.
        found = (async_find_contact(self._hass, it) for it in self._contacts)
        phones = {with_ninth_digit(contact.phone) for _, contact in filter(None, found)}
        return with_ninth_digit(peer_number) in phones | self._callers


async def _async_phone(hass: HomeAssistant, written: str | int, index: int) -> str:
    """Return a phone number, E.164. Raises vol.Invalid, in the language of Home Assistant."""
    try:
        return parse_phone(written, hass.config.country)
    except ActionRefusedError as err:
        language = hass.config.language
        words = await async_get_translations(hass, language, "exceptions", {DOMAIN})
        key = f"component.{DOMAIN}.exceptions.{err.translation_key}.message"
        raise vol.Invalid(words[key], path=[CONF_OPTIONS, ATTR_CALLER, index]) from err


def _trigger_on(kind: CallChangeKind) -> type[CallTrigger]:
    """Return the trigger on one thing that happens to calls."""

    class KindTrigger(CallTrigger):
        """Triggers on one thing that happens to calls."""

        _kind = kind

    return KindTrigger


TRIGGERS: dict[str, type[Trigger]] = {f"call_{kind}": _trigger_on(kind) for kind in CallChangeKind}
