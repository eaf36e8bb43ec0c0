"""Whatever a caller, a file of Home Assistant or an automation names is a value or refused."""

from typing import Any, Final

from hypothesis import example, given, strategies as st
import orjson
from phonenumbers import SUPPORTED_REGIONS

from custom_components.pilotstatus.errors import ActionRefusedError
from custom_components.pilotstatus.media.url import check_media_url, without_secrets
from custom_components.pilotstatus.phone_number import parse_phone
from custom_components.pilotstatus.playback import Playback, PlaybackStatus

from .conftest import Count
from .effort import tries
from .strategies import ANY_JSON, INSTANTS, TEXTS

_HOSTS: Final = st.sampled_from(
    [
        *("a.b", "[::1]", "[fe80::1%25eth0]", "127.1", "0x7f.1", "xn--a", "é.com", "a:99999"),
        *("[::", "a" * 300, "٣.٤", "user:secret@a.b", "user@", "%zz", "a%00b", ""),
    ]
)
URLS: Final = TEXTS | st.builds(
    "{}{}/{}".format,
    st.sampled_from(["http://", "https://", "//", "media-source://", "HTTP:", "file:///"]),
    _HOSTS,
    TEXTS | st.sampled_from(["a.mp3", "a.mp3?token=secret#secret", "%", "..", "a.m3u"]),
)


@tries(300)
@given(url=URLS, allow_private=st.booleans())
@example(url="http://" * 10_000, allow_private=True)
@example(url="https://[::1", allow_private=True)
@example(url="https://a:99999/", allow_private=True)
@example(url="https://\ud800/", allow_private=False)
@example(url="https://a.b/\ud800.mp3", allow_private=False)
@example(url="https://xn--\u00e9/", allow_private=False)
def test_any_text_is_a_url_or_refused(count: Count, url: str, allow_private: bool) -> None:  # noqa: FBT001
    count()
    said: object
    try:
        said, limit = check_media_url(url, allow_private=allow_private), 16_384
    except ActionRefusedError as err:
        said, limit = err.placeholders, 2048
    assert len(orjson.dumps(said)) < limit
    assert isinstance(said, dict) or said == url.strip()


@tries(300)
@given(url=URLS)
@example(url="http://" * 10_000)
@example(url="https://user:secret@a.b/c?secret#secret")
@example(url="\ud800")
@example(url="/" + "é" * 10_000)
def test_what_is_shown_of_any_text_is_short_and_can_be_written(count: Count, url: str) -> None:
    count()
    shown = without_secrets(url)
    if shown is not None:
        assert len(shown) <= 300
        assert shown.isprintable()
        assert orjson.dumps(shown)


@tries(300)
@given(
    value=TEXTS
    | st.from_regex(r"\A\+?[0-9][0-9 ().\-/]{0,30}\n?\Z")
    | st.text(st.characters(categories=["Nd", "Zs", "Pd"]), max_size=20).map("+{}".format)
    | st.integers(),
    country=st.sampled_from([*SUPPORTED_REGIONS]) | st.none(),
)
@example(value="+٥٥١١٩٩٩٩٩٩٩٩", country="SA")
@example(value="+5511999999999\n", country="BR")
@example(value="+" + "9" * 10_000, country=None)
def test_any_text_or_integer_is_a_phone_number_or_refused(
    count: Count, value: str | int, country: str | None
) -> None:
    count()
    try:
        number = parse_phone(value, country)
    except ActionRefusedError:
        return
    assert number.startswith("+")
    assert number[1:].isascii()
    assert number[1:].isdecimal()
    assert 8 <= len(number[1:]) <= 15


PLAYBACKS: Final = st.fixed_dictionaries(
    {
        "status": st.sampled_from([*PlaybackStatus]) | ANY_JSON,
        "call_id": st.just("call_1") | ANY_JSON,
    },
    optional={
        "media": TEXTS | ANY_JSON,
        "length": st.floats() | ANY_JSON,
        "fetched_at": INSTANTS | ANY_JSON,
        "error": TEXTS | ANY_JSON,
        "is_stored": st.booleans() | ANY_JSON,
        "remaining": st.integers(-(2**63), 2**64 - 1) | TEXTS | st.booleans() | st.floats(),
        "other": ANY_JSON,
    },
)


def test_a_playback_of_too_many_items_can_be_stored_again() -> None:
    restored = Playback.from_dict({"status": "played", "call_id": "c", "remaining": 2**64})
    assert restored is not None
    assert orjson.dumps(restored.as_dict())


@tries(300)
@given(data=PLAYBACKS)
@example(data={"status": "played", "call_id": "bad\ud800", "media": "\ud800" * 9000})
@example(data={"status": "played", "call_id": "c", "length": float("nan")})
@example(data={"status": "played", "call_id": "c", "length": 1e20})
@example(data={"status": "played", "call_id": "c", "fetched_at": "0001-01-01T00:00:00+23:59"})
@example(data={"status": ["played"], "call_id": "c"})
def test_a_playback_that_is_restored_can_be_stored_again(
    count: Count, data: dict[str, Any]
) -> None:
    count()
    if (playback := Playback.from_dict(data)) is not None:
        stored = playback.as_dict()
        assert len(orjson.dumps(stored)) < 4096
        assert Playback.from_dict(stored) == playback
