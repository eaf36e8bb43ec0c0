"""Results that are kept, so that a run can be interrupted and repeated."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mutation.report import score, survivors, table
from mutation.results import Mutant, Outcome, Results, draw
from mutation.targets import COMPONENT, Target

PLAYER = f"{COMPONENT}/player.py"
MUTANTS = [Mutant(PLAYER, "AddNot", number, 10 - number, "old", "new") for number in range(10)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of the results."""
    return tmp_path / "results" / "results.sqlite"


@pytest.fixture
def results(path: Path) -> Iterator[Results]:
    """Return new, empty results."""
    with closing(Results(path)) as results:
        yield results


def find_nothing() -> list[Mutant]:
    """Fail, since the mutants are known already."""
    pytest.fail("looked for mutants")


def test_a_seed_draws_the_same_sample_in_whatever_order_mutants_are_found() -> None:
    sample = draw(MUTANTS, 4, 7)
    assert len(sample) == 4
    assert draw(reversed(MUTANTS), 4, 7) == sample
    assert any(draw(MUTANTS, 4, seed) != sample for seed in range(3))


def test_outcomes_do_not_change_the_sample(results: Results) -> None:
    results.load(PLAYER, "a", lambda: MUTANTS)
    sample = draw(results.load(PLAYER, "a", find_nothing), 4, 7)
    results.record(sample[2], Outcome.KILLED)
    again = draw(results.load(PLAYER, "a", find_nothing), 4, 7)
    assert [mutant.key for mutant in again] == [mutant.key for mutant in sample]
    assert [mutant.outcome for mutant in again] == [None, None, Outcome.KILLED, None]


@pytest.mark.parametrize("count", [None, 10, 11])
def test_a_sample_of_all_mutants_is_in_the_order_of_lines(count: int | None) -> None:
    assert draw(MUTANTS, count, 7) == MUTANTS[::-1]


def test_a_stopped_run_continues_with_the_recorded_outcomes(path: Path) -> None:
    with closing(Results(path)) as results:
        mutants = results.load(PLAYER, "a", lambda: MUTANTS)
        results.record(mutants[3], Outcome.SURVIVED)
    with closing(Results(path)) as results:
        outcomes = [mutant.outcome for mutant in results.load(PLAYER, "a", find_nothing)]
    assert outcomes == [None] * 3 + [Outcome.SURVIVED] + [None] * 6


def test_a_changed_module_loses_its_outcomes_and_others_keep_theirs(results: Results) -> None:
    other = f"{COMPONENT}/polling.py"
    for module in (PLAYER, other):
        mutant = Mutant(module, "AddNot", 0, 1)
        (loaded,) = results.load(module, "a", lambda mutant=mutant: [mutant])  # type: ignore[misc]
        results.record(loaded, Outcome.KILLED)
    (mutant,) = results.load(PLAYER, "b", lambda: [Mutant(PLAYER, "AddNot", 0, 2)])
    assert (mutant.line, mutant.outcome) == (2, None)
    (mutant,) = results.load(other, "a", find_nothing)
    assert mutant.outcome is Outcome.KILLED


def test_a_mutant_is_shown_at_the_line_that_differs() -> None:
    mutant = Mutant(PLAYER, "AddNot", 0, 1).with_change(
        "a\nif b:\n    c()\n", "a\nif not b:\n    c()\n"
    )
    assert (mutant.line, mutant.before, mutant.after) == (2, "if b:", "if not b:")
    mutant = Mutant(PLAYER, "RemoveDecorator", 0, 1).with_change("a\n\n@b\nc\n", "a\nc\n")
    assert (mutant.line, mutant.before, mutant.after) == (3, "@b", "")


def test_the_score_counts_timeouts_and_the_report_names_survivors() -> None:
    mutants = [
        Mutant(PLAYER, "AddNot", number, number + 1, "if a:", "if not a:", outcome)
        for number, outcome in enumerate(
            (Outcome.KILLED, Outcome.TIMEOUT, Outcome.KILLED, Outcome.SURVIVED)
        )
    ]
    assert score(mutants) == 75
    assert score([]) == 100
    heading, player, total = table([Target(PLAYER, ())], mutants)
    assert heading.split() == ["mutants", "killed", "timeouts", "survived", "score"]
    assert player.split() == ["player", "4", "2", "1", "1", "75.0", "%"]
    assert total.split() == ["all", "4", "2", "1", "1", "75.0", "%"]
    assert list(survivors(mutants)) == [f"{PLAYER}:4", "  - if a:", "  + if not a:"]
