"""Waiting for what is carried out to its end, whoever is cancelled meanwhile."""

import asyncio
from contextlib import suppress
from typing import Any


async def async_finish(task: asyncio.Task[Any]) -> None:
    """Wait until a task is done. If that is cancelled, also more than once, it counts then.

    The task is to be none that Home Assistant knows: when it stops, it cancels those itself.
    """
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as err:
            cancelled = err
    if cancelled is not None:
        # What else went wrong nobody asks for any more.
        with suppress(asyncio.CancelledError):
            task.exception()
        raise cancelled
