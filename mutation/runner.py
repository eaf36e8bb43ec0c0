"""Run mutants against the tests of their modules, several at once."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from .results import Mutant, Outcome
from .targets import Target
from .worker import Run, Worker

#: Seconds for a run of tests that are as they should be, imports included.
_CLEAN_TIMEOUT: Final = 600.0
_TIMEOUT_FACTOR: Final = 5
_TIMEOUT_MARGIN: Final = 20.0
#: pytest's exit code if there are no tests.
_NO_TESTS: Final = 5


class CleanRunError(Exception):
    """The tests fail, or cannot notice anything, while nothing is broken."""


class Runner:
    """Has a worker for each job, and knows how long the tests of each module take."""

    def __init__(
        self,
        root: Path,
        workers: Sequence[Worker],
        mutate: Callable[[str, Mutant], str],
        margin: float,
    ) -> None:
        """Mutate the modules of ``root``, in the copies that the workers have.

        A mutant has five times the seconds of the clean run, and ``margin`` on top.
        """
        self._root = root
        self._margin = margin
        self._mutate = mutate
        self._workers = workers
        self._seconds: dict[str, float] = {}
        #: The tests that killed a mutant, the last one first.
        self._killers: dict[str, list[str]] = {}

    async def check(self, targets: Iterable[Target]) -> None:
        """Run the tests while nothing is broken, in both directions. Raises CleanRunError.

        The first round tells what to import in advance, the second how long the tests take,
        and whether they depend on their order.
        """
        targets = list(targets)
        modules: dict[str, None] = {}
        tests: dict[str, Sequence[str]] = {}

        async def run_forward(worker: Worker, target: Target) -> None:
            run = await worker.run(target.tests, seconds=_CLEAN_TIMEOUT)
            _check_clean(worker, target, run, "")
            modules.update(dict.fromkeys(run.modules))
            tests[target.module] = run.tests

        async def run_backward(worker: Worker, target: Target) -> None:
            first = tests[target.module][::-1]
            run = await worker.run(target.tests, first=first, seconds=_CLEAN_TIMEOUT)
            _check_clean(worker, target, run, " in the opposite order")
            self._seconds[target.module] = run.seconds

        await self._share(targets, run_forward)
        await asyncio.gather(*(worker.preload(modules) for worker in self._workers))
        await self._share(targets, run_backward)

    async def run(
        self,
        targets: Iterable[Target],
        mutants: Iterable[Mutant],
        report: Callable[[Mutant, Outcome], None],
    ) -> None:
        """Run the mutants and report each outcome as it comes."""
        by_module = {target.module: target for target in targets}
        sources = {module: (self._root / module).read_text() for module in by_module}

        async def run_mutant(worker: Worker, mutant: Mutant) -> None:
            source = sources[mutant.module]
            worker.write(mutant.module, self._mutate(source, mutant))
            try:
                outcome = await self._outcome(worker, by_module[mutant.module])
            finally:
                worker.write(mutant.module, source)
            report(mutant, outcome)

        await self._share(mutants, run_mutant)

    async def _outcome(self, worker: Worker, target: Target) -> Outcome:
        killers = self._killers.setdefault(target.module, [])
        seconds = self._seconds[target.module] * _TIMEOUT_FACTOR + self._margin
        run = await worker.run(target.tests, first=killers, seconds=seconds)
        if run.exit is None:
            return Outcome.TIMEOUT
        for test in run.failed:
            if test in killers:
                killers.remove(test)
            killers.insert(0, test)
        return Outcome.KILLED if run.exit else Outcome.SURVIVED

    async def _share[T](
        self, jobs: Iterable[T], do: Callable[[Worker, T], Awaitable[None]]
    ) -> None:
        """Do jobs on all workers; the first error ends it."""
        queue = deque(jobs)

        async def work(worker: Worker) -> None:
            while queue:
                await do(worker, queue.popleft())

        try:
            async with asyncio.TaskGroup() as group:
                for worker in self._workers:
                    group.create_task(work(worker))
        except ExceptionGroup as group_of_errors:
            raise group_of_errors.exceptions[0] from None


def _check_clean(worker: Worker, target: Target, run: Run, how: str) -> None:
    tests = " ".join(target.tests)
    if run.exit is None:
        raise CleanRunError(f"{tests} did not end within {_CLEAN_TIMEOUT:.0f} s{how}.")
    if run.exit == _NO_TESTS:
        raise CleanRunError(f"There are no tests in {tests}.")
    if run.exit:
        raise CleanRunError(f"{worker.output()}\n{tests} failed{how} while nothing was broken.")
    if target.module not in run.own:
        raise CleanRunError(f"{tests} cannot notice anything: {target.module} is not imported.")


@asynccontextmanager
async def start_runner(
    root: Path,
    files: Sequence[str],
    mutate: Callable[[str, Mutant], str],
    *,
    folder: Path,
    python: str,
    jobs: int,
    margin: float = _TIMEOUT_MARGIN,
) -> AsyncIterator[Runner]:
    """Start workers with copies of the files; afterwards stop them and remove the copies."""
    with TemporaryDirectory(prefix="run-", dir=folder) as temporary:
        workers = []
        for number in range(jobs):
            place = Path(temporary) / str(number)
            place.mkdir()
            workers.append(Worker(place, python))
        try:
            for worker in workers:
                await worker.start(root, files)
            yield Runner(root, workers, mutate, margin)
        finally:
            for worker in workers:
                await worker.stop()
