"""What strangers may write: any JSON, and deliveries in which a field is any JSON."""

from datetime import UTC, datetime, timedelta
import json
from typing import Any, Final

from hypothesis import strategies as st

from custom_components.pilotstatus.api import CALL_EVENTS, NUMBER_EVENTS
from simulator.transitions import Status

#: Each once broke something, or could.
ODD: Final[tuple[Any, ...]] = (
    *("bad\ud800", "\udfff", "\x00", "\x1b[31m", "a\u202eb", "\uffff", "", " ", ".", "..", "/"),
    *("http://" * 10_000, "x" * 60_000, "🏠" * 300, "٣٤٥", "1" * 400, "a/../..", "%2e%2e"),
    *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59"),
    *("2026-02-30T00:00:00Z", "2026-W01", "2026-01-01T00:00:00.999999999Z", "Mon, 99 Foo"),
    *(1e20, 10**30, int("9" * 400), -1, 1e308, float("nan"), float("inf"), -float("inf")),
    *(True, False, None, 2**63, 2**64, -(2**70), 0.5, -0.0),
    *([], {}, [[]], {"id": {}}, ["bad\ud800"], [1] * 5000, {"..": [{"\ud800": None}]}),
)

TEXTS: Final = st.text() | st.text(
    st.characters(categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Nd", "So"])
)
SCALARS: Final = (
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.sampled_from(ODD)
)
ANY_JSON: Final = st.sampled_from(ODD) | st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)
INSTANTS: Final = st.builds(
    lambda seconds: (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(),
    st.sampled_from([0, -1, -299, -301, -90_000, 5, 3600, 86_000, 90_000, -700_000_000]),
)
CALL_IDS: Final = st.sampled_from(["call_1", "call_2", "call_3", "EXT_1", "EXT_2", ".."])

_FIELDS: Final[dict[str, st.SearchStrategy[Any]]] = {
    "callId": CALL_IDS,
    "externalCallId": CALL_IDS,
    "direction": st.sampled_from(["INBOUND", "OUTBOUND"]),
    "status": st.sampled_from([*Status]) | st.just("ON_HOLD"),
    "from": st.sampled_from(["5511999999999", "5511999999999:12@s.whatsapp.net", "1@lid"]),
    "to": st.just("551130000001"),
    "timestamp": INSTANTS,
    "duration": st.integers(-1, 10_000),
    "data": st.fixed_dictionaries({}, optional={"numberId": st.just("num_demo") | ANY_JSON}),
}
EVENTS: Final = st.sampled_from([*CALL_EVENTS, *CALL_EVENTS, *NUMBER_EVENTS])

#: As documented, but for what is missing.
PLAUSIBLE: Final = st.fixed_dictionaries({"event": EVENTS}, optional=_FIELDS)
#: Any field may be anything.
DELIVERIES: Final = st.fixed_dictionaries(
    {"event": EVENTS | EVENTS | ANY_JSON},
    optional={name: field | ANY_JSON for name, field in _FIELDS.items()},
)


def as_body(value: Any) -> bytes:
    """Return JSON as a body; lone surrogates are escaped, NaN is what Python writes."""
    return json.dumps(value).encode()


BODIES: Final = (
    st.binary(max_size=300)
    | ANY_JSON.map(as_body)
    | DELIVERIES.map(as_body)
    | TEXTS.map(lambda text: text.encode("utf-16", "surrogatepass"))
)
