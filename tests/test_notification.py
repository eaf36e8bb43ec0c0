"""What the notification of a failed action says, and how often it has happened."""

import re
from string import Formatter

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.api import (
    ConflictError,
    PilotStatusError,
    RateLimitedError,
    RequestRejectedError,
)
from custom_components.pilotstatus.const import ACTIONS, DOMAIN
from custom_components.pilotstatus.errors import TRANSLATION_KEYS, ActionRefusedError
from custom_components.pilotstatus.failures import FailureReporter
from custom_components.pilotstatus.notification import (
    Attempt,
    async_dismiss_notifications,
    async_texts,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from simulator.client import Phone
from simulator.numbers import CALLER

from .common import ANA, Notifications, fail, number, poll, short
from .test_repository import LANGUAGES

TITLES = {
    "announce": "Pilot Status: problem announcing",
    "check": "Pilot Status: problem checking the number",
    "answer_call": "Pilot Status: problem answering",
    "get_calls": "Pilot Status: problem asking for calls",
    "hang_up": "Pilot Status: problem hanging up",
    "place_call": "Pilot Status: problem calling",
    "play_audio": "Pilot Status: problem playing audio",
    "reject_call": "Pilot Status: problem declining a call",
}


@pytest.mark.parametrize(
    ("call_id", "media", "facts"),
    [
        ("", "", "- Number: Casa"),
        ("call1", "", "- Number: Casa\n- Call: call1"),
        ("", "a.mp3", "- Number: Casa\n- Audio: a.mp3"),
        ("call1", "a.mp3", "- Number: Casa\n- Call: call1\n- Audio: a.mp3"),
    ],
)
async def test_a_notification_names_what_is_known(
    casa: MockConfigEntry,
    failures: FailureReporter,
    notifications: Notifications,
    call_id: str,
    media: str,
    facts: str,
) -> None:
    sentence = "No call is going on. Run the action during a call, or give its call ID."
    await fail(failures, "hang_up", ActionRefusedError("no_live_call"), call_id, media)
    (left,) = notifications.values()
    assert left["notification_id"] == f"pilotstatus_{casa.entry_id}_hang_up"
    assert left["title"] == "Pilot Status: problem hanging up"
    assert left["message"] == f"{sentence}\n\n{facts}"


async def test_a_notification_names_the_other_party_of_the_call(
    hass_ready: HomeAssistant,
    peopled_entry: MockConfigEntry,
    phone: Phone,
    notifications: Notifications,
) -> None:
    for peer, shown in ((ANA, "Ana"), (CALLER, "…4321")):
        call_id = await phone.ring(peer)
        await poll(peopled_entry)
        await fail(number(peopled_entry).failures, "hang_up", ConflictError(), call_id)
        (left,) = notifications.values()
        assert f"- Person: {shown}\n- Call: " in left["message"]


async def test_a_notification_of_which_nothing_is_known_is_the_sentence(
    hass_ready: HomeAssistant, notifications: Notifications
) -> None:
    await fail(FailureReporter(hass_ready), error=ActionRefusedError("call_over"))
    (left,) = notifications.values()
    assert left["message"] == "The call ended before … was played."


async def test_media_that_the_sentence_names_are_not_named_twice(
    failures: FailureReporter, notifications: Notifications
) -> None:
    raised = await fail(failures, error=ActionRefusedError("call_over"), media="a.mp3")
    assert str(raised) == "The call ended before a.mp3 was played"
    (left,) = notifications.values()
    assert left["message"].startswith("The call ended before a.mp3 was played.")
    assert "Audio" not in left["message"]
    error = ActionRefusedError("media_not_found", media="b.mp3")
    assert str(await fail(failures, error=error, media="a.mp3")).startswith("b.mp3 cannot be")


@pytest.mark.parametrize("character", r"\`*_{}[]()#+-!|<>~")
async def test_whatever_comes_from_outside_is_no_markdown(
    hass_ready: HomeAssistant,
    casa: MockConfigEntry,
    failures: FailureReporter,
    notifications: Notifications,
    character: str,
) -> None:
    words = f"{character}x{character}"
    hass_ready.config_entries.async_update_entry(casa, title=words)
    await fail(failures, error=RequestRejectedError(reason=words), call_id=words, media=words)
    (left,) = notifications.values()
    escaped = f"\\{character}x\\{character}"
    assert left["message"] == (
        f"Pilot Status refused the request: “{escaped}”. "
        "Check whether the call is still going on before you try again."
        f"\n\n- Number: {escaped}\n- Call: {escaped}\n- Audio: {escaped}"
    )


@pytest.mark.parametrize("action", ACTIONS)
async def test_the_title_of_a_notification_names_the_action(
    failures: FailureReporter, notifications: Notifications, action: str
) -> None:
    await fail(failures, action)
    (left,) = notifications.values()
    assert left["title"] == TITLES[action]


async def test_the_notifications_of_another_number_stay(
    hass_ready: HomeAssistant,
    casa: MockConfigEntry,
    failures: FailureReporter,
    notifications: Notifications,
) -> None:
    loja = MockConfigEntry(domain=DOMAIN, title="Loja")
    for action in ACTIONS:
        await fail(failures, action)
        await fail(FailureReporter(hass_ready, loja), action)
    async with failures.attempt("hang_up"):
        pass
    assert len(notifications) == 2 * len(ACTIONS) - 1
    async_dismiss_notifications(hass_ready, casa)
    assert set(notifications) == {f"pilotstatus_{loja.entry_id}_{action}" for action in ACTIONS}


@pytest.mark.parametrize(
    "words", ["bad\ud800", "a\x00\x1b[31mb", "_" * 900_000, "🏠" * 9_000], ids=short
)
async def test_a_notification_is_short_and_can_be_written_whatever_it_quotes(
    failures: FailureReporter, notifications: Notifications, words: str
) -> None:
    raised = await fail(failures, "hang_up", ActionRefusedError("which_call", calls=words), words)
    (left,) = notifications.values()
    assert len(left["message"].encode()) < 2048
    assert not {"\ud800", "\x00", "\x1b"} & set(left["message"] + str(raised))
    assert len(str(raised)) < 1000


async def test_nothing_is_cut_that_fits(
    failures: FailureReporter, notifications: Notifications
) -> None:
    words = "x" * 600
    await fail(failures, "hang_up", RequestRejectedError(reason=words), "y" * 256)
    (left,) = notifications.values()
    assert words in left["message"]
    assert "y" * 256 in left["message"]


async def test_an_address_in_a_notification_is_no_link(
    failures: FailureReporter, notifications: Notifications
) -> None:
    await fail(
        failures, error=RequestRejectedError(reason="see https://a.example or www.b.example")
    )
    (left,) = notifications.values()
    assert r"https\://a.example or www\.b.example" in left["message"]


@pytest.mark.parametrize("action", ACTIONS)
async def test_failures_of_one_cause_in_a_row_are_counted_until_the_action_succeeds(
    casa: MockConfigEntry, failures: FailureReporter, notifications: Notifications, action: str
) -> None:
    def words() -> str:
        message = str(notifications[f"pilotstatus_{casa.entry_id}_{action}"]["message"])
        return message.rpartition("\n")[2] if "in a row" in message else ""

    for other in ACTIONS:
        if other != action:
            await fail(failures, other)
    for count in (1, 2, 3):
        await fail(failures, action)
        assert words() == (f"This has now failed {count} times in a row." if count > 1 else "")
    # Another cause begins anew, and so does the first one after it.
    await fail(failures, action, ConflictError(status=409))
    assert words() == ""
    await fail(failures, action)
    assert words() == ""
    await fail(failures, action)
    assert words() == "This has now failed 2 times in a row."
    async with failures.attempt(action):
        pass
    assert len(notifications) == len(ACTIONS) - 1
    await fail(failures, action)
    assert words() == ""


async def test_failures_for_which_no_number_was_found_are_counted_in_a_row_as_well(
    hass_ready: HomeAssistant, casa: MockConfigEntry, notifications: Notifications
) -> None:
    for entry in (None, casa):
        for _ in range(2):
            await fail(FailureReporter(hass_ready, entry))
        message = notifications.popitem()[1]["message"]
        assert message.endswith("2 times in a row.")


async def test_dismissed_notifications_are_counted_from_the_beginning(
    hass_ready: HomeAssistant, casa: MockConfigEntry, notifications: Notifications
) -> None:
    failures = FailureReporter(hass_ready, casa)
    await fail(failures)
    async_dismiss_notifications(hass_ready, casa)
    await fail(failures)
    assert "in a row" not in str(notifications)


@pytest.mark.parametrize(
    ("cause", "values", "attempt", "message"),
    [
        ("not_answered", {"person": "Ana"}, Attempt(person="Ana"), "Ana did not answer the call."),
        (
            "not_answered",
            {"person": "Ana"},
            Attempt("call1", person="Ana"),
            "Ana did not answer the call.\n\n- Call: call1",
        ),
        ("call_over", {}, Attempt(media="a.mp3"), "The call ended before a.mp3 was played."),
        (
            "call_over",
            {},
            Attempt("call1", "a.mp3", "Ana", is_placed=True),
            (
                "The call was placed (call ID call1), so do not dial again, but its audio may be "
                "missing. The call ended before a.mp3 was played.\n\n- Person: Ana"
            ),
        ),
    ],
)
async def test_nothing_is_named_twice(
    hass_ready: HomeAssistant,
    notifications: Notifications,
    cause: str,
    values: dict[str, str],
    attempt: Attempt,
    message: str,
) -> None:
    reporter = FailureReporter(hass_ready)
    await reporter.async_report("place_call", ActionRefusedError(cause, **values), attempt)
    (left,) = notifications.values()
    assert left["message"].replace("\\", "") == message


async def test_the_number_that_the_sentence_names_is_not_named_twice(
    failures: FailureReporter, notifications: Notifications
) -> None:
    await fail(failures, error=ActionRefusedError("number_not_ready", number="Casa"))
    (left,) = notifications.values()
    assert left["message"].count("Casa") == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("words", ["*" * 9_000, "🏠" * 9_000], ids=short)
async def test_what_is_too_long_is_cut_and_what_to_do_stays_whole(
    hass_ready: HomeAssistant,
    casa: MockConfigEntry,
    notifications: Notifications,
    words: str,
    language: str,
) -> None:
    hass_ready.config.language = language
    hass_ready.config_entries.async_update_entry(casa, title=words)
    registry = er.async_get(hass_ready)
    origin = []
    for domain in ("automation", "script"):
        entity = registry.async_get_or_create(domain, domain, "x" * 200)
        hass_ready.states.async_set(entity.entity_id, "on", {"friendly_name": words})
        origin.append(entity.entity_id)
    texts = await async_texts(hass_ready, language)
    failures = FailureReporter(hass_ready, casa)
    causes = [
        key.split(".")[1]
        for key in texts
        if key.startswith("exceptions.") and "placed_without" not in key
    ]
    assert len(causes) > 40
    for cause in causes:
        sentence = texts[f"exceptions.{cause}.message"]
        values = {name: words for _, name, _, _ in Formatter().parse(sentence) if name}
        for is_placed in (False, True):
            attempt = Attempt(words, words, words, is_placed, origin=tuple(origin))
            error = ActionRefusedError(cause, **values)
            await failures.async_report("place_call", error, attempt)
            message = notifications[f"pilotstatus_{casa.entry_id}_place_call"]["message"]
            assert len(message.encode()) < 2048
            # The end of the sentence, both links and the count.
            end = sentence.rpartition("}")[2]
            assert "remedy" in sentence or end in message
            for domain in ("automation", "script"):
                assert f"…](/config/{domain}/edit/{'x' * 200})\n" in f"{message}\n"
            assert message.endswith(texts["common.repeated"].format(count=2)) is is_placed
            # No escape is cut in two.
            assert not set(message.replace("\\*", "")) & {"\\", "*"}


@pytest.mark.parametrize(
    ("unique_id", "page"),
    [
        ("1700000000000", "edit/1700000000000"),
        ("a) b/é?", "edit/a%29%20b%2F%C3%A9%3F"),
        ("x" * 201, "dashboard"),
        (None, "dashboard"),
    ],
    ids=short,
)
async def test_an_automation_is_linked_to_its_editor_if_it_has_one(
    hass_ready: HomeAssistant,
    failures: FailureReporter,
    notifications: Notifications,
    unique_id: str | None,
    page: str,
) -> None:
    entity_id = "automation.door"
    if unique_id is not None:
        registry = er.async_get(hass_ready)
        registry.async_get_or_create(
            "automation", "automation", unique_id, suggested_object_id="door"
        )
    hass_ready.states.async_set(entity_id, "on", {"friendly_name": "[Door](x) *"})
    error = ActionRefusedError("no_live_call")
    await failures.async_report("hang_up", error, Attempt(origin=(entity_id,)))
    (left,) = notifications.values()
    link = rf"[\[Door\]\(x\) \*](/config/automation/{page})"
    assert left["message"].endswith(f"- Number: Casa\n- Automation: {link}")


async def test_an_automation_that_is_gone_is_named_by_its_entity(
    failures: FailureReporter, notifications: Notifications
) -> None:
    error = ActionRefusedError("no_live_call")
    await failures.async_report("hang_up", error, Attempt(origin=("script.old",)))
    (left,) = notifications.values()
    assert left["message"].endswith(r"- Script: [script.old](/config/script/dashboard)")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("error", TRANSLATION_KEYS)
async def test_the_servers_words_are_quoted_and_no_words_of_the_client_are_shown(
    hass_ready: HomeAssistant,
    notifications: Notifications,
    error: type[PilotStatusError],
    language: str,
) -> None:
    hass_ready.config.language = language
    for reason in ("No, no", None):
        if error is RateLimitedError:
            failure: PilotStatusError = RateLimitedError(9, reason=reason)
        else:
            failure = error(status=418, reason=reason)
        raised = await FailureReporter(hass_ready).async_report("get_calls", failure, Attempt())
        (left,) = notifications.values()
        for message in (left["message"], str(raised)):
            assert "?" not in message
            assert re.findall("“.*?”", message) in ([], [f"“{reason or 'HTTP 418'}”"])
            assert message.count("No, no") == message.count("“No, no”")
