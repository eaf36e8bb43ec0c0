"""A stand-in for Pilot Status on this machine, and the phone of the other party.

It follows the API reference, not the component: the two share no code.
"""
