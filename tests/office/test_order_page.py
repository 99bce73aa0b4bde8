"""One order: what each state offers and does, what is refused and why, and who sees what."""

import re
from base64 import b64encode
from collections.abc import Callable

import pytest

from purvey.domain.draft import Address, Contact, DraftLine, PaymentChoice
from purvey.domain.order import Order
from purvey.lifecycle import PROCESSES
from purvey.operations.event_types import NOTED
from purvey.operations.hold import PlaceHold, place_holds
from purvey.queries.customers import bought_by
from purvey.queries.history import latest_history
from purvey.queries.notices import find_notice, notices_of
from purvey.storage.notices import NoticeRow, keep_notices
from purvey.testing import Clock, Shop
from purvey.web.office.order.words import SAID
from tests.office.conftest import Browser, Office, alert
from tests.operations.returning import asked, delivered
from tests.operations.statements import counted

TRANSFER = PaymentChoice(method="bank_transfer")


@pytest.fixture
def shop(small_office: Office, clock: Clock) -> Shop:
    shop = Shop(small_office.house, clock)
    shop.stock(100, "A", name="A tea", price=500, backorder_limit=50)
    shop.stock(99_999, "BULK")
    return shop


@pytest.fixture
def cleo(small_office: Office) -> Browser:
    return small_office.logged_in("Cleo", role="clerk")


def place(order: Order) -> str:
    return f"/orders/{order.number}"


def buttons(browser: Browser, order: Order) -> list[str]:
    """The words of what can be done, in their order."""
    page = browser.get(place(order)).text
    acts = page.partition('<div class="acts">')[2].partition("</section>")[0]
    return [words.strip() for words in re.findall(r'data-key="\w">([^<]*)<', acts)]


def press(browser: Browser, order: Order, path: str, **fields: object):
    """As the page's form sends it: bound to the version that it shows."""
    page = browser.get(place(order)).text
    version = re.search(r'id="order" data-version="(\d+)"', page)
    assert version, page[:300]
    return browser.post(f"{place(order)}{path}", version=version[1], **fields)


def in_review(shop: Shop) -> Order:
    return shop.order((9_000, "BULK"))


def backordered(shop: Shop) -> Order:
    return shop.order((140, "A"), customer=Contact(email="b@example.com"))


def declined(shop: Shop) -> Order:
    return shop.gateway_says(shop.order((1, "A")), "declined")


def held(shop: Shop) -> Order:
    order = shop.paid((1, "A"))
    shop.do(place_holds, [PlaceHold(order_id=order.id, reason="Another colour?")])
    return order


def picking(shop: Shop) -> Order:
    order = shop.paid((1, "A"))
    shop.step(shop.look(order).shipments[0], "pick")
    return order


def packed(shop: Shop) -> Order:
    order = picking(shop)
    shop.step(shop.look(order).shipments[0], "pack")
    shop.label(shop.look(order).shipments[0])
    return order


def lost(shop: Shop) -> Order:
    order = shop.send_off(shop.paid((1, "A")))
    shop.carrier_says(order.shipments[0], "lost")
    return order


def comes_back(shop: Shop) -> Order:
    order = shop.send_off(shop.paid((1, "A")))
    shop.carrier_says(order.shipments[0], "returned_to_sender")
    return order


def cancelled(shop: Shop) -> Order:
    order = shop.order((1, "A"))
    shop.decide(order, "cancel", reason="gave up")
    return order


STATES: dict[str, tuple[Callable[[Shop], Order], list[str]]] = {
    "in review": (in_review, ["Approve", "Change", "Hold", "Reject", "Cancel order"]),
    "waiting for a transfer": (
        lambda shop: shop.order((1, "A"), payment=TRANSFER),
        ["Pay another way", "The money is here", "Change", "Hold", "Cancel order"],
    ),
    "declined": (declined, ["Pay another way", "Change", "Hold", "Cancel order"]),
    "ready": (
        lambda shop: shop.paid((1, "A")),
        ["Start picking", "Change", "Hold", "Cancel order"],
    ),
    "held": (held, ["Release the hold", "Change", "Hold", "Cancel order"]),
    "picking": (picking, ["It is packed", "Change", "Hold", "Cancel order"]),
    "packed": (packed, ["Hand over", "Change", "Hold", "Cancel order"]),
    "shipped": (lambda shop: shop.send_off(shop.paid((1, "A"))), ["Start a return"]),
    "lost": (lost, ["Close", "Start a return"]),
    "coming back": (
        comes_back,
        ["Close", "It is here: send it again", "It is here: take it in", "Start a return"],
    ),
    "delivered": (lambda shop: delivered(shop, (1, "A")), ["Close", "Start a return"]),
    "cancelled": (cancelled, []),
}


def test_each_state_offers_what_can_be_done_next(shop: Shop, cleo: Browser):
    for name, (make, wanted) in STATES.items():
        assert buttons(cleo, make(shop)) == wanted, name


def test_every_button_does_what_it_says(shop: Shop, cleo: Browser):
    done: list[tuple[Callable[[Shop], Order], str, dict[str, str], str]] = [
        (in_review, "/decide", {"trigger": "approve"}, "reserved"),
        (in_review, "/decide", {"trigger": "reject", "reason": "no answer"}, "rejected"),
        (in_review, "/release", {}, "reserved"),
        (declined, "/decide", {"trigger": "cancel", "reason": "gave up"}, "cancelled"),
        (declined, "/pay", {"way": "terms:net30", "purchase_order": "PO-1"}, "ready"),
        (declined, "/pay", {"way": "gateway:sandbox", "token": "tok_ok"}, "reserved"),
        (lambda s: s.paid((1, "A")), "/hold", {"reason": "Wait"}, "ready"),
        (held, "/release", {}, "ready"),
        (lost, "/decide", {"trigger": "close", "reason": "carrier pays"}, "closed"),
        (lambda s: delivered(s, (1, "A")), "/decide", {"trigger": "close"}, "closed"),
    ]
    for make, path, fields, state in done:
        order = make(shop)
        answer = press(cleo, order, path, **fields)
        assert (answer.status_code, shop.look(order).state) == (303, state), (path, fields)
        assert answer.headers["location"] == place(order)
    page = cleo.get(place(order)).text
    assert "Closed" in page and "Cleo, " in page


def test_money_and_parcels_move_from_the_page(shop: Shop, cleo: Browser):
    order = shop.order((2, "A"), payment=TRANSFER)
    money = f"/money/{shop.payment(order).id}"
    assert press(cleo, order, money, trigger="capture").status_code == 303
    parcel = shop.look(order).shipments[0]
    path = f"/parcels/{parcel.id}"
    for step in ("pick", "pack"):
        assert press(cleo, order, path, trigger=step).status_code == 303
    early = press(cleo, order, path, trigger="hand_over")
    assert early.status_code == 409 and "not given a label yet" in early.text
    assert cleo.get(f"{place(order)}{path}/label").status_code == 404
    shop.label(parcel)
    assert press(cleo, order, path, trigger="hand_over").status_code == 303
    assert press(cleo, order, path, trigger="deliver").status_code == 303
    bad = press(cleo, order, money, trigger="refund", amount="1.234", payment="x")
    assert bad.status_code == 422 and "2 decimals" in bad.text and 'value="1.234"' not in bad.text
    much = press(cleo, order, money, trigger="refund", amount="900")
    assert much.status_code == 422 and "At most 13.95 GBP" in much.text
    assert press(cleo, order, money, trigger="refund", amount="3").status_code == 303
    shown = cleo.get(place(order)).text
    assert "£3.00 given back" in shown and "Parcel 1 handed over" in shown


def test_the_label_is_a_pdf(small_office: Office, shop: Shop):
    picker = small_office.logged_in("Pia", role="picker")
    order = packed(shop)
    parcel = shop.look(order).shipments[0]
    path = f"{place(order)}/parcels/{parcel.id}/label"
    foreign = picker.get(path)  # ^XA^XZ
    assert foreign.status_code == 409 and "print the ZPL" in alert(foreign)
    [drawn] = shop.rows(
        "select body from document where shard = :shard and subject_id = :id", id=parcel.id
    )
    body = b64encode(b"%PDF-1.4 " + drawn.body.encode()).decode()
    change = "update document set media_type = :type, body = :body where shard = :shard"
    small_office.run(lambda tx: tx.sql.execute(change, type="application/pdf", body=body))
    answer = picker.get(path)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    other = shop.paid((1, "A"))
    assert picker.get(f"{place(other)}/parcels/{parcel.id}/label").status_code == 404


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_low_price_leads_to_another_person(
    new_office: Callable[..., Office], clock: Clock
) -> None:
    office = new_office(price_override_above="5.00", price_differs="take")
    shop = Shop(office.house, clock)
    shop.stock(9, "A", price=500)
    line = DraftLine(sku="A", quantity=4, unit_price=100)
    order = shop.order(lines=(line,), channel="phone", actor="Ann")
    cleo = office.logged_in("Cleo", role="clerk")
    answer = press(cleo, order, "/decide", trigger="approve")
    assert answer.status_code == 409
    assert "another person&#39;s approval" in answer.text.partition("Not done")[2][:200]
    assert 'action="/approvals/prices"' in answer.text and f'value="{order.id}"' in answer.text
    ask = {"order": order.id, "reason": "A regular"}
    assert cleo.post("/approvals/prices", **ask).status_code == 303
    assert "Price of £16.00 waits for another person" in cleo.get(place(order)).text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_large_refund_leads_to_another_person(
    new_office: Callable[..., Office], clock: Clock
) -> None:
    office = new_office(refund_approval_above="5.00")
    shop = Shop(office.house, clock)
    shop.stock(9, "A", price=500)
    order = delivered(shop, (2, "A"))
    payment = shop.payment(order).id
    cleo = office.logged_in("Cleo", role="clerk")
    fields = {"trigger": "refund", "amount": "9.00", "payment": payment}
    answer = press(cleo, order, f"/money/{payment}", **fields)
    assert answer.status_code == 409
    assert f"/approvals/ask?payment={payment}&amp;amount=9.00" in answer.text
    ask = {"payment": payment, "amount": "9.00", "reason": "Broken"}
    assert cleo.post("/approvals/refunds", **ask).status_code == 303
    assert "waits for another person" in cleo.get(place(order)).text


def test_what_is_refused_says_why_and_keeps_what_was_typed(shop: Shop, cleo: Browser):
    order = shop.paid((1, "A"))
    empty = press(cleo, order, "/decide", trigger="cancel", reason=" ", choice="cancel")
    assert empty.status_code == 422 and "Say why" in empty.text
    assert 'id="act-cancel" open' in empty.text
    sent = shop.send_off(shop.paid((1, "A")))
    late = press(cleo, sent, "/decide", trigger="cancel", reason="x")
    assert late.status_code == 409 and shop.look(sent).state == "shipped"
    assert press(cleo, order, "/pay", way="cash").status_code == 409
    broke = declined(shop)
    no_card = {"way": "gateway:sandbox", "choice": "pay", "purchase_order": "PO-77"}
    answer = press(cleo, broke, "/pay", **no_card)
    assert answer.status_code == 422 and "card&#39;s token" in answer.text
    assert 'value="PO-77"' in answer.text
    assert press(cleo, broke, "/pay", way="shells").status_code == 422
    for path, fields in (("/decide", {"trigger": "accept"}), ("/hold", {"blocks": "air"})):
        assert press(cleo, order, path, **fields).status_code == 422
    assert press(cleo, order, "/money/pay_0", trigger="void").status_code == 404
    assert press(cleo, order, "/parcels/shp_0", trigger="pick").status_code == 404


def test_who_was_slower_is_told_who_did_what(
    small_office: Office, shop: Shop, cleo: Browser
) -> None:
    order = held(shop)
    before = str(shop.look(order).version)
    bea = small_office.logged_in("Bea", role="clerk")
    assert press(bea, order, "/release").status_code == 303
    deeds = (
        ("/decide", {"trigger": "cancel", "reason": "x"}),
        ("/hold", {"reason": "x"}),
        ("/release", {}),
        (f"/parcels/{shop.look(order).shipments[0].id}", {"trigger": "pick"}),
        (f"/money/{shop.payment(order).id}", {"trigger": "void"}),
    )
    for path, fields in deeds:
        answer = cleo.post(f"{place(order)}{path}", version=before, **fields)
        assert answer.status_code == 409, path
        assert "Somebody was faster" in answer.text and "<li>Bea: Released" in answer.text
    assert (shop.look(order).state, shop.look(order).open_holds) == ("ready", ())


def test_each_role_sees_its_part(small_office: Office, shop: Shop):
    order = shop.paid((1, "A"), customer=Contact(email="ann@example.com", phone="+4420"))
    path = place(order)
    viewer = small_office.logged_in("Vic", role="viewer")
    picker = small_office.logged_in("Pia", role="picker")
    assert buttons(viewer, order) == []
    assert buttons(picker, order) == ["Start picking"]
    assert "ann@example.com" in viewer.get(path).text
    shown = picker.get(path).text
    assert "ann@example.com" not in shown and "Payments" not in shown and "Leeds" in shown
    for who, deed in (
        (viewer, "/decide"),
        (viewer, "/hold"),
        (picker, "/pay"),
        (picker, "/release"),
    ):
        assert who.post(f"{path}{deed}", trigger="approve").status_code == 403, deed
    assert viewer.post(f"{path}/parcels/x", trigger="pick").status_code == 403
    assert picker.post(f"{path}/money/x", trigger="void").status_code == 403
    assert picker.get(f"{path}/messages/x").status_code == 403
    cleo = small_office.logged_in("Cleo", role="clerk")
    assert cleo.post(f"{path}/messages", key="x").status_code == 403


def test_an_order_answers_to_its_id_and_its_number(shop: Shop, cleo: Browser):
    order = shop.paid((1, "A"))
    for name in (order.id, f"0{order.number}"):
        answer = cleo.get(f"/orders/{name}")
        assert (answer.status_code, answer.headers["location"]) == (302, place(order))
    for name in ("99", "ord_0", "9" * 30, "%00"):
        assert cleo.get(f"/orders/{name}").status_code == 404, name
    part = cleo.get(place(order), **{"hx-request": "true"}).text
    assert "waits-title" in part and "<html" not in part


def test_history_is_told_in_plain_words_and_in_pages(
    shop: Shop, cleo: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = delivered(shop, (1, "A"))
    whole = cleo.get(place(order)).text
    for words in (
        "Order received",
        "£8.95 secured",
        "Parcel 1 has its label",
        "All of it has arrived",
    ):
        assert words in whole
    assert "test (API), <time" in whole and 'rel="next"' not in whole
    monkeypatch.setattr("purvey.web.office.order.page.EVENTS", 3)
    seen, path = list[str](), place(order)
    while path:
        page = cleo.get(path).text
        seen += re.findall(r"<li[^>]*>([^<]*)<small>", page.partition('class="timeline"')[2])
        found = re.search(r'href="([^"]*)" rel="next"', page)
        path = found[1] if found else ""
    assert len(seen) == shop.look(order).version and seen[-1] == "Order received"
    assert cleo.get(f"{place(order)}/history?before=x").status_code == 404


def test_all_that_can_happen_has_words():
    triggers = {f"{process.name}.{step.trigger}" for process in PROCESSES for step in process.steps}
    triggers |= {f"order.{name}" for name in (*NOTED, "receive")} | {"return.request"}
    assert triggers - SAID.keys() == set()


def test_what_a_gateway_is_asked_for_is_not_told_as_done(shop: Shop, cleo: Browser):
    order = delivered(shop, (2, "A"))
    money = f"/money/{shop.payment(order).id}"
    for amount in ("2.00", "3.00"):
        assert press(cleo, order, money, trigger="refund", amount=amount).status_code == 303
        assert f"The gateway is asked to give £{amount} back" in cleo.get(place(order)).text
        shop.gateway_says(order, "refunded", amount=int(float(amount) * 100))
    assert "£3.00 given back" in cleo.get(place(order)).text


def test_what_the_customer_was_told_is_shown_and_sent_again(
    small_office: Office, shop: Shop
) -> None:
    mia = small_office.logged_in("Mia", role="manager")
    order = shop.paid((1, "A"))
    key = _told(shop, order)
    assert "<b>Thank you</b>" in mia.get(place(order)).text.replace("&lt;", "<").replace(
        "&gt;", ">"
    )
    frame = mia.get(f"{place(order)}/messages/{key}")
    assert (
        "&lt;b&gt;Thank you" in frame.text and "sandbox" in frame.headers["content-security-policy"]
    )
    assert mia.post(f"{place(order)}/messages", key=key).status_code == 303
    assert any(":again:" in message.key for message in shop.outbox())
    other = shop.paid((1, "A"))
    assert mia.get(f"{place(other)}/messages/{key}").status_code == 404
    assert mia.post(f"{place(other)}/messages", key=key).status_code == 422


def _told(shop: Shop, order: Order) -> str:
    key = f"{order.id}:notify.confirmation:{order.id}"
    row = NoticeRow(
        key=key,
        order_id=order.id,
        template="confirmation",
        recipient="ann@example.com",
        subject="<b>Thank you</b>",
        body="<script>1</script>",
        state="sent",
        detail=None,
        at=shop.clock.now,
        language="en",
        text_version=0,
    )
    shop.house.database.run(shop.shard, lambda tx: keep_notices(tx.sql, [row]))
    return key


def test_what_people_write_is_text(shop: Shop, cleo: Browser):
    evil = "<script>alert(1)</script>"
    shop.stock(5, "EVIL", name=evil)
    order = shop.order(
        (1, "EVIL"),
        customer=Contact(email="e@example.com", name=evil),
        ship_to=Address(name=evil, line1=evil, city="Leeds", postal_code="LS1 4DT", country="GB"),
        notes=evil,
    )
    press(cleo, order, "/hold", reason=evil)
    page = cleo.get(place(order)).text
    assert "<script>alert" not in page and page.count("&lt;script&gt;alert(1)") >= 5


def test_the_page_takes_as_many_statements_for_a_large_order(shop: Shop, cleo: Browser):
    small = shop.paid((1, "A"))
    shop.location("far")
    for sku in (f"S{n}" for n in range(30)):
        shop.stock(3, sku)
        shop.stock(3, sku, at="far")
    lines = [(4, f"S{n}") for n in range(30)]
    ann = Contact(email="ann@example.com")
    for _ in range(3):
        shop.paid((1, "A"), customer=ann)
    large = delivered(shop, *lines, customer=ann)
    asked(shop, large, (1, 1))
    _told(shop, large)
    for number in range(9):
        cleo.post(f"{place(large)}/notes", note=f"note {number}")
    counts = []
    for order in (small, large):
        cleo.get(place(order))  # who looks is remembered
        with counted(shop.house.database) as sent:
            page = cleo.get(place(order))
        assert page.status_code == 200
        counts.append(len([s for s in sent if s.lower().startswith("select")]))
    assert counts[1] - counts[0] <= 2, counts  # its returns and their lines
    assert counts[1] <= 21
    assert "worth £26.85" in cleo.get(place(large)).text


def test_the_latest_comes_first_in_history_and_among_what_somebody_bought(shop_anywhere: Shop):
    shop = shop_anywhere
    shop.stock(9, "A")
    ann = Contact(email="ann@example.com")
    first, second, third = (shop.order((1, "A"), customer=ann) for _ in range(3))
    assert first.customer_id
    key = _told(shop, first)
    with shop.house.database.reading(shop.shard) as sql:
        newest = latest_history(sql, first.id, limit=2)
        assert [x.version for x in newest.items] == [first.version, first.version - 1]
        older = latest_history(
            sql, first.id, limit=9, before=int(str(newest.next and newest.next[0]))
        )
        assert older.items[-1].trigger == "receive" and older.next is None
        bought = bought_by(sql, first.customer_id, besides=second.id, limit=1)
        assert [x.number for x in bought.items] == [third.number] and bought.next
        assert [x.key for x in notices_of(sql, first.id, limit=5).items] == [key]
        assert find_notice(sql, first.id, key) and not find_notice(sql, second.id, key)


@pytest.fixture
def shop_anywhere(new_shop: Callable[..., Shop]) -> Shop:
    return new_shop()


def test_colleagues_read_notes_and_customers_do_not(
    small_office: Office, shop: Shop, cleo: Browser
) -> None:
    order = shop.paid((1, "A"))
    version = shop.look(order).version
    assert cleo.post(f"{place(order)}/notes", note="Rings in the <b>evening</b>").status_code == 303
    assert shop.look(order).version == version
    viewer = small_office.logged_in("Vic", role="viewer")
    page = viewer.get(place(order)).text
    assert "Rings in the &lt;b&gt;evening" in page and "Cleo, <time" in page
    assert "Add the note" not in page
    assert viewer.post(f"{place(order)}/notes", note="x").status_code == 403
    assert "Rings in" not in small_office.browser().get(f"/track/{order.track_token}").text
    long = cleo.post(f"{place(order)}/notes", note="x" * 2001)
    assert long.status_code == 422 and "at most 2,000" in long.text and "x" * 2001 in long.text
    assert cleo.post(f"{place(order)}/notes", note=" ").status_code == 422


def test_a_wrong_form_is_refused_by_the_door(shop: Shop, cleo: Browser):
    order = shop.paid((1, "A"))
    answer = cleo.post(f"{place(order)}/decide", csrf="", trigger="cancel", reason="x")
    assert answer.status_code == 403 and "old page" in alert(answer)
