"""Playing into a call: one thing after the other, and what became of each."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
import logging
from typing import Final

from yarl import URL

from homeassistant.exceptions import HomeAssistantError

from . import control
from .api import (
    ActionResult,
    InvalidResponseError,
    OutcomeUnknownError,
    PilotStatusError,
    ServerFaultError,
)
from .const import DOMAIN, SERVICE_PLAY_AUDIO
from .coordinator import PilotStatusCoordinator
from .failures import Attempt
from .media.prepare import Prepared, async_prepare
from .media_store import LIFETIME, StoredMedia
from .media_url import without_secrets
from .playback_state import Playback, PlaybackStatus, is_unanswered
from .refusal import Refusal

_LOGGER = logging.getLogger(__name__)

#: So many seconds after the answer Pilot Status has fetched what it plays, or never will.
_FETCH_TIMEOUT: Final = 30
#: Who hangs up sooner than this may not have left it the time.
_FETCH_USUAL: Final = 5
#: After these the request may have been carried out all the same.
_MAYBE_PLAYED: Final = (InvalidResponseError, OutcomeUnknownError, ServerFaultError)


@asynccontextmanager
async def prepared_media(
    attempt: Attempt, coordinator: PilotStatusCoordinator, wanted: Sequence[str]
) -> AsyncIterator[Sequence[Prepared]]:
    """Prepare everything before anything is sent; what no call has got in the end is let go.

    Raises Refusal.
    """
    prepared: list[Prepared] = []
    try:
        for position, one in enumerate(wanted):
            shown = without_secrets(one)
            attempt.set_item(shown, position, len(wanted))
            try:
                prepared.append(await async_prepare(coordinator, one))
            except Refusal as err:
                _show_failed(coordinator, attempt.call_id, shown, err.cause)
                raise
        attempt.set_item(None, 0, 1)
        yield prepared
    finally:
        _let_go(coordinator, [one for one in prepared if one.item and one.item.call_id is None])


async def async_play(
    attempt: Attempt,
    coordinator: PilotStatusCoordinator,
    call_id: str,
    prepared: Sequence[Prepared],
) -> ActionResult:
    """Play the first now, and see to the rest and to what becomes of it in the background.

    Returns the answer to the first. Raises PilotStatusError.
    """
    first = prepared[0]
    attempt.set_item(first.shown, 0, len(prepared))
    for one in prepared:
        if one.item is not None:
            one.item.call_id = call_id
    try:
        result = await _play(coordinator, call_id, first)
    except PilotStatusError as err:
        _give_up(coordinator, prepared, err)
        _show_failed(coordinator, call_id, first.shown, err.cause, first.item)
        raise
    if first.item is not None or len(prepared) > 1:
        coordinator.config_entry.async_create_background_task(
            coordinator.hass,
            _see_through(coordinator, result.call_id, prepared),
            f"{DOMAIN} playback",
        )
    return result


async def _play(
    coordinator: PilotStatusCoordinator, call_id: str, prepared: Prepared
) -> ActionResult:
    """Send one play, and keep how that went."""
    if prepared.item is not None:
        prepared.item.on_fetched = coordinator.async_update_listeners
    result = await control.acting(coordinator, coordinator.client.play(call_id, prepared.url))
    queued = is_unanswered(result.status)
    coordinator.async_set_playback(
        Playback(
            status=PlaybackStatus.QUEUED if queued else PlaybackStatus.ACCEPTED,
            call_id=result.call_id,
            media_url=prepared.shown,
            item=prepared.item,
        )
    )
    # Whether the status in this answer is the call's is not documented beyond doubt. Where it
    # is news, the call itself is asked.
    known = coordinator.calls.find(result.call_id)
    if known is None or known.status != result.status:
        coordinator.async_refresh_in_background(result.call_id)
    return result


async def _see_through(
    coordinator: PilotStatusCoordinator, call_id: str, prepared: Sequence[Prepared]
) -> None:
    """Play each thing after the one before, and tell of one that the call did not hear.

    What a second play does to a running one is not documented, so it waits for the end of
    the one before where its length is known.
    """
    position = 0
    try:
        while await _is_heard(coordinator, call_id, prepared[position]):
            position += 1
            if position == len(prepared):
                return
            await _until_end(coordinator, call_id, prepared[position - 1])
            await _play(coordinator, call_id, prepared[position])
    except (PilotStatusError, Refusal) as err:
        _give_up(coordinator, prepared[position:], err)
        await _tell(coordinator, call_id, prepared, position, err)


async def _is_heard(coordinator: PilotStatusCoordinator, call_id: str, prepared: Prepared) -> bool:
    """Wait for the answer, and for the fetch where it shows here; return if both came.

    Raises Refusal where the call went on without a fetch, or the sound broke off.
    """
    if not await control.until_answered(coordinator, call_id, LIFETIME):
        return False
    if (item := prepared.item) is None:
        return True
    now = asyncio.get_running_loop().time
    answered = now()
    await control.until(
        coordinator,
        lambda: item.fetched_at is not None or coordinator.is_over(call_id) is True,
        _FETCH_TIMEOUT,
    )
    if item.fetched_at is None:
        if now() - answered < _FETCH_USUAL:
            return False
        raise Refusal("not_fetched", address=str(URL(prepared.url).origin()))
    await item.complete.wait()
    if item.is_broken:
        raise Refusal("speech_failed")
    return True


async def _until_end(coordinator: PilotStatusCoordinator, call_id: str, prepared: Prepared) -> None:
    """Wait for as long as a sound lasts, where that is known.

    Raises Refusal where the call ends first.
    """
    length = (prepared.item and prepared.item.length) or 0
    if await control.until(coordinator, lambda: coordinator.is_over(call_id) is True, length):
        raise Refusal("call_over")


async def _tell(
    coordinator: PilotStatusCoordinator,
    call_id: str,
    prepared: Sequence[Prepared],
    position: int,
    err: PilotStatusError | Refusal,
) -> None:
    """Tell of a failure that no action waits for any more."""
    one = prepared[position]
    _LOGGER.warning(
        "Item %d of %d was not played to its end: %s", position + 1, len(prepared), err.cause
    )
    _show_failed(coordinator, call_id, one.shown, err.cause, one.item)
    attempt = Attempt(
        coordinator.hass, SERVICE_PLAY_AUDIO, entry=coordinator.config_entry, call_id=call_id
    )
    attempt.set_item(one.shown, position, len(prepared))
    with suppress(HomeAssistantError):
        async with attempt:
            raise err


def _show_failed(
    coordinator: PilotStatusCoordinator,
    call_id: str | None,
    shown: str | None,
    cause: str,
    item: StoredMedia | None = None,
) -> None:
    coordinator.async_set_playback(
        Playback(
            status=PlaybackStatus.FAILED,
            call_id=call_id or "",
            media_url=shown,
            error=cause,
            item=item,
        )
    )


def _give_up(
    coordinator: PilotStatusCoordinator,
    left: Sequence[Prepared],
    err: PilotStatusError | Refusal,
) -> None:
    """Let go of what will not be played; the first may have been sent in spite of all."""
    _let_go(coordinator, left[1:] if isinstance(err, _MAYBE_PLAYED) else left)


def _let_go(coordinator: PilotStatusCoordinator, prepared: Sequence[Prepared]) -> None:
    for one in prepared:
        if one.item is not None:
            coordinator.media.remove(one.item)
