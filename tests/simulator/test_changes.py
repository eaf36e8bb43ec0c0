"""Who watches hears of changes while they watch."""

from simulator.changes import Changes


def test_everybody_who_watches_hears_of_a_change() -> None:
    changes = Changes()
    with changes.watch() as one, changes.watch() as other:
        assert (one.is_set(), other.is_set()) == (False, False)
        changes.notify()
        assert (one.is_set(), other.is_set()) == (True, True)


def test_who_no_longer_watches_hears_nothing() -> None:
    changes = Changes()
    with changes.watch() as changed:
        pass
    changes.notify()
    assert not changed.is_set()


def test_the_end_is_a_change() -> None:
    changes = Changes()
    with changes.watch() as changed:
        changes.close()
        assert changed.is_set()
    assert changes.closed
