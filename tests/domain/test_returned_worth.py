"""However a line comes back, its shares add up to the whole line, to the cent."""

from hypothesis import given
from hypothesis import strategies as st

from purvey.domain.amounts import grand_total, returned_worth
from tests.lifecycle.subjects import a_line, an_order

LINES = st.lists(st.tuples(st.integers(0, 5_000), st.integers(1, 12)), min_size=1, max_size=3)


@given(lines=LINES, discount=st.integers(0, 300), tax=st.integers(0, 900), data=st.data())
def test_any_split_adds_up(
    lines: list[tuple[int, int]], discount: int, tax: int, data: st.DataObject
):
    goods = sum(price * units for price, units in lines)
    order = an_order(
        lines=tuple(
            a_line(no=no, unit_price=price, ordered=units, shipped=units)
            for no, (price, units) in enumerate(lines, 1)
        ),
        discount_total=min(discount, goods),
        tax_total=tax,
    )
    went_back = 0
    for line in order.lines:
        before = 0
        while before < line.ordered:
            units = data.draw(st.integers(1, line.ordered - before))
            part = returned_worth(order, line.no, units=units, after=before)
            assert part >= 0
            went_back, before = went_back + part, before + units
    assert went_back == grand_total(order)
