"""Which number a key belongs to: learned when it is set up, else later."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_API_KEY
from homeassistant.core import HomeAssistant, callback

from .api import (
    ForbiddenError,
    InvalidResponseError,
    NotFoundError,
    Number,
    PilotStatusClient,
    PilotStatusError,
    RequestRejectedError,
    Webhook,
)
from .const import DOMAIN

#: Answers that say no more than: this key may not see that.
_HIDDEN: Final = (ForbiddenError, RequestRejectedError, NotFoundError, InvalidResponseError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The number of a key: its id, and what the server says of it, as far as the key may see."""

    number_id: str | None = None
    number: Number | None = None


async def async_identify(client: PilotStatusClient, api_key: str) -> Identity:
    """Return the number of a key. Raises PilotStatusError."""
    try:
        numbers = await client.list_numbers()
    except _HIDDEN:
        numbers = []
    if (number := _find_owner(numbers, api_key)) is not None:
        return Identity(number_id=number.id, number=number)
    try:
        number_id = find_number_id(await client.list_webhooks())
    except _HIDDEN:
        return Identity()
    return Identity(number_id=number_id, number=_find(numbers, number_id))


async def async_ask_number(
    hass: HomeAssistant, entry: ConfigEntry, client: PilotStatusClient
) -> Number | None:
    """Return the number of an entry, with its settings if the key may see them.

    Its id is stored if it was unknown. Raises PilotStatusError.
    """
    own = _find_own(hass, entry, await client.list_numbers())
    if own is not None:
        with suppress(PilotStatusError):
            return await client.get_number(own.id)
    return own


@callback
def _find_own(hass: HomeAssistant, entry: ConfigEntry, numbers: Iterable[Number]) -> Number | None:
    """Return the number of an entry among those of the account, and store its id if unknown."""
    if entry.unique_id is None and (owner := _find_owner(numbers, entry.data[CONF_API_KEY])):
        async_learn_number(hass, entry, owner.id)
    return _find(numbers, entry.unique_id)


def _find(numbers: Iterable[Number], number_id: str | None) -> Number | None:
    return next((number for number in numbers if number.id == number_id), None)


def _find_owner(numbers: Iterable[Number], api_key: str) -> Number | None:
    """Return the only number that has a key which looks like this one."""
    owners = [number for number in numbers if number.owns_key(api_key)]
    return owners[0] if len(owners) == 1 else None


def find_number_id(webhooks: Iterable[Webhook]) -> str | None:
    """Return the id of the one number that all of a key's webhooks are of."""
    numbers = {webhook.number_ids for webhook in webhooks}
    if len(numbers) != 1 or len(ids := numbers.pop()) != 1:
        return None
    return next(iter(ids))


@callback
def async_learn_number(hass: HomeAssistant, entry: ConfigEntry, number_id: str | None) -> None:
    """Store whose number an entry is, if that was unknown and no other entry is the number's."""
    entries = hass.config_entries
    if (
        number_id is not None
        and entry.unique_id is None
        and entries.async_entry_for_domain_unique_id(DOMAIN, number_id) is None
    ):
        entries.async_update_entry(entry, unique_id=number_id)
