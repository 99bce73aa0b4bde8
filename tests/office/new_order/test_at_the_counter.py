"""A sale at the counter: paid, handed over and gone from the shelf at once."""

from pypdfium2 import PdfDocument

from purvey.domain.draft import PaymentChoice
from purvey.testing import Shop
from tests.office.conftest import Browser
from tests.office.new_order.orders import order_of
from tests.office.new_order.sheets import Sheet, number_of, said


def sale(cleo: Browser, **fields: str) -> Sheet:
    return Sheet(cleo, "/orders/new?at=counter", method="pickup", location="main", **fields)


def test_paid_in_cash_it_is_handed_over_with_its_change(shop: Shop, cleo: Browser):
    answer = sale(cleo, pay="cash", given="20").lines(("A", "3")).post("place")
    order = order_of(shop, number_of(answer))
    assert (order.channel, order.state, order.payments[0].state) == (
        "store",
        "delivered",
        "captured",
    )
    page = cleo.get(answer.headers["location"]).text
    assert "Handed over" in page and "£5.00" in page
    triggers = [
        row.trigger
        for row in shop.rows("select trigger from history where shard = :shard order by version")
    ]
    assert [x for x in triggers if x in ("pick", "pack", "hand_over", "delivered")] == [
        "pick",
        "pack",
        "hand_over",
        "delivered",
    ]
    assert shop.rows("select on_hand, reserved from stock where shard = :shard and sku = 'A'") == [
        (97, 0)
    ]


def test_too_little_cash_is_no_sale(shop: Shop, cleo: Browser):
    answer = sale(cleo, pay="cash", given="9.99").lines(("A", "2")).post("place")
    assert answer.status_code == 422
    assert said(answer)["given"] == "0.01 GBP are missing."
    assert said(sale(cleo, pay="cash", given="ten").lines(("A", "2")).post("place"))["given"]


def test_only_what_lies_there_is_taken_along(shop: Shop, cleo: Browser):
    shop.location("leeds")
    shop.adjust(5, "B", at="leeds")
    short = sale(cleo, pay="cash").lines(("B", "4")).post("place")
    assert said(short)["units-0"] == "Not available: 3 in stock."
    answer = sale(cleo, pay="cash").lines(("B", "4")).post("place", location="leeds")
    order = order_of(shop, number_of(answer))
    assert (order.state, order.shipments[0].location) == ("delivered", "leeds")


def test_a_card_is_waited_for_and_then_it_is_handed_over(shop: Shop, cleo: Browser):
    fields = {"pay": "card", "gateway": "sandbox", "token": "tok_ok"}
    answer = sale(cleo, **fields).lines(("A", "1")).post("place")
    number = number_of(answer)
    order = order_of(shop, number)
    assert order.state == "reserved"
    assert "Waiting for the gateway" in cleo.get(f"/orders/{number}/taken").text
    assert cleo.post(f"/orders/{number}/hand-out").status_code == 409
    shop.gateway_says(order, "authorised")
    assert "Hand over" in cleo.get(f"/orders/{number}/taken").text
    assert cleo.post(f"/orders/{number}/hand-out").status_code == 303
    assert order_of(shop, number).state == "delivered"
    shop.gateway_says(order_of(shop, number), "captured")
    assert cleo.post(f"/orders/{number}/hand-out").status_code == 409


def test_the_receipt_says_what_was_paid_and_given_back(shop: Shop, cleo: Browser):
    shop.product("L", name="Ламбда " + "very " * 30 + "long tea", price=199)
    shop.adjust(5, "L")
    answer = sale(cleo, pay="cash", given="20").lines(("A", "3"), ("L", "2")).post("place")
    number = number_of(answer)
    assert f'href="/orders/{number}/receipt"' in cleo.get(f"/orders/{number}/taken").text
    page = cleo.get(f"/orders/{number}/receipt").text
    for said_ in ("3 × 5.00", "15.00", "2 × 1.99", "£18.98", "20.00", "1.02"):
        assert said_ in page, said_
    answer = cleo.get(f"/orders/{number}/receipt.pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    with PdfDocument(answer.content) as pdf:
        [drawn] = pdf
        assert round(drawn.get_width() / 72 * 25.4) == 80
        text = drawn.get_textpage().get_text_bounded()
    for said_ in ("Assam tea", "long tea", "18.98", "Change", "1.02"):
        assert said_ in text, said_


def test_without_money_there_is_no_receipt(shop: Shop, cleo: Browser):
    order = shop.order((1, "A"), payment=PaymentChoice(method="bank_transfer"))
    answer = cleo.get(f"/orders/{order.number}/receipt")
    assert answer.status_code == 409 and "Nothing of this order has been paid yet" in answer.text
    assert cleo.get(f"/orders/{order.number}/receipt.pdf").status_code == 409
    assert cleo.get("/orders/9/receipt").status_code == 404
