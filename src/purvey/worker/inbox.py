"""Webhooks that came in: verified and stored by the server, understood here, once each."""

import json
from collections.abc import Callable, Mapping, Sequence

from purvey.operations.record_payments import PaymentReport, record_payments
from purvey.ports.payment import GatewayReport
from purvey.ports.storage import Message
from purvey.ports.trouble import GiveUp
from purvey.storage.times import from_us, to_us
from purvey.worker.desk import Desk, Told


def process(desk: Desk, messages: Sequence[Message]) -> None:
    """Each message names a stored webhook (`source`, `event_id`); its reports are recorded."""

    def ask(message: Message) -> list[GatewayReport]:
        return _read(desk, json.loads(message.payload))

    told = desk.ask_each(messages, ask)
    reports = [_report(report) for one in told for report in one.answer or ()]

    def also(tx: object) -> None:
        _mark(desk, tx, told)

    desk.record(lambda tx, act: record_payments(tx, reports, act=act, also=also))
    desk.count(told)


def _read(desk: Desk, where: Mapping[str, str]) -> list[GatewayReport]:
    from purvey import adapters  # built on first use, as all adapters are

    with desk.house.database.reading(desk.shard) as sql:
        row = sql.first(
            "select headers, body, received_at from inbox"
            " where shard = :shard and source = :source and event_id = :event_id",
            **where,
        )
    adapter = adapters.find(where["source"])
    if row is None or adapter.webhooks is None:
        raise GiveUp("There is no such stored webhook, or its sender has no webhooks.")
    try:
        return adapter.webhooks(
            desk.house.outside.gateway(where["source"]),
            headers=json.loads(row.headers),
            body=row.body.encode(),
            now=from_us(row.received_at),
        )
    except adapters.BadWebhook as error:
        raise GiveUp(str(error)) from None


def _report(told: GatewayReport) -> PaymentReport:
    return PaymentReport(
        payment_id=told.payment_id,
        kind=told.kind,
        key=told.key,
        amount=told.amount,
        reference=told.reference,
        reason=told.reason,
    )


def _mark(desk: Desk, tx: object, told: Sequence[Told[list[GatewayReport]]]) -> None:
    from purvey.storage.transaction import SqlTransaction

    assert isinstance(tx, SqlTransaction)
    for one in told:
        if one.trouble is None:
            where = json.loads(one.message.payload)
            tx.sql.execute(
                "update inbox set processed_at = :now"
                " where shard = :shard and source = :source and event_id = :event_id",
                now=to_us(desk.house.clock()),
                **where,
            )
    desk.settle(tx, told)


HANDLERS: Mapping[str, Callable[[Desk, Sequence[Message]], None]] = {"inbox.process": process}
