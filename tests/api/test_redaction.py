"""What is secret is removed from the server's words, in a time that is bounded."""

import pytest

from custom_components.pilotstatus.api.redaction import parse_words

TOKEN = "mZ8Qw4rT6yU1iO3pA5sD7fG9hJ2kL0xC-vB_nM4qW8e"
WEBHOOK_ID = "0f3c9a" * 10 + "beef"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("fetch https://a.b/c.mp3?sig=1 twice", "fetch https://a.b/c.mp3 twice"),
        ("at https://user:pass@cdn.example.com/a.mp3", "at https://cdn.example.com/a.mp3"),
        ("wss://engine.example.com/ws/inst1?token=d3f4", "wss://engine.example.com/ws/inst1"),
        (f"POST https://casa.example.com/api/webhook/{WEBHOOK_ID} answered 502", None),
        (f"/api/webhook/{WEBHOOK_ID}: 502", "/api/webhook/… 502"),
        (f"webhook {WEBHOOK_ID} is gone", "webhook … is gone"),
        (f"https://casa.example.com/api/pilotstatus/media/{TOKEN}.mp3: 404", None),
        (f"the token {TOKEN} is used", "the token … is used"),
        ("token=abc, secret: xyz; api-key = 1", "token=…, secret: …; api-key = …"),
        ('{"token": "abc"}', '{"token": "…"}'),
        ("ps_other_key is revoked", "… is revoked"),
        ("admin:hunter2@10.0.0.1 refused", "… refused"),
        ("call +55 (11) 98765-4321 or 5511987654321@s.whatsapp.net", "call … or …@s.whatsapp.net"),
        ("The plan ends on day 30", "The plan ends on day 30"),
        ("Número não conectado | Number not connected", None),
    ],
)
def test_secrets_are_removed_and_the_rest_stays(words: str, shown: str | None) -> None:
    told = parse_words(words) or ""
    if shown is not None:
        assert told == shown
    for secret in (TOKEN, WEBHOOK_ID, "pass", "d3f4", "hunter2", "98765"):
        assert secret not in told


def test_given_secrets_are_removed_wherever_they_stand() -> None:
    assert parse_words("Key demo-7 of demo-7x", "demo-7", "") == "Key … of …x"


@pytest.mark.parametrize("text", [7, None, "", "\ud800", ["a"]])
def test_what_is_no_text_says_nothing(text: object) -> None:
    assert parse_words(text) is None


def test_a_secret_that_is_cut_in_the_middle_is_not_shown() -> None:
    words = "https://a.b/?" + "x" * 2360 + f" {TOKEN} " + "y" * 99
    told = parse_words(words)
    assert told is not None
    assert "mZ8Q" not in told


@pytest.mark.parametrize(
    "unit", ["http://", "a:", "a@", "1 ", "+1(", "token", "x", "a.b-", "/api/webhook/", "ps_"]
)
def test_a_megabyte_of_anything_is_read_in_time(unit: str) -> None:
    """A quadratic expression takes 14 s for a ninth of this, and runs into the time limit."""
    assert len(parse_words(unit * (1_000_000 // len(unit))) or "") <= 300
