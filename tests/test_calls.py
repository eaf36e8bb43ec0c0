"""The log of calls."""

from datetime import UTC, datetime, timedelta

from custom_components.pilotstatus.api import ActionResult, Call, CallStatus
from custom_components.pilotstatus.calls import CallLog

NOON = datetime(2026, 7, 3, 12, tzinfo=UTC)


def call(number: int, status: CallStatus, **fields: object) -> Call:
    """Return a call that began some minutes after noon."""
    created = NOON + timedelta(minutes=number)
    return Call(id=f"call_{number}", status=status, created_at=created, **fields)


def test_the_last_call_is_the_one_that_began_last() -> None:
    """Whatever the order of the snapshot."""
    log = CallLog()
    assert log.last_call is None
    log.merge([call(1, CallStatus.RINGING), call(3, CallStatus.MISSED), call(2, CallStatus.FAILED)])
    assert log.last_call == call(3, CallStatus.MISSED)
    assert [it.id for it in log.live_calls] == ["call_1"]


def test_a_finished_call_stays_finished() -> None:
    """An older snapshot or a late answer changes nothing."""
    log = CallLog()
    log.merge([call(1, CallStatus.COMPLETED)])
    log.merge([call(1, CallStatus.ACCEPTED)])
    assert log.apply(ActionResult(call_id="call_1", status=CallStatus.ACCEPTED))
    assert log.find("call_1") == call(1, CallStatus.COMPLETED)


def test_an_answer_moves_its_call() -> None:
    """By either id; an answer without a status moves nothing."""
    log = CallLog()
    log.merge([call(1, CallStatus.RINGING, external_id="EXT")])
    assert log.apply(ActionResult(call_id="EXT", status=CallStatus.ACCEPTED))
    assert log.apply(ActionResult(call_id="call_1", status=None))
    assert log.last_call == call(1, CallStatus.ACCEPTED, external_id="EXT")
    assert not log.apply(ActionResult(call_id="call_9", status=CallStatus.ACCEPTED))


def test_a_hundred_calls_and_all_live_ones_are_kept() -> None:
    """The oldest finished calls go first."""
    log = CallLog()
    log.merge([call(0, CallStatus.ACCEPTED), *(call(n, CallStatus.MISSED) for n in range(1, 150))])
    assert len(log.all) == 101
    assert log.find("call_0")
    assert log.find("call_1") is None
