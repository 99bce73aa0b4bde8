"""What the worker gave up can be seen, and tried again when the cause is mended."""

from collections.abc import Callable

import structlog

from purvey.domain.draft import PaymentChoice
from purvey.domain.order import Order
from purvey.kit.process import Refusal
from purvey.operations.retry_messages import retry_messages
from purvey.queries.journal import read_journal
from purvey.queries.messages import MessageWish, PromisedMessage, list_messages, read_messages
from purvey.testing import Shop

Work = Callable[..., None]
NO_SUCH_GATEWAY = PaymentChoice(method="gateway", gateway="sandbox", token="tok_unsupported")


def given_up(shop: Shop, work: Work) -> tuple[Order, PromisedMessage]:
    shop.stock(9, "CUP")
    order = shop.order((1, "CUP"), payment=NO_SUCH_GATEWAY)
    work()
    [message] = find(shop, states=("gave_up",))
    return order, message


def find(shop: Shop, **wish) -> list[PromisedMessage]:
    with shop.house.database.reading(shop.shard) as sql:
        return list(list_messages(sql, MessageWish(**wish), limit=200).items)


def again(shop: Shop, *keys: str) -> list[str | Refusal]:
    return shop.house.do(retry_messages, keys, actor="Ann", shard=shop.shard)


def test_it_is_found_with_its_order_and_its_reason(shop: Shop, work: Work):
    order, message = given_up(shop, work)
    assert (message.order_id, message.order_number) == (order.id, order.number)
    assert (message.state, message.attempts) == ("gave_up", 1)
    assert message.error is not None and "card" in message.error
    assert find(shop, topic="payment", states=("gave_up",)) == [message]
    assert find(shop, topic="payment.secure", order_id=order.id) == [message]
    assert find(shop, topic="pay") == find(shop, topic="label") == []
    with shop.house.database.reading(shop.shard) as sql:
        assert read_messages(sql, [message.key, "x"]) == {message.key: message}


def test_pages_hold_each_message_once(shop: Shop, work: Work):
    shop.stock(99, "CUP")
    for _ in range(5):
        shop.order((1, "CUP"), payment=NO_SUCH_GATEWAY)
    work()
    seen, after = [], ""
    with shop.house.database.reading(shop.shard) as sql:
        while True:
            page = list_messages(sql, MessageWish(states=("gave_up",)), limit=2, after=after)
            seen += [message.key for message in page.items]
            if page.next is None:
                break
            after = str(page.next[0])
    assert len(seen) == 5 and seen == sorted(set(seen))


def test_after_the_cause_is_mended_it_is_done(shop: Shop, work: Work):
    order, message = given_up(shop, work)
    shop.decide(order, "cancel", reason="nobody can take that card")
    assert again(shop, message.key) == [message.key]
    work()
    with shop.house.database.reading(shop.shard) as sql:
        assert read_messages(sql, [message.key])[message.key].state == "done"
        [note] = read_journal(sql, limit=9)
    assert (note.actor, note.deed, note.subject) == ("Ann", "tried message again", message.key)


def test_a_try_after_a_give_up_is_never_a_first_try(shop: Shop, work: Work):
    """The gateway may have done it: handlers ask it first when a message comes again."""
    _, message = given_up(shop, work)
    again(shop, message.key)
    [claimed] = [
        claimed
        for claimed in shop.house.database.run(
            shop.shard,
            lambda tx: tx.messages.claim(limit=99, lease_seconds=60, now=shop.clock.now),
        )
        if claimed.key == message.key
    ]
    assert claimed.attempts == 2


def test_only_what_was_given_up_is_tried_again(shop: Shop, work: Work):
    _, message = given_up(shop, work)
    shop.order((1, "CUP"))
    [other] = [m for m in find(shop, states=("open",)) if m.effect == "payment.secure"]
    answers = again(shop, other.key, "no such key", message.key, message.key)
    assert [x.code if isinstance(x, Refusal) else x for x in answers] == [
        "not_given_up",
        "not_found",
        message.key,
        message.key,
    ]


def test_the_log_warns_and_names_no_customer(shop: Shop, work: Work):
    with structlog.testing.capture_logs() as lines:
        order, message = given_up(shop, work)
    [line] = [line for line in lines if line["event"] == "message_gave_up"]
    assert (line["log_level"], line["key"]) == ("warning", message.key)
    assert line["trouble"] == "GiveUp"
    assert order.customer.email not in str(line) and str(message.error) not in str(line)
