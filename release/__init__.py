"""Releases of the component: what is checked before one, what it holds, and how it is made.

Needs the standard library and git only, so that nothing else runs where a release can be made.
"""
