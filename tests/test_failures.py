"""What becomes of a failure: the exception, the notification, the count and the reauth."""

import aiohttp
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.api import (
    CallNotFoundError,
    ConflictError,
    FeatureNotSupportedError,
    InvalidAuthError,
    NotFoundError,
    PilotStatusClient,
    PilotStatusError,
    RateLimitedError,
    RequestRejectedError,
    ServerFaultError,
    TenantKeyError,
)
from custom_components.pilotstatus.const import ACTIONS, CONF_NOTIFY_ON_ERROR, DOMAIN
from custom_components.pilotstatus.errors import (
    TRANSLATION_KEYS,
    ActionError,
    ActionRefusedError,
    error_placeholders,
)
from custom_components.pilotstatus.failures import (
    Attempt,
    FailureReporter,
    async_dismiss_notifications,
)
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
from simulator.client import Phone
from simulator.numbers import CALLER, DEMO_KEY

from .common import ANA, MEDIA, Notifications, number, poll, short

CORRECTABLE = {
    CallNotFoundError,
    FeatureNotSupportedError,
    NotFoundError,
    RequestRejectedError,
}
UNREACHABLE = "http://127.0.0.1:1"
KEY_ERRORS = {InvalidAuthError, TenantKeyError}
TITLES = {
    "announce": "Pilot Status: problem announcing",
    "answer_call": "Pilot Status: problem answering",
    "get_calls": "Pilot Status: problem asking for calls",
    "hang_up": "Pilot Status: problem hanging up",
    "place_call": "Pilot Status: problem calling",
    "play_audio": "Pilot Status: problem playing audio",
    "reject_call": "Pilot Status: problem declining a call",
}


@pytest.fixture
async def casa(hass_ready: HomeAssistant) -> MockConfigEntry:
    """Return the entry of a number that is not set up, but has its translations."""
    assert await async_setup_component(hass_ready, DOMAIN, {})
    data = {"api_key": DEMO_KEY, "key_type": "api_key", "base_url": UNREACHABLE}
    entry = MockConfigEntry(domain=DOMAIN, title="Casa", unique_id="num_demo", data=data)
    entry.add_to_hass(hass_ready)
    return entry


@pytest.fixture
def failures(hass_ready: HomeAssistant, casa: MockConfigEntry) -> FailureReporter:
    """Return what reports the failed actions of that number."""
    return FailureReporter(hass_ready, casa)


def reauths(hass: HomeAssistant) -> list[str]:
    """Return the entries whose key is asked for again."""
    flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    return [
        flow["context"]["entry_id"] for flow in flows if flow["context"]["source"] == SOURCE_REAUTH
    ]


async def fail(
    failures: FailureReporter,
    action: str = "hang_up",
    error: ActionError | None = None,
    call_id: str = "",
    media: str = "",
) -> HomeAssistantError:
    """Let an action fail, and return what it raises."""
    try:
        async with failures.attempt(action, call_id) as attempt:
            attempt.media = media
            raise error or ServerFaultError(status=500)
    except HomeAssistantError as err:
        return err
    pytest.fail("nothing was raised")


@pytest.mark.parametrize("error", TRANSLATION_KEYS)
async def test_the_exception_of_each_error_and_whether_a_new_key_is_asked_for(
    hass_ready: HomeAssistant,
    casa: MockConfigEntry,
    failures: FailureReporter,
    error: type[PilotStatusError],
) -> None:
    if error is RateLimitedError:
        failure: PilotStatusError = RateLimitedError(9, reason="No, no")
    else:
        failure = error(code="ODD", reason="No, no")
    raised = await fail(failures, error=failure)
    expected = ServiceValidationError if error in CORRECTABLE else HomeAssistantError
    assert type(raised) is expected
    assert raised.__cause__ is failure
    assert (raised.translation_domain, raised.translation_key) == (DOMAIN, TRANSLATION_KEYS[error])
    assert raised.translation_placeholders == {"media": "…", **error_placeholders(failure)}
    await hass_ready.async_block_till_done()
    assert reauths(hass_ready) == ([casa.entry_id] if error in KEY_ERRORS else [])


async def test_an_action_that_is_refused_can_be_corrected_by_the_caller(
    failures: FailureReporter,
) -> None:
    raised = await fail(failures, error=ActionRefusedError("which_call", calls="call_1"))
    assert type(raised) is ServiceValidationError
    assert str(raised) == "More than one call is going on. Name one in the action: call_1"


async def test_another_exception_leaves_as_it_is_and_is_no_success(
    failures: FailureReporter, notifications: Notifications
) -> None:
    await fail(failures)
    with pytest.raises(ValueError, match="odd"):
        async with failures.attempt("hang_up"):
            raise ValueError("odd")
    assert failures.counts == {"hang_up": 1}
    assert len(notifications) == 1


async def test_without_an_entry_no_key_is_asked_for_and_the_notification_names_no_number(
    hass_ready: HomeAssistant, notifications: Notifications
) -> None:
    await fail(FailureReporter(hass_ready), "get_calls", InvalidAuthError())
    await hass_ready.async_block_till_done()
    assert reauths(hass_ready) == []
    assert "Number" not in notifications["pilotstatus_get_calls"]["message"]


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
        f"Pilot Status refused the request: {escaped}. Correct the action's data and try again."
        f"\n\n- Number: {escaped}\n- Call: {escaped}\n- Audio: {escaped}"
    )


@pytest.mark.parametrize("action", ACTIONS)
async def test_the_title_of_a_notification_names_the_action(
    failures: FailureReporter, notifications: Notifications, action: str
) -> None:
    await fail(failures, action)
    (left,) = notifications.values()
    assert left["title"] == TITLES[action]


@pytest.mark.parametrize("action", ACTIONS)
async def test_failures_in_a_row_are_counted_per_action_until_it_succeeds(
    hass_ready: HomeAssistant,
    casa: MockConfigEntry,
    failures: FailureReporter,
    notifications: Notifications,
    action: str,
) -> None:
    others = [it for it in ACTIONS if it != action]
    for other in others:
        await fail(failures, other)
    for count in (1, 2, 3):
        await fail(failures, action)
        assert failures.counts == {action: count, **dict.fromkeys(others, 1)}
        message = notifications[f"pilotstatus_{casa.entry_id}_{action}"]["message"]
        words = f"\n\nThis has now failed {count} times in a row."
        assert message.endswith(words) is (count > 1)
        assert ("in a row" in message) is (count > 1)
    async with failures.attempt(action):
        pass
    assert failures.counts == dict.fromkeys(others, 1)
    assert set(notifications) == {f"pilotstatus_{casa.entry_id}_{other}" for other in others}
    await fail(failures, action)
    assert failures.counts[action] == 1


async def test_a_success_dismisses_what_was_left_when_no_number_was_found(
    hass_ready: HomeAssistant, failures: FailureReporter, notifications: Notifications
) -> None:
    for action in ("hang_up", "get_calls"):
        await FailureReporter(hass_ready).async_report(
            action, ActionRefusedError("no_number"), Attempt()
        )
    assert set(notifications) == {"pilotstatus_hang_up", "pilotstatus_get_calls"}
    async with failures.attempt("hang_up"):
        pass
    assert set(notifications) == {"pilotstatus_get_calls"}


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


@pytest.mark.parametrize("wanted", [True, False])
async def test_notifications_can_be_turned_off_and_failures_are_counted_all_the_same(
    hass_ready: HomeAssistant,
    casa: MockConfigEntry,
    failures: FailureReporter,
    notifications: Notifications,
    *,
    wanted: bool,
) -> None:
    hass_ready.config_entries.async_update_entry(casa, options={CONF_NOTIFY_ON_ERROR: wanted})
    await fail(failures)
    await fail(failures)
    assert failures.counts == {"hang_up": 2}
    assert bool(notifications) is wanted


async def test_a_server_that_cannot_be_reached(
    failures: FailureReporter, session: aiohttp.ClientSession
) -> None:
    client = PilotStatusClient(session, DEMO_KEY, base_url=UNREACHABLE)
    with pytest.raises(HomeAssistantError, match="cannot be reached, nothing was sent") as caught:
        async with failures.attempt("play_audio"):
            await client.play("call_1", MEDIA)
    assert caught.value.translation_key == "cannot_connect"


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


async def test_an_address_in_a_notification_is_no_link(
    failures: FailureReporter, notifications: Notifications
) -> None:
    await fail(
        failures, error=RequestRejectedError(reason="see https://a.example or www.b.example")
    )
    (left,) = notifications.values()
    assert r"https\://a.example or www\.b.example" in left["message"]
