"""The telephone's page without a mouse, without eyes, and on a small screen."""

from collections.abc import AsyncIterator
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect
import pytest

from simulator.client import Phone
from simulator.transitions import Status
from tests.common import ANA, BRUNO

from .telephone import Telephone
from .windows import Scheme, Windows

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]


async def opened(windows: Windows, phone: Phone, **looks: Any) -> Telephone:
    """Return the telephone of Ana, who is known as Bruno is, in a new window."""
    await phone.person(ANA, name="Ana")
    await phone.person(BRUNO, name="Bruno")
    telephone = Telephone(await windows.open("en-US", **looks), phone.url)
    await telephone.open()
    return telephone


async def screens(telephone: Telephone, phone: Phone) -> AsyncIterator[str]:
    """Show one screen after the other; yields the name of each."""
    yield "home"
    await telephone.press("keypad")
    yield "keypad"
    await telephone.page.locator("#dialed").fill("1")
    await telephone.page.locator("#keypad").get_by_role("button", name="Call").click()
    yield "not in service"
    await telephone.press("back")
    await telephone.press("say")
    yield "say"
    await telephone.page.locator("#behind summary").click()
    yield "behind the scenes"
    await telephone.press("call")
    await telephone.shows("hangUp")
    yield "outgoing"
    call_id = await phone.newest(Status.RINGING)
    await phone.api("POST", f"/calls/{call_id}/accept")
    await telephone.is_in_call()
    yield "in a call"
    await telephone.press("say")
    yield "in a call, say"
    await telephone.press("hangUp")
    await expect(telephone.recent).to_have_count(1)
    yield "after a call"
    await phone.dial(ANA)
    await telephone.shows("answer")
    yield "incoming"
    await telephone.choose("Bruno")
    await expect(telephone.page.locator("#elsewhere")).to_be_visible()
    yield "incoming elsewhere"


async def faults(telephone: Telephone) -> list[str]:
    """Return what axe finds on the page as it is."""
    found = await Axe().run(telephone.page)
    return [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in found.response["violations"]
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_on_any_screen(
    windows: Windows, phone: Phone, scheme: Scheme, width: int
) -> None:
    telephone = await opened(windows, phone, scheme=scheme, width=width)
    found = {}
    async for screen in screens(telephone, phone):
        if on_it := await faults(telephone):
            found[screen] = on_it
        sideways = await telephone.page.evaluate("document.documentElement.scrollWidth")
        assert sideways <= width, screen
    assert found == {}


async def test_a_call_is_placed_and_ended_by_the_keyboard_alone(
    windows: Windows, phone: Phone
) -> None:
    telephone = await opened(windows, phone)
    keyboard = telephone.page.keyboard
    for _ in range(3):
        await keyboard.press("Tab")
    await expect(telephone.button("call")).to_be_focused()
    await keyboard.press("Enter")
    await expect(telephone.button("hangUp")).to_be_focused()
    await phone.api("POST", f"/calls/{await phone.newest(Status.RINGING)}/accept")
    await telephone.is_in_call()
    await expect(telephone.button("hangUp")).to_be_focused()
    await keyboard.press("Enter")
    await expect(telephone.button("call")).to_be_focused()
    assert await phone.newest(Status.COMPLETED)


async def test_a_call_is_answered_by_the_keyboard_alone(windows: Windows, phone: Phone) -> None:
    telephone = await opened(windows, phone)
    await telephone.button("call").focus()
    await phone.dial(ANA)
    await expect(telephone.button("answer")).to_be_focused()
    await telephone.page.keyboard.press("Enter")
    await telephone.is_in_call()
    await expect(telephone.button("hangUp")).to_be_focused()


async def test_arrow_keys_go_from_person_to_person_and_around(
    windows: Windows, phone: Phone
) -> None:
    telephone = await opened(windows, phone)
    stranger = str(telephone.words["stranger"])
    await telephone.page.keyboard.press("Tab")
    await telephone.page.keyboard.press("Tab")
    for key, name in (
        ("ArrowRight", "Bruno"),
        ("ArrowRight", stranger),
        ("ArrowRight", "Ana"),
        ("ArrowLeft", stranger),
        ("Home", "Ana"),
        ("End", stranger),
    ):
        await telephone.page.keyboard.press(key)
        await expect(telephone.tab(name)).to_be_focused()
        await expect(telephone.tab(name)).to_have_attribute("aria-selected", "true")
    await expect(telephone.page.get_by_role("tab", selected=True)).to_have_count(1)


async def test_a_call_that_comes_while_somebody_types_is_not_answered_by_the_next_key(
    windows: Windows, phone: Phone
) -> None:
    telephone = await opened(windows, phone)
    await telephone.press("say")
    field = telephone.page.get_by_role("textbox", name=str(telephone.words["sayWhat"]))
    await expect(field).to_be_focused()
    await field.fill("Good night")
    await phone.dial(ANA)
    await expect(telephone.page.locator("#incoming-call h2")).to_be_focused()
    await telephone.page.keyboard.press("Space")
    await telephone.page.keyboard.press("Enter")
    await expect(telephone.button("answer")).to_be_visible()
    await telephone.press("decline")
    await expect(telephone.button("call")).to_be_focused()
    await expect(field).to_have_value("Good night")


@pytest.mark.parametrize("selector", ["#does", "#open-keys", "#tab-5511991110001", "#traffic"])
async def test_the_focus_stays_when_something_changes_elsewhere(
    windows: Windows, phone: Phone, selector: str
) -> None:
    telephone = await opened(windows, phone)
    await telephone.page.locator("#behind summary").click()
    focused = telephone.page.locator(selector)
    await focused.focus()
    await phone.dial(BRUNO)
    await expect(telephone.tab("Bruno")).to_contain_text(str(telephone.words["is"]["rings"]))
    await expect(focused).to_be_focused()


async def test_the_focus_stays_in_a_list_that_grows(windows: Windows, phone: Phone) -> None:
    telephone = await opened(windows, phone)
    await phone.act(await phone.ring(ANA), "hang_up")
    await expect(telephone.recent).to_have_count(1)
    await telephone.page.locator("#does").focus()
    await phone.act(await phone.ring(ANA), "hang_up")
    await expect(telephone.recent).to_have_count(2)
    assert await telephone.page.evaluate("document.activeElement !== document.body")


async def test_the_focus_goes_to_who_is_left_when_a_person_is_forgotten(
    windows: Windows, phone: Phone
) -> None:
    telephone = await opened(windows, phone)
    await telephone.choose("Bruno")
    await telephone.tab("Bruno").focus()
    await phone.forget_person(BRUNO)
    await expect(telephone.tab("Bruno")).to_have_count(0)
    await expect(telephone.tab("Ana")).to_be_focused()


async def test_a_call_that_comes_is_announced_to_who_does_not_see_it(
    windows: Windows, phone: Phone
) -> None:
    telephone = await opened(windows, phone)
    news = telephone.page.locator("#news")
    await phone.dial(ANA)
    await expect(news).to_have_text("Casa is calling you")
    await telephone.press("decline")
    await expect(news).to_have_text(str(await telephone.page.locator("#outcome").inner_text()))


async def test_a_simulator_that_does_not_answer_is_told_of_wherever_the_page_is(
    windows: Windows, phone: Phone
) -> None:
    telephone = await opened(windows, phone, width=390)
    await telephone.page.locator("#behind summary").click()
    # The browser itself reports it, too.
    await telephone.page.route("**/phone/events", lambda route: route.abort())
    await telephone.page.reload()
    lost = telephone.page.get_by_text(str(telephone.words["lost"]))
    await expect(lost).to_be_in_viewport(ratio=1)
    await telephone.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    await expect(lost).to_be_in_viewport(ratio=1)
    await telephone.page.unroute("**/phone/events")
    await expect(lost).to_be_hidden()
    assert windows.complaints
    windows.console.clear()
