"""The client of the simulator that tests and demo share."""

import aiohttp
import pytest

from simulator.client import Phone
from simulator.numbers import META_KEY, SECOND_KEY
from simulator.transitions import Status


async def test_a_refused_order_raises_with_the_words_of_the_refusal(phone: Phone) -> None:
    with pytest.raises(aiohttp.ClientResponseError, match="expected Drop") as caught:
        await phone.fault(drop="nonsense")
    assert caught.value.status == 400


async def test_what_an_unknown_call_heard_is_an_error(phone: Phone) -> None:
    with pytest.raises(aiohttp.ClientResponseError):
        await phone.heard("call_none")


async def test_a_state_that_does_not_come_is_waited_for_in_vain(phone: Phone) -> None:
    with pytest.raises(TimeoutError):
        await phone.newest(Status.RINGING, seconds=0.2)
    await phone.ring()
    with pytest.raises(TimeoutError):
        await phone.newest(Status.ACCEPTED, seconds=0.2)


async def test_each_key_acts_for_its_own_number(
    phone: Phone, session: aiohttp.ClientSession
) -> None:
    second = Phone(session, phone.url, SECOND_KEY)
    call_id = await second.dial()
    assert (await phone.call(call_id))["numberId"] == "num_second"
    hook = await second.api("POST", "/webhooks", {"url": "https://a.b/hook"})
    assert [listed["id"] for listed in await second.webhooks()] == [hook["id"]]
    assert await phone.webhooks() == []
    with pytest.raises(aiohttp.ClientResponseError):
        await Phone(session, phone.url, META_KEY).dial()
