"""What every section of the benchmark works with."""

from dataclasses import dataclass
import gc

from homeassistant.core import HomeAssistant

from .other_side import OtherSide


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is done: ``rounds`` of ``calls`` each.

    ``is_short`` is for a look whether it works.
    """

    rounds: int
    calls: int
    is_short: bool


FULL = Effort(rounds=6, calls=1000, is_short=False)
SHORT = Effort(rounds=1, calls=30, is_short=True)


@dataclass(frozen=True, slots=True)
class Bench:
    """A running Home Assistant without numbers, and the server in its own process."""

    hass: HomeAssistant
    server: OtherSide
    effort: Effort

    async def settle(self) -> None:
        """Wait for what goes on in the background, and collect garbage."""
        await self.hass.async_block_till_done(wait_background_tasks=True)
        gc.collect()
