"""The story that ``scripts/demo --check`` proves, step by step."""

import asyncio
import io
from pathlib import Path
import sys
import wave

from .home_assistant import HomeAssistant
from .phone import Phone
from .sounds import decode

STATUS = "sensor.casa_0001_last_call_status"
PLAYBACK = "sensor.casa_0001_last_playback"


class StoryError(Exception):
    """A step of the story did not come out as told."""


def _step(holds: object, told: str) -> None:
    sys.stdout.write(f"{'ok  ' if holds else 'FAIL'} {told}\n")
    sys.stdout.flush()
    if not holds:
        raise StoryError(told)


async def tell(home: HomeAssistant, phone: Phone, sounds: Path) -> None:
    """Run the story; raises StoryError at the first step that fails."""
    await _automation_plays(home, phone, sounds / "doorbell.mp3")
    for name in ("alarm.wav", "chime.opus"):
        await _action_plays(home, phone, sounds / name)
    await _failure_is_told(home)


async def _automation_plays(home: HomeAssistant, phone: Phone, sound: Path) -> None:
    call_id = await phone.dial("+5511987654321")
    await phone.act(call_id, "answer")
    await home.act("homeassistant.update_entity", entity_id=STATUS)
    state = await home.state_is(STATUS, lambda it: it["attributes"].get("call_id") == call_id)
    _step(state["state"] == "accepted", "the sensor shows the call as answered")
    await home.act("input_button.press", entity_id="input_button.doorbell")
    await _heard(phone, call_id, sound, "the automation's sound")
    state = await home.state_is(PLAYBACK, lambda it: it["attributes"].get("call_id") == call_id)
    _step(state["state"] == "accepted", "the sensor shows the playback")
    await phone.act(call_id, "hang_up")
    state = await home.state_is(STATUS, lambda it: it["state"] == "completed")
    _step(state["attributes"]["duration"] is not None, "the sensor shows the end of the call")


async def _action_plays(home: HomeAssistant, phone: Phone, sound: Path) -> None:
    call_id = await phone.dial("+5511987654321")
    answer = await home.act(
        "pilotstatus.play_audio", call_id=call_id, media_url=f"{home.url}/local/{sound.name}"
    )
    _step(answer and answer["queued"], f"{sound.name} waits for the call to be answered")
    await phone.act(call_id, "answer")
    await _heard(phone, call_id, sound, sound.name)
    await phone.act(call_id, "hang_up")


async def _heard(phone: Phone, call_id: str, sound: Path, name: str) -> None:
    expected = await asyncio.to_thread(decode, sound)
    heard = b""
    for _ in range(100):
        with wave.open(io.BytesIO(await phone.heard(call_id))) as wav:
            heard = wav.readframes(wav.getnframes())
        if len(heard) >= len(expected):
            break
        await asyncio.sleep(0.1)
    _step(heard == expected, f"the call heard {name}, sample by sample ({len(heard) // 2})")


async def _failure_is_told(home: HomeAssistant) -> None:
    answer = await home.act(
        "pilotstatus.play_audio", call_id="call_wrong", media_url=f"{home.url}/local/alarm.wav"
    )
    _step(answer is None, "a wrong call id fails the action")
    told = [
        it for it in await home.notifications() if "call_wrong" in it["message"].replace("\\", "")
    ]
    _step(len(told) == 1, "a wrong call id leaves a notification")
