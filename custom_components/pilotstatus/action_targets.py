"""Which number an action means, and whom; what cannot be told is reported as its failure."""

from collections.abc import Sequence

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import ServiceCall
from homeassistant.exceptions import HomeAssistantError

from .announcement import Person
from .const import ATTR_CALL_ID
from .data import PilotStatusConfigEntry
from .errors import ActionRefusedError
from .failures import FailureReporter
from .notification import Attempt
from .origin import async_current_run
from .targets import async_find_for_call, async_find_people


def call_id_of(call: ServiceCall) -> str | None:
    """Return the call that an action names, if any."""
    call_id: str | None = call.data.get(ATTR_CALL_ID)
    return None if call_id is None else call_id.strip()


async def async_number(
    call: ServiceCall, action: str, *, is_about_call: bool = True
) -> PilotStatusConfigEntry:
    """Return the entry of the number that an action means, by its call if it is about one.

    Raises a reported HomeAssistantError if there is none.
    """
    try:
        entry = await async_find_for_call(call, call_id_of(call), is_about_call=is_about_call)
    except ActionRefusedError as err:
        raise await _async_refused(call, action, err) from err
    return await _async_ready(call, action, entry)


async def async_people(
    call: ServiceCall, action: str, contacts: list[str], written: list[str | int]
) -> tuple[PilotStatusConfigEntry, list[Person]]:
    """Return the entry of the number that is to call, and whom.

    Raises a reported HomeAssistantError if either cannot be told.
    """
    try:
        entry, people = await async_find_people(call, contacts, written)
    except ActionRefusedError as err:
        raise await _async_refused(call, action, err) from err
    return await _async_ready(call, action, entry, people), people


async def _async_ready(
    call: ServiceCall, action: str, entry: PilotStatusConfigEntry, people: Sequence[Person] = ()
) -> PilotStatusConfigEntry:
    if entry.state is not ConfigEntryState.LOADED:
        err = ActionRefusedError("number_not_ready", number=entry.title)
        raise await _async_refused(call, action, err, entry, people)
    return entry


async def _async_refused(
    call: ServiceCall,
    action: str,
    err: ActionRefusedError,
    entry: PilotStatusConfigEntry | None = None,
    people: Sequence[Person] = (),
) -> HomeAssistantError:
    """Report that an action was refused before its number was known; return what to raise."""
    failures = FailureReporter(call.hass, entry)
    run = async_current_run(call.context)
    attempt = Attempt(call_id_of(call) or "", person=shown(people), run=run)
    return await failures.async_report(action, err, attempt)


def shown(people: Sequence[Person]) -> str:
    """Return people as a notification names them."""
    return ", ".join(it.shown for it in people)
