"""The signature of a webhook delivery."""

from hashlib import sha256
import hmac
from typing import Final

SIGNATURE_HEADER: Final = "x-pilot-status-signature"

_PREFIX: Final = "sha256="


def is_signed(body: bytes | bytearray, secret: str, signature: str | None) -> bool:
    """Whether a header's value is the HMAC-SHA256 of the raw body, in hexadecimal.

    Compared in constant time; case and a leading ``sha256=`` do not matter. Source: the
    vendor's SDK, which says it of phone-line webhooks and that others are signed alike.
    """
    if not signature:
        return False
    given = signature.strip().lower().removeprefix(_PREFIX)
    expected = hmac.new(secret.encode(), body, sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), given.encode(errors="replace"))
