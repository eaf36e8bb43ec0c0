"""Tests of the media wing."""
