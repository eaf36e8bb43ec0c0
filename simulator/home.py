"""What a person wants their home to say: handed to Home Assistant, which then uses the API."""

from http import HTTPStatus
from typing import Any

import aiohttp

_TIMEOUT = aiohttp.ClientTimeout(total=10)


class HomeError(Exception):
    """The home was not reached, or does not know how to speak."""


async def ask(url: str, wish: dict[str, Any]) -> None:
    """Hand a wish to a webhook of Home Assistant: ``to``, ``message``, ``call_id``.

    Raises HomeError.
    """
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT) as session,
            session.post(url, json=wish) as response,
        ):
            if response.status != HTTPStatus.OK:
                raise HomeError(f"HTTP {response.status}")
    except (aiohttp.ClientError, TimeoutError) as err:
        raise HomeError(type(err).__name__) from err
