"""Bodies of deliveries that have been handled: a few, and no large ones."""

import pytest

from custom_components.pilotstatus.delivered import HandledDeliveries


def test_a_delivery_is_known_once_it_was_handled() -> None:
    handled = HandledDeliveries()
    assert b"{}" not in handled
    handled.add(b"{}")
    assert b"{}" in handled
    assert b"{ }" not in handled


def test_the_newest_sixty_four_are_kept() -> None:
    handled, bodies = HandledDeliveries(), [str(it).encode() for it in range(65)]
    for body in bodies[:64]:
        handled.add(body)
    assert all(body in handled for body in bodies[:64])
    # Again, which makes no room necessary.
    handled.add(bodies[63])
    assert bodies[0] in handled
    handled.add(bodies[64])
    assert [body in handled for body in (bodies[0], bodies[1], bodies[64])] == [False, True, True]


@pytest.mark.parametrize(("size", "is_kept"), [(4096, True), (4097, False)])
def test_a_large_body_is_not_kept(size: int, *, is_kept: bool) -> None:
    handled, body = HandledDeliveries(), bytes(size)
    handled.add(body)
    assert (body in handled) is is_kept
