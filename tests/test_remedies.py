"""What to do about an error fits the action that met it."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.const import ACTIONS
from custom_components.pilotstatus.errors import TRANSLATION_KEYS
from custom_components.pilotstatus.notification import async_texts
from custom_components.pilotstatus.remedies import remedy_key
from homeassistant.core import HomeAssistant

from .test_repository import LANGUAGES

UNSURE = ("invalid_response", "outcome_unknown", "server_error")
CHANGED = "It may have been carried out anyway: check the call before you try again."
DIALED = "The call may have been placed anyway: check that before you call again."
ENTERED = "Check what was entered, and the number in the Pilot Status dashboard, then try again."
LIVE = "Check whether the call is still going on before you try again."
PLAYED = "The audio may have been played anyway: check the call before you try again."
WHOM = "Check whom to call and what to play, then try again."
ENDED = "A call that has ended can play nothing more."
UNSURE_SENTENCES = {
    "announce": DIALED,
    "answer_call": CHANGED,
    "check": "Try again later.",
    "get_calls": "Try again later.",
    "hang_up": CHANGED,
    "place_call": DIALED,
    "play_audio": PLAYED,
    "reject_call": CHANGED,
}
CONFLICT_SENTENCES = {
    "announce": "Try again later.",
    "answer_call": LIVE,
    "check": "Try again later.",
    "get_calls": "Try again later.",
    "hang_up": LIVE,
    "place_call": "Try again later.",
    "play_audio": ENDED,
    "reject_call": LIVE,
}
REJECTED_SENTENCES = {
    "announce": WHOM,
    "answer_call": LIVE,
    "check": ENTERED,
    "get_calls": ENTERED,
    "hang_up": LIVE,
    "place_call": WHOM,
    "play_audio": "Check the call and what to play, then try again.",
    "reject_call": LIVE,
}


@pytest.mark.parametrize(
    ("causes", "sentences"),
    [
        (UNSURE, UNSURE_SENTENCES),
        (("conflict",), CONFLICT_SENTENCES),
        (("rejected",), REJECTED_SENTENCES),
    ],
    ids=["unsure", "conflict", "rejected"],
)
async def test_the_remedy_fits_the_action(
    hass_ready: HomeAssistant,
    casa: MockConfigEntry,
    causes: tuple[str, ...],
    sentences: dict[str, str],
) -> None:
    texts = await async_texts(hass_ready, "en")
    for cause in causes:
        found = {it: texts[f"common.{remedy_key(cause, it)}"] for it in ACTIONS}
        assert found == sentences


@pytest.mark.parametrize("cause", [*UNSURE, "conflict", "rejected"])
def test_with_a_call_that_was_placed_it_is_about_what_is_played(cause: str) -> None:
    placed = remedy_key(cause, "place_call", is_placed=True)
    assert placed == remedy_key(cause, "play_audio") != remedy_key(cause, "place_call")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_exactly_the_sentences_that_leave_the_remedy_to_the_action_get_one(
    hass_ready: HomeAssistant, casa: MockConfigEntry, language: str
) -> None:
    texts = await async_texts(hass_ready, language)
    open_causes = {
        cause
        for cause in TRANSLATION_KEYS.values()
        if "{remedy}" in texts[f"exceptions.{cause}.message"]
    }
    keys = {
        (cause, remedy_key(cause, action))
        for cause in TRANSLATION_KEYS.values()
        for action in ACTIONS
    }
    assert {cause for cause, key in keys if key} == open_causes == {*UNSURE, "conflict", "rejected"}
    remedies = {f"common.{key}" for _, key in keys if key}
    assert remedies == {key for key in texts if key.startswith("common.remedy_")}
