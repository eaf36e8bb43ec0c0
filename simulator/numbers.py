"""The account: its numbers and their keys."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
import re

from .calls import timestamp

DEMO_NUMBER = "num_demo"
#: The other party, unless another phone number is given.
CALLER = "+5511987654321"

DEMO_KEY = "ps_demo_key"
SECOND_KEY = "ps_second_key"
META_KEY = "ps_meta_key"
EVOLUTION_KEY = "ps_evolution_key"
OFFLINE_KEY = "ps_offline_key"
#: The account's own key, which no number has.
TENANT_KEY = "ps_tenant_key"

_PHONE = re.compile(r"\+?[1-9]\d{7,14}")


def is_phone(value: object) -> bool:
    """Whether a value is a phone number that can be called."""
    return isinstance(value, str) and _PHONE.fullmatch(value) is not None


class Provider(StrEnum):
    """What kind of number it is; the values are those of ``GET /v1/numbers``."""

    WEB = "PILOT_STATUS"
    META = "META"
    EVOLUTION = "EVOLUTION"


@dataclass(slots=True, kw_only=True)
class Number:
    """One WhatsApp number with its key.

    With ``reject_call`` it declines every call by itself; ``None`` is the provider's default.
    """

    id: str
    phone: str
    name: str
    key: str = field(repr=False)
    key_id: str
    provider: Provider = Provider.WEB
    connected: bool = True
    reject_call: bool | None = None
    reject_message: str | None = None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def as_json(self) -> dict[str, object]:
        """Return the number as an item of ``GET /v1/numbers``."""
        return {
            "id": self.id,
            "instanceName": f"demo-{self.phone}",
            "number": self.phone,
            "name": self.name,
            "provider": self.provider,
            "apiKeys": [
                {
                    "name": "Default",
                    "keyPrefix": self.key[:7],
                    "keyLast4": self.key[-4:],
                }
            ],
            "state": "OPEN" if self.connected else "CLOSE",
            "isFullyConnected": self.connected,
            "createdAt": timestamp(self.created_at),
            "updatedAt": timestamp(self.created_at),
        }

    def as_detail_json(self) -> dict[str, object]:
        """Return the number as ``GET /v1/numbers/{id}`` does."""
        is_web = self.provider is Provider.WEB
        settings = {
            "rejectCall": self.reject_call,
            "msgRejectCall": self.reject_message,
            "alwaysOnline": None,
            "appliesTo": {"advanced": "evolution-go" if is_web else None},
        }
        return {
            **{name: value for name, value in self.as_json().items() if name != "apiKeys"},
            "piiMode": "OFF",
            "settings": settings,
            "health": {"sendable": self.connected},
            "meta": None,
        }


def seed_numbers(seed_key: str) -> dict[str, Number]:
    """Return the numbers of a new simulation, one of each kind, by their id."""
    numbers = (
        Number(
            id=DEMO_NUMBER,
            phone="551130000001",
            name="Casa",
            key=seed_key,
            key_id="key_demo",
        ),
        Number(
            id="num_second",
            phone="551130000002",
            name="Loja",
            key=SECOND_KEY,
            key_id="key_second",
        ),
        Number(
            id="num_meta",
            phone="551130000003",
            name="Meta",
            key=META_KEY,
            key_id="key_meta",
            provider=Provider.META,
        ),
        Number(
            id="num_evolution",
            phone="551130000004",
            name="Evolution",
            key=EVOLUTION_KEY,
            key_id="key_evolution",
            provider=Provider.EVOLUTION,
        ),
        Number(
            id="num_offline",
            phone="551130000005",
            name="Offline",
            key=OFFLINE_KEY,
            key_id="key_offline",
            connected=False,
        ),
    )
    return {number.id: number for number in numbers}
