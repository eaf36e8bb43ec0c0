"""Tests of the mutation runner, without Cosmic Ray, which has an environment of its own."""
