"""Who follows the tutorial by hand, from `make demo` on, gets what it says."""

import re
from pathlib import Path

import pytest

from tests.browser.watching import Watch
from tests.cli.shell import Shell, wait_for
from tests.docs import steps
from tests.docs.pages import read
from tests.servers.chromium import chromium

OPEN = re.compile(r"stays open at (\S+) .*password (\S+) as", re.DOTALL)
DEMO_SECONDS = 150  # eight are enough, unless the machine has other work to do
WINDOW = {"width": 1440, "height": 900}


@pytest.mark.timeout(900)  # it may have to install Chromium first
def test_the_tutorial_is_a_walk_through_the_pages(tmp_path: Path):
    # A few orders instead of 500: the shop that stays open is the same.
    with Shell(tmp_path).started("demo", "--orders", "5") as demo, chromium() as browser:
        found = wait_for(lambda: OPEN.search(demo.said()), "an open shop", DEMO_SECONDS)
        here = {"http://127.0.0.1:8000/": f"{found[1]}/", "PASSWORD": found[2]}
        page = browser.new_page(viewport=WINDOW, locale="en-GB", reduced_motion="reduce")
        watch = Watch(page.context)
        steps.follow(page, read("docs/tutorial.md"), here)
        assert not watch.faults


def test_a_sentence_that_is_no_step_is_a_fault():
    with pytest.raises(steps.NotAStep, match=r"line 3: Press \*\*A\*\* and wiggle \*\*B\*\*"):
        [*steps.steps("\n\n1. Press **A** and wiggle **B**.\n", {})]


def test_the_walk_is_read_from_the_page():
    told = [*steps.steps(read("docs/tutorial.md"), {})]
    assert len(told) > 30
    assert len({step.line for step in told}) > 20
