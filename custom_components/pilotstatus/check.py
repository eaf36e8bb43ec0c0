"""Goes through all that calls of one number need, and says what to do about what is missing."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .announcement import Announcement, Person
from .api import FeatureNotSupportedError, NotConnectedError, PilotStatusError
from .const import SERVICE_ANNOUNCE, SERVICE_CHECK
from .data import PilotStatusConfigEntry
from .errors import ActionRefusedError
from .media.prepare import async_prepare
from .media.speech import engine_of, speech_id
from .network import AddressKind, address_kind, reachable_url
from .notification import Attempt
from .texts import async_cause_text, async_error_text, async_sentence

_CALL: Final = "call"
_TIME: Final = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckStep:
    """Whether one thing holds, ``None`` if that cannot be known, and what to say about it."""

    step: str
    ok: bool | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """All steps of a check, in order."""

    steps: list[CheckStep]

    @property
    def ok(self) -> bool | None:
        """Whether all hold, ``None`` if none fails but some cannot be known."""
        found = {it.ok for it in self.steps}
        if False in found:
            return False
        return None if None in found else True

    def as_dict(self) -> dict[str, Any]:
        """Return it as a response shows it."""
        return {"ok": self.ok, "steps": [asdict(it) for it in self.steps]}


async def async_check(
    hass: HomeAssistant, entry: PilotStatusConfigEntry, person: Person | None = None
) -> CheckReport:
    """Check a number that is set up. A call is placed only to a person, if one is given.

    Nothing is raised for what fails: it is what was asked for.
    """
    check = _Check(hass, entry)
    await check.async_ask()
    steps: dict[str, Callable[[], Awaitable[_Finding]]] = {
        "key": check.async_key,
        "number": check.async_number,
        "link": check.async_link,
        "webhook": check.async_webhook,
        "delivery": check.async_delivery,
        "external_address": check.async_external_address,
        "ffmpeg": check.async_ffmpeg,
        "speech": check.async_speech,
    }
    found = [await _async_step(hass, step, ask) for step, ask in steps.items()]
    if person is not None:
        found.append(await _async_step(hass, _CALL, lambda: check.async_call(person)))
    return CheckReport(steps=found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    """Whether a step holds, and its message: the key of a common text, and what fills it."""

    ok: bool | None
    text: str
    placeholders: dict[str, str]


def _holds(text: str, **placeholders: str) -> _Finding:
    return _Finding(ok=True, text=f"check_{text}", placeholders=placeholders)


def _fails(text: str, **placeholders: str) -> _Finding:
    return _Finding(ok=False, text=f"check_{text}", placeholders=placeholders)


def _unknown(text: str, **placeholders: str) -> _Finding:
    return _Finding(ok=None, text=f"check_{text}", placeholders=placeholders)


async def _async_step(
    hass: HomeAssistant, step: str, ask: Callable[[], Awaitable[_Finding]]
) -> CheckStep:
    try:
        found = await ask()
    except (ActionRefusedError, PilotStatusError) as err:
        action = SERVICE_ANNOUNCE if step == _CALL else SERVICE_CHECK
        return CheckStep(step=step, ok=False, message=await async_error_text(hass, err, action))
    message = (await async_sentence(hass, "common", found.text)).format(**found.placeholders)
    return CheckStep(step=step, ok=found.ok, message=message)


class _Check:
    """The steps of a check of one number.

    Each may raise ActionRefusedError or PilotStatusError, which says why it does not hold.
    """

    def __init__(self, hass: HomeAssistant, entry: PilotStatusConfigEntry) -> None:
        """Check a number that is set up."""
        self._hass = hass
        self._entry = entry
        self._number = entry.runtime_data
        self._refusal: PilotStatusError | None = None

    async def async_ask(self) -> None:
        """Ask for the number and the webhook, which several steps look at."""
        try:
            await self._number.registration.async_reconcile()
        except PilotStatusError as err:
            self._refusal = err

    async def async_key(self) -> _Finding:
        """Check that the key may read calls."""
        await self._number.coordinator.async_refresh_calls()
        return _holds("key")

    async def async_number(self) -> _Finding:
        """Check that audio can be played into calls of this kind of number."""
        own = self._number.coordinator.number
        if own is None or own.provider is None:
            return _unknown("number_unknown")
        if own.is_official:
            raise FeatureNotSupportedError
        if own.rejects_calls:
            return _fails("number_rejects")
        return _holds("number")

    async def async_link(self) -> _Finding:
        """Check that the number is linked to WhatsApp."""
        connected = self._number.coordinator.connected
        if connected is False:
            raise NotConnectedError
        return _holds("link") if connected else _unknown("link_unknown")

    async def async_webhook(self) -> _Finding:
        """Check that Pilot Status delivers here, now that the webhook was repaired if it could."""
        registration = self._number.registration
        if self._refusal is not None:
            raise self._refusal
        if registration.webhook is None:
            is_none = registration.address is AddressKind.NONE
            return _fails("webhook_none" if is_none else "webhook_taken")
        if not registration.is_complete:
            return _fails("webhook_incomplete")
        return _holds("webhook", address=await self._async_address(registration.address))

    async def async_delivery(self) -> _Finding:
        """Check that something has been delivered."""
        number = self._number
        if number.coordinator.polling.misses_deliveries:
            cause, placeholders = await number.registration.async_find_cause() or ("unknown", {})
            return _fails(f"delivery_{cause}", **placeholders)
        if (last := number.observed.last_delivery) is None:
            return _unknown("delivery_none")
        return _holds("delivery", time=dt_util.as_local(last).strftime(_TIME))

    async def async_external_address(self) -> _Finding:
        """Check that Pilot Status can fetch audio from Home Assistant."""
        url = reachable_url(self._hass, is_private_server=self._number.is_private_server)
        if url is None:
            raise ActionRefusedError("no_external_url")
        kind, registration = address_kind(self._hass, url), self._number.registration
        is_proven = kind is registration.address and self._number.observed.deliveries > 0
        if is_proven:
            return _holds("address", address=await self._async_address(kind))
        return _unknown("address_unproven", address=await self._async_address(kind))

    async def async_ffmpeg(self) -> _Finding:
        """Check that any audio can be converted."""
        version, _ = await get_ffmpeg_manager(self._hass).async_get_version()
        if version is None:
            return _fails("ffmpeg_none")
        return _holds("ffmpeg", version=version)

    async def async_speech(self) -> _Finding:
        """Check that messages can be spoken."""
        media = self._number.media
        speech = await self._async_words()
        if reachable_url(self._hass, is_private_server=self._number.is_private_server) is not None:
            prepared = await async_prepare(media, speech)
            if prepared.stored is not None:
                media.store.remove(prepared.stored)
        engine = engine_of(speech)
        state = self._hass.states.get(engine)
        return _holds("speech", engine=engine if state is None else state.name)

    async def async_call(self, person: Person) -> _Finding:
        """Check that a person can be called, and hears a sentence."""
        announcement = Announcement(people=[person], wanted=[await self._async_words()])
        attempt = Attempt()
        try:
            progress = await self._number.announcer.async_announce(announcement, attempt)
        except ActionRefusedError as err:
            details = {"media": attempt.media, **err.placeholders}
            raise ActionRefusedError(err.translation_key, **details) from err
        (called,) = progress.calls
        if called.error is not None:
            problem = await async_cause_text(self._hass, called.error, {}, SERVICE_ANNOUNCE)
            return _fails("verbatim", problem=problem)
        if not called.answered:
            return _fails("call_unanswered", person=person.shown)
        if called.heard is None:
            return _unknown("call_unknown", person=person.shown)
        return _holds("call", person=person.shown, seconds=f"{called.heard:.1f}")

    async def _async_words(self) -> str:
        """Return what is spoken. Raises ActionRefusedError if nobody can speak it."""
        words = await async_sentence(self._hass, "common", "check_sentence")
        return speech_id(self._hass, words, options=self._entry.options)

    async def _async_address(self, kind: AddressKind) -> str:
        return await async_sentence(self._hass, "common", f"address_{kind}")
