"""Of many questions few are asked."""

import asyncio
from itertools import pairwise

from custom_components.pilotstatus.questions import Questions


async def asked(questions: Questions, seconds: float = 5) -> list[str | None]:
    """Return what is due, until nothing is or the time has passed."""
    due: list[str | None] = []
    try:
        async with asyncio.timeout(seconds):
            async for call_id in questions.due():
                due.append(call_id)  # noqa: PERF401 - what came before the time is kept
    except TimeoutError:
        pass
    return due


async def test_each_question_is_asked_once() -> None:
    questions = Questions()
    for call_id in ("call_1", "call_2", "call_1"):
        assert questions.add(call_id)
    assert await asked(questions) == ["call_1", "call_2"]
    assert await asked(questions) == []
    questions.add("call_1")
    assert await asked(questions) == ["call_1"]


async def test_many_questions_become_one_about_all_calls() -> None:
    questions = Questions()
    for number in range(5000):
        questions.add(f"call_{number}")
    assert await asked(questions) == [None]
    questions = Questions()
    questions.add("call_1")
    questions.add(None)
    questions.add("call_2")
    assert await asked(questions) == [None]


async def test_who_adds_a_question_while_others_are_asked_need_not_ask() -> None:
    questions = Questions()
    questions.add("call_1")
    due = []
    async for call_id in questions.due():
        due.append(call_id)
        if len(due) < 3:
            assert not questions.add(f"call_{len(due) + 1}")
            assert await asked(questions) == []
    assert due == ["call_1", "call_2", "call_3"]


async def test_in_a_period_few_are_about_single_calls_and_those_about_all_are_apart() -> None:
    questions = Questions(max_single=3, period=0.8, spacing=0.2)
    now = asyncio.get_running_loop().time
    due: list[tuple[str | None, float]] = []
    questions.add("call_1")
    async for call_id in questions.due():
        due.append((call_id, now()))
        if call_id is not None and len(due) > 4:
            break
        questions.add("call_more")
    names = [call_id for call_id, _ in due]
    assert names[:4] == ["call_1", "call_more", "call_more", None]
    assert set(names[4:-1]) <= {None}
    assert due[-1][1] - due[0][1] >= 0.79
    about_all = [at for call_id, at in due if call_id is None]
    assert all(later - earlier >= 0.19 for earlier, later in pairwise(about_all))


async def test_after_an_interruption_questions_are_asked_again() -> None:
    questions = Questions(max_single=1)
    questions.add("call_1")
    questions.add("call_2")
    assert await asked(questions) == ["call_1", None]
    questions.add("call_3")
    assert await asked(questions, 0.05) == []
    assert questions.add("call_4")
