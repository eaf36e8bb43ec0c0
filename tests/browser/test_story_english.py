"""The first ten minutes of a user who speaks English."""

import pytest

from demo.language import ENGLISH, Language

from .story import Story


@pytest.fixture(scope="module")
def language() -> Language:
    """Return what Home Assistant and the browser speak."""
    return ENGLISH


class TestFirstTenMinutes(Story):
    """In English."""
