"""What the desk stands on, on each database: words to find by, the shelf beside a line, drafts,
what is taken along at once."""

from datetime import timedelta

import pytest

from purvey.domain.availability import Had, availability
from purvey.domain.draft import Contact, DraftLine, PaymentChoice, Shipping
from purvey.domain.order import Order
from purvey.kit.process import Refusal
from purvey.operations.hand_out import NOTHING, hand_out
from purvey.operations.put_products import put_products
from purvey.operations.put_quotes import (
    FAR,
    PAST,
    QuoteOrdered,
    QuoteWish,
    drop_quotes,
    make_quotes,
    note_quotes,
)
from purvey.operations.save_drafts import (
    CHANGED,
    MAX_DRAFTS,
    NOT_FOUND,
    ORDERED,
    OVERTAKEN,
    TOO_MANY,
    DraftOf,
    DraftWriting,
    drop_drafts,
    note_orders,
    save_drafts,
)
from purvey.ports.desk import Quote, SavedDraft
from purvey.ports.storage import Product
from purvey.queries.desk import (
    find_draft,
    find_quote,
    list_quotes,
    open_drafts,
    shipping_methods,
    usual_country,
)
from purvey.queries.finding import (
    find_by_code,
    last_address,
    suggest_customers,
    suggest_products,
)
from purvey.queries.shelves import offered
from purvey.storage.desk import DRAFTS_KEPT, forget_drafts
from purvey.testing import Shop

ANN = Contact(email="ann.lee@example.com", name="Ann Lee", phone="+44 20 7946 0000")
ZOE = Contact(email="z@example.com", name="Zoë Müller-Lüdenscheidt", external_id="C-17")


def found(shop: Shop, text: str) -> list[str | None]:
    with shop.house.database.reading(shop.shard) as sql:
        return [customer.name for customer in suggest_customers(sql, text)]


def offers(shop: Shop, text: str) -> list[str]:
    with shop.house.database.reading(shop.shard) as sql:
        return [product.sku for product in suggest_products(sql, text)]


def test_customers_are_found_by_the_beginnings_of_their_words(shop: Shop):
    shop.stock(100, "A")
    for contact in (ANN, ZOE, Contact(email="annabel@example.com", name="Annabel Stone")):
        shop.order((1, "A"), customer=contact)
    assert found(shop, "ann") == ["Ann Lee", "Annabel Stone"]
    assert found(shop, "LEE") == found(shop, "lee ann") == ["Ann Lee"]
    assert found(shop, "+44 20 794") == found(shop, "020 7946") == ["Ann Lee"]
    assert found(shop, "muller") == found(shop, "lüdens zo") == found(shop, "c-1") == [ZOE.name]
    assert found(shop, "ann.lee@ex") == ["Ann Lee"]
    for nothing in ("", "  ", "%", "_nn", "lee zoe", "nn", "02"):
        assert found(shop, nothing) == [], nothing


def test_of_many_the_answer_is_short(shop: Shop):
    shop.stock(1_000, "A")
    shop.receive(
        *(
            shop.draft((1, "A"), customer=Contact(email=f"john{n}@example.com", name=f"John S{n}"))
            for n in range(40)
        )
    )
    assert len(found(shop, "john")) == 8
    assert found(shop, "john s39") == ["John S39"]


def test_products_are_found_by_name_sku_and_barcode(shop: Shop):
    shop.product("TEA-1", name="Green tea", barcode="4006381333931")
    shop.product("TEA-2", name="Black tea")
    shop.product("OLD-1", name="Old tea", active=False)
    assert offers(shop, "tea") == ["TEA-1", "TEA-2"]
    assert offers(shop, "te bla") == offers(shop, "tea-2") == ["TEA-2"]
    assert offers(shop, "4006381333931") == ["TEA-1"]
    shop.product("TEA-2", name="Oolong")
    assert offers(shop, "black") == [] and offers(shop, "oolo") == ["TEA-2"]
    with shop.house.database.reading(shop.shard) as sql:
        old = find_by_code(sql, "old-1")
        assert old is not None and not old.active
        assert find_by_code(sql, "") is None


def test_a_barcode_is_one_products(shop: Shop):
    shop.product("A", barcode="4006381333931")
    again, twin, free = shop.do(
        put_products,
        [
            Product(sku="A", name="A", price=1, currency="GBP", barcode="4006381333931"),
            Product(sku="B", name="B", price=1, currency="GBP", barcode="4006381333931"),
            Product(sku="C", name="C", price=1, currency="GBP"),
        ],
    )
    assert isinstance(again, Product) and isinstance(free, Product)
    assert isinstance(twin, Refusal) and (twin.code, twin.pointer) == ("barcode_taken", "/barcode")
    assert offers(shop, "b") == []
    assert shop.product("A").barcode is None
    assert shop.product("B", barcode="4006381333931").barcode


def test_what_is_coming_goes_to_those_who_wait_first(shop: Shop):
    today = shop.clock.now.date()
    shop.stock(3, "A", backorder_limit=10)
    shop.order((5, "A"))
    shop.announce(3, "A", on=today + timedelta(days=2))
    shop.announce(9, "A", on=today + timedelta(days=9))
    shop.announce(50, "A")
    shop.location("leeds")
    with shop.house.database.reading(shop.shard) as sql:
        shelf = offered(sql, ["A", "none"])["A"].shelf
        there = offered(sql, ["A"], at="leeds")["A"].shelf
    one, two, many = (availability(units, shelf) for units in (1, 2, 9))
    assert (one.had, one.day) == (Had.LATER, today + timedelta(days=2))
    assert (two.had, two.day) == (Had.LATER, today + timedelta(days=9))
    assert many.had == Had.NOT and shelf.room == 8
    assert availability(1, there).had == Had.NOT


def test_the_last_address_and_the_usual_country_are_those_of_orders(shop: Shop):
    shop.stock(100, "A")
    order = shop.order((1, "A"), customer=ANN)
    shop.order((2, "A"), customer=ANN, ship_to=None, shipping=Shipping(method="pickup"))
    with shop.house.database.reading(shop.shard) as sql:
        assert last_address(sql, order.customer_id or "") == order.ship_to
        assert last_address(sql, "cus_none") is None
        assert usual_country(sql) == "GB"
        assert [x.code for x in shipping_methods(sql)] == ["pickup", "standard", "express"]


# Drafts


def person(shop: Shop) -> str:
    from purvey.domain.people import Person
    from purvey.domain.rights import Role

    made = Person(
        id=shop.house.act("test").new_id("per"),
        name="Cleo",
        email="cleo@shop.example",
        role=Role.CLERK,
        created_at=shop.clock.now,
    )
    shop.house.database.run(shop.shard, lambda tx: tx.people.add([made]))
    return made.id


def writing(who: str, **changes: object) -> DraftWriting:
    parts: dict[str, object] = {
        "id": "drf_1",
        "person_id": who,
        "content": "{}",
        "title": "Ann",
        "total": 5,
        "page_id": "pag_1",
        "turn": 0,
        "contact": Contact(name="Ann"),
    }
    return DraftWriting(**{**parts, **changes})  # type: ignore[arg-type]


def test_a_draft_is_kept_and_only_its_writer_sees_it(shop: Shop):
    cleo = person(shop)
    [saved] = shop.do(save_drafts, [writing(cleo, content='{"a": 1}')])
    with shop.house.database.reading(shop.shard) as sql:
        assert find_draft(sql, "drf_1", person_id=cleo) == saved
        assert open_drafts(sql, cleo) == [saved]
        assert find_draft(sql, "drf_1", person_id="per_other") is None
    assert shop.do(drop_drafts, [DraftOf(id="drf_1", person_id="per_other")]) == [NOT_FOUND]
    [dropped] = shop.do(drop_drafts, [DraftOf(id="drf_1", person_id=cleo)])
    assert isinstance(dropped, SavedDraft)
    with shop.house.database.reading(shop.shard) as sql:
        assert open_drafts(sql, cleo) == []


def test_two_windows_never_overwrite_each_other(shop: Shop):
    cleo = person(shop)
    [first] = shop.do(save_drafts, [writing(cleo, turn=2)])
    shop.clock.forward(minutes=1)
    assert shop.do(save_drafts, [writing(cleo, turn=1)]) == [OVERTAKEN]
    assert shop.do(save_drafts, [writing(cleo, page_id="pag_2", turn=9)]) == [CHANGED]
    [second] = shop.do(
        save_drafts, [writing(cleo, page_id="pag_2", seen=first.changed_at, content="[]")]
    )
    assert second.content == "[]"
    shop.clock.forward(minutes=1)
    assert shop.do(save_drafts, [writing(cleo, turn=3, seen=first.created_at)]) == [CHANGED]
    assert shop.do(save_drafts, [writing("per_other")]) == [NOT_FOUND]


def test_what_became_an_order_is_not_written_any_more(shop: Shop):
    cleo = person(shop)
    shop.do(save_drafts, [writing(cleo)])
    [noted] = shop.do(note_orders, [DraftOf(id="drf_1", person_id=cleo, order_id="ord_1")])
    assert noted.order_id == "ord_1"
    assert shop.do(save_drafts, [writing(cleo, turn=5)]) == [ORDERED]
    with shop.house.database.reading(shop.shard) as sql:
        assert open_drafts(sql, cleo) == []


def test_drafts_are_bounded_and_forgotten(shop: Shop):
    cleo = person(shop)
    answers = shop.do(save_drafts, [writing(cleo, id=f"drf_{n}") for n in range(MAX_DRAFTS + 1)])
    assert answers[-1] == TOO_MANY and isinstance(answers[-2], SavedDraft)
    shop.clock.forward(days=DRAFTS_KEPT.days + 1)

    def forget() -> int:
        now = shop.clock.now
        return shop.house.database.run(
            shop.shard, lambda tx: forget_drafts(tx.sql, now=now, limit=30)
        )

    assert [forget(), forget(), forget()] == [30, MAX_DRAFTS - 30, 0]


# At the counter


def sold(shop: Shop, units: int, *, at: str = "main") -> Order:
    return shop.order(
        (units, "A"),
        channel="store",
        ship_to=None,
        shipping=Shipping(method="pickup", location=at),
        payment=PaymentChoice(method="cash"),
    )


def test_what_is_paid_at_the_counter_is_handed_out_in_one_commit(shop: Shop):
    shop.stock(5, "A")
    order, other = sold(shop, 2), shop.order((1, "A"))
    first, second, third = shop.do(hand_out, [order.id, other.id, "ord_none"])
    assert isinstance(first, Order) and first.state == "delivered"
    assert second == NOTHING and isinstance(third, Refusal)
    assert shop.do(hand_out, [order.id]) == [NOTHING]
    assert shop.rows("select on_hand, reserved from stock where shard = :shard") == [(3, 1)]


def test_only_the_shelf_at_hand_is_sold_from(shop: Shop):
    shop.location("leeds")
    shop.stock(5, "A", backorder_limit=0)
    shop.adjust(2, "A", at="leeds")
    assert sold(shop, 2, at="leeds").shipments[0].location == "leeds"
    draft = shop.draft((1, "A"), shipping=Shipping(method="pickup", location="leeds"), ship_to=None)
    [refused] = shop.receive(draft)
    assert isinstance(refused, Refusal) and "0 available" in refused.sentence


@pytest.mark.parametrize("shops", ["take", "hold"])
def test_a_price_with_a_reason_is_no_mistake(new_shop, shops: str):  # type: ignore[no-untyped-def]
    shop: Shop = new_shop(price_differs=shops, price_override_above="10.00")
    shop.stock(100, "A", price=500)

    def priced(units: int, **parts: object) -> Order:
        line = DraftLine(sku="A", quantity=units, **parts)  # type: ignore[arg-type]
        return shop.take(shop.draft(channel="phone", lines=(line,)))

    assert priced(1, unit_price=400, price_reason="torn").state == "reserved"
    assert [x.type for x in priced(11, unit_price=400, price_reason="torn").holds] == [
        "price_override"
    ]
    # Agreed when the catalogue said 420: the 80 since then are nobody's gift.
    assert priced(11, unit_price=400, price_reason="quote", list_price=420).state == "reserved"


# Quotes


def test_quotes_are_numbered_listed_and_become_one_order(shop: Shop):
    today = shop.clock.now.date()

    def wish(days: int) -> QuoteWish:
        return QuoteWish(
            content='{"lines": {}}',
            customer="Ann",
            contact=Contact(name="Ann"),
            total=900,
            currency="GBP",
            valid_until=today + timedelta(days=days),
            draft_id="drf_none",
        )

    first, past, second, far = shop.do(make_quotes, [wish(0), wish(-1), wish(366), wish(367)])
    assert isinstance(first, Quote) and isinstance(second, Quote)
    assert (first.number, second.number, past, far) == (101, 102, PAST, FAR)
    ordered = [
        QuoteOrdered(number=n, order_id=id_) for n, id_ in ((101, "a"), (101, "b"), (9, "c"))
    ]
    one, again, none = shop.do(note_quotes, ordered)
    assert isinstance(one, Quote) and isinstance(again, Quote) and isinstance(none, Refusal)
    assert one.order_id == again.order_id == "a"
    with shop.house.database.reading(shop.shard) as sql:
        page = list_quotes(sql, limit=1)
        rest = list_quotes(sql, limit=5, before=page.next[0] if page.next else 0)
        assert [x.number for x in (*page.items, *rest.items)] == [102, 101]
        assert find_quote(sql, 101) == one and find_quote(sql, 9) is None


def test_a_quote_is_deleted_unless_it_is_an_order(shop: Shop):
    wishes = [
        QuoteWish(
            content='{"lines": {}}',
            customer="Ann",
            contact=Contact(name="Ann"),
            total=900,
            currency="GBP",
            valid_until=shop.clock.now.date(),
            draft_id="drf_none",
        )
    ]
    shop.do(make_quotes, wishes * 2)
    shop.do(note_quotes, [QuoteOrdered(number=102, order_id="a")])
    gone, ordered, none = shop.do(drop_quotes, [101, 102, 9])
    assert isinstance(gone, Quote) and gone.number == 101
    codes = [x.code if isinstance(x, Refusal) else "" for x in (ordered, none)]
    assert codes == ["ordered_already", "not_found"]
    assert shop.rows("select number from quote where shard = :shard") == [(102,)]
    journal = shop.rows("select deed, subject, detail from journal where shard = :shard")
    assert ("deleted quote", "quote 101", "") in journal
