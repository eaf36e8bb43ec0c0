"""What passes is kept for a person to look at, up to a limit."""

from simulator.traffic import Kind, Traffic


def test_each_that_passes_is_told_once() -> None:
    told: list[int] = []
    traffic = Traffic(lambda: told.append(1))
    traffic.add(Kind.REQUEST, "GET /v1/calls", 200, 0.0126)
    traffic.add(Kind.DELIVERY, "call.ringing", None, 10)
    assert len(told) == 2
    assert [(it.number, it.status, it.milliseconds) for it in traffic.since(0)] == [
        (1, 200, 13),
        (2, None, 10_000),
    ]
    assert [it.what for it in traffic.since(1)] == ["call.ringing"]


def test_the_last_two_hundred_are_kept() -> None:
    traffic = Traffic(lambda: None)
    for number in range(250):
        traffic.add(Kind.REQUEST, f"{number}", 200, 0)
    kept = [it.what for it in traffic.since(0)]
    assert (len(kept), kept[0], kept[-1]) == (200, "50", "249")


def test_numbers_count_on_when_all_are_forgotten() -> None:
    traffic = Traffic(lambda: None)
    traffic.add(Kind.REQUEST, "before", 200, 0)
    traffic.clear()
    traffic.add(Kind.REQUEST, "after", 200, 0)
    assert [(it.number, it.what) for it in traffic.since(1)] == [(2, "after")]
