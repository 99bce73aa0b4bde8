"""Something small is done again and again, also after it failed."""

import threading

from purvey.kit.repeated import Repeated


def test_it_goes_on_after_trouble_which_is_told_once_in_a_row():
    results, told, enough = iter([1, 0, 0, 1, 0]), list[str](), threading.Event()

    def work() -> None:
        try:
            1 / next(results)
        except StopIteration:
            enough.set()

    repeated = Repeated(
        work, every=0.001, name="test", trouble=lambda error: told.append(type(error).__name__)
    )
    repeated.start()
    assert enough.wait(20)
    repeated.close()
    repeated.close()
    assert told == ["ZeroDivisionError"] * 2


def test_one_that_never_began_can_be_closed():
    Repeated(lambda: None, every=1, name="test", trouble=lambda _: None).close()
