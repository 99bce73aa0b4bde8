"""Group commit: batches form by themselves, and nobody suffers for a neighbour."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future

import pytest

from purvey.kit.batching import Closed, Full, GroupCommit, Unclear

WAIT_SECONDS = 5


class Till:
    """Doubles numbers; the first batch waits until it is let go. Notes every batch."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.at_work, self.let_go = threading.Event(), threading.Event()

    def __call__(self, batch: Sequence[int]) -> list[int]:
        self.batches.append(list(batch))
        self.at_work.set()
        assert self.let_go.wait(WAIT_SECONDS)
        if 13 in batch:
            raise ValueError("unlucky")
        if 99 in batch:
            raise Unclear
        return [2 * number for number in batch]


Waiting = tuple[int, "Future[int]"]


class Commit:
    """A group commit of numbers, with a future for each."""

    def __init__(
        self,
        run: Callable[[Sequence[int]], Sequence[int]],
        *,
        limit: int,
        waiting_limit: int,
        writers: int = 1,
        patience: float = 0.0,
    ):
        self._double = run
        self._queue: GroupCommit[Waiting] = GroupCommit(
            self._run,
            fail=self._fail,
            limit=limit,
            waiting_limit=waiting_limit,
            writers=writers,
            patience=patience,
            clock=time.monotonic,
        )
        self.close = self._queue.close

    def submit(self, number: int) -> "Future[int]":
        future: Future[int] = Future()
        self._queue.submit((number, future))
        return future

    def _run(self, batch: Sequence[Waiting]) -> None:
        doubled = self._double([number for number, _ in batch])
        for (_, future), answer in zip(batch, doubled, strict=True):
            future.set_result(answer)

    def _fail(self, batch: Sequence[Waiting], error: Exception) -> None:
        for _, future in batch:
            future.set_exception(error)


@pytest.fixture
def till() -> Till:
    return Till()


@pytest.fixture
def commit(till: Till) -> Iterator[Commit]:
    commit = Commit(till, limit=4, waiting_limit=6)
    yield commit
    till.let_go.set()
    commit.close()


def busy(commit: Commit, till: Till) -> None:
    """A first batch is under way."""
    commit.submit(0)
    assert till.at_work.wait(WAIT_SECONDS)


def test_a_lone_item_is_handled_at_once(commit: Commit, till: Till):
    till.let_go.set()
    assert commit.submit(21).result(WAIT_SECONDS) == 42
    assert till.batches == [[21]]


def test_what_arrives_meanwhile_makes_up_the_next_batch(commit: Commit, till: Till):
    busy(commit, till)
    futures = [commit.submit(number) for number in (1, 2, 3)]
    till.let_go.set()
    assert [future.result(WAIT_SECONDS) for future in futures] == [2, 4, 6]
    assert till.batches == [[0], [1, 2, 3]]


def test_a_batch_has_its_limit(commit: Commit, till: Till):
    busy(commit, till)
    futures = [commit.submit(number) for number in range(1, 7)]
    till.let_go.set()
    assert [future.result(WAIT_SECONDS) for future in futures] == [2, 4, 6, 8, 10, 12]
    assert till.batches == [[0], [1, 2, 3, 4], [5, 6]]


def test_only_the_guilty_one_fails(commit: Commit, till: Till):
    busy(commit, till)
    before, guilty, after = (commit.submit(number) for number in (12, 13, 14))
    till.let_go.set()
    assert before.result(WAIT_SECONDS) == 24
    assert after.result(WAIT_SECONDS) == 28
    with pytest.raises(ValueError, match="unlucky"):
        guilty.result(WAIT_SECONDS)
    assert till.batches == [[0], [12, 13, 14], [12], [13], [14]]


def test_what_may_have_happened_is_not_done_again(commit: Commit, till: Till):
    busy(commit, till)
    futures = [commit.submit(number) for number in (1, 99, 2)]
    till.let_go.set()
    for future in futures:
        with pytest.raises(Unclear):
            future.result(WAIT_SECONDS)
    assert till.batches == [[0], [1, 99, 2]]


def test_after_a_failure_the_next_one_is_served(commit: Commit, till: Till):
    till.let_go.set()
    with pytest.raises(ValueError, match="unlucky"):
        commit.submit(13).result(WAIT_SECONDS)
    assert commit.submit(1).result(WAIT_SECONDS) == 2


def test_too_many_waiting_is_said_at_once(commit: Commit, till: Till):
    busy(commit, till)
    for number in range(6):
        commit.submit(number)
    with pytest.raises(Full, match="try again later"):
        commit.submit(7)


def test_what_is_queued_is_finished_before_it_closes(till: Till):
    commit = Commit(till, limit=2, waiting_limit=10)
    busy(commit, till)
    futures = [commit.submit(number) for number in range(1, 6)]
    till.let_go.set()
    commit.close()
    assert [future.result(0) for future in futures] == [2, 4, 6, 8, 10]


def test_several_writers_work_side_by_side():
    """Each waits for the other: one alone would never get on."""
    together = threading.Barrier(2)

    def run(batch: Sequence[int]) -> list[int]:
        together.wait(WAIT_SECONDS)
        return list(batch)

    commit = Commit(run, limit=1, waiting_limit=4, writers=2)
    first, second = commit.submit(1), commit.submit(2)
    assert (first.result(WAIT_SECONDS), second.result(WAIT_SECONDS)) == (1, 2)
    commit.close()


def test_nothing_is_taken_after_the_end(till: Till):
    till.let_go.set()
    commit = Commit(till, limit=2, waiting_limit=10)
    commit.close()
    with pytest.raises(Closed, match="has ended"):
        commit.submit(1)


class SlowTill:
    """Each batch takes a tenth of a second."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    def __call__(self, batch: Sequence[int]) -> list[int]:
        self.batches.append(list(batch))
        time.sleep(0.1)
        return [2 * number for number in batch]


@pytest.fixture
def patient() -> Iterator[tuple[Commit, SlowTill]]:
    till = SlowTill()
    commit = Commit(till, limit=9, waiting_limit=9, patience=5.0)  # half a second, after each
    yield commit, till
    commit.close()


def test_who_was_answered_may_join_those_who_waited(patient: tuple[Commit, SlowTill]):
    commit, till = patient
    first = commit.submit(1)
    while not till.batches:
        time.sleep(0.001)
    waiting = commit.submit(2)
    assert first.result(WAIT_SECONDS) == 2
    again = commit.submit(3)
    assert (waiting.result(WAIT_SECONDS), again.result(WAIT_SECONDS)) == (4, 6)
    assert till.batches == [[1], [2, 3]]


def test_who_does_not_come_again_is_not_waited_for_for_ever(patient: tuple[Commit, SlowTill]):
    commit, till = patient
    gone, waiting = commit.submit(1), commit.submit(2)
    assert (gone.result(WAIT_SECONDS), waiting.result(WAIT_SECONDS)) == (2, 4)
    assert commit.submit(3).result(WAIT_SECONDS) == 6
    assert till.batches[-1] == [3]


def test_a_lone_item_is_not_held_up(patient: tuple[Commit, SlowTill]):
    commit, _ = patient
    for number in range(3):
        began = time.monotonic()
        commit.submit(number).result(WAIT_SECONDS)
        assert time.monotonic() - began < 0.4, "half a second of patience was spent on nobody"
