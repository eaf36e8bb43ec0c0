"""The first ten minutes of a user who speaks Portuguese."""

import pytest

from demo.language import PORTUGUESE, Language

from .story import Story


@pytest.fixture(scope="module")
def language() -> Language:
    """Return what Home Assistant and the browser speak."""
    return PORTUGUESE


class TestFirstTenMinutes(Story):
    """In Portuguese."""
