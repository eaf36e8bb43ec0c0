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


@pytest.mark.parametrize(
    "url",
    [
        "https://a\x00b/c.mp3",
        "//a\x00/b",
        "http://[fe80::1%\u202e]/a",
        "http://[fe80::1%\ud800]/a",
        "media-source://\x00/\x01",
        "https://a.b/\x00\x1f\x7f\x85\u202e\u200b",
        "https://a.b/\ud800",
        "/\ud800\x00",
        "media-source://media_source/local/\ud800\n",
        "https://\ud800/",
        "\ud800",
    ],
)
def test_what_is_shown_can_be_written_and_read(url: str) -> None:
    # What is printable can be encoded: it has no lone surrogates.
    assert (without_secrets(url) or "").isprintable()


@pytest.mark.parametrize(
    "start", ["https://a.b/", "/", "media-source://media_source/local/", "https://a.b/é", "//a.b/"]
)
@pytest.mark.parametrize("letter", ["a", "é"])
def test_what_is_shown_is_bounded(start: str, letter: str) -> None:
    for length in (1000, 1024 * 1024):
        shown = without_secrets(start + letter * length)
        assert shown is not None
        assert len(shown) == 300
        assert shown.endswith("…")
    fits = "https://a.b/" + "a" * 288
    assert without_secrets(fits) == fits
    cut = without_secrets(f"{fits}b")
    assert cut == f"{fits[:-1]}…"


def test_the_words_of_a_reason_are_bounded() -> None:
    for host in ("a" * 1900, f"{'a.' * 900}local"):
        with pytest.raises(ActionRefusedError) as caught:
            check_media_url(f"https://{host}/a.mp3", allow_private=False)
        (word,) = caught.value.placeholders.values()
        assert len(word) == 300
    with pytest.raises(ActionRefusedError) as caught:
        check_media_url(f"https://a.b/{'a.' * 900}MP2", allow_private=False)
    assert caught.value.placeholders == {"extension": ".mp2"}
