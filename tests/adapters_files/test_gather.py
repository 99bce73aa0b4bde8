"""Rows of one order find each other; memory does not grow with the file."""

import pytest

from purvey.adapters.files import gather as module
from purvey.adapters.files.gather import gather
from purvey.adapters.files.opening import FileRefused


def groups(text: str) -> list[str]:
    return ["".join(group) for group in gather(text, lambda c: None if c == "." else c)]


def test_consecutive_rows_are_one_group() -> None:
    assert groups("aabccc") == ["aa", "b", "ccc"]


def test_rows_of_another_order_may_stand_between() -> None:
    assert sorted(groups("abacba")) == ["aaa", "bb", "c"]


def test_groups_come_in_the_order_in_which_they_end() -> None:
    assert groups("abca") == ["b", "c", "aa"]


def test_a_row_without_a_key_stands_alone_and_at_once() -> None:
    assert groups("a.a.") == [".", ".", "aa"]


def test_beyond_the_window_rows_make_a_group_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WINDOW_ROWS", 3)
    assert groups("abcdefa")[0] == "a"
    assert groups("abcdefa").count("a") == 2
    assert "aa" in groups("abca")


def test_an_order_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ORDER_ROWS", 3)
    with pytest.raises(FileRefused) as caught:
        groups("aaaa")
    assert caught.value.code == "too_many_rows"
