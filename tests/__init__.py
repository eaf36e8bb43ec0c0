"""Tests of the integration; the tree mirrors the modules."""
