"""The persistent notification of a failed action: what it says, and how often it happened."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from homeassistant.components import persistent_notification
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.hass_dict import HassKey

from .api import parse_text
from .const import ACTIONS, DOMAIN
from .markdown import escape
from .origin import Origin, Run
from .remedies import remedy_key

#: Characters of one value; the next one if the notification is too long with it.
_MAX_VALUES: Final = (700, 300, 100, 24)
#: Bytes.
_MAX_MESSAGE: Final = 2000
#: Characters of the id of an automation that is linked.
_MAX_ID: Final = 200
#: In ``hass.data``, for each notification: the last cause, and how often it came in a row.
_IN_A_ROW: Final[HassKey[dict[str, tuple[str, int]]]] = HassKey(f"{DOMAIN}_in_a_row")

type Texts = Mapping[str, str]


@dataclass(slots=True)
class Attempt:
    """One run of an action: what its notification names if it fails, each empty if unknown.

    ``media`` is what was being played, ``person`` who was called, ``origin`` who ran it, which
    is found by its ``run``.
    ``is_placed`` is whether the action has placed the call, so that nobody dials again.
    """

    call_id: str = ""
    media: str = ""
    person: str = ""
    is_placed: bool = False
    run: Run | None = None
    origin: Origin = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why an action failed: ``values`` fill the sentence of its cause, a translation key."""

    action: str
    cause: str
    values: Mapping[str, str]
    attempt: Attempt

    def remedy(self, texts: Texts) -> str:
        """Return what to do, empty if the sentence of the cause says it."""
        key = remedy_key(self.cause, self.action, is_placed=self.attempt.is_placed)
        return texts[f"common.{key}"] if key else ""

    def problem(self, texts: Texts, show: Callable[[str], str]) -> str:
        """Return what happened and what to do. ``show`` is how values are shown."""
        values = {name: show(value) for name, value in self.values.items()}
        return texts[f"exceptions.{self.cause}.message"].format(
            **values | {"remedy": self.remedy(texts)}
        )

    def sentence(self, texts: Texts, show: Callable[[str], str]) -> str:
        """Return the problem, and that the call was placed if it was."""
        problem = self.problem(texts, show)
        if not self.attempt.is_placed:
            return problem
        return texts["exceptions.placed_without_audio.message"].format(
            call_id=show(self.attempt.call_id), problem=problem
        )

    def names(self, texts: Texts, value: str) -> bool:
        """Return whether the sentence names a value by itself."""
        placed = texts["exceptions.placed_without_audio.message"]
        patterns = (texts[f"exceptions.{self.cause}.message"], placed)
        return any(f"{{{value}}}" in it for it in patterns[: 1 + self.attempt.is_placed])


async def async_texts(hass: HomeAssistant, language: str) -> Texts:
    """Return the sentences of this component in a language, by category and key."""
    return {
        key.removeprefix(f"component.{DOMAIN}."): text
        for category in ("common", "exceptions")
        for key, text in (await async_get_translations(hass, language, category, {DOMAIN})).items()
    }


def clean(text: str) -> str:
    """Return text that Home Assistant can show, whoever wrote it."""
    return parse_text(text, _MAX_VALUES[0]) or "…"


@callback
def async_notify(
    hass: HomeAssistant, entry: ConfigEntry | None, failure: Failure, texts: Texts, count: int
) -> None:
    """Leave a notification that replaces the one before it of the same action."""
    for limit in _MAX_VALUES:
        message = _message(hass, entry, failure, texts, count, limit)
        if len(message.encode()) <= _MAX_MESSAGE:
            break
    persistent_notification.async_create(
        hass,
        message,
        texts[f"common.failed_{failure.action}"],
        _notification_id(entry, failure.action),
    )


@callback
def async_count(hass: HomeAssistant, entry: ConfigEntry | None, action: str, cause: str) -> int:
    """Count a failure; return how often it has come in a row, for the same cause."""
    in_a_row = hass.data.setdefault(_IN_A_ROW, {})
    notification_id = _notification_id(entry, action)
    last, count = in_a_row.get(notification_id, (cause, 0))
    count = count + 1 if last == cause else 1
    in_a_row[notification_id] = cause, count
    return count


@callback
def async_dismiss(hass: HomeAssistant, entry: ConfigEntry | None, action: str) -> None:
    """Dismiss the notification of an action, and count from the beginning."""
    notification_id = _notification_id(entry, action)
    hass.data.get(_IN_A_ROW, {}).pop(notification_id, None)
    persistent_notification.async_dismiss(hass, notification_id)


@callback
def async_dismiss_notifications(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Dismiss all notifications of a number."""
    for action in ACTIONS:
        async_dismiss(hass, entry, action)


def _message(
    hass: HomeAssistant,
    entry: ConfigEntry | None,
    failure: Failure,
    texts: Texts,
    count: int,
    limit: int,
) -> str:
    """Return a message with values of so many characters."""

    def show(text: str) -> str:
        text = clean(text)
        return escape(text if len(text) <= limit else f"{text[: limit - 1]}…")

    attempt = failure.attempt
    # By the label of each, the placeholder with which the sentence may name it.
    known = {
        "number": ("number", entry.title if entry else ""),
        "person": ("person", attempt.person),
        "call": ("call_id", attempt.call_id),
        "audio": ("media", attempt.media),
    }
    facts = [
        (label, show(value))
        for label, (placeholder, value) in known.items()
        if value and not failure.names(texts, placeholder)
    ]
    facts += [(it.partition(".")[0], _link(hass, it, show)) for it in attempt.origin]
    paragraphs = [failure.sentence(texts, show)]
    if facts:
        paragraphs.append("\n".join(f"- {texts[f'common.{key}']}: {it}" for key, it in facts))
    if count > 1:
        paragraphs.append(texts["common.repeated"].format(count=count))
    return "\n\n".join(paragraphs)


def _link(hass: HomeAssistant, entity_id: str, show: Callable[[str], str]) -> str:
    """Return a link to the editor of an automation or script, else to the list of them."""
    state = hass.states.get(entity_id)
    registered = er.async_get(hass).async_get(entity_id)
    unique_id = quote(registered.unique_id, safe="") if registered else ""
    page = f"edit/{unique_id}" if 0 < len(unique_id) <= _MAX_ID else "dashboard"
    name = entity_id if state is None else state.name
    return f"[{show(name)}](/config/{entity_id.partition('.')[0]}/{page})"


def _notification_id(entry: ConfigEntry | None, action: str) -> str:
    return f"{DOMAIN}_{action}" if entry is None else f"{DOMAIN}_{entry.entry_id}_{action}"
