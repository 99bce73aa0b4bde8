"""With `notifier = "apprise"` customers are told by phone; an e-mail address is not needed."""

import json
from collections.abc import Callable

from purvey.domain.draft import Contact
from purvey.queries.notices import notices_of
from purvey.testing import Clock, Shop
from purvey.wiring import House
from purvey.worker.run import Worker
from tests.servers.databases import TestDatabase
from tests.servers.receiver import Receiver


def test_who_gave_only_a_phone_number_is_told_once(
    new_database: Callable[[str], TestDatabase], clock: Clock, tmp_path
):
    from purvey.config import Settings

    with Receiver() as receiver:
        urls = f"json://127.0.0.1:{receiver.port}/{{phone}}"
        settings = Settings(
            database_url=new_database("sqlite").url,
            sandbox_path=str(tmp_path / "books.db"),
            message_wait_seconds=0,
            notifier="apprise",
            adapters={"apprise": {"urls": urls}},
        )
        house = House(settings, clock=clock)
        shop, worker = Shop(house, clock), Worker(house)
        shop.stock(9, "CUP")
        customer = Contact(phone="+442079460958")
        order = shop.order((1, "CUP"), customer=customer)
        for _ in range(30):
            worker.round()
        with house.database.reading(shop.shard) as sql:
            [notice] = notices_of(sql, order.id, limit=9).items
        worker.close()
        house.close()
    assert [got.path for got in receiver.got] == ["/+442079460958"]
    assert str(order.number) in json.loads(receiver.got[0].body)["message"]
    assert (notice.state, notice.recipient) == ("sent", "+442079460958")
