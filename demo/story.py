"""The story that ``scripts/demo --check`` proves, step by step."""

import asyncio
import sys

from simulator.audio import read_samples
from simulator.numbers import CALLER
from simulator.transitions import Status

from .audio import likeness, speak
from .language import Language
from .people import PEOPLE
from .stage import LISTENS, Stage

_ALIKE = 0.95
#: Seconds until the second person answers.
_ESCALATION = 60


class StoryError(Exception):
    """A step of the story failed."""


def _step(holds: object, claim: str) -> None:
    sys.stdout.write(f"{'ok  ' if holds else 'FAIL'} {claim}\n")
    sys.stdout.flush()
    if not holds:
        raise StoryError(claim)


async def run_story(stage: Stage, language: Language) -> None:
    """Run the story; raises StoryError at the first step that fails."""
    story = _Story(stage, language)
    await story.a_call_is_answered_and_greeted()
    await story.a_call_is_placed_and_answered()
    await story.the_doorbell_speaks()
    await story.home_assistant_speaks()
    await story.a_call_is_placed_and_declined()
    await story.people_are_told_until_someone_answers()
    await story.a_message_is_spoken_and_the_call_ended()
    await story.the_telephone_is_spoken_to()
    await story.a_contact_is_recognized()
    await story.who_is_answered_by_hand_is_greeted()
    await story.a_failure_is_reported()
    await story.a_kill_loses_nothing()


class _Story:
    def __init__(self, stage: Stage, language: Language) -> None:
        self._home = stage.home
        self._phone = stage.phone
        self._program = stage.program
        self._audio = stage.audio
        self._language = language

    async def a_call_is_answered_and_greeted(self) -> None:
        call_id = await self._phone.ring(CALLER)
        await self._phone.newest(Status.ACCEPTED)
        _step(call_id, "the phone rings Home Assistant, and an automation answers")
        greeting = self._language.greeting.format(name=self._language.stranger)
        await self._said(call_id, greeting, "the greeting was heard")
        _step(
            await self._shows(self._language.playback, "played", call_id),
            "the sensor shows that it was played",
        )
        await self._phone.newest(Status.COMPLETED)
        _step(
            await self._shows(self._language.status, "completed", call_id),
            "Home Assistant hangs up, and it shows",
        )
        event = (await self._home.state(self._language.call))["attributes"]
        _step(
            (event["event_type"], event["peer_number"]) == ("ended", CALLER),
            "the event entity shows the end, and of whose call",
        )

    async def a_call_is_placed_and_answered(self) -> None:
        placed = asyncio.create_task(
            self._home.act(
                "pilotstatus.place_call",
                to="+55 (11) 98765-4321",
                media_url=f"{self._home.url}/local/alarm.wav",
                wait_for_answer=True,
            )
        )
        call_id = await self._phone.newest(Status.RINGING)
        await self._phone.act(call_id, "answer")
        answer = await placed
        _step(
            answer and answer["answered"], "Home Assistant calls, and goes on when it is answered"
        )
        await self._heard(call_id, "alarm.wav")

    async def the_doorbell_speaks(self) -> None:
        call_id = await self._phone.newest(Status.ACCEPTED)
        before = len(await self._phone.heard_samples(call_id))
        await self._home.act("input_button.press", entity_id="input_button.doorbell")
        await self._heard(call_id, "doorbell.mp3", before)
        await self._phone.act(call_id, "hang_up")
        _step(
            await self._shows(self._language.status, "completed", call_id),
            "the other side hangs up, it shows",
        )

    async def home_assistant_speaks(self) -> None:
        placed = asyncio.create_task(
            self._home.act("pilotstatus.place_call", to=CALLER, wait_for_answer=True)
        )
        call_id = await self._phone.newest(Status.RINGING)
        await self._phone.act(call_id, "answer")
        await placed
        await self._home.act(
            "tts.speak",
            entity_id="tts.espeak",
            media_player_entity_id=self._language.player,
            message=self._language.message,
            language=self._language.code,
            cache=False,
        )
        state = await self._home.state_is(
            self._language.player, lambda it: it["state"] == "playing"
        )
        _step(state["state"] == "playing", "Home Assistant speaks, and its player says so")
        await self._said(call_id, self._language.message, "the call heard the words of the engine")
        before = len(await self._phone.heard_samples(call_id))
        await self._home.act(
            "pilotstatus.play_audio", media="media-source://media_source/local/chime.flac"
        )
        expected = await asyncio.to_thread(read_samples, self._audio / "chime.opus")
        alike = await self._heard_alike(call_id, expected, before)
        _step(alike > _ALIKE, f"and a flac of the media folder (likeness {alike:.3f})")
        state = await self._home.state(self._language.playback)
        _step(state["attributes"]["fetched_at"], "it is known when that was fetched")
        await self._phone.act(call_id, "hang_up")

    async def _said(self, call_id: str, words: str, claim: str) -> None:
        """Wait until the call has heard words, and compare them with the engine's."""
        code = self._language.code
        expected = await asyncio.to_thread(lambda: read_samples(speak(words, code, self._audio)))
        alike = await self._heard_alike(call_id, expected)
        _step(alike > _ALIKE, f"{claim} (likeness {alike:.3f})")

    async def _heard_alike(self, call_id: str, expected: bytes, start: int = 0) -> float:
        """Wait until the call has heard audio from a sample on; return how alike it is."""
        heard, size = b"", -1
        for _ in range(100):
            heard = (await self._phone.heard_samples(call_id))[start:]
            if len(heard) > 0.9 * len(expected) and len(heard) == size:
                break
            size = len(heard)
            await asyncio.sleep(0.3)
        return likeness(heard, expected)

    async def a_call_is_placed_and_declined(self) -> None:
        placed = asyncio.create_task(
            self._home.act("pilotstatus.place_call", to=CALLER, wait_for_answer=True)
        )
        await self._phone.act(await self._phone.newest(Status.RINGING), "decline")
        answer = await placed
        _step(
            answer and answer["answered"] is False and answer["status"] == "rejected",
            "a call that is declined is not taken for answered",
        )

    async def people_are_told_until_someone_answers(self) -> None:
        bruno = PEOPLE[1]
        await self._phone.person(bruno.phone, name=bruno.name, does="answer", after=2)
        before = len(await self._phone.calls())
        await self._home.act("input_button.press", entity_id="input_button.water")
        call_id = await self._phone.newest(Status.ACCEPTED, _ESCALATION)
        calls = list(reversed((await self._phone.calls())[:-before]))
        _step(
            [f"+{call['peerNumber']}" for call in calls] == [it.phone for it in PEOPLE],
            "water: Ana sleeps on, Bruno is called and answers",
        )
        await self._said(call_id, self._language.message, "he hears what is the matter")
        ended = [
            await self._phone.newest(Status.COMPLETED),
            *(it["id"] for it in await self._phone.live()),
        ]
        _step(ended == [call_id], "the call is ended then, and no other one goes on")

        told = self._language.told.format(name=bruno.name)
        shown = await self._home.state_is("input_text.told", lambda it: it["state"] == told)
        _step(shown["state"] == told, "the dashboard says that it was Bruno")

    async def a_message_is_spoken_and_the_call_ended(self) -> None:
        words = "O portão está aberto."
        answer = await self._home.act(
            "pilotstatus.place_call",
            contact="notify.bruno",
            message=words,
            language=self._language.code,
            hang_up=True,
            wait_for_answer=True,
        )
        _step(answer and answer["answered"], "Bruno is called by his name, and answers")
        call_id = str(answer["call_id"]) if answer else ""
        await self._said(call_id, words, "he hears the message")
        _step(
            await self._shows(self._language.status, "completed", call_id),
            "and the call is ended by itself",
        )

    async def the_telephone_is_spoken_to(self) -> None:
        words = self._language.greeting.format(name="Bruno")
        await self._phone.ask_home(PEOPLE[1].phone, words)
        call_id = await self._phone.newest(Status.ACCEPTED)
        await self._said(call_id, words, "what is asked for on the telephone is said")
        await self._phone.newest(Status.COMPLETED)

    async def a_contact_is_recognized(self) -> None:
        ana = PEOPLE[0]
        # As WhatsApp reports many numbers of Brazil: without the ninth digit.
        await self._phone.person(ana.phone, name=ana.name, without_ninth_digit=True)
        call_id = await self._phone.ring(ana.phone)
        await self._phone.newest(Status.ACCEPTED)
        event = await self._home.state_is(
            self._language.call, lambda it: it["attributes"].get("call_id") == call_id
        )
        line = await self._home.state_is(self._language.line, lambda it: it["state"] == "in_call")
        _step(
            event["attributes"]["contact"] == line["attributes"]["contact"] == "Ana",
            "Ana calls, and is known by name without her ninth digit",
        )
        await self._phone.act(call_id, "hang_up")
        _step(
            await self._shows(self._language.status, "completed", call_id), "she hangs up, it shows"
        )

    async def who_is_answered_by_hand_is_greeted(self) -> None:
        ana = PEOPLE[0]
        call_id = await self._phone.ring(ana.phone)
        await self._home.act("pilotstatus.answer_call", call_id=call_id)
        greeting = self._language.greeting.format(name=ana.name)
        await self._said(call_id, greeting, "Ana is answered by hand, and greeted, too")
        _step(
            [call["id"] for call in await self._phone.live()] == [call_id],
            "and that call goes on",
        )
        await self._phone.act(call_id, "hang_up")
        await self._phone.newest(Status.COMPLETED)

    async def a_failure_is_reported(self) -> None:
        answer = await self._home.act(
            "pilotstatus.play_audio",
            call_id="call_wrong",
            media_url=f"{self._home.url}/local/alarm.wav",
        )
        _step(answer is None, "a wrong call id fails the action")
        messages = [it["message"].replace("\\", "") for it in await self._home.notifications()]
        reports = [message for message in messages if "call_wrong" in message]
        _step(len(reports) == 1, "a wrong call id leaves a notification")

    async def a_kill_loses_nothing(self) -> None:
        call_id = await self._phone.ring(CALLER)
        await self._home.act("pilotstatus.answer_call", call_id=call_id)
        await self._program.kill_and_start()
        await self._program.says(LISTENS)
        await self._home.running()
        _step(
            await self._shows(self._language.status, "accepted", call_id),
            "killed in mid-call, it knows the call",
        )
        hooks = await self._phone.webhooks()
        _step(len(hooks) == 1, "and has one webhook at the server")
        await self._phone.act(call_id, "hang_up")
        _step(
            await self._shows(self._language.status, "completed", call_id),
            "and hears when the call ends",
        )

    async def _shows(self, entity_id: str, state: str, call_id: str) -> bool:
        """Wait for an entity to show a state of a call."""

        def fits(shown: dict[str, object]) -> bool:
            attributes = shown["attributes"]
            return (
                shown["state"] == state
                and isinstance(attributes, dict)
                and attributes.get("call_id") == call_id
            )

        return fits(await self._home.state_is(entity_id, fits))

    async def _heard(self, call_id: str, name: str, start: int = 0) -> None:
        """Wait until the call has heard audio from a sample on, and compare the samples."""
        expected = await asyncio.to_thread(read_samples, self._audio / name)
        heard = b""
        for _ in range(100):
            heard = (await self._phone.heard_samples(call_id))[start:]
            if len(heard) >= len(expected):
                break
            await asyncio.sleep(0.1)
        _step(heard == expected, f"the call heard {name}, sample by sample ({len(heard) // 2})")
