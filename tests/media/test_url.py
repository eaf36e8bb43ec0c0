"""Which URLs are sent, why others are not, and how they are shown."""

import pytest

from custom_components.pilotstatus.errors import ActionRefusedError
from custom_components.pilotstatus.media.url import check_media_url, without_secrets

LONGEST = 2048
OTHER_FORMATS = (
    "3gp aac ac3 aif aiff amr ape au avi caf flac flv gif htm html jpeg jpg json m3u m3u8 m4a m4b "
    "mid midi mkv mov mp2 mp4 mpeg mpg oga ogg ogv pdf pls png ra svg txt webm webp wma wmv xml zip"
)


def of_length(length: int) -> str:
    """Return a URL of so many characters."""
    start, end = "https://cdn.example.com/", ".mp3"
    return f"{start}{'a' * (length - len(start) - len(end))}{end}"


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
        of_length(LONGEST),
    ],
)
@pytest.mark.parametrize("allow_private", [False, True])
def test_urls_that_pass_are_sent_as_they_are(url: str, allow_private: bool) -> None:  # noqa: FBT001
    assert check_media_url(f" {url}\n", allow_private=allow_private) == url


@pytest.mark.parametrize(
    ("url", "cause", "words"),
    [
        ("", "media_url_invalid", {}),
        ("greeting.mp3", "media_url_invalid", {}),
        ("//cdn.example.com/a.mp3", "media_url_invalid", {}),
        ("ftp://cdn.example.com/a.mp3", "media_url_invalid", {}),
        ("https:///a.mp3", "media_url_invalid", {}),
        ("https://[::1/a.mp3", "media_url_invalid", {}),
        ("https://cdn.example.com/a\x00.mp3", "media_url_invalid", {}),
        ("media-source://tts/x", "media_url_invalid", {}),
        ("https://user:pw@cdn.example.com/a.mp3", "media_url_credentials", {}),
        ("https://user@cdn.example.com/a.mp3", "media_url_credentials", {}),
        ("https://:pw@cdn.example.com/a.mp3", "media_url_credentials", {}),
        (of_length(LONGEST + 1), "media_url_too_long", {"limit": "2048"}),
        (
            "http://homeassistant.local:8123/local/a.mp3",
            "media_url_private",
            {"host": "homeassistant.local"},
        ),
        ("http://192.168.0.10/a.mp3", "media_url_private", {"host": "192.168.0.10"}),
        ("http://127.1/a.mp3", "media_url_private", {"host": "127.1"}),
        ("http://[::1]/a.mp3", "media_url_private", {"host": "::1"}),
        ("http://nas/a.mp3", "media_url_private", {"host": "nas"}),
        ("https://cdn.example.com/a.M4A?x=.mp3", "media_url_format", {"extension": ".m4a"}),
    ],
)
def test_urls_that_are_refused_have_a_reason(url: str, cause: str, words: dict[str, str]) -> None:
    with pytest.raises(ActionRefusedError) as caught:
        check_media_url(url, allow_private=False)
    assert (caught.value.translation_key, caught.value.placeholders) == (cause, words)


@pytest.mark.parametrize("extension", OTHER_FORMATS.split())
def test_other_formats_are_refused_by_their_extension(extension: str) -> None:
    with pytest.raises(ActionRefusedError) as caught:
        check_media_url(f"https://cdn.example.com/a.{extension}", allow_private=False)
    assert caught.value.translation_key == "media_url_format"


def test_a_private_server_reaches_private_media() -> None:
    url = "http://127.0.0.1:8123/local/a.mp3"
    assert check_media_url(url, allow_private=True) == url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.b:8443/c.mp3", "https://a.b:8443/c.mp3"),
        (" https://a.b/c.mp3\n", "https://a.b/c.mp3"),
        ("https://secret:pw@a.b/c.mp3?secret=1#secret", "https://a.b/c.mp3"),
        ("https://secret@a.b/c.mp3", "https://a.b/c.mp3"),
        ("https://:secret@a.b/c.mp3", "https://a.b/c.mp3"),
        ("https://a.b/c.mp3?secret", "https://a.b/c.mp3"),
        ("https://a.b/c.mp3#secret", "https://a.b/c.mp3"),
        ("//secret:pw@a.b/c.mp3", "//a.b/c.mp3"),
        ("/media/local/c.mp3?authSig=secret#secret", "/media/local/c.mp3"),
        ("media-source://tts/tts.engine?message=secret", "media-source://tts/tts.engine"),
        # Credentials without a host.
        ("https://secret:pw@/c.mp3", None),
        ("//secret:pw@/c.mp3", "/c.mp3"),
        ("rtsp://secret:pw@/c.mp3", "rtsp:///c.mp3"),
        # Neither a URL nor a path.
        ("https://[::1", None),
        ("secret", None),
        ("secret:pw@a.b/c.mp3", None),
        ("not a url: secret", None),
        ("", None),
    ],
)
def test_what_is_shown_of_a_url_opens_nothing(url: str, shown: str | None) -> None:
    assert without_secrets(url) == shown
