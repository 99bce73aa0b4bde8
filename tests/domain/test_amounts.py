"""What an order is worth: the parts that ship or are cancelled add up to the whole, to the cent."""

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from purvey.domain.amounts import grand_total, owed, paid, refunded, secured, total
from purvey.domain.order import Line, Order
from purvey.kit.frozen import evolve
from tests.lifecycle.subjects import a_line, a_payment, an_order


def with_units(line: Line, **units: int) -> Line:
    """The same line with its units elsewhere; what is not named waits for stock."""
    rest = line.ordered - sum(units.values())
    return evolve(line, **{"reserved": 0, "held": (), "backordered": rest, **units})


def dear(*lines: Line, **changes: Any) -> Order:
    return an_order(lines=lines or (a_line(),), **{"shipping_total": 395, **changes})


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Lines, discount and tax of every size; a discount is never more than the goods."""
    lines = tuple(
        a_line(no=no, unit_price=draw(st.integers(0, 5000)), ordered=draw(st.integers(1, 20)))
        for no in range(1, draw(st.integers(1, 5)) + 1)
    )
    goods = sum(line.unit_price * line.ordered for line in lines)
    return dear(
        *lines,
        discount_total=draw(st.integers(0, goods)),
        tax_total=draw(st.integers(0, goods)),
        shipping_total=draw(st.integers(0, 1000)),
    )


@st.composite
def journeys(draw: st.DrawFn) -> list[Order]:
    """An order whose units ship or are cancelled one by one, until none is left."""
    order = draw(orders())
    units = [line.no for line in order.lines for _ in range(line.ordered)]
    fates = draw(st.lists(st.booleans(), min_size=len(units), max_size=len(units)))
    shipped = dict.fromkeys((line.no for line in order.lines), 0)
    cancelled = dict(shipped)
    stages = [order]
    for no, ships in zip(draw(st.permutations(units)), fates, strict=True):
        (shipped if ships else cancelled)[no] += 1
        lines = tuple(
            with_units(line, shipped=shipped[line.no], cancelled=cancelled[line.no])
            for line in order.lines
        )
        stages.append(evolve(order, lines=lines))
    return stages


def test_an_order_is_worth_its_lines_and_shipping_and_tax_less_its_discounts():
    order = dear(a_line(), discount_total=65, tax_total=100)
    assert grand_total(order) == total(order) == 3 * 255 + 395 + 100 - 65


def test_a_cancelled_unit_takes_its_share_of_the_discount_along():
    order = dear(with_units(a_line(), cancelled=1), discount_total=100)
    assert total(order) == 2 * 255 - 67 + 395


def test_nothing_left_costs_nothing_not_even_shipping():
    assert total(dear(with_units(a_line(), cancelled=3))) == 0


def test_nothing_is_owed_before_the_first_parcel():
    assert owed(dear()) == 0


def test_shipping_is_owed_with_the_first_parcel():
    assert owed(dear(with_units(a_line(), shipped=1))) == 255 + 395


@given(journeys())
def test_when_all_is_done_what_is_owed_is_the_total(stages: list[Order]):
    assert owed(stages[-1]) == total(stages[-1])


@given(journeys())
def test_on_the_way_nobody_owes_more_than_the_total_and_less_than_before(stages: list[Order]):
    for before, after in pairwise(stages):
        assert owed(before) <= owed(after) <= total(after) <= total(before)


@given(orders())
def test_an_order_of_which_nothing_is_cancelled_is_worth_what_was_agreed(order: Order):
    assert total(order) == grand_total(order)


@given(orders())
def test_shipped_as_a_whole_it_costs_what_was_agreed(order: Order):
    lines = tuple(with_units(line, shipped=line.ordered) for line in order.lines)
    assert owed(evolve(order, lines=lines)) == grand_total(order)


def test_secured_is_what_is_in_or_held_or_promised():
    order = dear(
        payments=(
            a_payment(id="pay_1", authorised=500, captured=200, refunded=50),
            a_payment(id="pay_2", captured=100),
            a_payment(id="pay_3", authorised=70, voided=70),
        )
    )
    assert secured(order) == (200 - 50) + (500 - 200) + 100
    assert (paid(order), refunded(order)) == (300, 50)


def test_more_captured_than_was_held_is_not_counted_as_held():
    assert a_payment(authorised=100, captured=150).held == 0
