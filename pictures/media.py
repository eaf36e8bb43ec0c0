"""Stills of the media picker, and of what was picked."""

from typing import Any, Final

from playwright.async_api import FloatRect, Locator, Page

from demo.stage import Stage

from .frame import around
from .frontend import choose_row, open_automation, press

_WORDS: Final = "The doorbell rang. Somebody is at the gate."
_CHIME: Final = {
    "media_content_id": "media-source://media_source/local/chime.flac",
    "media_content_type": "audio/flac",
    "metadata": {"title": "chime.flac", "media_class": "music"},
}
_SPEECH: Final = {
    "media_content_id": "media-source://tts/tts.espeak?message=The+doorbell+rang.&language=en",
    "media_content_type": "audio/mp3",
    "metadata": {"title": _WORDS, "media_class": "app"},
}


async def _open(page: Page, stage: Stage, *media: dict[str, Any]) -> Locator:
    """Open an action that plays media; return the row in which it is chosen."""
    action = {
        "action": "pilotstatus.play_audio",
        "target": {"entity_id": "event.casa_call"},
        "data": {"media": list(media)},
    }
    await open_automation(page, stage, "Play", triggers=[], actions=[action])
    sidebar = await choose_row(page, "Play audio")
    row = sidebar.locator("ha-settings-row").filter(has=page.locator("ha-selector-media"))
    await row.scroll_into_view_if_needed()
    return row


async def pick_speech(page: Page, stage: Stage) -> FloatRect:
    """Show the media picker that asks what to say."""
    await press(await _open(page, stage), "Pick media")
    picker = page.locator("dialog-media-player-browse")
    for name in ("Text-to-speech", "eSpeak"):
        await picker.locator(".title:visible").filter(has_text=name).click()
    await picker.get_by_role("textbox").first.fill(_WORDS)
    form = picker.locator("ha-browse-media-tts ha-card")
    return await around(picker.locator("ha-dialog-header").first, form)


async def pick_media(page: Page, stage: Stage) -> FloatRect:
    """Show an action that plays a file, and then speaks."""
    row = await _open(page, stage, _CHIME, _SPEECH)
    await row.get_by_text(_WORDS).wait_for()
    return await around(row, margin=0)
