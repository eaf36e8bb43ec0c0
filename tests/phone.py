"""The simulator's client and the keys of its numbers, by the names that tests import."""

from simulator.client import Phone
from simulator.numbers import (
    DEMO_KEY,
    EVOLUTION_KEY,
    META_KEY,
    OFFLINE_KEY,
    SECOND_KEY,
    TENANT_KEY,
)

__all__ = [
    "DEMO_KEY",
    "EVOLUTION_KEY",
    "META_KEY",
    "OFFLINE_KEY",
    "SECOND_KEY",
    "TENANT_KEY",
    "Phone",
]
