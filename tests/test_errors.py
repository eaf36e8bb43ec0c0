"""The words for every error: no class of the client's is without them."""

from collections.abc import Iterator
import json
from pathlib import Path
from string import Formatter

import pytest

from custom_components.pilotstatus.api import (
    CallNotFoundError,
    CannotConnectError,
    ConflictError,
    FeatureNotSupportedError,
    ForbiddenError,
    InvalidAuthError,
    InvalidResponseError,
    NotConnectedError,
    NotFoundError,
    OutcomeUnknownError,
    PaymentRequiredError,
    PilotStatusError,
    RateLimitedError,
    RequestRejectedError,
    ServerFaultError,
    TenantKeyError,
)
from custom_components.pilotstatus.errors import (
    TRANSLATION_KEYS,
    ActionRefusedError,
    error_placeholders,
    translation_key,
)

from .conftest import ROOT

TRANSLATIONS = ROOT / "custom_components" / "pilotstatus" / "translations"
KEYS: dict[type[PilotStatusError], str] = {
    CallNotFoundError: "call_not_found",
    CannotConnectError: "cannot_connect",
    ConflictError: "conflict",
    FeatureNotSupportedError: "not_supported",
    ForbiddenError: "forbidden",
    InvalidAuthError: "invalid_auth",
    InvalidResponseError: "invalid_response",
    NotConnectedError: "not_connected",
    NotFoundError: "not_found",
    OutcomeUnknownError: "outcome_unknown",
    PaymentRequiredError: "payment_required",
    RateLimitedError: "rate_limited",
    RequestRejectedError: "rejected",
    ServerFaultError: "server_error",
    TenantKeyError: "tenant_key",
}


def subclasses(error: type[PilotStatusError]) -> Iterator[type[PilotStatusError]]:
    """Return the classes below a class, however deep."""
    for subclass in error.__subclasses__():
        yield subclass
        yield from subclasses(subclass)


def make(error: type[PilotStatusError]) -> PilotStatusError:
    """Return an error of which nothing is known."""
    return RateLimitedError(0) if error is RateLimitedError else error()


def test_every_error_of_the_client_has_a_key() -> None:
    assert set(TRANSLATION_KEYS) == set(KEYS) == set(subclasses(PilotStatusError))


@pytest.mark.parametrize("error", KEYS)
def test_the_key_of_an_error_is_that_of_its_own_class(error: type[PilotStatusError]) -> None:
    assert translation_key(make(error)) == KEYS[error]


@pytest.mark.parametrize("language", sorted(TRANSLATIONS.glob("*.json")), ids=lambda it: it.stem)
@pytest.mark.parametrize("error", KEYS)
def test_the_sentence_of_an_error_can_be_filled(
    error: type[PilotStatusError], language: Path
) -> None:
    sentence = json.loads(language.read_text())["exceptions"][KEYS[error]]["message"]
    names = {name for _, name, _, _ in Formatter().parse(sentence) if name}
    assert names <= set(error_placeholders(make(error)))


def test_the_servers_own_words_come_before_its_code() -> None:
    error = ConflictError(status=409, code="INVALID_CALL_STATE", reason="The call is over")
    assert error_placeholders(error) == {
        "reason": "The call is over",
        "remedy": "",
        "status": "409",
        "wait": "0",
    }
    error = ConflictError(status=409, code="INVALID_CALL_STATE")
    assert error_placeholders(error)["reason"] == "INVALID_CALL_STATE"


def test_without_words_the_status_is_what_the_server_said() -> None:
    assert error_placeholders(CannotConnectError())["status"] == "?"
    error = ForbiddenError(status=403, code="", reason="")
    assert error_placeholders(error)["reason"] == "HTTP 403"


@pytest.mark.parametrize(("seconds", "words"), [(60, "60"), (1.4, "1"), (59.6, "60")])
def test_the_wait_is_in_whole_seconds(seconds: float, words: str) -> None:
    assert error_placeholders(RateLimitedError(seconds))["wait"] == words


def test_a_refused_action_brings_its_own_key_and_words() -> None:
    error = ActionRefusedError("which_call", calls="call_1 (ringing)")
    assert str(error) == "which_call"
    assert translation_key(error) == "which_call"
    assert error_placeholders(error) == {"calls": "call_1 (ringing)"}
    assert error_placeholders(ActionRefusedError("no_live_call")) == {}
