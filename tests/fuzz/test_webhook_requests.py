"""However a request to the webhook is made, it is answered as documented, or not at all."""

import gzip
from hashlib import sha256
import hmac
from http import HTTPStatus
from typing import Any, Final
import zlib

from aiohttp.test_utils import TestClient
from hypothesis import example, given, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.api import SIGNATURE_HEADER
from homeassistant.core import HomeAssistant
from tests.common import number, webhook_path

from .effort import tries
from .strategies import BODIES, DELIVERIES, as_body
from .wire import Headers, request_bytes, send
from .witness import Witness

type Client = TestClient[Any, Any]

#: All that ``webhook.py`` answers. An error of its own, 500, is none that a stranger can cause.
DOCUMENTED: Final = {
    HTTPStatus.OK,
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}
SECRET: Final = "whsec"
RINGING: Final = as_body({"event": "call.ringing", "callId": "call_1", "direction": "INBOUND"})
BOMB: Final = gzip.compress(bytes(20 * 1024 * 1024))

#: What a header may hold; aiohttp itself refuses anything else.
VALUES: Final = st.binary(max_size=200).map(
    lambda value: bytes(it for it in value if it == 9 or (it >= 32 and it != 127))
)
TYPES: Final = (
    st.sampled_from([b"application/json", b"text/plain; charset=utf-16", b"multipart/form-data"])
    | VALUES
)
SIGNATURES: Final = VALUES | st.sampled_from(
    [
        b"",
        b"sha256=",
        b"\xe9" * 64,
        b"0" * 6000,
        "\u017fha256=".encode(),
        b"0" * 64,
        b"sha256=sha256=",
    ]
)


def packed(body: bytes) -> dict[bytes, bytes]:
    """Return a body by how it is packed."""
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return {
        b"gzip": gzip.compress(body),
        b"deflate": zlib.compress(body),
        b"Deflate": raw.compress(body) + raw.flush(),
        b"identity": body,
    }


def chunked(parts: list[bytes]) -> bytes:
    """Return a body in chunks."""
    chunks = [b"%x\r\n%s\r\n" % (len(part), part) for part in parts if part]
    return b"".join([*chunks, b"0\r\n\r\n"])


def signature(body: bytes) -> bytes:
    """Return the signature of a body."""
    return hmac.new(SECRET.encode(), body, sha256).hexdigest().encode()


async def ask(client: Client, witness: Witness, request: bytes) -> int | None:
    """Send a request; return the status of the answer, which is all there is to it.

    ``None`` if the connection ended, or if aiohttp itself refused what is no request.
    """
    answer = await send(client, request)
    if answer is None:
        return None
    if answer.body and answer.status == HTTPStatus.BAD_REQUEST:
        witness.assert_refused_by_aiohttp(request)
        return None
    assert answer.status in DOCUMENTED, (answer, request[:2000])
    assert answer.body == b"", (answer, request[:2000])
    return answer.status


@tries(100)
@given(method=st.sampled_from(["GET", "HEAD", "PUT", "POST"]), body=BODIES, type_=TYPES)
@example(method="POST", body=RINGING, type_=b"application/json; charset=no-such-charset")
@example(method="PUT", body=RINGING, type_=b"application/json")
async def test_only_post_delivers_whatever_the_type_of_the_content(
    media_entry: MockConfigEntry,
    client: Client,
    witness: Witness,
    method: str,
    body: bytes,
    type_: bytes,
) -> None:
    revision = number(media_entry).coordinator.calls.revision
    length = ("Content-Length", str(len(body)).encode())
    headers = [length, ("Content-Type", type_)]
    status = await ask(
        client, witness, request_bytes(method, webhook_path(media_entry), headers, body)
    )
    if method != "POST":
        assert status == HTTPStatus.METHOD_NOT_ALLOWED
        assert number(media_entry).coordinator.calls.revision == revision
    await witness.assert_well((method, body, type_))


@tries(100)
@given(
    coding=st.sampled_from([b"gzip", b"deflate", b"Deflate", b"identity", b"br", b"zstd"]) | VALUES,
    packed_as=st.sampled_from([b"gzip", b"deflate", b"Deflate", b"identity"]),
    delivery=DELIVERIES,
    fault=st.none() | st.tuples(st.integers(0, 400), st.integers(0, 255)),
)
async def test_a_body_may_be_packed_in_any_way(
    media_entry: MockConfigEntry,
    client: Client,
    witness: Witness,
    coding: bytes,
    packed_as: bytes,
    delivery: dict[str, Any],
    fault: tuple[int, int] | None,
) -> None:
    body = bytearray(packed(as_body(delivery))[packed_as])
    if fault is not None:
        body[fault[0] % len(body)] = fault[1]
    headers = [("Content-Length", str(len(body)).encode()), ("Content-Encoding", coding)]
    await ask(
        client, witness, request_bytes("POST", webhook_path(media_entry), headers, bytes(body))
    )
    await witness.assert_well((coding, packed_as, delivery, fault))


@pytest.mark.parametrize("coding", [b"gzip", b"deflate"])
async def test_a_body_that_unpacks_to_much_is_refused(
    media_entry: MockConfigEntry, client: Client, witness: Witness, coding: bytes
) -> None:
    headers = [("Content-Length", str(len(BOMB)).encode()), ("Content-Encoding", coding)]
    request = request_bytes("POST", webhook_path(media_entry), headers, BOMB)
    assert await ask(client, witness, request) in {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, 400}
    await witness.assert_well(coding)


@tries(80)
@given(
    body=BODIES,
    claimed=st.integers(0, 3000) | st.sampled_from([2**31, 2**63, 10**30]),
)
@example(body=RINGING, claimed=len(RINGING) - 1)
@example(body=RINGING, claimed=len(RINGING) + 1)
@example(body=RINGING * 2, claimed=len(RINGING))
async def test_the_length_may_be_a_lie(
    media_entry: MockConfigEntry, client: Client, witness: Witness, body: bytes, claimed: int
) -> None:
    headers = [("Content-Length", str(claimed).encode())]
    request = request_bytes("POST", webhook_path(media_entry), headers, body)
    status = await ask(client, witness, request)
    if claimed > len(body):
        assert status != HTTPStatus.OK
    await witness.assert_well((body, claimed))


@tries(100)
@given(
    parts=st.lists(st.binary(max_size=400), max_size=5) | BODIES.map(lambda body: [body]),
    cut=st.none() | st.integers(0, 2000),
)
@example(parts=[RINGING[:7], RINGING[7:]], cut=None)
@example(parts=[b"x" * 30_000] * 5, cut=None)
async def test_a_body_may_come_in_chunks_and_end_anywhere(
    media_entry: MockConfigEntry,
    client: Client,
    witness: Witness,
    parts: list[bytes],
    cut: int | None,
) -> None:
    headers = [("Transfer-Encoding", b"chunked")]
    body = chunked(parts)[:cut]
    await ask(client, witness, request_bytes("POST", webhook_path(media_entry), headers, body))
    await witness.assert_well((parts, cut))


@tries(100)
@given(body=BODIES, claims=st.lists(SIGNATURES, max_size=3), is_signed=st.booleans())
@example(body=RINGING, claims=["é".encode()], is_signed=False)
@example(body=RINGING, claims=[], is_signed=True)
@example(body=b"[" * 30_000, claims=[], is_signed=True)
async def test_with_a_secret_nothing_but_the_signature_of_a_body_opens_the_webhook(
    hass_ready: HomeAssistant,
    media_entry: MockConfigEntry,
    client: Client,
    witness: Witness,
    body: bytes,
    claims: list[bytes],
    is_signed: bool,  # noqa: FBT001
) -> None:
    hass_ready.config_entries.async_update_entry(media_entry, options={"webhook_secret": SECRET})
    revision = number(media_entry).coordinator.calls.revision
    headers: list[tuple[str, bytes]] = [("Content-Length", str(len(body)).encode())]
    if is_signed:
        headers.append((SIGNATURE_HEADER, signature(body)))
    headers += [(SIGNATURE_HEADER, claim) for claim in claims]
    status = await ask(
        client, witness, request_bytes("POST", webhook_path(media_entry), headers, body)
    )
    if is_signed:
        assert status in {200, 400, 413}, (body, claims)
    else:
        assert status in {400, 401, 413}, (body, claims)
        assert number(media_entry).coordinator.calls.revision == revision
    await witness.assert_well((body, claims))


@tries(100)
@given(
    headers=st.lists(
        st.tuples(st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,30}", fullmatch=True), VALUES), max_size=5
    )
)
async def test_headers_may_be_anything(
    media_entry: MockConfigEntry, client: Client, witness: Witness, headers: Headers
) -> None:
    length = ("Content-Length", str(len(RINGING)).encode())
    request = request_bytes("POST", webhook_path(media_entry), [length, *headers], RINGING)
    await ask(client, witness, request)
    await witness.assert_well(headers)
