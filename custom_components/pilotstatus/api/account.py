"""What the API says of the account: its numbers, their webhooks, and what was delivered.

Field names and shapes come from the numbers and webhooks pages of the API documentation and
from the vendor's own Python SDK.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from .errors import InvalidResponseError
from .values import normalize_phone, parse_id, parse_instant, parse_list, parse_seconds, parse_text

_OFFICIAL: Final = "META"
_MAX_CODE: Final = 64
_MAX_URL: Final = 2048
_LOWEST_STATUS: Final = 100
_HIGHEST_STATUS: Final = 599


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One WhatsApp number of the account.

    ``is_connected`` is whether it is linked to WhatsApp. ``key_hints`` holds, for each of its
    keys, how the key begins and its last four characters, as far as the server says.
    ``provider`` is what kind of number it is: ``PILOT_STATUS`` is linked by QR code, ``META`` is
    of the official Cloud API. ``rejects_calls`` is whether it is set to decline every call by
    itself, ``None`` if that is unknown; by default, which ``null`` means, numbers take calls.
    """

    id: str
    name: str | None = None
    phone: str | None = None
    provider: str | None = None
    is_connected: bool | None = None
    key_hints: tuple[tuple[str, str], ...] = ()
    rejects_calls: bool | None = None

    @property
    def is_official(self) -> bool:
        """Whether it is of the official Cloud API, into whose calls nothing can be played."""
        return self.provider == _OFFICIAL

    def owns_key(self, api_key: str) -> bool:
        """Whether one of this number's keys looks like the given one."""
        return any(
            api_key.startswith(prefix) and api_key.endswith(last) for prefix, last in self.key_hints
        )

    @classmethod
    def parse(cls, data: Any) -> Self:
        """Return the number that an item of ``GET /v1/numbers`` describes, or its details do.

        Only the details of ``GET /v1/numbers/{id}`` have the settings. Raises
        InvalidResponseError if there is no object with an id.
        """
        if not isinstance(data, Mapping) or not (number_id := parse_id(data.get("id"))):
            raise InvalidResponseError(reason="a number without an id")
        connected = data.get("isFullyConnected")
        return cls(
            id=number_id,
            name=parse_text(data.get("name")),
            phone=normalize_phone(data.get("number")),
            provider=parse_text(data.get("provider"), _MAX_CODE),
            is_connected=connected if isinstance(connected, bool) else None,
            key_hints=tuple(
                (prefix, parse_text(key.get("keyLast4")) or "")
                for key in parse_list(data.get("apiKeys")) or []
                if isinstance(key, Mapping) and (prefix := parse_text(key.get("keyPrefix")))
            ),
            rejects_calls=_parse_rejects(data.get("settings")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One webhook of the number, as the server keeps it.

    ``number_ids`` are the numbers that it is of; the answer to a change does not name them.
    """

    id: str
    url: str
    active: bool
    events: frozenset[str]
    number_ids: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, data: Any) -> Self:
        """Return the webhook that an object of the API describes.

        Raises InvalidResponseError if it has no id or no URL.
        """
        if (
            not isinstance(data, Mapping)
            or not (webhook_id := parse_id(data.get("id")))
            or not (url := parse_text(data.get("url"), _MAX_URL))
        ):
            raise InvalidResponseError(reason="a webhook without an id or URL")
        events = parse_list(data.get("events")) or []
        return cls(
            id=webhook_id,
            url=url,
            active=data.get("active") is not False,
            events=frozenset(filter(None, map(parse_text, events))),
            number_ids=frozenset(
                filter(None, map(parse_id, parse_list(data.get("whatsappNumberIds")) or []))
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRecord:
    """One delivery to a webhook, as the server has noted it.

    ``status`` is what Home Assistant's side answered, an HTTP status, ``None`` if nothing did;
    ``milliseconds`` how long that took. What was delivered and answered is not kept.
    """

    event: str | None
    succeeded: bool | None
    status: int | None = None
    milliseconds: int | None = None
    created_at: datetime | None = None

    @classmethod
    def parse(cls, data: Any) -> Self:
        """Return the delivery that an entry of the logs describes.

        Raises InvalidResponseError if that is no object.
        """
        if not isinstance(data, Mapping):
            raise InvalidResponseError(reason="a delivery that is no object")
        outcome = {"SUCCESS": True, "FAILED": False}
        return cls(
            event=parse_text(data.get("event"), _MAX_CODE),
            succeeded=outcome.get(parse_text(data.get("status"), _MAX_CODE) or ""),
            status=_parse_status(data.get("statusCode")),
            milliseconds=parse_seconds(data.get("durationMs")),
            created_at=parse_instant(data.get("createdAt")),
        )


def _parse_rejects(settings: Any) -> bool | None:
    """Return whether calls are declined by themselves, by the settings of a number."""
    if not isinstance(settings, Mapping) or "rejectCall" not in settings:
        return None
    rejects = settings["rejectCall"]
    if rejects is None:
        return False
    return rejects if isinstance(rejects, bool) else None


def _parse_status(value: Any) -> int | None:
    """Return an HTTP status."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and _LOWEST_STATUS <= value <= _HIGHEST_STATUS else None
