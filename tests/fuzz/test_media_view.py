"""However media is asked for, the answer is what was asked for, or that it is not there."""

import re
from typing import Any, Final

from aiohttp.test_utils import TestClient
from hypothesis import example, given, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.media.store import MEDIA_PATH, StoredMedia
from tests.common import number

from .effort import tries
from .wire import Answer, Headers, request_bytes, send
from .witness import Witness

type Client = TestClient[Any, Any]

AUDIO: Final = bytes(range(256)) * 40
SIZE: Final = len(AUDIO)
CONTENT_RANGE: Final = re.compile(rf"bytes (\d+)-(\d+)/{SIZE}")

#: What a header may hold; aiohttp itself refuses anything else.
VALUES: Final = st.text(max_size=60).map(
    lambda text: bytes(it for it in text.encode(errors="replace") if it == 9 or 32 <= it != 127)
)
POSITIONS: Final = (
    st.integers(-SIZE, 2 * SIZE)
    | st.sampled_from([0, 1, SIZE - 1, SIZE, SIZE + 1, 2**31, 2**63, 2**64])
).map(b"%d".__mod__) | st.sampled_from([b"9" * 400, b"9" * 4300, b"9" * 5000])
SPANS: Final = st.builds(
    lambda first, last: first + b"-" + last, POSITIONS | st.just(b""), POSITIONS | st.just(b"")
)
#: A longer header than this is refused by aiohttp itself.
_MAX_HEADER: Final = 8000
RANGES: Final = (
    st.builds(lambda spans: b"bytes=" + b",".join(spans), st.lists(SPANS, max_size=4))
    | st.builds(lambda unit, span: unit + b"=" + span, VALUES, SPANS)
    | SPANS.map(lambda span: b"bytes=" + span)
    | VALUES.map(lambda value: b"bytes=" + value)
    | VALUES
).filter(lambda value: len(value) < _MAX_HEADER)


@pytest.fixture
async def item(media_entry: MockConfigEntry) -> StoredMedia:
    """Return media that a number has stored."""
    item = number(media_entry).media.store.add("mp3", AUDIO)
    item.finish()
    return item


def assert_is_slice(answer: Answer) -> None:
    """Assert that an answer holds the bytes that its headers say."""
    if answer.status in {200, 206}:
        assert answer.headers["content-length"] == str(len(answer.body))
    if answer.status == 200:
        assert answer.body == AUDIO
    if answer.status == 206:
        found = CONTENT_RANGE.fullmatch(answer.headers["content-range"])
        assert found is not None
        first, last = map(int, found.groups())
        assert 0 <= first <= last < SIZE
        assert answer.body == AUDIO[first : last + 1]
    if answer.status == 416:
        assert answer.body == b""
        assert answer.headers["content-range"] == f"bytes */{SIZE}"


async def ask(client: Client, method: str, path: str, headers: Headers = ()) -> Answer:
    """Send a request for media; return the answer."""
    answer = await send(client, request_bytes(method, path, headers))
    assert answer is not None
    return answer


@tries(100)
@given(asked=RANGES, condition=st.none() | VALUES | st.just(b'"an-etag"'))
@example(asked=b"", condition=None)
@example(asked=b"bytes=-", condition=None)
@example(asked=b"bytes=-0", condition=None)
@example(asked=b"bytes=9-5", condition=None)
@example(asked=b"bytes=0-0,1-1", condition=None)
@example(asked=b"bytes=" + b"0-," * 2500, condition=None)
@example(asked=b"bytes=" + b"9" * 5000 + b"-", condition=None)
@example(asked=b"bytes=-" + b"9" * 5000, condition=None)
@example(asked="bytes=٣-٤".encode(), condition=None)
@example(asked=b"bytes=\xff-\xfe", condition=b"\xff")
async def test_any_range_is_served_or_refused(
    client: Client, witness: Witness, item: StoredMedia, asked: bytes, condition: bytes | None
) -> None:
    headers = [("Range", asked)]
    if condition is not None:
        headers.append(("If-Range", condition))
    answer = await ask(client, "GET", item.path, headers)
    await witness.assert_well((asked, condition))
    assert answer.status in {200, 206, 416}, (answer.status, asked, condition)
    assert_is_slice(answer)


async def test_no_bytes_at_the_end_are_not_there(client: Client, item: StoredMedia) -> None:
    answer = await ask(client, "GET", item.path, [("Range", b"bytes=-0")])
    assert (answer.status, answer.body) == (416, b"")


@tries(100)
@given(first=st.none() | st.integers(0, SIZE + 9), last=st.none() | st.integers(1, SIZE + 9))
@example(first=0, last=0)
@example(first=SIZE - 1, last=None)
@example(first=None, last=1)
async def test_a_range_is_what_http_says_it_is(
    client: Client, witness: Witness, item: StoredMedia, first: int | None, last: int | None
) -> None:
    if first is None:
        expected = AUDIO[max(SIZE - last, 0) :] if last is not None else b""
    else:
        expected = AUDIO[first:] if last is None else AUDIO[first : last + 1]
    asked = f"bytes={'' if first is None else first}-{'' if last is None else last}"
    answer = await ask(client, "GET", item.path, [("Range", asked.encode())])
    await witness.assert_well(asked)
    assert answer.status == (206 if expected else 416), asked
    assert answer.body == expected
    assert_is_slice(answer)


@tries(100)
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
    | st.sampled_from(["PROPFIND", "SEARCH", "PURGE", "M-SEARCH", "get", "Get"])
    | st.from_regex(r"[A-Z]{1,20}", fullmatch=True).filter(lambda it: it != "CONNECT"),
    headers=st.lists(
        st.tuples(st.sampled_from(["Range", "If-Range", "Accept", "Origin", "X-A"]), VALUES),
        max_size=3,
    ),
)
@example(method="HEAD", headers=[("Range", b"bytes=0-9")])
async def test_only_get_and_head_find_media(
    client: Client, witness: Witness, item: StoredMedia, method: str, headers: Headers
) -> None:
    answer = await send(client, request_bytes(method, item.path, headers))
    if answer is not None and answer.status == 400:
        # Not every word is a method to aiohttp.
        witness.assert_refused_by_aiohttp(method)
    elif method == "GET":
        assert answer is not None
        assert_is_slice(answer)
    elif method == "HEAD":
        assert answer is not None
        assert (answer.status, answer.body) == (200, b"")
    else:
        assert answer is not None
        assert answer.status == 404, method
        assert AUDIO[:256] not in answer.body
    await witness.assert_well((method, headers))


#: Characters of a path that are none of its separators, or percent-encoded.
_PATH: Final = st.text(
    st.sampled_from("abcXYZ019-_.~!$'()*,;:@&=+%/\\|") | st.characters(categories=["L", "N", "So"]),
    max_size=60,
)


@tries(80)
@given(
    name=_PATH
    | st.builds("{{token}}{}.{}".format, _PATH, st.sampled_from(["mp3", "wav", "opus", ""]))
    | _PATH.map("{{token}}.{}".format),
    method=st.sampled_from(["GET", "HEAD"]),
)
@example(name="{token}.mp3", method="GET")
@example(name="{token}.wav", method="GET")
@example(name="{token}.mp3%00", method="GET")
@example(name="{token}%2emp3", method="GET")
@example(name="..%2f..%2fsecrets.yaml", method="GET")
@example(name="%ff%fe.mp3", method="GET")
@example(name="%ed%a0%80.mp3", method="GET")
@example(name="x" * 7000 + ".mp3", method="GET")
async def test_only_its_name_finds_media(
    client: Client, witness: Witness, item: StoredMedia, name: str, method: str
) -> None:
    path = name.replace("{token}", item.token)
    answer = await send(client, request_bytes(method, f"{MEDIA_PATH}/{path}"))
    assert answer is not None, name
    if answer.status == 400:
        # Home Assistant or aiohttp refuses such a path wherever it is.
        unknown = await send(client, request_bytes(method, f"/api/unknown/{path}"))
        assert unknown is not None
        assert unknown.status == 400, name
        witness.forget_refusals()
    elif answer.status == 200:
        assert method == "HEAD" or answer.body == AUDIO
        assert path.partition("?")[0].replace("%2e", ".") == f"{item.token}.mp3", name
    else:
        assert answer.status == 404, name
        assert AUDIO[:256] not in answer.body
    await witness.assert_well(name)
