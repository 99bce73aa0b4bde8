"""Everybody wants the same product: two server processes on PostgreSQL, 32 clients."""

from collections.abc import Iterator
from statistics import median

from bench import shop
from bench.figures import Figure
from bench.load import NO_SKU, Load, place_orders
from bench.processes import Server, api_key, serving
from bench.running import Run
from purvey.wiring import DEFAULT_SHARD, House

CLIENTS = 32
LAST_UNITS = 500


class Oversold(AssertionError):
    """More was promised than there is."""


def hot_product(run: Run) -> Iterator[Figure]:
    """Orders/s when each order's first line is the same product, against orders of many products,
    in turns in the same run; then the last 500 units are sold, and not one more."""
    if run.place.name != "PostgreSQL":
        return
    url = run.place.fresh()
    with shop.house(url) as house:
        shop.stock(house)
        key = api_key(url)
        with serving(url, "--without-worker", "--workers", "2") as server:
            place_orders(server, key, clients=CLIENTS, seconds=2, cores=None)
            many, hot = _in_turns(run, server, key)
            oversold = _sell_out(run, house, server, key)
    run.place.drop(url)
    ratio = median(h / m for h, m in zip(hot, many, strict=True))
    yield Figure(what="many products, 2 processes, 32 clients", values=many, unit="/s")
    yield Figure(
        what="hot product, 2 processes, 32 clients",
        values=hot,
        unit="/s",
        ratio=ratio,
        ratio_of="of many products",
        ratio_least=0.7,
    )
    yield Figure(what="oversold units of the hot product", values=(oversold,), unit="", most=0)


def _in_turns(run: Run, server: Server, key: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    taken: dict[str, list[float]] = {NO_SKU: [], shop.HOT: []}
    for _ in range(run.times):
        for sku, values in taken.items():
            load = _load(run, server, key, sku)
            values.append(load.per_second)
            name = "hot product" if sku == shop.HOT else "many products"
            run.say(f"{name}: {load.per_second:,.0f}/s, p99 {load.p99:.1f} ms")
    return tuple(taken[NO_SKU]), tuple(taken[shop.HOT])


def _load(run: Run, server: Server, key: str, sku: str) -> Load:
    seconds = run.either(8, 3)
    return place_orders(server, key, clients=CLIENTS, seconds=seconds, hot=sku, cores=None)


def _sell_out(run: Run, house: House, server: Server, key: str) -> float:
    """Leave LAST_UNITS, let everybody order, and count. Most are refused, and must be."""
    on_hand, reserved = _level(house)
    shop.adjust(house, {shop.HOT: reserved + LAST_UNITS - on_hand})
    load = place_orders(
        server, key, clients=CLIENTS, seconds=run.either(5, 3), hot=shop.HOT, cores=None
    )
    on_hand, reserved = _level(house)
    run.say(f"the last {LAST_UNITS} units: {load.taken} orders taken, {load.refused} refused")
    if on_hand != reserved:
        raise Oversold(f"{on_hand} units, {reserved} promised after everybody could order")
    return float(max(0, reserved - on_hand, load.taken - LAST_UNITS))


def _level(house: House) -> tuple[int, int]:
    with house.database.reading(DEFAULT_SHARD) as sql:
        row = sql.first(
            "select on_hand, reserved from stock where shard = :shard and sku = :sku",
            sku=shop.HOT,
        )
    assert row is not None
    return row.on_hand, row.reserved
