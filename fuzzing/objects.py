"""Objects of the API out of any bytes: few bytes alone are JSON, and fewer have its names."""

from collections.abc import Iterator
import struct
from typing import Any, Final

NAMES: Final = (
    *("event", "callId", "externalCallId", "direction", "status", "from", "to", "timestamp"),
    *("duration", "data", "id", "peerNumber", "createdAt", "startedAt", "connectedAt", "endedAt"),
    *("updatedAt", "durationSeconds", "errorCode", "errorMessage", "success", "name", "number"),
    *("isFullyConnected", "apiKeys", "keyPrefix", "keyLast4", "url", "active", "events"),
    "numberId",
)
_CONSTANTS: Final = (
    *(None, True, False, "call_1", "call.ringing", "call.connected", "call.ended", "call.missed"),
    *("number.connected", "number.removed", "INBOUND", "OUTBOUND", "RINGING", "COMPLETED"),
)
#: Objects in objects.
_MAX_DEPTH: Final = 3


def read_object(data: bytes) -> dict[str, Any]:
    """Return the object that bytes stand for: again and again a name, a kind, a size, a value."""
    return _object(data, 0)


def _object(data: bytes, depth: int) -> dict[str, Any]:
    return {
        NAMES[name % len(NAMES)]: _value(kind, content, depth)
        for name, kind, content in _fields(data)
    }


def _fields(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    position = 0
    while position + 3 <= len(data):
        name, kind, size = data[position : position + 3]
        position += 3
        yield name, kind, data[position : position + size]
        position += size


def _value(kind: int, content: bytes, depth: int) -> Any:
    text = content.decode("utf-8", "surrogateescape")
    value: Any = text
    match kind % 8:
        case 0:
            value = _CONSTANTS[int.from_bytes(content[:1]) % len(_CONSTANTS)]
        case 1:
            value = int.from_bytes(content, signed=True)
        case 2:
            value = struct.unpack(">d", content[:8].ljust(8, b"\x00"))[0]
        case 3 if depth < _MAX_DEPTH:
            value = _object(content, depth + 1)
        case 4 if depth < _MAX_DEPTH:
            value = [_object(content, depth + 1), text]
        case 5:
            # Long texts of short inputs.
            value = text * 1000
    return value
