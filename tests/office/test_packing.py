"""Pages are packed for browsers that can unpack them, and say the same."""

import gzip

from hypothesis import given
from hypothesis import strategies as st

from purvey.web.office.packing import MOST_EXTRA, SHORT, _gzip
from tests.office.conftest import Office


def test_a_page_comes_packed_and_is_the_same(small_office: Office):
    ann = small_office.logged_in()
    plain = ann.get("/settings/people", **{"Accept-Encoding": "identity"})
    short = ann.get("/settings/people", **{"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert short.headers["content-encoding"] == "gzip"
    assert short.text == plain.text
    assert int(short.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    for answer in (plain, short):
        assert "Accept-Encoding" in answer.headers["vary"]


def test_what_is_short_stays_as_it_is(small_office: Office):
    answer = small_office.logged_in().post("/logout")
    assert len(answer.content) < SHORT
    assert "content-encoding" not in answer.headers


def test_its_length_says_nothing_about_what_was_guessed():
    text = b"<p>a page</p>" * 200
    lengths = {len(_gzip(text)) for _ in range(500)}
    assert len(lengths) > MOST_EXTRA / 2


@given(st.binary(max_size=5_000))
def test_every_text_can_be_unpacked(text: bytes):
    assert gzip.decompress(_gzip(text)) == text
