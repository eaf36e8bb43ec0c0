"""The bare request that everything is compared with."""

from typing import Any

import aiohttp


async def bare_post(
    session: aiohttp.ClientSession, server: str, call_id: str, media_url: str
) -> dict[str, Any]:
    """Have a server play media into a call, by nothing but aiohttp; return what it answers."""
    url, headers = f"{server}/v1/calls/{call_id}/play", {"x-api-key": "ps_bench_0"}
    async with session.post(url, json={"mediaUrl": media_url}, headers=headers) as response:
        answer: dict[str, Any] = await response.json()
    return answer
