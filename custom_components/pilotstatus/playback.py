"""Playing into a call: one thing after the other, and what became of each."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from yarl import URL

from homeassistant.exceptions import HomeAssistantError

from . import control
from .api import ActionResult, PilotStatusError
from .const import DOMAIN, SERVICE_PLAY_AUDIO
from .coordinator import PilotStatusCoordinator, Playback, PlaybackStatus, is_unanswered
from .failures import Attempt
from .media import Prepared, async_prepare, without_secrets
from .media_store import StoredMedia
from .refusal import Refusal

#: So long after the answer Pilot Status has fetched what it plays, or never will.
_FETCH_TIMEOUT: Final = 30


async def async_prepare_all(
    attempt: Attempt, coordinator: PilotStatusCoordinator, wanted: Sequence[str]
) -> list[Prepared]:
    """Prepare everything before anything is sent. Raises Refusal."""
    prepared: list[Prepared] = []
    for index, one in enumerate(wanted):
        attempt.set_item(one, index, len(wanted))
        try:
            prepared.append(await async_prepare(coordinator, one))
        except Refusal as err:
            for ready in prepared:
                _let_go(coordinator, ready)
            _fail(coordinator, attempt.call_id, without_secrets(one), err.cause)
            raise
    return prepared


async def async_play_all(
    attempt: Attempt,
    coordinator: PilotStatusCoordinator,
    call_id: str,
    prepared: Sequence[Prepared],
) -> ActionResult:
    """Play in order, each after the length of the one before where that is known.

    What a second play does to a running one is not documented. Returns the first answer.
    Raises Refusal where the call ends before its turn, and PilotStatusError.
    """
    answers: list[ActionResult] = []
    for index, one in enumerate(prepared):
        attempt.set_item(one.shown, index, len(prepared))
        try:
            if answers:
                await _until_free(coordinator, call_id, prepared[index - 1])
            answers.append(await _play(coordinator, call_id, one))
        except (PilotStatusError, Refusal) as err:
            for left in prepared[index:]:
                _let_go(coordinator, left)
            _fail(coordinator, call_id, one.shown, err.cause)
            raise
    return answers[0]


async def _play(
    coordinator: PilotStatusCoordinator, call_id: str, prepared: Prepared
) -> ActionResult:
    """Send one play, and keep how that went."""
    result = await control.acting(coordinator, coordinator.client.play(call_id, prepared.url))
    queued = is_unanswered(result.status)
    if prepared.item is not None:
        prepared.item.call_id = result.call_id
        prepared.item.on_fetched = coordinator.async_update_listeners
        coordinator.config_entry.async_create_background_task(
            coordinator.hass,
            _watch(coordinator, result.call_id, prepared, prepared.item),
            f"{DOMAIN} fetch",
        )
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


async def _until_free(
    coordinator: PilotStatusCoordinator, call_id: str, previous: Prepared
) -> None:
    """Wait until what was played before has sounded."""
    if not await control.until_answered(coordinator, call_id):
        raise Refusal("call_over")
    await asyncio.sleep(await previous.length() or 0)
    call = coordinator.calls.find(call_id)
    if call is not None and call.is_over:
        raise Refusal("call_over")


async def _watch(
    coordinator: PilotStatusCoordinator, call_id: str, prepared: Prepared, item: StoredMedia
) -> None:
    """Tell of a sound that nobody fetched, or that broke off: the call heard nothing of it."""
    if not await control.until_answered(coordinator, call_id):
        return
    until = asyncio.get_running_loop().time() + _FETCH_TIMEOUT
    while item.fetched_at is None and asyncio.get_running_loop().time() < until:
        call = coordinator.calls.find(call_id)
        if call is None or call.is_over:
            return
        await asyncio.sleep(0.2)
    if item.fetched_at is None:
        refusal = Refusal("not_fetched", address=str(URL(prepared.url).origin()))
    else:
        await item.complete.wait()
        if not item.is_broken:
            return
        refusal = Refusal("speech_failed")
    _fail(coordinator, call_id, prepared.shown, refusal.cause)
    attempt = Attempt(
        coordinator.hass, SERVICE_PLAY_AUDIO, entry=coordinator.config_entry, call_id=call_id
    )
    attempt.set_item(prepared.shown, 0, 1)
    # Nobody waits for this any more: what remains is the notification.
    with suppress(HomeAssistantError):
        async with attempt:
            raise refusal


def _fail(
    coordinator: PilotStatusCoordinator, call_id: str | None, shown: str | None, cause: str
) -> None:
    coordinator.async_set_playback(
        Playback(status=PlaybackStatus.FAILED, call_id=call_id or "", media_url=shown, error=cause)
    )


def _let_go(coordinator: PilotStatusCoordinator, prepared: Prepared) -> None:
    if prepared.item is not None:
        coordinator.media.remove(prepared.item)
