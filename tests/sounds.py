"""The former names of ``tests.audio``, for the tests that still use them."""

from .audio import BYTES_PER_SECOND, ENCODERS, make_audio as make_sound, samples_in, samples_of

__all__ = ["BYTES_PER_SECOND", "ENCODERS", "make_sound", "samples_in", "samples_of"]
