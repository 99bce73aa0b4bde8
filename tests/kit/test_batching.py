"""Group commit: batches form by themselves, and nobody suffers for a neighbour."""

import threading
from collections.abc import Iterator, Sequence

import pytest

from purvey.kit.batching import Full, GroupCommit, Unclear

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


@pytest.fixture
def till() -> Till:
    return Till()


@pytest.fixture
def commit(till: Till) -> Iterator[GroupCommit[int, int]]:
    commit = GroupCommit(till, limit=4, waiting_limit=6)
    yield commit
    till.let_go.set()
    commit.close()


def busy(commit: GroupCommit[int, int], till: Till) -> None:
    """A first batch is under way."""
    commit.submit(0)
    assert till.at_work.wait(WAIT_SECONDS)


def test_a_lone_item_is_handled_at_once(commit: GroupCommit[int, int], till: Till):
    till.let_go.set()
    assert commit.submit(21).result(WAIT_SECONDS) == 42
    assert till.batches == [[21]]


def test_what_arrives_meanwhile_makes_up_the_next_batch(commit: GroupCommit[int, int], till: Till):
    busy(commit, till)
    futures = [commit.submit(number) for number in (1, 2, 3)]
    till.let_go.set()
    assert [future.result(WAIT_SECONDS) for future in futures] == [2, 4, 6]
    assert till.batches == [[0], [1, 2, 3]]


def test_a_batch_has_its_limit(commit: GroupCommit[int, int], till: Till):
    busy(commit, till)
    futures = [commit.submit(number) for number in range(1, 7)]
    till.let_go.set()
    assert [future.result(WAIT_SECONDS) for future in futures] == [2, 4, 6, 8, 10, 12]
    assert till.batches == [[0], [1, 2, 3, 4], [5, 6]]


def test_only_the_guilty_one_fails(commit: GroupCommit[int, int], till: Till):
    busy(commit, till)
    before, guilty, after = (commit.submit(number) for number in (12, 13, 14))
    till.let_go.set()
    assert before.result(WAIT_SECONDS) == 24
    assert after.result(WAIT_SECONDS) == 28
    with pytest.raises(ValueError, match="unlucky"):
        guilty.result(WAIT_SECONDS)
    assert till.batches == [[0], [12, 13, 14], [12], [13], [14]]


def test_what_may_have_happened_is_not_done_again(commit: GroupCommit[int, int], till: Till):
    busy(commit, till)
    futures = [commit.submit(number) for number in (1, 99, 2)]
    till.let_go.set()
    for future in futures:
        with pytest.raises(Unclear):
            future.result(WAIT_SECONDS)
    assert till.batches == [[0], [1, 99, 2]]


def test_after_a_failure_the_next_one_is_served(commit: GroupCommit[int, int], till: Till):
    till.let_go.set()
    with pytest.raises(ValueError, match="unlucky"):
        commit.submit(13).result(WAIT_SECONDS)
    assert commit.submit(1).result(WAIT_SECONDS) == 2


def test_too_many_waiting_is_said_at_once(commit: GroupCommit[int, int], till: Till):
    busy(commit, till)
    for number in range(6):
        commit.submit(number)
    with pytest.raises(Full, match="try again later"):
        commit.submit(7)


def test_what_is_queued_is_finished_before_it_closes(till: Till):
    commit = GroupCommit(till, limit=2, waiting_limit=10)
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

    commit = GroupCommit(run, limit=1, waiting_limit=4, writers=2)
    first, second = commit.submit(1), commit.submit(2)
    assert (first.result(WAIT_SECONDS), second.result(WAIT_SECONDS)) == (1, 2)
    commit.close()


def test_who_stops_waiting_harms_nobody(commit: GroupCommit[int, int], till: Till):
    busy(commit, till)
    impatient, patient = commit.submit(1), commit.submit(2)
    impatient.cancel()
    till.let_go.set()
    assert patient.result(WAIT_SECONDS) == 4
