"""The telephone's page: what each person sees and hears of calls, and what they do about them."""

from collections.abc import AsyncIterator
from pathlib import Path
import re
from typing import Any

from playwright.async_api import expect
import pytest
import pytest_asyncio

from simulator.client import Phone
from simulator.numbers import DEMO_NUMBER
from simulator.transitions import Status
from tests.audio import make_audio, serve_file
from tests.common import ANA, BRUNO, UNREACHABLE, until, until_asked

from .telephone import Telephone
from .windows import Windows

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]


@pytest_asyncio.fixture(loop_scope="module")
async def telephone(windows: Windows, phone: Phone) -> Telephone:
    """Return the telephone of Ana, who is known as Bruno is."""
    await phone.person(ANA, name="Ana")
    await phone.person(BRUNO, name="Bruno")
    telephone = Telephone(await windows.open("en-US"), phone.url)
    await telephone.open()
    return telephone


@pytest_asyncio.fixture(loop_scope="module")
async def long_sound(tmp_path: Path) -> AsyncIterator[str]:
    """Serve six seconds of audio; yields the URL."""
    async with serve_file(make_audio(tmp_path, "mp3", 6), "long.mp3") as url:
        yield url


async def answered(phone: Phone) -> str:
    """Answer the newest call in the home; return its id."""
    call_id = await phone.newest(Status.RINGING)
    await phone.api("POST", f"/calls/{call_id}/accept")
    return call_id


async def test_each_of_several_people_calls_and_is_answered(
    phone: Phone, telephone: Telephone
) -> None:
    calls, in_call = (str(telephone.words["is"][it]) for it in ("calls", "inCall"))
    await telephone.press("call")
    await telephone.shows("hangUp")
    await telephone.choose("Bruno")
    await telephone.press("call")
    await telephone.shows("hangUp")
    for name in ("Ana", "Bruno"):
        await expect(telephone.tab(name)).to_contain_text(calls)
    await answered(phone)
    await expect(telephone.tab("Bruno")).to_contain_text(in_call)
    await telephone.is_in_call()
    await expect(telephone.tab("Ana")).to_contain_text(calls)
    first = (await phone.live())[-1]
    await phone.api("POST", f"/calls/{first['id']}/accept")
    await telephone.choose("Ana")
    await telephone.counts()


async def test_each_of_several_people_is_called_and_answers_or_declines(
    phone: Phone, telephone: Telephone
) -> None:
    rings = str(telephone.words["is"]["rings"])
    to_ana, to_bruno = await phone.dial(ANA), await phone.dial(BRUNO)
    for name in ("Ana", "Bruno"):
        await expect(telephone.tab(name)).to_contain_text(rings)
    await telephone.press("answer")
    await telephone.is_in_call()
    assert (await phone.call(to_ana))["status"] == Status.ACCEPTED
    assert (await phone.call(to_bruno))["status"] == Status.RINGING
    await telephone.choose("Bruno")
    await telephone.press("decline")
    await telephone.shows("call")
    assert (await phone.call(to_bruno))["status"] == Status.REJECTED
    await expect(telephone.tab("Bruno")).to_have_text(re.compile("Bruno$"))
    assert (await phone.call(to_ana))["status"] == Status.ACCEPTED


async def test_what_is_played_is_received_drawn_and_named_while_it_is_played(
    phone: Phone, telephone: Telephone, long_sound: str
) -> None:
    ended: list[str] = []
    # A call that ends here ends what is received of it: it is not waited for.
    for event in ("requestfinished", "requestfailed"):
        telephone.page.on(event, lambda request: ended.append(request.url))
    await telephone.press("call")
    call_id = await answered(phone)
    stream = f"{phone.url}/phone/calls/{call_id}/live"
    await telephone.says(str(telephone.words["quiet"]))
    await phone.api("POST", f"/calls/{call_id}/play", {"mediaUrl": long_sound})
    await telephone.says("♪ long.mp3")
    await telephone.draws()
    (play,) = (await phone.call(call_id))["plays"]
    assert len(await phone.heard_samples(call_id)) < play["seconds"] * 96_000
    assert stream not in ended
    await telephone.press("hangUp")
    assert await until(lambda: stream in ended)


async def test_calls_that_are_over_are_listed_newest_first_with_how_they_ended(
    phone: Phone, telephone: Telephone
) -> None:
    await phone.act(await phone.ring(ANA), "hang_up")
    await phone.dial(ANA)
    await telephone.press("decline")
    await telephone.press("call")
    await answered(phone)
    await telephone.is_in_call()
    await telephone.press("hangUp")
    await expect(telephone.recent).to_have_text(
        [
            re.compile("You called.*Call ended after 0:0\\d"),
            re.compile("Your home called.*You declined"),
            re.compile("You called.*Nobody answered"),
        ]
    )
    await expect(telephone.page.locator("#outcome")).to_have_text(
        re.compile("Call ended after 0:0\\d")
    )
    await telephone.choose("Bruno")
    await expect(telephone.recent).to_have_count(0)
    await expect(telephone.page.get_by_text(str(telephone.words["noCalls"]))).to_be_visible()


async def test_what_was_heard_can_be_heard_again(
    phone: Phone, telephone: Telephone, long_sound: str
) -> None:
    await telephone.press("call")
    call_id = await answered(phone)
    await phone.api("POST", f"/calls/{call_id}/play", {"mediaUrl": long_sound})
    await telephone.draws()
    await telephone.press("hangUp")
    again = telephone.recent.locator("audio")
    await expect(again).to_have_attribute("src", f"/phone/calls/{call_id}/heard.wav")
    await telephone.page.wait_for_function(
        "audio => audio.duration > 0", arg=await again.element_handle()
    )


async def test_each_request_and_each_delivery_is_a_line_behind_the_scenes(
    phone: Phone, telephone: Telephone
) -> None:
    lines = telephone.page.locator("#traffic li")
    await telephone.page.locator("#behind summary").click()
    await phone.api("GET", "/calls?limit=1")
    await phone.api("GET", "/calls/call_wrong")
    await phone.api("POST", "/webhooks", {"url": UNREACHABLE, "events": ["*"]})
    await phone.ring(ANA)
    no_answer = re.escape(str(telephone.words["noAnswer"]))
    await expect(lines.first).to_contain_text(re.compile(r"→ GET /v1/calls.*200\d+ ms$"))
    await expect(lines.nth(1)).to_contain_text(re.compile(r"→ GET /v1/calls/call_wrong.*404"))
    await expect(lines.nth(2)).to_contain_text(re.compile(r"→ POST /v1/webhooks.*201"))
    await expect(lines.nth(3)).to_contain_text(re.compile(rf"← call\.ringing{no_answer}"))
    for index, is_bad in enumerate((False, True, False, True)):
        assert ("bad" in str(await lines.nth(index).get_attribute("class"))) is is_bad


async def test_the_page_speaks_the_language_of_the_browser(windows: Windows, phone: Phone) -> None:
    for locale, language, call in (
        ("pt-BR", "pt-BR", "Chamar"),
        ("pt-PT", "pt-BR", "Chamar"),
        ("en-US", "en", "Call"),
        ("de-DE", "en", "Call"),
    ):
        telephone = Telephone(await windows.open(locale), phone.url)
        await telephone.open()
        await expect(telephone.page.locator("html")).to_have_attribute("lang", language)
        await expect(telephone.page.get_by_role("button", name=call, exact=True)).to_be_visible()


async def test_what_somebody_does_when_called_is_chosen_on_the_page(
    phone: Phone, telephone: Telephone
) -> None:
    choice = telephone.page.get_by_label(str(telephone.words["whenCalled"]))
    await choice.select_option(label=str(telephone.words["does"]["answer"]))

    async def is_stored() -> bool:
        return [it["does"] for it in await phone.people()] == ["answer", "ignore"]

    assert await until_asked(is_stored)
    await phone.dial(ANA)
    await telephone.is_in_call()
    await telephone.choose(str(telephone.words["stranger"]))
    await expect(choice).to_be_hidden()


async def test_a_number_is_dialed_by_its_keys(phone: Phone, telephone: Telephone) -> None:
    await telephone.press("keypad")
    keypad = telephone.page.locator("#keypad")
    for digit in "113000000":
        await keypad.get_by_role("button", name=digit, exact=True).click()
    await keypad.get_by_role("button", name="9", exact=True).click()
    await keypad.get_by_role("button", name="Call").click()
    await expect(telephone.page.get_by_text(str(telephone.words["inService"]))).to_be_in_viewport()
    await expect(keypad.get_by_role("button", name="Call")).to_be_in_viewport(ratio=1)
    assert await phone.calls() == []
    await keypad.get_by_role("button", name=str(telephone.words["erase"])).click()
    await keypad.get_by_role("button", name="1", exact=True).click()
    await keypad.get_by_role("button", name="Call").click()
    await telephone.shows("hangUp")
    (call,) = await phone.calls()
    assert (call["numberId"], f"+{call['peerNumber']}") == (DEMO_NUMBER, ANA)


async def test_the_keypad_gives_way_to_what_was_there_before(telephone: Telephone) -> None:
    await telephone.press("keypad")
    await expect(telephone.button("callMe")).to_be_hidden()
    await telephone.press("back")
    await expect(telephone.button("callMe")).to_be_visible()
    await expect(telephone.page.locator("#keypad")).to_be_hidden()
    await expect(telephone.button("keypad")).to_be_focused()


async def test_a_telephone_that_rings_beside_the_one_that_is_shown_is_picked_up_with_one_press(
    phone: Phone, telephone: Telephone
) -> None:
    await phone.dial(BRUNO)
    await expect(telephone.page).to_have_title("Bruno's telephone rings")
    await telephone.page.get_by_role("button", name="Bruno's telephone rings").click()
    await expect(telephone.tab("Bruno")).to_have_attribute("aria-selected", "true")
    await expect(telephone.button("answer")).to_be_focused()
    await expect(telephone.page.locator("#elsewhere")).to_be_hidden()
    await telephone.press("answer")
    await telephone.is_in_call()
    await expect(telephone.page).to_have_title(re.compile("^Bruno · "))


async def test_who_withholds_their_number_is_a_stranger(phone: Phone, telephone: Telephone) -> None:
    await telephone.press("keypad")
    keypad = telephone.page.locator("#keypad")
    await keypad.get_by_role("textbox").fill("(11) 3000-0001")
    await keypad.get_by_role("checkbox").check()
    await keypad.get_by_role("button", name="Call").click()
    await telephone.shows("hangUp")
    await expect(telephone.page.get_by_text(str(telephone.words["ringsWithheld"]))).to_be_visible()
    stranger = telephone.tab(str(telephone.words["stranger"]))
    await expect(stranger).to_have_attribute("aria-selected", "true")
    await expect(telephone.button("hangUp")).to_be_focused()
    (call,) = await phone.calls()
    assert call["peerNumber"] is None


async def test_the_sound_is_turned_off_and_on(telephone: Telephone) -> None:
    sound = telephone.page.locator("#sound")
    await sound.click()
    await expect(sound).to_have_attribute("aria-pressed", "false")
    await expect(sound).to_have_text(str(telephone.words["soundOff"]))
    await sound.click()
    await expect(sound).to_have_attribute("aria-pressed", "true")
    await expect(sound).to_have_text(str(telephone.words["soundOn"]))


async def test_who_is_impatient_is_called_once(telephone: Telephone, wishes: list[Any]) -> None:
    await telephone.button("callMe").dblclick()
    await telephone.press("callMe")
    assert await until(lambda: bool(wishes))
    await telephone.choose("Bruno")
    assert wishes == [{"to": ANA, "message": None, "call_id": None}]
    # Somebody else is no second press.
    await telephone.press("callMe")
    assert await until(lambda: len(wishes) > 1)
    assert [it["to"] for it in wishes] == [ANA, BRUNO]


async def test_what_the_home_should_say_is_asked_of_the_home(
    phone: Phone, telephone: Telephone, wishes: list[Any]
) -> None:
    await telephone.press("say")
    field = telephone.page.get_by_role("textbox", name=str(telephone.words["sayWhat"]))
    await field.fill("Good morning.")
    await telephone.page.keyboard.press("Enter")
    await expect(field).to_have_value("")
    await phone.dial(ANA)
    await telephone.press("answer")
    await telephone.press("say")
    await field.filter(visible=True).fill("And good night.")
    await telephone.press("send")
    await expect(field.filter(visible=True)).to_have_value("")
    (call,) = await phone.calls()
    assert wishes == [
        {"to": ANA, "message": "Good morning.", "call_id": None},
        {"to": ANA, "message": "And good night.", "call_id": call["id"]},
    ]
