"""Tests of the way from what a user names to what Pilot Status fetches."""
