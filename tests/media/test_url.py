"""Which URLs are sent, and why others are not."""

import pytest

from custom_components.pilotstatus.errors import ActionRefusedError
from custom_components.pilotstatus.media.url import check_media_url, without_secrets


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.example.com/greeting.mp3",
        "http://cdn.example.com/greeting.WAV",
        "https://cdn.example.com/a.opus?signature=1",
        "https://cdn.example.com/speech",
        "https://cdn.example.com/play.php?id=1",
        "https://exemplo.com.br/saudação.mp3",
        "https://8.8.8.8:8443/a.mp3",
    ],
)
def test_urls_that_may_pass(url: str) -> None:
    """They are sent as they are."""
    assert check_media_url(f" {url}\n", allow_private=False) == url


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("", "media_url_invalid"),
        ("greeting.mp3", "media_url_invalid"),
        ("ftp://cdn.example.com/a.mp3", "media_url_invalid"),
        ("https:///a.mp3", "media_url_invalid"),
        ("https://[::1/a.mp3", "media_url_invalid"),
        ("https://cdn.example.com/a\x00.mp3", "media_url_invalid"),
        ("media-source://tts/x", "media_url_invalid"),
        ("https://user:pw@cdn.example.com/a.mp3", "media_url_credentials"),
        (f"https://cdn.example.com/{'a' * 2048}.mp3", "media_url_too_long"),
        ("http://homeassistant.local:8123/local/a.mp3", "media_url_private"),
        ("http://192.168.0.10/a.mp3", "media_url_private"),
        ("http://127.1/a.mp3", "media_url_private"),
        ("http://[::1]/a.mp3", "media_url_private"),
        ("http://nas/a.mp3", "media_url_private"),
        ("https://cdn.example.com/a.ogg", "media_url_format"),
        ("https://cdn.example.com/a.M4A?x=.mp3", "media_url_format"),
        ("https://cdn.example.com/page.html", "media_url_format"),
    ],
)
def test_urls_that_are_refused(url: str, cause: str) -> None:
    """Each has its reason."""
    with pytest.raises(ActionRefusedError) as caught:
        check_media_url(url, allow_private=False)
    assert caught.value.translation_key == cause


def test_a_private_server_reaches_private_media() -> None:
    """As in the demo."""
    url = "http://127.0.0.1:8123/local/a.mp3"
    assert check_media_url(url, allow_private=True) == url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:pw@a.b/c.mp3?sig=1#x", "https://a.b/c.mp3"),
        ("https://[::1", None),
        ("not a url: secret", None),
    ],
)
def test_without_secrets(url: str, shown: str | None) -> None:
    """What is shown of a URL opens nothing."""
    assert without_secrets(url) == shown
