"""Notes of colleagues: only added, counted, bounded, and told to pages that are open."""

from datetime import timedelta

from purvey.kit.process import Refusal
from purvey.operations.add_notes import MAX_NOTES, NewNote, add_notes
from purvey.queries.changes import changes_after, latest_changes
from purvey.queries.order_notes import notes_of
from purvey.testing import Shop
from purvey.worker.feed import dispatch
from tests.operations.statements import counted


def test_notes_are_kept_with_their_author_and_the_newest_comes_first(shop: Shop):
    shop.stock(9, "A")
    order, other = shop.order((1, "A")), shop.order((1, "A"))
    before, start = shop.look(order), shop.clock.now
    for words in ("one", "two"):
        shop.do(add_notes, [NewNote(order_id=order.id, body=f"  {words} ")])
        shop.clock.forward(minutes=1)
    with shop.house.database.reading(shop.shard) as sql:
        notes = notes_of(sql, order.id)
        assert not notes_of(sql, other.id)
    assert [(note.body, note.by, note.at) for note in notes] == [
        ("two", "test", start + timedelta(minutes=1)),
        ("one", "test", start),
    ]
    assert shop.look(order) == before


def test_what_is_no_note_is_refused_and_the_others_are_kept(shop: Shop):
    shop.stock(9, "A")
    order = shop.order((1, "A"))
    bodies = ("good", " ", "x" * 2001)
    answers = shop.do(add_notes, [NewNote(order_id=order.id, body=body) for body in bodies])
    answers += shop.do(add_notes, [NewNote(order_id="ord_0", body="good")])
    codes = [answer.code if isinstance(answer, Refusal) else "kept" for answer in answers]
    assert codes == ["kept", "missing", "too_long", "not_found"]


def test_an_order_has_so_many_notes_and_no_more(shop: Shop):
    shop.stock(9, "A")
    order = shop.order((1, "A"))
    wishes = [NewNote(order_id=order.id, body="again")] * (MAX_NOTES + 1)
    with counted(shop.house.database) as sent:
        *_, last, over = shop.do(add_notes, wishes)
    assert not isinstance(last, Refusal)
    assert isinstance(over, Refusal) and over.code == "too_many_notes"
    assert len([one for one in sent if "order_note" in one]) <= 2
    [late] = shop.do(add_notes, wishes[:1])
    assert isinstance(late, Refusal)


def test_a_page_that_is_open_hears_of_a_note_once(shop: Shop):
    shop.stock(9, "A")
    order = shop.order((1, "A"))
    dispatch(shop.house, shop.shard)
    shop.clock.forward(minutes=1)
    with shop.house.database.reading(shop.shard) as sql:
        seen = latest_changes(sql, now=shop.clock.now)
    assert seen.numbers == []
    shop.do(add_notes, [NewNote(order_id=order.id, body="They rang")])
    with shop.house.database.reading(shop.shard) as sql:
        news = changes_after(sql, seen, now=shop.clock.now)
        again = changes_after(sql, news, now=shop.clock.now)
        later = changes_after(sql, news, now=shop.clock.now + timedelta(minutes=1))
        assert latest_changes(sql, now=shop.clock.now).numbers == [order.number]
    assert (news.numbers, again.numbers, later.numbers) == ([order.number], [], [])
