"""Which order a cancellation means: the rules one by one, and that no unit is claimed twice."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as some

from purvey.adapters.files.outcomes import CancellationOf, Item, RowRef
from purvey.domain.draft import Contact
from purvey.importing.candidates import Candidate
from purvey.importing.matching import NO_CUSTOMER, NO_ORDER, NOTHING_LEFT, Book

START = datetime(2010, 12, 1, 8, tzinfo=UTC)


def line(
    number: int, left: int, price: int = 255, *, day: int | None = None, **more: object
) -> Candidate:
    parts: dict = {
        "order_id": f"ord_{number}",
        "number": number,
        "placed_at": START + timedelta(days=number if day is None else day),
        "customer": "17850",
        "currency": "GBP",
        "no": 1,
        "sku": "A",
        "unit_price": price,
        "left": left,
        "open": left,
    }
    return Candidate(**{**parts, **more})


def cancellation(
    *items: tuple[int, str], day: int = 30, customer: str | None = "17850", charge: str = ""
) -> CancellationOf:
    """Units of A that come back, each item at a price."""
    goods = tuple(
        Item(sku="A", name=None, quantity=-units, unit_price=Decimal(price), line=number)
        for number, (units, price) in enumerate(items, 2)
    )
    credits = (
        (Item(sku="POST", name=None, quantity=-1, unit_price=Decimal(charge), line=99),)
        if charge
        else ()
    )
    return CancellationOf(
        external_id="C1",
        customer=Contact(external_id=customer),
        placed_at=START + timedelta(days=day),
        currency="GBP",
        items=goods,
        charges=credits,
        rows=tuple(RowRef(x.line, x.amount, "cancellation") for x in (*goods, *credits)),
    )


def fates(book: Book, wish: CancellationOf) -> list[tuple[str, int, str | None]]:
    return [(x.fate, x.units, x.order_id) for x in book.records_of(wish)]


def test_the_latest_order_at_the_same_price_is_meant():
    book = Book([line(1, 6), line(2, 6), line(3, 6, price=210)])
    assert fates(book, cancellation((6, "2.55"))) == [("cancelled", 6, "ord_2")]


def test_an_order_with_too_few_units_left_is_passed_over():
    book = Book([line(1, 6), line(2, 5)])
    assert fates(book, cancellation((6, "2.55"))) == [("cancelled", 6, "ord_1")]


def test_any_price_will_do_when_none_is_the_same():
    book = Book([line(1, 6, price=210), line(2, 5)])
    assert fates(book, cancellation((6, "2.55"))) == [("cancelled", 6, "ord_1")]


def test_what_no_single_order_has_is_spread_over_several_the_latest_first():
    book = Book([line(1, 6), line(2, 5), line(3, 0)])
    assert fates(book, cancellation((8, "2.55"))) == [
        ("cancelled", 5, "ord_2"),
        ("cancelled", 3, "ord_1"),
    ]


def test_an_order_placed_later_is_not_meant():
    book = Book([line(1, 6), line(40, 6)])
    assert fates(book, cancellation((6, "2.55"), day=30)) == [("cancelled", 6, "ord_1")]
    assert fates(book, cancellation((1, "2.55"), day=0)) == [("unmatched", 1, None)]


def test_an_order_of_the_same_minute_is_meant():
    assert fates(Book([line(30, 6)]), cancellation((6, "2.55"))) == [("cancelled", 6, "ord_30")]


def test_units_that_have_left_are_a_return():
    book = Book([line(1, 6, open=4)])
    assert fates(book, cancellation((6, "2.55"))) == [
        ("cancelled", 4, "ord_1"),
        ("return", 2, "ord_1"),
    ]


def test_the_rest_is_unmatched_and_says_why():
    records = Book([line(1, 6)]).records_of(cancellation((8, "2.55"), (1, "2.55")))
    assert [(x.fate, x.units) for x in records] == [
        ("cancelled", 6),
        ("unmatched", 2),
        ("unmatched", 1),
    ]
    assert {x.reason for x in records} == {None, NOTHING_LEFT}
    (record,) = Book([]).records_of(cancellation((1, "2.55")))
    assert record.reason == NO_ORDER
    (record,) = Book([line(1, 6)]).records_of(cancellation((1, "2.55"), customer=None))
    assert record.reason == NO_CUSTOMER


def test_another_customer_sku_or_currency_is_another_thing():
    others = [line(1, 6, customer="1"), line(2, 6, sku="B"), line(3, 6, currency="EUR")]
    assert fates(Book(others), cancellation((1, "2.55"))) == [("unmatched", 1, None)]


def test_a_credited_charge_goes_with_the_order_of_the_goods():
    book = Book([line(1, 6)])
    assert fates(book, cancellation((1, "2.55"), charge="18.00"))[-1] == ("credit", 1, "ord_1")
    assert fates(book, cancellation(charge="18.00")) == [("credit", 1, None)]


def test_prices_below_a_penny_match_no_price_and_still_find_their_order():
    book = Book([line(1, 6), line(2, 6, price=1)])
    assert fates(book, cancellation((3, "0.001"))) == [("cancelled", 3, "ord_2")]


@given(
    lines=some.lists(
        some.tuples(some.integers(0, 9), some.integers(0, 9), some.sampled_from((100, 255)))
    ),
    items=some.lists(some.tuples(some.integers(1, 12), some.sampled_from(("1.00", "2.55", "9")))),
)
def test_no_unit_is_claimed_twice_and_every_unit_and_penny_has_a_fate(lines, items):
    shelf = [
        line(number, left, price, open=min(left, still_open), day=1)
        for number, (left, still_open, price) in enumerate(lines)
    ]
    wish = cancellation(*items)
    records = Book(shelf).records_of(wish)
    assert sum(x.amount for x in records) == wish.amount
    assert sum(x.units for x in records) == sum(units for units, _ in items)
    for candidate in shelf:
        mine = [x for x in records if x.order_id == candidate.order_id]
        assert sum(x.units for x in mine) <= candidate.left
        assert sum(x.units for x in mine if x.fate == "cancelled") <= candidate.open
