"""The check of a number: each step holds, fails, or cannot be known."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.playback import Timings
from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.core import HomeAssistant
from simulator.client import Phone

from .common import ANA, CARLA, act, make_entry, number, poll, refusal, set_up, until
from .engine import Engine

STEPS = ["key", "number", "link", "webhook", "delivery", "external_address", "ffmpeg", "speech"]

type Found = dict[str, tuple[bool | None, str]]


async def check(hass: HomeAssistant, **data: Any) -> Found:
    """Check the number; return of each step whether it holds, and its message."""
    report = await act(hass, "check", **data)
    found = {it["step"]: (it["ok"], it["message"]) for it in report["steps"]}
    oks = {ok for ok, _ in found.values()}
    assert report["ok"] is (False if False in oks else None if None in oks else True)
    assert all(message for _, message in found.values())
    return found


@pytest.fixture
def home(peopled_entry: MockConfigEntry, spoken: Engine) -> MockConfigEntry:
    """Return the demo number with contacts and an engine, that waits for nothing long."""
    number(peopled_entry).player.timings = Timings(fetch=2, hasty=0.1, tail=0.5)
    return peopled_entry


async def test_before_anything_was_delivered_that_is_unknown_and_the_rest_holds(
    hass_ready: HomeAssistant, home: MockConfigEntry, spoken: Engine, phone: Phone
) -> None:
    found = await check(hass_ready)
    assert list(found) == STEPS
    unknown = {step for step, (ok, _) in found.items() if ok is None}
    assert unknown == {"delivery", "external_address"}
    assert {ok for step, (ok, _) in found.items() if step not in unknown} == {True}
    assert found["speech"][1] == "Messages are spoken by Test engine."
    assert len(spoken.messages) == 1
    assert await phone.calls() == []
    # What was spoken for the check takes no room.
    assert len(number(home).media.store) == 0


async def test_each_thing_is_asked_for_once(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone
) -> None:
    endpoints = ("calls.list", "numbers.list", "numbers.get", "webhooks.list")
    before = [len(await phone.requests(it)) for it in endpoints]
    await check(hass_ready)
    after = [len(await phone.requests(it)) for it in endpoints]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1, 1, 1]


async def test_once_something_was_delivered_all_holds(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone
) -> None:
    await phone.ring()
    assert await until(lambda: number(home).observed.deliveries)
    found = await check(hass_ready)
    assert {ok for ok, _ in found.values()} == {True}
    assert found["external_address"][1] == (
        "Pilot Status reaches Home Assistant through an address on this network."
    )


@pytest.mark.parametrize("whom", [{"contact": "notify.ana"}, {"to": "Ana"}, {"to": ANA}])
async def test_a_person_is_called_hears_a_sentence_and_the_call_is_ended(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone, whom: dict[str, str]
) -> None:
    await phone.person(ANA, does="answer")
    found = await check(hass_ready, **whom)
    assert list(found) == [*STEPS, "call"]
    ok, message = found["call"]
    assert (ok, message[:22]) == (True, "Ana answered and heard")
    (call,) = await phone.calls()
    assert (call["status"], call["peerNumber"]) == ("COMPLETED", ANA.removeprefix("+"))
    assert call["plays"][0]["seconds"]


async def test_who_declines_did_not_answer(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone
) -> None:
    await phone.person(CARLA, does="decline")
    ok, message = (await check(hass_ready, to=CARLA))["call"]
    assert (ok, message) == (False, "…0003 did not answer the call.")


async def test_what_cannot_be_fetched_is_a_call_that_fails(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone
) -> None:
    await phone.person(ANA, does="answer")
    await phone.settings(strict_internet=True)
    ok, message = (await check(hass_ready, contact="notify.ana"))["call"]
    assert ok is False
    told = "did not fetch media-source://tts/tts.test_engine from http://127.0.0.1:"
    assert told in message


async def test_a_dial_that_is_refused_says_why(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone
) -> None:
    await phone.fault("calls.start", status=402, error="No balance")
    ok, message = (await check(hass_ready, contact="notify.ana"))["call"]
    assert ok is False
    assert "No balance" in message


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"status": 500}, "The call may have been placed anyway"),
        ({"status": 429, "headers": {"retry-after": "99"}}, "a pause of 99 seconds"),
    ],
)
async def test_a_dial_that_fails_has_its_own_remedy(
    hass_ready: HomeAssistant,
    home: MockConfigEntry,
    phone: Phone,
    fault: dict[str, Any],
    words: str,
) -> None:
    await phone.fault("calls.start", times=9, **fault)
    await phone.settings(dial_delay=60)
    ok, message = (await check(hass_ready, contact="notify.ana"))["call"]
    assert (ok, words in message) == (False, True), message


async def test_an_unknown_outcome_of_the_play_is_said(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone
) -> None:
    await phone.person(ANA, does="answer")
    await phone.fault("calls.play", drop="after", times=9)
    ok, message = (await check(hass_ready, contact="notify.ana"))["call"]
    assert ok is False
    assert "no answer came" in message


@pytest.mark.parametrize(
    ("endpoint", "fault", "step", "words"),
    [
        ("calls.list", {"status": 401}, "key", "refused the API key"),
        ("webhooks.list", {"status": 403, "error": "No"}, "webhook", "may not do this"),
    ],
)
async def test_what_pilot_status_refuses_shows_in_its_step(
    hass_ready: HomeAssistant,
    home: MockConfigEntry,
    phone: Phone,
    endpoint: str,
    fault: dict[str, Any],
    step: str,
    words: str,
) -> None:
    await phone.fault(endpoint, times=9, **fault)
    found = await check(hass_ready)
    assert found[step][0] is False
    assert words in found[step][1]
    assert list(found) == STEPS


@pytest.mark.parametrize(
    ("provider", "ok", "words"),
    [("META", False, "QR code"), (None, None, "does not say what kind")],
)
async def test_the_kind_of_number_counts_and_may_be_unknown(
    hass_ready: HomeAssistant,
    home: MockConfigEntry,
    phone: Phone,
    provider: Any,
    ok: Any,
    words: str,
) -> None:
    await phone.fault("numbers.get", merge={"provider": provider})
    found = await check(hass_ready)
    assert found["number"][0] is ok
    assert words in found["number"][1]


async def test_a_number_that_is_offline_or_declines_all_calls_fails(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone
) -> None:
    await phone.number("num_demo", connected=False, reject_call=True)
    found = await check(hass_ready)
    assert (found["number"][0], found["link"][0]) == (False, False)
    assert "decline every call" in found["number"][1]
    assert "link it again" in found["link"][1]


async def test_without_what_home_assistant_needs_its_steps_fail(
    hass_ready: HomeAssistant, media_parts: None, public_server: None, phone: Phone
) -> None:
    await phone.fault("numbers.list", status=403, times=9)
    await set_up(hass_ready, make_entry(phone))
    found = await check(hass_ready)
    assert {step: ok for step, (ok, _) in found.items()} == {
        "key": True,
        "number": None,
        "link": None,
        "webhook": False,
        "delivery": None,
        "external_address": False,
        "ffmpeg": True,
        "speech": False,
    }
    assert "no external address" in found["webhook"][1]
    assert "no external address" in found["external_address"][1]
    assert "No text-to-speech engine" in found["speech"][1]


async def test_a_missing_ffmpeg_is_said(
    hass_ready: HomeAssistant, home: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = get_ffmpeg_manager(hass_ready)

    async def no_version() -> tuple[None, None]:
        return None, None

    # What is installed on this machine cannot be taken away.
    monkeypatch.setattr(manager, "async_get_version", no_version)
    ok, message = (await check(hass_ready))["ffmpeg"]
    assert ok is False
    assert "mp3, wav and opus" in message


async def test_a_webhook_that_another_installation_has_fails(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone
) -> None:
    (hook,) = await phone.webhooks()
    moved = hook["url"].replace("127.0.0.1", "127.0.0.2")
    await phone.api("PATCH", f"/webhooks/{hook['id']}", {"url": moved})
    ok, message = (await check(hass_ready))["webhook"]
    assert ok is False
    assert message.startswith("Another Home Assistant")


async def test_a_webhook_without_all_events_of_calls_fails(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone
) -> None:
    (hook,) = await phone.webhooks()
    await phone.fault("webhooks.list", fields=[hook | {"events": []}])
    await phone.fault("webhooks.update", fields=hook | {"events": ["call.ringing"]}, status=200)
    ok, message = (await check(hass_ready))["webhook"]
    assert ok is False
    assert "does not report everything" in message


async def test_missing_deliveries_fail_with_their_cause(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone
) -> None:
    await phone.delivery(lose=True)
    for _ in range(3):
        await phone.act(await phone.ring(), "hang_up")
        await poll(home)
    ok, message = (await check(hass_ready))["delivery"]
    assert (ok, message[:34]) == (False, "Pilot Status has sent nothing to t")


async def test_the_messages_are_in_the_language_of_home_assistant(
    hass_ready: HomeAssistant, home: MockConfigEntry
) -> None:
    hass_ready.config.language = "pt-BR"
    await hass_ready.async_block_till_done()
    found = await check(hass_ready)
    assert found["key"] == (True, "A chave funciona.")


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"contact": "notify.ana", "to": "Bruno"}, "person_twice"),
        ({"to": "Zoe"}, "contact_not_named"),
        ({"contact": "notify.nobody"}, "contact_unknown"),
        ({"to": "123"}, "phone_no_country"),
    ],
)
async def test_who_is_not_clear_is_refused_before_anything_is_asked(
    hass_ready: HomeAssistant, home: MockConfigEntry, phone: Phone, data: Any, key: str
) -> None:
    hass_ready.config.country = None
    before = len(await phone.requests("calls.list"))
    assert await refusal(hass_ready, "check", **data) == key
    assert len(await phone.requests("calls.list")) == before
