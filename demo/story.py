"""The story that ``scripts/demo --check`` proves, step by step."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
import sys

from simulator.audio import read_samples
from simulator.client import Phone
from simulator.numbers import CALLER
from simulator.transitions import Status

from .audio import likeness, speak
from .home_assistant import HomeAssistant
from .people import PEOPLE

EVENT = "event.casa_call"
MESSAGE = "Atenção. Há água na adega. Feche o registro."
LINE = "sensor.casa_line"
PLAYER = "media_player.casa_call_audio"
PLAYBACK = "sensor.casa_last_playback"
STATUS = "sensor.casa_last_call_status"

_ALIKE = 0.95
#: Seconds until the third person answers.
_ESCALATION = 60


class StoryError(Exception):
    """A step of the story failed."""


def _step(holds: object, claim: str) -> None:
    sys.stdout.write(f"{'ok  ' if holds else 'FAIL'} {claim}\n")
    sys.stdout.flush()
    if not holds:
        raise StoryError(claim)


async def run_story(
    home: HomeAssistant, phone: Phone, audio: Path, restart: Callable[[], Awaitable[None]]
) -> None:
    """Run the story; raises StoryError at the first step that fails.

    ``restart`` kills Home Assistant without warning and starts it again.
    """
    await _a_call_is_answered_and_greeted(home, phone, audio / "chime.opus")
    await _a_call_is_placed_and_answered(home, phone, audio / "alarm.wav")
    await _the_doorbell_speaks(home, phone, audio / "doorbell.mp3")
    await _home_assistant_speaks(home, phone, audio)
    await _a_call_is_placed_and_declined(home, phone)
    await _people_are_told_until_someone_answers(home, phone, audio)
    await _a_message_is_spoken_and_the_call_ended(home, phone, audio)
    await _a_contact_is_recognized(home, phone)
    await _a_failure_is_reported(home)
    await _a_kill_loses_nothing(home, phone, restart)


async def _a_call_is_answered_and_greeted(home: HomeAssistant, phone: Phone, file: Path) -> None:
    call_id = await phone.ring(CALLER)
    await phone.newest(Status.ACCEPTED)
    _step(call_id, "the phone rings Home Assistant, and an automation answers")
    await _heard(phone, call_id, file, "the greeting")
    _step(
        await _shows(home, PLAYBACK, "played", call_id),
        "the sensor shows that it was played",
    )
    await phone.newest(Status.COMPLETED)
    _step(await _shows(home, STATUS, "completed", call_id), "Home Assistant hangs up, and it shows")
    event = (await home.state(EVENT))["attributes"]
    _step(
        (event["event_type"], event["peer_number"]) == ("ended", CALLER),
        "the event entity shows the end, and of whose call",
    )


async def _a_call_is_placed_and_answered(home: HomeAssistant, phone: Phone, file: Path) -> None:
    placed = asyncio.create_task(
        home.act(
            "pilotstatus.place_call",
            to="+55 (11) 98765-4321",
            media_url=f"{home.url}/local/{file.name}",
            wait_for_answer=True,
        )
    )
    call_id = await phone.newest(Status.RINGING)
    await phone.act(call_id, "answer")
    answer = await placed
    _step(answer and answer["answered"], "Home Assistant calls, and goes on when it is answered")
    await _heard(phone, call_id, file, file.name)


async def _the_doorbell_speaks(home: HomeAssistant, phone: Phone, file: Path) -> None:
    call_id = await phone.newest(Status.ACCEPTED)
    before = len(await phone.heard_samples(call_id))
    await home.act("input_button.press", entity_id="input_button.doorbell")
    await _heard(phone, call_id, file, "the doorbell, in the one live call", before)
    await phone.act(call_id, "hang_up")
    _step(await _shows(home, STATUS, "completed", call_id), "the other side hangs up, it shows")


async def _home_assistant_speaks(home: HomeAssistant, phone: Phone, audio: Path) -> None:
    placed = asyncio.create_task(
        home.act("pilotstatus.place_call", to=CALLER, wait_for_answer=True)
    )
    call_id = await phone.newest(Status.RINGING)
    await phone.act(call_id, "answer")
    await placed
    await home.act(
        "tts.speak",
        entity_id="tts.espeak",
        media_player_entity_id=PLAYER,
        message=MESSAGE,
        cache=False,
    )
    state = await home.state_is(PLAYER, lambda it: it["state"] == "playing")
    _step(state["state"] == "playing", "Home Assistant speaks, and its player says so")
    expected = await asyncio.to_thread(lambda: read_samples(speak(MESSAGE, audio)))
    alike = await _heard_alike(phone, call_id, expected)
    _step(alike > _ALIKE, f"the call heard the words of the engine (likeness {alike:.3f})")
    before = len(await phone.heard_samples(call_id))
    await home.act("pilotstatus.play_audio", media="media-source://media_source/local/chime.flac")
    expected = await asyncio.to_thread(read_samples, audio / "chime.opus")
    alike = await _heard_alike(phone, call_id, expected, before)
    _step(alike > _ALIKE, f"and a flac of the media folder (likeness {alike:.3f})")
    state = await home.state(PLAYBACK)
    _step(state["attributes"]["fetched_at"], "it is known when that was fetched")
    await phone.act(call_id, "hang_up")


async def _heard_alike(phone: Phone, call_id: str, expected: bytes, start: int = 0) -> float:
    """Wait until the call has heard audio from a sample on; return how alike it is."""
    heard, size = b"", -1
    for _ in range(100):
        heard = (await phone.heard_samples(call_id))[start:]
        if len(heard) > 0.9 * len(expected) and len(heard) == size:
            break
        size = len(heard)
        await asyncio.sleep(0.3)
    return likeness(heard, expected)


async def _a_call_is_placed_and_declined(home: HomeAssistant, phone: Phone) -> None:
    placed = asyncio.create_task(
        home.act("pilotstatus.place_call", to=CALLER, wait_for_answer=True)
    )
    await phone.act(await phone.newest(Status.RINGING), "decline")
    answer = await placed
    _step(
        answer and answer["answered"] is False and answer["status"] == "rejected",
        "a call that is declined is not taken for answered",
    )


async def _people_are_told_until_someone_answers(
    home: HomeAssistant, phone: Phone, audio: Path
) -> None:
    before = len(await phone.calls())
    await home.act("input_button.press", entity_id="input_button.water")
    call_id = await phone.newest(Status.ACCEPTED, _ESCALATION)
    calls = list(reversed((await phone.calls())[:-before]))
    _step(
        [f"+{call['peerNumber']}" for call in calls] == [it.phone for it in PEOPLE],
        "water: Ana sleeps, Bruno declines, Carla is called and answers",
    )
    expected = await asyncio.to_thread(lambda: read_samples(speak(MESSAGE, audio)))
    alike = await _heard_alike(phone, call_id, expected)
    _step(alike > _ALIKE, f"she hears what is the matter (likeness {alike:.3f})")
    ended = [await phone.newest(Status.COMPLETED), *(it["id"] for it in await phone.live())]
    _step(ended == [call_id], "the call is ended then, and no other one goes on")

    def names_her(notifications: list[dict[str, object]]) -> bool:
        return any("Carla was told" in str(it["message"]) for it in notifications)

    for _ in range(50):
        if names_her(await home.notifications()):
            break
        await asyncio.sleep(0.1)
    _step(names_her(await home.notifications()), "the automation knows that it was Carla")


async def _a_message_is_spoken_and_the_call_ended(
    home: HomeAssistant, phone: Phone, audio: Path
) -> None:
    words = "O portão está aberto."
    answer = await home.act(
        "pilotstatus.place_call",
        contact="notify.carla",
        message=words,
        language="pt-BR",
        hang_up=True,
        wait_for_answer=True,
    )
    _step(answer and answer["answered"], "Carla is called by her name, and answers")
    call_id = str(answer["call_id"]) if answer else ""
    expected = await asyncio.to_thread(lambda: read_samples(speak(words, audio)))
    alike = await _heard_alike(phone, call_id, expected)
    _step(alike > _ALIKE, f"she hears the message (likeness {alike:.3f})")
    _step(await _shows(home, STATUS, "completed", call_id), "and the call is ended by itself")


async def _a_contact_is_recognized(home: HomeAssistant, phone: Phone) -> None:
    ana = PEOPLE[0]
    # As WhatsApp reports many numbers of Brazil: without the ninth digit.
    await phone.person(ana.phone, name=ana.name, without_ninth_digit=True)
    call_id = await phone.ring(ana.phone)
    await phone.newest(Status.ACCEPTED)
    event = await home.state_is(EVENT, lambda it: it["attributes"].get("call_id") == call_id)
    line = await home.state_is(LINE, lambda it: it["state"] == "in_call")
    _step(
        event["attributes"]["contact"] == line["attributes"]["contact"] == "Ana",
        "Ana calls, and is known by name without her ninth digit",
    )
    await phone.act(call_id, "hang_up")
    _step(await _shows(home, STATUS, "completed", call_id), "she hangs up, it shows")


async def _a_failure_is_reported(home: HomeAssistant) -> None:
    answer = await home.act(
        "pilotstatus.play_audio", call_id="call_wrong", media_url=f"{home.url}/local/alarm.wav"
    )
    _step(answer is None, "a wrong call id fails the action")
    messages = [it["message"].replace("\\", "") for it in await home.notifications()]
    reports = [message for message in messages if "call_wrong" in message]
    _step(len(reports) == 1, "a wrong call id leaves a notification")


async def _a_kill_loses_nothing(
    home: HomeAssistant, phone: Phone, restart: Callable[[], Awaitable[None]]
) -> None:
    await home.act("automation.turn_off", entity_id="automation.answer_greet_and_hang_up_later")
    call_id = await phone.ring(CALLER)
    await home.act("pilotstatus.answer_call", call_id=call_id)
    await restart()
    _step(await _shows(home, STATUS, "accepted", call_id), "killed in mid-call, it knows the call")
    hooks = await phone.webhooks()
    _step(len(hooks) == 1, "and has one webhook at the server")
    await phone.act(call_id, "hang_up")
    _step(await _shows(home, STATUS, "completed", call_id), "and hears when the call ends")


async def _shows(home: HomeAssistant, entity_id: str, state: str, call_id: str) -> bool:
    """Wait for an entity to show a state of a call."""

    def fits(shown: dict[str, object]) -> bool:
        attributes = shown["attributes"]
        return (
            shown["state"] == state
            and isinstance(attributes, dict)
            and attributes.get("call_id") == call_id
        )

    return fits(await home.state_is(entity_id, fits))


async def _heard(phone: Phone, call_id: str, file: Path, name: str, start: int = 0) -> None:
    """Wait until the call has heard audio from a sample on, and compare the samples."""
    expected = await asyncio.to_thread(read_samples, file)
    heard = b""
    for _ in range(100):
        heard = (await phone.heard_samples(call_id))[start:]
        if len(heard) >= len(expected):
            break
        await asyncio.sleep(0.1)
    _step(heard == expected, f"the call heard {name}, sample by sample ({len(heard) // 2})")
