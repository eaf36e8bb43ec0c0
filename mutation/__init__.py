"""Mutation runs: whether a module's own tests notice when the module is broken."""
