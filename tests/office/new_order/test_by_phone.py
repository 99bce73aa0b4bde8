"""An order by phone, without a script: found, filled in, checked, placed once."""

import re

from purvey.domain.draft import Contact
from purvey.testing import Shop
from tests.office.conftest import Browser, Office
from tests.office.new_order.orders import order_of
from tests.office.new_order.sheets import Sheet, number_of, said


def test_an_order_is_taken_and_paid_by_transfer(shop: Shop, cleo: Browser):
    sheet = Sheet(cleo, name="Ann Lee", email="ann@example.com", notes="Ring twice")
    answer = sheet.lines(("A", "2")).post("place", date="2026-12-24")
    order = order_of(shop, number_of(answer))
    assert (order.channel, order.state, order.customer.name) == ("phone", "reserved", "Ann Lee")
    assert order.ship_to is not None and order.ship_to.name == "Ann Lee"
    assert (order.lines[0].unit_price, order.notes) == (500, "Ring twice")
    assert order.requested_delivery_date == "2026-12-24"
    page = cleo.get(answer.headers["location"]).text
    assert "Waiting for the bank transfer of 13.95 GBP" in page and "£13.95" in page


def test_each_way_to_pay(shop: Shop, cleo: Browser):
    ways = {
        "card": {"gateway": "sandbox", "token": "tok_ok"},
        "cash": {},
        "terms": {"terms": "net30", "purchase_order": "PO-9"},
    }
    for way, fields in ways.items():
        sheet = Sheet(cleo, email=f"{way}@example.com", pay=way, **fields)
        [payment] = order_of(shop, number_of(sheet.lines(("A", "1")).post("place"))).payments
        assert payment.method == {"card": "gateway"}.get(way, way)
        assert (payment.token, payment.purchase_order) == (
            fields.get("token"),
            fields.get("purchase_order"),
        )


def test_each_fault_is_told_at_its_field_and_what_was_typed_stays(shop: Shop, cleo: Browser):
    sheet = Sheet(
        cleo,
        name="Ann",
        email="ann.example.com",
        postal_code="10115",
        date="soon",
        pay="card",
        gateway="sandbox",
        notes="keep me",
    )
    answer = sheet.lines(("A", "two"), ("C", "1"), ("A", "1", "x")).post("place")
    assert answer.status_code == 422 and "keep me" in answer.text
    found = said(answer)
    assert found["units-0"] == "Write a whole number."
    assert found["date"] == "Write a date such as 2026-05-03."
    assert found["token"] == "Write the token that the gateway gave for the card."
    assert "Write the amount as a decimal string" in found["price-2"]
    found = said(sheet.lines(("A", "2"), ("C", "1")).post("place", date="", token="tok_ok"))
    assert "has no @" in found["email"]
    assert "no product with this SKU" in found["units-1"]
    assert "no postal code of United Kingdom" in found["postal_code"]
    assert said(sheet.lines(("B", "20")).post("place", email=""))["units-0"].startswith(
        "Not available: 3 in stock"
    )
    sheet.fields |= {"line_sku": [], "line_units": [], "line_price": [], "line_reason": []}
    assert "Add at least one product" in said(sheet.post("place"))["lines"]


def test_what_a_person_has_to_look_at_is_told_before_it_is_sent(shop: Shop, cleo: Browser):
    sheet = Sheet(cleo, email="ann@example.com", postal_code="10115").lines(("A", "1"))
    asked = sheet.post("place")
    assert asked.status_code == 422 and "Place it anyway" in asked.text
    order = order_of(shop, number_of(sheet.post("place", anyway="1")))
    assert (order.state, order.holds[0].type) == ("in_review", "address")


def test_pressed_twice_it_is_one_order(shop: Shop, cleo: Browser):
    sheet = Sheet(cleo, email="ann@example.com").lines(("A", "1"))
    first, second = sheet.post("place"), sheet.post("place")
    assert number_of(first) == number_of(second)
    changed = sheet.lines(("A", "5")).post("place")
    assert number_of(changed) == number_of(first)
    assert len(shop.rows("select id from orders where shard = :shard")) == 1


def test_an_answer_that_was_lost_makes_no_second_order(
    shop: Shop, cleo: Browser, small_office: Office
):
    """The order was committed, and the draft does not know it yet."""
    sheet = Sheet(cleo, email="ann@example.com").lines(("A", "1"))
    number = number_of(sheet.post("place"))
    forget = "update order_draft set order_id = null where shard = :shard"
    small_office.run(lambda tx: tx.sql.execute(forget))
    assert number_of(sheet.post("place")) == number
    small_office.run(lambda tx: tx.sql.execute(forget))
    told = sheet.lines(("A", "9")).post("place")
    assert (
        number_of(told) == number and "had%20been%20placed%20before" in told.headers["set-cookie"]
    )
    assert len(shop.rows("select id from orders where shard = :shard")) == 1


def test_another_price_needs_the_right_and_a_reason(
    shop: Shop, cleo: Browser, small_office: Office
):
    sheet = Sheet(cleo, email="ann@example.com").lines(("A", "1", "4,50"))
    assert "Say why" in said(sheet.post("place"))["reason-0"]
    order = order_of(shop, number_of(sheet.lines(("A", "1", "4,50", "box torn")).post("place")))
    assert (order.lines[0].unit_price, order.state) == (450, "reserved")
    [row] = shop.rows(
        "select facts, actor from history where shard = :shard and trigger = 'receive'"
    )
    assert (row.actor, "box torn" in row.facts) == ("Cleo", True)


def test_without_the_right_another_price_is_refused(shop: Shop, small_office: Office):
    paula = small_office.logged_in("Paula", role="picker")
    assert paula.get("/orders/new").status_code == 403


def test_a_discount_has_a_reason(shop: Shop, cleo: Browser):
    sheet = Sheet(cleo, email="ann@example.com", discount="1.00").lines(("A", "1"))
    assert "discount_reason" in said(sheet.post("place"))
    order = order_of(shop, number_of(sheet.post("place", discount_reason="late last time")))
    assert order.discount_total == 100


def test_stock_and_the_earliest_day_stand_at_each_line(shop: Shop, cleo: Browser):
    sheet = Sheet(cleo).lines(("A", "2"), ("B", "5"))
    assert sheet.post("save").status_code == 303
    page = cleo.get(sheet.path).text
    assert "100 in stock, delivered from" in page
    assert "3 in stock, 2 backordered, no day announced" in page
    shop.announce(50, "B", on=shop.clock.now.date().replace(day=28))
    assert "2 backordered until 28" in cleo.get(sheet.path).text


def test_products_are_added_by_sku_name_or_barcode(shop: Shop, cleo: Browser):
    sheet = Sheet(cleo)
    for typed in ("4006381333931", "banch", "a"):
        assert sheet.post("lines", find=typed).status_code == 303
        page = cleo.get(sheet.path).text
        skus = re.findall(r'name="line_sku" value="(\w+)"', page)
        units = re.findall(r'name="line_units" value="(\d+)"', page)
        sheet.lines(*zip(skus, units, strict=True))
    assert sorted(zip(skus, units, strict=True)) == [("A", "2"), ("B", "1")]
    nothing = sheet.post("lines", find="coffee")
    assert nothing.status_code == 422 and "No product is called that" in said(nothing)["find"]
    sheet.post("lines/0/remove", find="")
    assert 'value="A"' not in cleo.get(sheet.path).text


def test_a_customer_who_is_chosen_brings_contact_and_last_address(shop: Shop, cleo: Browser):
    customer = Contact(
        email="ann@example.com", name="Ann Lee", phone="+44 20 7946 0000", external_id="C-17"
    )
    order = shop.order((1, "A"), customer=customer)
    for who in ("lee an", "ann@", "020 7946", "c-17"):
        page = cleo.get(f"/orders/new/find/customers?who={who}").text
        assert f'data-value="{order.customer_id}"' in page, who
    assert "Nobody fits" in cleo.get("/orders/new/find/customers?who=zoe").text
    sheet = Sheet(cleo, line1="", city="", postal_code="")
    assert "Ann Lee" in sheet.post("customer", who="ann").text
    assert sheet.post("customer", customer=order.customer_id).status_code == 303
    page = cleo.get(sheet.path).text
    for value in ("Ann Lee", "ann@example.com", "1 High Street", "LS1 4DT"):
        assert f'value="{value}"' in page
