"""Calls that are found, dialed, answered and ended, and what then is known of them."""

from collections.abc import Awaitable, Callable

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.api import (
    ActionResult,
    CallNotFoundError,
    CallStatus,
    ConflictError,
    NotConnectedError,
    PilotStatusError,
    RequestRejectedError,
    ServerFaultError,
)
from custom_components.pilotstatus.call_control import CallControl
from custom_components.pilotstatus.coordinator import PilotStatusCoordinator
from custom_components.pilotstatus.errors import ActionRefusedError
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from simulator.client import Phone

from .common import ANA, Notifications, number, poll

type End = Callable[[CallControl, str], Awaitable[ActionResult]]

#: What ends a call, and the endpoint that it asks.
ENDS: list[tuple[End, str]] = [
    (CallControl.async_hang_up, "calls.terminate"),
    (CallControl.async_reject, "calls.reject"),
]


@pytest.fixture
def coordinator(polled_entry: MockConfigEntry) -> PilotStatusCoordinator:
    """Return what is known of a number to which nothing is delivered."""
    return number(polled_entry).coordinator


@pytest.fixture
def control(polled_entry: MockConfigEntry) -> CallControl:
    """Return the control of the calls of that number."""
    return number(polled_entry).call_control


@pytest.mark.parametrize("call_id", ["call_1", "EXT", "...", " ", "a/../b", "%2e%2e", "CALL_ü"])
async def test_a_call_that_is_named_is_meant_as_it_is_named(
    control: CallControl, phone: Phone, call_id: str
) -> None:
    asked = len(await phone.requests("calls.list"))
    await phone.ring()
    assert await control.async_find(call_id) == call_id
    assert len(await phone.requests("calls.list")) == asked


@pytest.mark.parametrize("call_id", ["", ".", ".."])
async def test_what_can_be_no_id_is_refused(
    control: CallControl, phone: Phone, call_id: str
) -> None:
    await phone.ring()
    with pytest.raises(ActionRefusedError) as caught:
        await control.async_find(call_id)
    assert caught.value.translation_key == "call_id_invalid"


async def test_no_call_is_guessed_if_none_is_live(
    control: CallControl, coordinator: PilotStatusCoordinator, phone: Phone
) -> None:
    await phone.act(await phone.ring(), "hang_up")
    asked = len(await phone.requests("calls.list"))
    with pytest.raises(ActionRefusedError) as caught:
        await control.async_find(None)
    assert caught.value.translation_key == "no_live_call"
    assert len(await phone.requests("calls.list")) == asked + 1


async def test_a_call_that_began_since_the_last_poll_is_found_by_one_question(
    control: CallControl, coordinator: PilotStatusCoordinator, phone: Phone
) -> None:
    asked = len(await phone.requests("calls.list"))
    call_id = await phone.ring()
    assert coordinator.calls.find(call_id) is None
    for _ in range(2):
        assert await control.async_find(None) == call_id
        assert len(await phone.requests("calls.list")) == asked + 1


async def test_only_an_incoming_call_that_rings_is_found_to_be_answered(
    control: CallControl, coordinator: PilotStatusCoordinator, phone: Phone
) -> None:
    with pytest.raises(ActionRefusedError) as caught:
        await control.async_find_ringing()
    assert caught.value.translation_key == "no_live_call"
    dialed = await phone.dial()
    with pytest.raises(ActionRefusedError) as caught:
        await control.async_find_ringing()
    assert caught.value.translation_key == "no_ringing_call"
    await phone.act(dialed, "hang_up")
    asked = len(await phone.requests("calls.list"))
    call_id = await phone.ring()
    for _ in range(2):
        assert await control.async_find_ringing() == call_id
        assert len(await phone.requests("calls.list")) == asked + 1


async def test_no_call_is_guessed_if_the_question_fails(control: CallControl, phone: Phone) -> None:
    await phone.fault("calls.list", status=400)
    with pytest.raises(RequestRejectedError):
        await control.async_find(None)


async def test_no_call_is_guessed_if_two_are_live(
    control: CallControl, polled_entry: MockConfigEntry, phone: Phone
) -> None:
    first = await phone.ring()
    await control.async_answer(first)
    second = await phone.ring()
    await poll(polled_entry)
    with pytest.raises(ActionRefusedError) as caught:
        await control.async_find(None)
    assert caught.value.translation_key == "which_call"
    named = f"{second} (…4321, ringing), {first} (…4321, accepted)"
    assert caught.value.placeholders == {"calls": named}
    await phone.act(second, "hang_up")
    await poll(polled_entry)
    assert await control.async_find(None) == first


async def test_the_calls_of_contacts_are_named_by_them(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry, phone: Phone
) -> None:
    first, second = await phone.ring(ANA), await phone.ring(None)
    await poll(peopled_entry)
    with pytest.raises(ActionRefusedError) as caught:
        await number(peopled_entry).call_control.async_find(None)
    named = f"{second} (ringing), {first} (Ana, ringing)"
    assert caught.value.placeholders == {"calls": named}


async def test_an_attempt_is_of_the_call_that_is_meant(
    control: CallControl, phone: Phone, notifications: Notifications
) -> None:
    call_id = await phone.ring()
    meant = []

    async def hang_up(named: str | None) -> None:
        async with control.attempt("hang_up", named) as attempt:
            meant.append(attempt.call_id)
            raise ServerFaultError(status=500)

    for named in ("EXT", None):
        with pytest.raises(HomeAssistantError, match="HTTP 500"):
            await hang_up(named)
    assert meant == ["EXT", call_id]
    (left,) = notifications.values()
    assert f"- Call: {call_id}" in left["message"].replace("\\", "")


@pytest.mark.parametrize(("call_id", "is_named"), [("..", True), (None, False)])
async def test_an_attempt_whose_call_is_not_found_is_a_failure(
    polled_entry: MockConfigEntry,
    control: CallControl,
    notifications: Notifications,
    call_id: str | None,
    *,
    is_named: bool,
) -> None:
    with pytest.raises(HomeAssistantError):
        async with control.attempt("answer_call", call_id):
            pytest.fail("the block ran")
    assert number(polled_entry).failures.counts == {
        "answer_call": {"call_id_invalid" if is_named else "no_live_call": 1}
    }
    (left,) = notifications.values()
    assert ("- Call: .." in left["message"]) is is_named
    assert ("- Call:" in left["message"]) is is_named


async def test_a_call_that_is_dialed_is_known_at_once(
    control: CallControl, coordinator: PilotStatusCoordinator, phone: Phone
) -> None:
    changes = coordinator.calls.revision
    dialed = await control.async_dial("+5511999999999")
    (placed,) = await phone.calls()
    assert (dialed.id, dialed.status) == (placed["id"], CallStatus.INITIATED)
    assert placed["peerNumber"] == "5511999999999"
    assert coordinator.calls.only_live_call == dialed
    assert coordinator.calls.revision == changes + 1
    assert coordinator.connected is True
    assert await control.async_find(None) == dialed.id


async def test_a_dial_that_is_refused_leaves_no_call(
    control: CallControl, coordinator: PilotStatusCoordinator, phone: Phone
) -> None:
    await phone.number("num_demo", connected=False)
    with pytest.raises(NotConnectedError):
        await control.async_dial("+5511999999999")
    assert coordinator.calls.all == []
    assert coordinator.connected is False


@pytest.mark.parametrize(
    ("act", "status"),
    [
        (CallControl.async_answer, CallStatus.ACCEPTED),
        (CallControl.async_reject, CallStatus.REJECTED),
        (CallControl.async_hang_up, CallStatus.COMPLETED),
    ],
)
async def test_what_an_answer_says_is_shown_at_once(
    hass_ready: HomeAssistant,
    polled_entry: MockConfigEntry,
    control: CallControl,
    coordinator: PilotStatusCoordinator,
    phone: Phone,
    act: End,
    status: CallStatus,
) -> None:
    call_id = await phone.ring()
    await poll(polled_entry)
    coordinator.async_set_connected(connected=False)
    heard: list[tuple[str, CallStatus | str | None]] = []
    coordinator.async_add_change_listener(
        lambda change: heard.append((change.call.id, change.call.status))
    )
    external_id = (await phone.call(call_id))["externalCallId"]
    assert await act(control, external_id) == ActionResult(call_id=call_id, status=status)
    assert (await phone.call(call_id))["status"] == status
    known = coordinator.calls.find(call_id)
    assert known is not None
    assert known.status is status
    assert heard == [(call_id, status)]
    assert coordinator.connected is True
    assert await phone.requests("calls.get") == []


async def test_a_call_that_cannot_be_answered_is_an_error(
    control: CallControl, coordinator: PilotStatusCoordinator, phone: Phone
) -> None:
    call_id = await phone.ring()
    await phone.act(call_id, "hang_up")
    with pytest.raises(ConflictError):
        await control.async_answer(call_id)
    assert coordinator.calls.all == []


@pytest.mark.parametrize("status", [None, 400, 409])
@pytest.mark.parametrize(("end", "endpoint"), ENDS)
async def test_a_call_that_is_over_needs_no_end(
    control: CallControl,
    coordinator: PilotStatusCoordinator,
    phone: Phone,
    end: End,
    endpoint: str,
    status: int | None,
) -> None:
    call_id = await phone.ring()
    await phone.act(call_id, "hang_up")
    if status is not None:
        await phone.fault(endpoint, status=status, error="Over")
    external_id = (await phone.call(call_id))["externalCallId"]
    result = await end(control, external_id)
    assert result == ActionResult(call_id=call_id, status=CallStatus.MISSED)
    assert coordinator.calls.is_over(call_id) is True


@pytest.mark.parametrize(("status", "error"), [(400, RequestRejectedError), (409, ConflictError)])
@pytest.mark.parametrize(("end", "endpoint"), ENDS)
async def test_a_call_that_goes_on_has_not_been_ended(
    control: CallControl,
    coordinator: PilotStatusCoordinator,
    phone: Phone,
    end: End,
    endpoint: str,
    status: int,
    error: type[PilotStatusError],
) -> None:
    call_id = await phone.ring()
    await phone.fault(endpoint, status=status, error="Busy")
    with pytest.raises(error, match="Busy"):
        await end(control, call_id)
    assert [call.id for call in coordinator.calls.live_calls] == [call_id]


@pytest.mark.parametrize(("end", "endpoint"), ENDS)
async def test_a_number_that_is_not_connected_has_ended_no_call(
    control: CallControl,
    coordinator: PilotStatusCoordinator,
    phone: Phone,
    end: End,
    endpoint: str,
) -> None:
    call_id = await phone.ring()
    await phone.act(call_id, "hang_up")
    await phone.fault(endpoint, status=409, code="WHATSAPP_INSTANCE_NOT_CONNECTED")
    with pytest.raises(NotConnectedError):
        await end(control, call_id)
    assert coordinator.connected is False
    assert await phone.requests("calls.get") == []


@pytest.mark.parametrize(("end", "endpoint"), ENDS)
async def test_a_call_that_does_not_exist_cannot_be_ended(
    control: CallControl, phone: Phone, end: End, endpoint: str
) -> None:
    with pytest.raises(CallNotFoundError):
        await end(control, "call_unknown")
    assert await phone.requests("calls.get") == []
