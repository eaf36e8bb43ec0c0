"""What becomes of a failure: the exception, the notification, the count and the reauth."""

import aiohttp
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.api import (
    CallNotFoundError,
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
from custom_components.pilotstatus.const import CONF_NOTIFY_ON_ERROR, DOMAIN
from custom_components.pilotstatus.errors import (
    TRANSLATION_KEYS,
    ActionRefusedError,
    error_placeholders,
)
from custom_components.pilotstatus.failures import FailureReporter
from custom_components.pilotstatus.notification import Attempt, async_texts
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from simulator.client import Phone
from simulator.numbers import DEMO_KEY

from .common import MEDIA, UNREACHABLE, Notifications, fail, number, play

CORRECTABLE = {
    CallNotFoundError,
    FeatureNotSupportedError,
    NotFoundError,
    RequestRejectedError,
}
KEY_ERRORS = {InvalidAuthError, TenantKeyError}


def reauths(hass: HomeAssistant) -> list[str]:
    """Return the entries whose key is asked for again."""
    flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    return [
        flow["context"]["entry_id"] for flow in flows if flow["context"]["source"] == SOURCE_REAUTH
    ]


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
    placeholders = raised.translation_placeholders or {}
    assert placeholders | {"remedy": ""} == {"media": "…", **error_placeholders(failure)}
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
    assert failures.counts == {"hang_up": {"server_error": 1}}
    assert len(notifications) == 1


async def test_without_an_entry_no_key_is_asked_for_and_the_notification_names_no_number(
    hass_ready: HomeAssistant, notifications: Notifications
) -> None:
    await fail(FailureReporter(hass_ready), "get_calls", InvalidAuthError())
    await hass_ready.async_block_till_done()
    assert reauths(hass_ready) == []
    assert "Number" not in notifications["pilotstatus_get_calls"]["message"]


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
    assert failures.counts == {"hang_up": {"server_error": 2}}
    assert bool(notifications) is wanted


async def test_a_server_that_cannot_be_reached(
    failures: FailureReporter, session: aiohttp.ClientSession
) -> None:
    client = PilotStatusClient(session, DEMO_KEY, base_url=UNREACHABLE)
    with pytest.raises(HomeAssistantError, match="cannot be reached, nothing was sent") as caught:
        async with failures.attempt("play_audio"):
            await client.play("call_1", MEDIA)
    assert caught.value.translation_key == "cannot_connect"


async def test_failures_are_counted_per_action_and_cause_whatever_succeeds_meanwhile(
    failures: FailureReporter,
) -> None:
    for action in ("hang_up", "hang_up", "get_calls"):
        await fail(failures, action)
    await fail(failures, "hang_up", ActionRefusedError("no_live_call"))
    async with failures.attempt("hang_up"):
        pass
    await fail(failures, "hang_up")
    assert failures.counts == {
        "hang_up": {"server_error": 3, "no_live_call": 1},
        "get_calls": {"server_error": 1},
    }


@pytest.mark.parametrize("is_placed", [False, True])
async def test_the_exception_is_english_in_the_log_and_else_in_the_language_of_home_assistant(
    hass_ready: HomeAssistant, failures: FailureReporter, *, is_placed: bool
) -> None:
    hass_ready.config.language = "pt-BR"
    attempt = Attempt("call1", "a.mp3", is_placed=is_placed)
    raised = await failures.async_report("place_call", ServerFaultError(status=500), attempt)
    placeholders = raised.translation_placeholders or {}
    if is_placed:
        problem = "O Pilot Status está com um problema (HTTP 500). Mesmo assim, o áudio pode ter"
        assert placeholders["problem"].startswith(problem)
        assert str(raised).startswith("The call was placed (call ID call1), so do not dial again")
        assert str(raised).endswith("check the call before you try again")
    else:
        assert placeholders["remedy"].startswith("Mesmo assim, a chamada pode ter sido feita")
        assert str(raised) == (
            "Pilot Status has a problem of its own (HTTP 500). "
            "The call may have been placed anyway: check that before you call again"
        )


async def test_what_the_frontend_shows_is_what_is_raised(
    hass_ready: HomeAssistant, entry: MockConfigEntry, phone: Phone
) -> None:
    english = await async_texts(hass_ready, "en")
    await phone.fault("calls.play", status=500)
    with pytest.raises(HomeAssistantError) as caught:
        await play(hass_ready, "call_1")
    sentence = english[f"exceptions.{caught.value.translation_key}.message"]
    shown = sentence.format(**caught.value.translation_placeholders or {})
    assert shown == f"{caught.value}."
    assert number(entry).failures.counts == {"play_audio": {"server_error": 1}}
