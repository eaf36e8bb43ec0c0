"""How many inputs a test tries."""

from hypothesis import HealthCheck, settings


class Effort:
    """How much is tried: ``factor`` times as many inputs, drawn at random.

    Without a factor every run tries the same inputs.
    """

    factor: int | None = None


def tries(count: int) -> settings:
    """Return the settings of a test that tries so many inputs."""
    return settings(
        max_examples=count * (Effort.factor or 1),
        derandomize=Effort.factor is None,
        deadline=None,
        # All inputs of a test meet one Home Assistant.
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
