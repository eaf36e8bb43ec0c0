"""A user's first ten minutes with the integration, step by step, in any language."""

import asyncio
import json
from pathlib import Path
import re
from typing import Any

from playwright.async_api import expect
import pytest

from demo.audio import likeness, speak
from demo.language import Language
from demo.people import PEOPLE
from demo.stage import Stage
from simulator.audio import read_samples
from simulator.numbers import DEMO_KEY, DEMO_NUMBER
from simulator.transitions import Status
from tests.common import until_asked

from .action_page import ActionPage
from .home_page import HomePage
from .telephone import Telephone

_ALIKE = 0.95
_ANA = PEOPLE[0]
_NEW_KEY = "ps_new_key"


async def hears(stage: Stage, call_id: str, expected: bytes, start: int = 0) -> None:
    """Wait until a call has heard something, from a sample on."""

    async def is_heard() -> bool:
        heard = await stage.phone.heard_samples(call_id)
        return likeness(heard[start:], expected) > _ALIKE

    assert await until_asked(is_heard, 30)


async def spoken(stage: Stage, language: Language, words: str) -> bytes:
    """Return the samples of words that are spoken in the story's language."""
    path = await asyncio.to_thread(speak, words, language.code, stage.audio)
    return read_samples(path)


async def announce(home: HomePage, language: Language) -> ActionPage:
    """Announce the message of an emergency to Ana; return the page of the action."""
    action = ActionPage(home, "announce")
    await action.open()
    await action.choose_entity("contacts", _ANA.name)
    await action.write("message", language.message)
    await action.perform()
    return action


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.timeout(180)
class Story:
    """Each step stands on those before it."""

    async def test_a_wrong_key_is_refused_in_the_form(self, stage: Stage, home: HomePage) -> None:
        words = home.words
        await home.open()
        await home.add_integration("Pilot Status")
        await home.flow.says(words.ours("config.step.user.title"))
        await home.flow.fill(words.ours("config.step.user.data.api_key"), "ps_wrong")
        advanced = "config.step.user.sections.advanced"
        await home.flow.unfold(words.ours(f"{advanced}.name"))
        await home.flow.fill(words.ours(f"{advanced}.data.base_url"), stage.phone.url)
        await home.flow.submit()
        await home.flow.says(words.ours("config.error.invalid_auth"))

    async def test_the_right_key_adds_the_number(self, home: HomePage) -> None:
        await home.flow.fill(home.words.ours("config.step.user.data.api_key"), DEMO_KEY)
        await home.flow.submit()
        await home.flow.shows_picture("Pilot Status")
        await home.flow.says("Casa")
        await home.flow.finish("finish_skip")

    async def test_a_contact_is_added(self, home: HomePage) -> None:
        contact = "config_subentries.contact"
        await home.open_integration()
        await home.press(home.words.ours(f"{contact}.initiate_flow.user"))
        await home.flow.fill(home.words.ours(f"{contact}.step.user.data.name"), _ANA.name)
        await home.flow.fill(home.words.ours(f"{contact}.step.user.data.phone"), "(11) 99111-0001")
        await home.flow.submit()
        await home.flow.finish()
        await expect(home.page.get_by_role("button", name=_ANA.name).first).to_be_visible()

    async def test_a_caller_is_known_by_name_and_answered_on_the_dashboard(
        self, stage: Stage, home: HomePage, telephone: Telephone, language: Language
    ) -> None:
        await stage.home.add("espeak")
        await stage.phone.person(_ANA.phone, name=_ANA.name)
        await home.go("/demo-calls")
        await telephone.open()
        await telephone.choose(_ANA.name)
        await telephone.press("call")
        await expect(home.page.get_by_role("heading", name=_ANA.name, exact=True)).to_be_visible()
        await home.press(home.words.ours("entity.button.answer.name"))
        await telephone.counts()
        greeting = language.greeting.format(name=_ANA.name)
        await telephone.says(greeting)
        call_id = await stage.phone.newest(Status.ACCEPTED)
        await hears(stage, call_id, await spoken(stage, language, greeting))
        await telephone.says(str(telephone.words["quietSay"]))

    async def test_media_that_is_picked_is_heard_in_the_call(
        self, stage: Stage, home: HomePage, telephone: Telephone
    ) -> None:
        call_id = await stage.phone.newest(Status.ACCEPTED)
        before = len(await stage.phone.heard_samples(call_id))
        action = ActionPage(home, "play_audio")
        await action.open()
        await action.choose_media("media", "My media", "chime.flac")
        await action.perform()
        await telephone.says("♪")
        await telephone.draws()
        await hears(stage, call_id, read_samples(stage.audio / "chime.opus"), before)
        await telephone.press("hangUp")
        await telephone.shows("call")
        await expect(telephone.recent).to_have_count(1)

    async def test_an_announcement_rings_and_is_said_to_who_answers(
        self, stage: Stage, home: HomePage, telephone: Telephone, language: Language
    ) -> None:
        await announce(home, language)
        await telephone.press("answer")
        await telephone.says(language.message)
        call_id = await stage.phone.newest(Status.COMPLETED, 30)
        await hears(stage, call_id, await spoken(stage, language, language.message))
        await expect(telephone.recent).to_have_count(2)

    async def test_a_failed_action_is_explained_in_a_notification(self, home: HomePage) -> None:
        reason = home.words.ours("exceptions.call_not_found.message")
        action = ActionPage(home, "play_audio")
        await action.open()
        await action.write("message", "…")
        await action.write("call_id", "call_wrong")
        await action.perform()
        await action.refuses(reason)
        drawer = await home.notifications()
        await expect(
            drawer.get_by_text(home.words.ours("common.failed_play_audio"))
        ).to_be_visible()
        await expect(drawer.get_by_text(reason)).to_be_visible()

    async def test_a_number_that_declines_every_call_is_mended_by_a_click(
        self, stage: Stage, home: HomePage
    ) -> None:
        issue = "issues.calls_rejected"
        await stage.phone.number(DEMO_NUMBER, reject_call=True)
        await home.open_integration()
        await home.choose_from_menu("reload")
        await home.confirm("common.ok")
        await home.go("/config/repairs")
        title = home.words.ours(f"{issue}.title", number="Casa")
        await home.page.get_by_text(title, exact=True).click()
        await home.flow.says(home.words.ours(f"{issue}.fix_flow.step.confirm.title"))
        await home.flow.submit()
        await home.flow.says(home.words.home("dialogs.repair_flow.success.description"))
        await home.flow.finish()
        await expect(home.page.get_by_text(title, exact=True)).to_be_hidden()
        number = await stage.phone.api("GET", f"/numbers/{DEMO_NUMBER}")
        assert number["settings"]["rejectCall"] is False

    async def test_a_new_key_is_asked_for_and_the_number_works_again(
        self, stage: Stage, home: HomePage, telephone: Telephone, language: Language
    ) -> None:
        await stage.phone.number(DEMO_NUMBER, key=_NEW_KEY)
        action = await announce(home, language)
        await action.refuses(home.words.ours("exceptions.invalid_auth.message"))
        await home.open_integration()
        await home.press(home.words.home("panel.config.integrations.reconfigure"))
        await home.flow.says(home.words.ours("config.step.reauth_confirm.title"))
        await home.flow.fill(home.words.ours("config.step.reauth_confirm.data.api_key"), _NEW_KEY)
        await home.flow.submit()
        await home.flow.says(home.words.ours("config.abort.reauth_successful"))
        await home.flow.finish("close")
        # The form is as it was left.
        await home.go("/config/tools/action")
        await action.perform()
        await telephone.press("decline")
        await telephone.shows("call")

    async def test_diagnostics_hold_neither_key_nor_phone_number(self, home: HomePage) -> None:
        await home.open_integration()
        async with home.page.expect_download() as download:
            await home.choose_from_menu("download_diagnostics")
        text = await asyncio.to_thread(Path(await (await download.value).path()).read_text)
        assert json.loads(text)["data"]["calls"]
        assert _NEW_KEY not in text
        digits = re.sub(r"[^\d\n]", "", text)
        assert "91110001" not in digits
        assert "30000001" not in digits

    async def test_a_number_that_is_removed_leaves_nothing_at_pilot_status(
        self, stage: Stage, home: HomePage
    ) -> None:
        async def webhooks() -> Any:
            return await stage.phone.api("GET", "/webhooks", key=_NEW_KEY)

        assert len(await webhooks()) == 1
        await home.open_integration()
        await home.choose_from_menu("delete")
        await home.confirm("common.delete")
        none = home.words.home("panel.config.integrations.integration_page.no_entries")
        await expect(home.page.get_by_text(none)).to_be_visible()
        assert await webhooks() == []
