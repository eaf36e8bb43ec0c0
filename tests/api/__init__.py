"""Tests of the API client, without Home Assistant."""
