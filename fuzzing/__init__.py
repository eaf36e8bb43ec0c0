"""Fuzzing guided by coverage: whether any bytes from outside break what parses them."""
